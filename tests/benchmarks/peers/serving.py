"""A process that measures on demand, one line of JSON for each request. Needs nothing but Python.

So that two programs are measured in turns in one sitting, each keeps its process, and sleeps while the other is
measured.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from statistics import median

LEAST = 5
"""Chunks of which at least a median is taken."""

Chunk = Callable[[], int]
"""Trains for some milliseconds and returns how many steps that were."""


@dataclass(frozen=True)
class Case:
    """What is trained: tanh layers of these widths on 250 points of two classes, with Adam and cross-entropy.

    ``epochs`` are trained in one call, so that what a call costs is small beside them.
    """

    hidden: tuple[int, ...]
    batch: int
    lanes: int
    epochs: int


def serve(programs: Mapping[str, Callable[[Case], Chunk]]) -> None:
    """Answer requests until standard input ends."""
    chunks: dict[tuple[str, Case], Chunk] = {}
    for line in sys.stdin:
        request = json.loads(line)
        case = Case(**{**request["case"], "hidden": tuple(request["case"]["hidden"])})
        key = (request["program"], case)
        if key not in chunks:
            chunks[key] = programs[request["program"]](case)
            chunks[key]()
        print(json.dumps(_seconds(chunks[key], request["seconds"])), flush=True)


def request(program: str, case: Case, seconds: float) -> str:
    """The line that asks for the seconds of one step, measured for about so many seconds."""
    return json.dumps({"program": program, "case": asdict(case), "seconds": seconds})


def _seconds(chunk: Chunk, duration: float) -> float:
    """Of one step: the median of chunks, which those that something else interrupted change little."""
    taken: list[float] = []
    end = time.perf_counter() + duration
    while time.perf_counter() < end or len(taken) < LEAST:
        start = time.perf_counter()
        steps = chunk()
        taken.append((time.perf_counter() - start) / steps)
    return median(taken)
