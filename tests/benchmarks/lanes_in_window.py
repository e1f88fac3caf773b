"""Run inside a process of its own: what more lanes cost a real window, as JSON.

``python -m tests.benchmarks.lanes_in_window``
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from statistics import median
from typing import Any

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from engine.observation.snapshot import Snapshot
from gui_app.canvas.canvas import Canvas
from gui_app.plots.drawing.plot_frame import PlotFrame
from gui_app.startup.application import make_application, make_window
from gui_app.window.main_window import MainWindow
from tests.benchmarks.probe import MEASURE, REPEATS, WARM_UP, Figures, PaintCounter, live
from tests.benchmarks.settings import experiment, lanes_of
from tests.benchmarks.steps import WARM_EPOCHS

HIDDEN, LANES = (8, 8, 8), 4
MOMENTS, FRAMES = 8, 40
_LONGEST = 60.0


def main() -> None:
    app = make_application([])
    with tempfile.TemporaryDirectory() as folder:
        window = make_window(app, QSettings(f"{folder}/settings.ini", QSettings.Format.IniFormat))
        window.resize(1440, 900)
        window.speed.start_slowly(False)
        window.show()
        live(app, lambda: window.link.latest is not None, _LONGEST)
        # One after the other, so that whatever slows the machine slows both.
        repeats = [compared(of(app, window, 1), of(app, window, LANES)) for _ in range(REPEATS)]
        window.document.stack.setClean()
        window.close()
    json.dump(repeats, sys.stdout)


def compared(one: Figures, several: Figures) -> Figures:
    """The figures of several lanes, and what they are beside those of one."""
    return {
        **several,
        "fps_ratio": several["fps"] / one["fps"],
        "steps_ratio": several["steps_per_s"] / one["steps_per_s"],
        "pane_ms": (several["frame_ms"] - one["frame_ms"]) / (LANES - 1),
        "plots_ratio": several["plots_ms"] / one["plots_ms"],
    }


def of(app: QApplication, window: MainWindow, lanes: int) -> Figures:
    """Measure a window that trains so many lanes, each in a pane of its own."""
    window.document.reset(lanes_of(experiment(HIDDEN, 10), lanes))
    live(app, lambda: _is_shown(window, lanes), _LONGEST)
    assert _is_shown(window, lanes)
    window.link.set_playing(True)
    live(app, lambda: False, WARM_UP)
    # All is compiled then, and layers are measured seldom.
    live(app, lambda: _epoch(window) >= WARM_EPOCHS, _LONGEST)
    figures, moments = _of_training(app, window), _moments(app, window)
    window.link.set_playing(False)
    live(app, lambda: window.link.settled and not window.link.playing, _LONGEST)
    return {
        **figures,
        "frame_ms": _frame(window.canvas, moments),
        "plots_ms": sum(_frame(plot, moments) for plot in window.dock_layout.plots if plot.is_seen),
    }


def _epoch(window: MainWindow) -> int:
    return window.link.latest.epoch if window.link.latest is not None else 0


def _is_shown(window: MainWindow, lanes: int) -> bool:
    latest = window.link.latest
    has_all = window.link.settled and latest is not None and len(latest.lanes) == lanes
    return has_all and len(window.canvas.panes) == lanes


def _of_training(app: QApplication, window: MainWindow) -> Figures:
    """Paintings of the canvas, and steps that each lane makes, in a second."""
    counter, first, start = PaintCounter(window.canvas), window.link.latest, time.perf_counter()
    live(app, lambda: False, MEASURE)
    last, seconds = window.link.latest, time.perf_counter() - start
    counter.deleteLater()
    assert first is not None
    assert last is not None
    return {"fps": counter.count / seconds, "steps_per_s": (last.step - first.step) / seconds}


def _moments(app: QApplication, window: MainWindow) -> list[Snapshot]:
    """Snapshots of a training, none of which shows the answers of another."""
    moments: list[Snapshot] = []

    def has_another() -> bool:
        latest = window.link.latest
        if latest is not None and all(latest is not moment for moment in moments):
            moments.append(latest)
        return len(moments) == MOMENTS

    live(app, has_another, _LONGEST)
    return moments


def _frame(view: Canvas | PlotFrame[Any, Any], moments: list[Snapshot]) -> float:
    """Milliseconds from a snapshot to the painting of all panes, or of a plot."""
    times = []
    for number in range(FRAMES):
        start = time.perf_counter()
        view.show_snapshot(moments[number % len(moments)])
        view.repaint()
        times.append((time.perf_counter() - start) * 1000)
    return median(times)


if __name__ == "__main__":
    main()
