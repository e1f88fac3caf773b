"""Run inside a process of its own: open a real window, measure it, print JSON.

``python -m tests.benchmarks.probe CASE``
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPoint, QSettings, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from engine.experiment import Experiment, edit
from engine.experiment.settings import SweepAxis
from engine.experiment.sweeps.values import logarithmic
from gui_app.session.starter import starter_experiment
from gui_app.startup.application import make_application, make_window
from gui_app.sweeps.dock import SweepDock
from gui_app.window.main_window import MainWindow
from tests.benchmarks.settings import experiment, with_lanes

WARM_UP, MEASURE, REPEATS = 2.0, 2.5, 3
"""Seconds before measuring and of each measurement, and how many there are."""
Figures = dict[str, float]

TICK = 4
"""Milliseconds between two looks at how late the event loop is."""


class PaintCounter(QObject):
    """Counts the paintings of a widget."""

    def __init__(self, widget: QObject) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def has_painted(self) -> bool:
        return self.count > 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False


class Lateness(QObject):
    """How many milliseconds after its time each tick of a timer comes."""

    def __init__(self) -> None:
        super().__init__()
        self.samples: list[float] = []
        self._last = 0.0
        self._timer = QTimer(self, interval=TICK, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        self._last = time.perf_counter()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.samples.append(max(0.0, (now - self._last) * 1000 - TICK))
        self._last = now


def main() -> None:
    case = sys.argv[1]
    app = make_application([])
    with tempfile.TemporaryDirectory() as folder:
        window = make_window(app, QSettings(f"{folder}/settings.ini", QSettings.Format.IniFormat))
        window.resize(1440, 900)
        window.speed.start_slowly(False)
        window.show()
        live(app, lambda: window.link.latest is not None, 60.0)
        window.document.reset(CASES[case].experiment())
        live(app, lambda: window.link.settled, 60.0)
        repeats = CASES[case].measure(app, window)
        window.document.stack.setClean()
        window.close()
    json.dump(repeats, sys.stdout)


def _idle(app: QApplication, window: MainWindow, seconds: float = 1.0) -> float:
    """Frames per second when the canvas is asked to paint again and again, without training."""
    counter = PaintCounter(window.canvas)
    timer = QTimer(interval=0)
    timer.timeout.connect(window.canvas.update)
    timer.start()
    live(app, lambda: False, seconds)
    timer.stop()
    return counter.count / seconds


def _training(app: QApplication, window: MainWindow) -> list[Figures]:
    """At full speed: frames, event-loop lateness and steps per second."""
    window.link.set_playing(True)
    live(app, lambda: False, WARM_UP)
    return [_of_training(app, window) for _ in range(REPEATS)]


def _of_training(app: QApplication, window: MainWindow) -> Figures:
    counter, lateness = PaintCounter(window.canvas), Lateness()
    first, start = window.link.latest, time.perf_counter()
    lateness.start()
    live(app, lambda: False, MEASURE)
    lateness.stop()
    last, seconds = window.link.latest, time.perf_counter() - start
    assert first is not None
    assert last is not None
    late = np.percentile(lateness.samples, [50, 99]).tolist()
    return {
        "fps": counter.count / seconds,
        "late_p50": late[0],
        "late_p99": late[1],
        "steps_per_s": (last.step - first.step) / seconds,
        "epochs_per_s": (last.epoch - first.epoch) / seconds,
        "lane_steps_per_s": (last.step - first.step) * len(last.lanes) / seconds,
    }


def live(app: QApplication, done: Callable[[], bool], seconds: float, look: int = 20) -> None:
    """Run the event loop as the app does, until ``done`` (asked every ``look`` ms) or for so many seconds."""
    end = time.perf_counter() + seconds
    watch = QTimer(interval=look)
    watch.timeout.connect(lambda: app.exit() if done() or time.perf_counter() > end else None)
    watch.start()
    app.exec()


def _strokes(app: QApplication, window: MainWindow) -> list[Figures]:
    """Milliseconds from a mouse move of a stroke to the painted canvas, while training."""
    window.link.set_playing(True)
    live(app, lambda: False, WARM_UP)
    return [_of_strokes(app, window) for _ in range(REPEATS)]


def _of_strokes(app: QApplication, window: MainWindow) -> Figures:
    canvas, times = window.canvas, []
    pixel = canvas.scene.viewport.to_pixel
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=pixel(-5, 0).toPoint())
    for number in range(150):
        angle = number / 20
        place = pixel(4 * np.cos(angle), 4 * np.sin(angle)).toPoint()
        live(app, lambda: False, 0.02)
        counter, start = PaintCounter(canvas), time.perf_counter()
        QTest.mouseMove(canvas, place)
        live(app, counter.has_painted, 1.0, 1)
        times.append((time.perf_counter() - start) * 1000)
        counter.deleteLater()
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=place)
    return {"p50": float(np.percentile(times, 50)), "p99": float(np.percentile(times, 99))}


def _painting(app: QApplication, window: MainWindow) -> list[Figures]:
    """Frames per second while the brush goes round and round as fast as the canvas paints, while training."""
    window.link.set_playing(True)
    live(app, lambda: False, WARM_UP)
    return [_of_painting(app, window) for _ in range(REPEATS)]


def _of_painting(app: QApplication, window: MainWindow) -> Figures:
    """Each move waits for the painting of the one before, so that every frame holds a piece of the stroke."""
    canvas, hand = window.canvas, Circling(window)
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=hand.place)
    hand.start()
    start = time.perf_counter()
    live(app, lambda: False, MEASURE)
    seconds = time.perf_counter() - start
    hand.stop()
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=hand.place)
    window.document.stack.undo()
    return {"fps": hand.frames / seconds}


class Circling(QObject):
    """A mouse that goes on round the canvas whenever the last move has changed the points and been painted."""

    STEP = 0.15
    """Radians a move, at a radius of 4."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._document, self._canvas = window.document, window.canvas
        self._counter = PaintCounter(window.canvas)
        self._timer = QTimer(self, interval=1, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._go_on)
        self._angle, self.frames = 0.0, 0
        self._points = self._document.points

    @property
    def place(self) -> QPoint:
        pixel = self._canvas.scene.viewport.to_pixel(4 * np.cos(self._angle), 4 * np.sin(self._angle))
        return pixel.toPoint()

    def start(self) -> None:
        self._move()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _go_on(self) -> None:
        if self._counter.has_painted() and self._document.points is not self._points:
            self.frames += 1
            self._move()

    def _move(self) -> None:
        self._points, self._counter.count = self._document.points, 0
        self._angle += self.STEP
        QTest.mouseMove(self._canvas, self.place)


def _memory(app: QApplication, window: MainWindow) -> list[Figures]:
    """Growth in megabytes of all processes' resident memory over two minutes at full speed, after a warm-up."""
    window.link.set_playing(True)
    live(app, lambda: False, 20.0)
    before = _resident()
    live(app, lambda: False, 120.0)
    return [{"growth": _resident() - before}]


def _resident() -> float:
    """Of this process and its children, in megabytes."""
    children = Path("/proc/self/task").glob("*/children")
    pids = ["self", *(pid for names in children for pid in names.read_text().split())]
    pages = sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in pids)
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@dataclass(frozen=True)
class Case:
    """What the window holds and how it is measured."""

    experiment: Callable[[], Experiment]
    measure: Callable[[QApplication, MainWindow], list[Figures]]


def _sweep(app: QApplication, window: MainWindow) -> list[Figures]:
    """A live sweep of 8 × 8 networks: paintings of its grid, and steps of all networks."""
    low, high = logarithmic(1e-6, 1e-1, 8), logarithmic(1e-4, 1e-1, 8)
    axes = (SweepAxis("regularization.l2", low), SweepAxis("training.learning_rate", high))
    assert window.sweep.start(axes)
    live(app, lambda: window.link.settled, 60.0)
    (grid,) = (dock.grid for dock in window.findChildren(SweepDock))
    window.link.set_playing(True)
    live(app, lambda: False, WARM_UP)
    repeats = []
    for _ in range(REPEATS):
        counter, first, start = PaintCounter(grid), window.link.latest, time.perf_counter()
        live(app, lambda: False, MEASURE)
        last, seconds = window.link.latest, time.perf_counter() - start
        counter.deleteLater()
        assert first is not None
        assert last is not None
        steps = (last.step - first.step) * len(window.sweep.cells) / seconds
        repeats.append({"fps": counter.count / seconds, "lane_steps_per_s": steps})
    return repeats


def _everything(app: QApplication, window: MainWindow) -> list[Figures]:
    idle = [_idle(app, window) for _ in range(REPEATS)]
    return [{"idle": frames, **figures} for frames, figures in zip(idle, _training(app, window), strict=True)]


def _many_points(points: int) -> Experiment:
    return edit(starter_experiment(), "data.generator.points", points)


CASES = {
    "starter": Case(starter_experiment, _everything),
    "4_2": Case(lambda: experiment((4, 2), 10, "sgd"), _training),
    "8_8_8": Case(lambda: experiment((8, 8, 8), 10, "sgd"), _training),
    "8x6": Case(lambda: experiment((8,) * 6, 10, "sgd"), _training),
    "64_lanes": Case(lambda: with_lanes(experiment((8, 8, 8), 10), 64), _training),
    "sweep": Case(lambda: experiment((8, 8, 8), 10), _sweep),
    "strokes": Case(lambda: _many_points(5_000), _strokes),
    "painting": Case(lambda: _many_points(20_000), _painting),
    "memory": Case(starter_experiment, _memory),
}

if __name__ == "__main__":
    main()
