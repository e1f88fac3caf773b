"""One window after another on one desk: opened, waited for, closed, and counted."""

from __future__ import annotations

import gc
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QSettings, QTimer
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from shiboken6 import Shiboken

from engine.data import Library
from engine.experiment import TRAINING
from engine.experiment.lane_looks import trained_part
from gui_app.startup.application import make_window
from tests.deadline import DEADLINE
from tests.end_to_end.machine.answering import close_popups
from tests.gui_app.truth import Workers


class Studio:
    """Opens windows with settings and files of their own in ``folder``, and closes them.

    ``workers`` are those of engines in threads, whose networks can be looked at.
    """

    def __init__(self, app: QApplication, folder: Path, engine: str, workers: Workers | None = None) -> None:
        self._app, self.folder, self._engine, self._workers = app, folder, engine, workers
        self.open()

    def close(self) -> bool:
        """Close the window, whose engine is then gone; returns False if the answers kept it open."""
        close_popups()
        window = self.window
        if window.isVisible() and not window.close():
            return False
        assert window.link.close(DEADLINE), "the engine outlives its window"
        window.deleteLater()
        del self.window, window
        collect()
        return True

    def settle(self) -> None:
        """Wait until the engine has taken every command and trains on what the document holds."""
        wait_until(lambda: self.disagreement() == "", self.disagreement)

    def disagreement(self) -> str:
        """In what the newest snapshot differs from the document; "" if in nothing."""
        link, document = self.window.link, self.window.document
        snapshot, data = link.latest, document.experiment.data
        if snapshot is None or not link.settled:
            return "the engine does not answer"
        seen = [(lane.name, lane.muted, max(len(lane.repeats), 1)) for lane in snapshot.lanes]
        there: tuple[object, ...] = snapshot.task, snapshot.training_points, seen
        trained = int(np.count_nonzero(document.points.split == TRAINING))
        lanes = [(lane.name, lane.muted, lane.repeats) for lane in document.experiment.lanes]
        here: tuple[object, ...] = data.task, trained, lanes
        if there == here and self._workers is not None:
            trainer = self._workers.newest.trainer
            there = () if trainer is None else tuple(run.lane for run in trainer.lanes.runs)
            here = trained_part(document.experiment).lanes
        return "" if there == here else f"the engine has {there}, the document {here}"

    def open(self) -> None:
        """Open a window as the one before was left."""
        settings = QSettings(str(self.folder / "settings.ini"), QSettings.Format.IniFormat)
        window = make_window(self._app, settings, self._engine, Library(self.folder / "data sets"))
        window.resize(1280, 720)
        window.show()
        window.activateWindow()
        window.complete()
        self.window = window


def wait_until(done: Callable[[], bool], failure: Callable[[], str]) -> None:
    """Process events until ``done()``."""
    end = time.monotonic() + DEADLINE
    while not done():
        assert time.monotonic() < end, failure()
        QCoreApplication.processEvents()
        time.sleep(0.001)


def collect() -> None:
    """Let everything go that waits for an event loop or for the garbage collector."""
    for _ in range(3):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        QCoreApplication.processEvents()
        gc.collect()


def census() -> Counter[str]:
    """Count threads, timers and top-level widgets, by name: what a closed window should take along."""
    alive = [one for one in Shiboken.getAllValidWrappers() if isinstance(one, QTimer)]
    timers = Counter(f"timer of {type(timer.parent()).__name__}" for timer in alive if timer.isActive())
    threads = Counter(f"thread {thread.name.partition('-')[0]}" for thread in threading.enumerate())
    widgets = Counter(f"widget {type(widget).__name__}" for widget in top_level_widgets())
    return timers + threads + widgets


def top_level_widgets() -> list[QWidget]:
    """Those of the app: the menus of a plot are pyqtgraph's own, belong to no window and outlive it."""
    widgets = [widget for widget in QApplication.topLevelWidgets() if Shiboken.isValid(widget)]
    return [widget for widget in widgets if not isinstance(_outermost(widget), QMenu)]


def _outermost(widget: QWidget) -> QWidget:
    above = widget.parentWidget()
    return widget if above is None else _outermost(above)
