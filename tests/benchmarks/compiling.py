"""How long compiling takes: of the processor's time, in fresh processes, with an empty cache and with a filled one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from math import nan
from typing import NamedTuple

from engine.tape.object_cache import FOLDER_VARIABLE
from tests.benchmarks.figures import Sample

REPEATS = 3


class Starts(NamedTuple):
    """Seconds that the first epochs take beyond what later ones do; NaN where nothing was compiled."""

    replay: float
    cold: float
    warm: float


@cache
def starts(hidden: tuple[int, ...]) -> list[Starts]:
    """One trainer's first epochs: replayed, compiled, and compiled again in another process."""
    repeats = []
    for _ in range(REPEATS):
        with tempfile.TemporaryDirectory() as folder:
            taken = (_start(way, hidden, folder) for way in ("replay", "compiled", "compiled"))
            repeats.append(Starts(*taken))
    return repeats


def compile_cold(hidden: tuple[int, ...]) -> Callable[[], list[Sample]]:
    """Seconds for compiling all programs of a lane: what is saved where the cache has them."""
    return lambda: [Sample(start.cold - start.warm) for start in starts(hidden)]


def compile_warm(hidden: tuple[int, ...]) -> Callable[[], list[Sample]]:
    """Milliseconds more than for replay where the cache has all programs of a lane."""
    return lambda: [Sample((start.warm - start.replay) * 1000) for start in starts(hidden)]


def _start(way: str, hidden: tuple[int, ...], folder: str) -> float:
    command = [sys.executable, "-m", "tests.benchmarks.first_epochs", way, *map(str, hidden)]
    environment = {**os.environ, FOLDER_VARIABLE: folder}
    found = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=environment)
    taken, used = json.loads(found.stdout)
    return float(taken) if used == way else nan
