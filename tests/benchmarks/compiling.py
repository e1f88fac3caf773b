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


class Start(NamedTuple):
    """Seconds that the first epochs take beyond later ones, of a process's first network and of the network after it;
    NaN where nothing was compiled although it should have been.
    """

    once: float
    seconds: float


class Starts(NamedTuple):
    """One trainer's first epochs: replayed, compiled, and compiled again in another process."""

    replay: Start
    cold: Start
    warm: Start


@cache
def starts(hidden: tuple[int, ...]) -> list[Starts]:
    """All modules are compiled to bytecode, as after an installation or a first start."""
    repeats = []
    with tempfile.TemporaryDirectory() as bytecode:
        for repeat in range(REPEATS + 1):
            with tempfile.TemporaryDirectory() as objects:
                taken = [_start(way, hidden, bytecode, objects) for way in ("replay", "compiled", "compiled")]
            if repeat:
                repeats.append(Starts(*taken))
    return repeats


def compile_cold(hidden: tuple[int, ...]) -> Callable[[], list[Sample]]:
    """Seconds for compiling all programs of a lane: what is saved where the cache has them."""
    return lambda: [Sample(start.cold.seconds - start.warm.seconds) for start in starts(hidden)]


def compile_warm(hidden: tuple[int, ...]) -> Callable[[], list[Sample]]:
    """Milliseconds more than for replay where the cache has all programs of a lane."""
    return lambda: [Sample((start.warm.seconds - start.replay.seconds) * 1000) for start in starts(hidden)]


def compile_once(hidden: tuple[int, ...]) -> Callable[[], list[Sample]]:
    """Milliseconds more than for replay, of the first network of a process, where the cache has all its programs."""
    return lambda: [Sample((start.warm.once - start.replay.once) * 1000) for start in starts(hidden)]


def _start(way: str, hidden: tuple[int, ...], bytecode: str, objects: str) -> Start:
    command = [sys.executable, "-m", "tests.benchmarks.first_epochs", way, *map(str, hidden)]
    environment = {**os.environ, FOLDER_VARIABLE: objects, "PYTHONPYCACHEPREFIX": bytecode}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    found = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, env=environment).stdout)
    return Start(found["once"], found["seconds"]) if found["used"] == way else Start(nan, nan)
