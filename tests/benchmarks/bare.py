"""Run inside a process of its own: an empty pyqtgraph window beside an engine that trains at full speed, as JSON.

``python -m tests.benchmarks.bare``. What this window cannot do on a machine, no window of ours can.
"""

from __future__ import annotations

import json
import sys

import pyqtgraph
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow

from engine.service import messages as m
from engine.service.process import ProcessEngine
from gui_app.session.engine_link import FRAME
from gui_app.session.starter import starter_experiment
from tests.benchmarks.probe import MEASURE, REPEATS, WARM_UP, Figures, PaintCounter, live


def main() -> None:
    app = QApplication([])
    window, plot = QMainWindow(), pyqtgraph.PlotWidget()
    window.setCentralWidget(plot)
    window.resize(1440, 900)
    window.show()
    engine = ProcessEngine()
    for command in (m.SetExperiment(starter_experiment()), m.Play()):
        engine.send(command)
    engine.start()
    live(app, lambda: engine.take_snapshot() is not None, 60.0)
    live(app, lambda: False, WARM_UP)
    repeats = [_frames(app, plot) for _ in range(REPEATS)]
    engine.close()
    json.dump(repeats, sys.stdout)


def _frames(app: QApplication, plot: pyqtgraph.PlotWidget) -> Figures:
    """Frames per second as fast as they go, and as often as our windows look at their engines; milliseconds."""
    figures = {}
    for name, interval in (("fastest", 0), ("fps", FRAME)):
        counter = PaintCounter(plot.viewport())
        timer = QTimer(interval=interval)
        timer.timeout.connect(plot.viewport().update)
        timer.start()
        live(app, lambda: False, MEASURE)
        timer.stop()
        figures[name] = counter.count / MEASURE
        counter.deleteLater()
    return {**figures, "frame_ms": 1000.0 / figures["fastest"]}


if __name__ == "__main__":
    main()
