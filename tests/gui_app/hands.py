"""Hands for tests of the whole window: they answer dialogs, draw, and stand in for an engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QFileDialog, QMessageBox

from engine.data import Append, Replace, remove_where
from engine.experiment import Points
from engine.observation.snapshot import Snapshot
from engine.service import messages as m
from gui_app.session.document import Document
from gui_app.window.main_window import MainWindow
from tests.gui_app.plots.runs import history_of, snapshot_of

LEFT = Qt.MouseButton.LeftButton


class Dialogs:
    """Presses a button in every modal dialog that opens: the next of ``answers``, or the only one there is.

    ``said`` keeps the words of each dialog. A dialog that nobody expected is dismissed, and fails the test.
    """

    def __init__(self) -> None:
        self.said: list[str] = []
        self.answers: list[str] = []
        self.unexpected: list[str] = []
        self._timer = QTimer(interval=1)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _look(self) -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QDialog) and dialog.isVisible():
            self.said.append(_words(dialog))
            box = dialog.findChild(QDialogButtonBox)
            buttons = box.buttons() if box is not None else []
            wanted = self.answers.pop(0) if self.answers else buttons[0].text() if len(buttons) == 1 else None
            for button in buttons:
                if button.text().replace("&", "") == wanted:
                    QTest.mouseClick(button, LEFT)
                    return
            self.unexpected.append(self.said[-1])
            dialog.reject()


def _words(dialog: QDialog) -> str:
    if isinstance(dialog, QMessageBox):
        return f"{dialog.text()}\n{dialog.informativeText()}".strip()
    return dialog.windowTitle()


class Files:
    """Answers the file dialogs with ``path`` (None: the person thinks better of it); ``asked`` keeps their titles."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.path: Path | None = None
        self.kind = ""
        self.asked: list[str] = []
        for name in ("getOpenFileName", "getSaveFileName"):
            monkeypatch.setattr(QFileDialog, name, lambda *a: (self._answer(*a), self.kind))
        monkeypatch.setattr(QFileDialog, "getExistingDirectory", self._answer)

    def _answer(self, parent: object, title: str, *_: object) -> str:
        self.asked.append(title)
        return "" if self.path is None else str(self.path)


class FakeEngine:
    """An engine whose answers the test makes; ``commands`` keeps what it was sent."""

    def __init__(self) -> None:
        self.commands: list[m.Command] = []
        self.snapshot: Snapshot | None = None
        self.events: list[m.Event] = []
        self.started = self.closed = 0

    def start(self) -> None:
        self.started += 1

    def send(self, command: m.Command) -> None:
        self.commands.append(command)

    def take_snapshot(self) -> Snapshot | None:
        taken, self.snapshot = self.snapshot, None
        return taken

    def take_events(self) -> list[m.Event]:
        taken, self.events = self.events, []
        return taken

    def close(self, timeout: float) -> bool:
        self.closed += 1
        return True

    # -- for the test

    def take_commands(self) -> list[m.Command]:
        taken, self.commands = self.commands, []
        return taken

    def answer(self, acknowledged: int, playing: bool = False) -> Snapshot:
        """Put a snapshot where the window finds it."""
        self.snapshot = replace(snapshot_of(history_of([0])), acknowledged=acknowledged, playing=playing)
        return self.snapshot


def draw(document: Document, xy: Sequence[Sequence[float]], target: float = 0.0, edits: int = 1) -> None:
    """A finished stroke of so many edits."""
    task = document.experiment.data.task
    for part in np.array_split(np.array(xy, dtype=float), edits):
        targets = part[:, 1] if task == "curve" else np.full(len(part), target)
        document.apply_edit(Append(document.new_points(part, targets)))
    document.finish_gesture("Draw")


def put_points(document: Document, points: Points, words: str) -> None:
    """These points in place of all others, as one gesture."""
    document.apply_edit(Replace(document.points, points))
    document.finish_gesture(words)


def erase(document: Document, every: int) -> None:
    """Erase every so-many-th point."""
    document.apply_edit(remove_where(document.points, np.arange(len(document.points)) % every == 0))
    document.finish_gesture("Erase")


def stroke(
    window: MainWindow, start: tuple[float, float], end: tuple[float, float], release: bool = True
) -> None:
    """With the left button along a line in canvas units."""
    path = [pixel(window, *(np.array(start) * (1 - t) + np.array(end) * t)) for t in np.linspace(0, 1, 6)]
    QTest.mousePress(window.canvas, LEFT, pos=path[0])
    for place in path[1:]:
        QTest.mouseMove(window.canvas, place)
    if release:
        QTest.mouseRelease(window.canvas, LEFT, pos=path[-1])


def pixel(window: MainWindow, x: float, y: float) -> QPoint:
    return window.canvas.scene.viewport.to_pixel(float(x), float(y)).toPoint()


def content_of(*paths: Path) -> QMimeData:
    content = QMimeData()
    content.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return content


def drop(window: MainWindow, *paths: Path) -> bool:
    """As a file manager does it; returns whether the window would take it."""
    content = content_of(*paths)
    place, buttons = window.canvas.geometry().center(), Qt.MouseButton.LeftButton
    kinds = Qt.DropAction.CopyAction, content, buttons, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(place), *kinds)
    QApplication.sendEvent(window, enter)
    if enter.isAccepted():
        QApplication.sendEvent(window, QDropEvent(QPointF(place), *kinds))
        QApplication.processEvents()
    return enter.isAccepted()


@pytest.fixture
def dialogs(qapp: QApplication) -> Iterator[Dialogs]:
    dialogs = Dialogs()
    yield dialogs
    dialogs.stop()
    assert not dialogs.unexpected
    assert not dialogs.answers, "a dialog did not come"


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> Files:
    return Files(monkeypatch)
