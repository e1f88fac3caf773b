"""Figures of a real window, each taken in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from functools import cache

from engine.training.trainer import Trainer
from gui_app.starter import starter_experiment

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
from gui_app.application import make_application, make_window
app = make_application([])
with tempfile.TemporaryDirectory() as folder:
    window = make_window(app, QSettings(folder + "/settings.ini", QSettings.Format.IniFormat))
    painted = lambda: QTimer.singleShot(0, lambda: print("painted", flush=True))
    window.first_painted.connect(painted)
    window.show()
    app.exec()
"""


@cache
def probes(case: str) -> list[dict[str, float]]:
    """What the probe measured, again and again; once for all figures that come from it."""
    command = [sys.executable, "-m", "tests.benchmarks.probe", case]
    repeats: list[dict[str, float]] = json.loads(
        subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    )
    return repeats


def of_probe(case: str, key: str) -> Callable[[], list[float]]:
    return lambda: [probe[key] for probe in probes(case)]


def window_against_headless() -> list[float]:
    """Steps per second with the window, as a share of those of the bare trainer in the same run."""
    return [probe["steps_per_s"] / headless_steps_per_second() for probe in probes("starter")]


def headless_steps_per_second(seconds: float = 2.0) -> float:
    import torch

    torch.set_num_threads(1)
    trainer = Trainer(starter_experiment())
    for _ in range(200):
        trainer.step()
    steps, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        trainer.step()
        steps += 1
    return steps / (time.perf_counter() - start)


def first_window_against_bare() -> list[float]:
    """Time to the first painting against that of a bare PySide6 + pyqtgraph window."""
    _until_painted(OURS)
    return [_until_painted(OURS) / _until_painted(BARE) for _ in range(5)]


def _until_painted(code: str) -> float:
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    seconds = time.perf_counter() - start
    process.kill()
    process.wait()
    process.stdout.close()
    return seconds
