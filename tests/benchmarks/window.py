"""Figures of a real window, each taken in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache
from statistics import median

import torch

from gui_app.session.starter import starter_experiment
from tests.benchmarks.figures import Sample
from tests.benchmarks.steps import eager_steps_of, epochs_of, seconds

STEPS = {"epochs_per_s": "steps_per_s", "lane_steps_per_s": "lane_steps_per_s"}
"""What a figure of a probe is compared by."""

DIAGRAM_BUDGET = 3.0
"""Milliseconds for the data and the painting of a frame of the network diagram."""

BARE = """
import pyqtgraph
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
class Plot(pyqtgraph.PlotWidget):
    def paintEvent(self, event):
        super().paintEvent(event)
        QTimer.singleShot(0, lambda: print("painted", flush=True))
app = QApplication([])
window = QMainWindow()
window.setCentralWidget(Plot())
window.resize(1440, 900)
window.show()
app.exec()
"""
OURS = """
import tempfile
from PySide6.QtCore import QSettings, QTimer
from gui_app.__main__ import start
with tempfile.TemporaryDirectory() as folder:
    app, window = start(settings=QSettings(folder + "/settings.ini", QSettings.Format.IniFormat))
    painted = lambda: QTimer.singleShot(0, lambda: print("painted", flush=True))
    window.first_painted.connect(painted)
    window.show()
    app.exec()
"""


@cache
def probes(case: str) -> list[dict[str, float]]:
    """What the probe measured, again and again; once for all figures that come from it."""
    return _measured("tests.benchmarks.probe", case)


@cache
def bare() -> dict[str, float]:
    """What an empty window does in the same run: the median of each figure."""
    repeats = _measured("tests.benchmarks.bare")
    return {key: median(repeat[key] for repeat in repeats) for key in repeats[0]}


def _measured(*module: str) -> list[dict[str, float]]:
    command = [sys.executable, "-m", *module]
    repeats: list[dict[str, float]] = json.loads(
        subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    )
    return repeats


def empty_frames() -> list[Sample]:
    """Milliseconds of one frame of an empty window."""
    return [Sample(bare()["frame_ms"])]


def diagram_frames() -> list[Sample]:
    """What a frame of the network diagram takes as a share of its budget, and itself in milliseconds."""
    repeats = _measured("tests.benchmarks.diagram")
    return [Sample(repeat["frame_ms"] / DIAGRAM_BUDGET, repeat["frame_ms"]) for repeat in repeats]


@cache
def _lanes_in_window() -> list[dict[str, float]]:
    """What four lanes cost beside one, again and again."""
    return _measured("tests.benchmarks.lanes_in_window")


def of_lanes(key: str, beside: str) -> Callable[[], list[Sample]]:
    """A figure of four lanes beside one, and what four lanes reach."""
    return lambda: [Sample(repeat[key], repeat[beside]) for repeat in _lanes_in_window()]


def of_probe(case: str, key: str) -> Callable[[], list[Sample]]:
    return lambda: [Sample(probe[key]) for probe in probes(case)]


def against_bare(case: str, key: str) -> Callable[[], list[Sample]]:
    """Frames per second as a share of an empty window's with the same timer, and themselves."""
    return lambda: [Sample(probe[key] / bare()["fps"], probe[key]) for probe in probes(case)]


def at_60_frames(case: str) -> Callable[[], list[Sample]]:
    """Frames per second as a share of 60, or of what an empty window reaches where that is less, and themselves."""
    return lambda: [
        Sample(probe["fps"] / min(60.0, bare()["fastest"]), probe["fps"]) for probe in probes(case)
    ]


def in_frames(case: str, key: str) -> Callable[[], list[Sample]]:
    """Milliseconds as a multiple of one frame of an empty window, and themselves."""
    return lambda: [Sample(probe[key] / bare()["frame_ms"], probe[key]) for probe in probes(case)]


def against_eager_loop(
    case: str, hidden: tuple[int, ...], key: str, optimizer: str = "sgd"
) -> Callable[[], list[Sample]]:
    """Steps per second in the window as a multiple of an eager PyTorch loop's; ``key`` beside it."""

    def measure() -> list[Sample]:
        torch.set_num_threads(1)
        eager = 1.0 / seconds(eager_steps_of(hidden, 10, optimizer))
        return [Sample(probe[STEPS[key]] / eager, probe[key]) for probe in probes(case)]

    return measure


def window_against_headless() -> list[Sample]:
    """Steps per second with the window, as a share of those of the bare trainer in the same run, and themselves."""
    return [
        Sample(probe["steps_per_s"] / headless_steps_per_second(), probe["steps_per_s"])
        for probe in probes("starter")
    ]


def headless_steps_per_second(duration: float = 2.0) -> float:
    torch.set_num_threads(1)
    chunk = epochs_of(starter_experiment())
    steps, start = 0, time.perf_counter()
    while time.perf_counter() - start < duration:
        steps += chunk()
    return steps / (time.perf_counter() - start)


def first_window_against_bare() -> list[Sample]:
    """Time to the first painting against that of a bare PySide6 + pyqtgraph window, and itself in seconds.

    Both find all modules compiled, as after an installation or a first start, whatever this process may write.
    """
    with tempfile.TemporaryDirectory() as compiled:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": compiled}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        rounds = [[_until_painted(code, environment) for code in (OURS, BARE)] for _ in range(6)]
    return [Sample(ours / theirs, ours) for ours, theirs in rounds[1:]]


def _until_painted(code: str, environment: dict[str, str]) -> float:
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert process.stdout is not None
    process.stdout.readline()
    seconds = time.perf_counter() - start
    process.kill()
    process.wait()
    process.stdout.close()
    return seconds
