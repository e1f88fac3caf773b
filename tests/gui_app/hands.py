"""Hands for tests: they draw on a canvas, use controls, change documents and drop files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QCursor, QDragEnterEvent, QDropEvent, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDockWidget, QLineEdit, QWidget

from engine.catalogue.presets import below_experiment
from engine.data import Append, Replace, remove_where
from engine.experiment import Experiment, Points, edit_many
from gui_app.canvas import Canvas
from gui_app.session.document import Document
from gui_app.widgets.choice_box import ChoiceBox
from gui_app.widgets.parameter_slider import ParameterSlider
from gui_app.window.main_window import MainWindow

Part = TypeVar("Part", bound=QWidget)
Place = Sequence[float] | NDArray[np.float64]
"""x and y in canvas units."""
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def part_of(window: MainWindow, kind: type[Part]) -> Part:
    """The window's only panel or plot of a class."""
    layout = window.dock_layout
    (part,) = (part for part in (*layout.panels, *layout.plots) if isinstance(part, kind))
    return part


def dock_of(window: MainWindow, title: str) -> QDockWidget:
    (dock,) = (dock for dock in window.dock_layout.arrangement.all_docks if dock.windowTitle() == title)
    return dock


def with_lanes(experiment: Experiment, **lanes: Mapping[str, object]) -> Experiment:
    """The experiment with a lane of each of these names: the first lane with changes by path below the lane."""
    first, *_ = experiment.lanes
    named = tuple(msgspec.structs.replace(first, name=name) for name in lanes)
    several = msgspec.structs.replace(experiment, lanes=named)
    changes = [below_experiment(changes, index) for index, changes in enumerate(lanes.values())]
    return edit_many(several, {path: value for change in changes for path, value in change.items()})


def draw(document: Document, xy: Sequence[Sequence[float]], target: float = 0.0, edits: int = 1) -> None:
    """A finished stroke of so many edits."""
    task = document.experiment.data.task
    for part in np.array_split(np.array(xy, dtype=float), edits):
        targets = part[:, 1] if task == "curve" else np.full(len(part), target)
        document.apply_edit(Append(document.new_points(part, targets)))
    document.finish_gesture("Draw")


def put_points(document: Document, points: Points, words: str) -> None:
    """These points in position of all others, as one gesture."""
    document.apply_edit(Replace(document.points, points))
    document.finish_gesture(words)


def erase(document: Document, every: int) -> None:
    """Erase every so-many-th point."""
    document.apply_edit(remove_where(document.points, np.arange(len(document.points)) % every == 0))
    document.finish_gesture("Erase")


class Hand:
    """Draws on a pane of a canvas with real mouse events, at positions in canvas units."""

    def __init__(self, canvas: Canvas, pane: int = 0) -> None:
        self.canvas, self.pane = canvas, pane

    def pixel(self, position: Place) -> QPoint:
        x, y = position
        return self.canvas.scene.viewport.to_pixel(float(x), float(y)).toPoint() + self._corner

    @property
    def _corner(self) -> QPoint:
        return self.canvas.arrangement.offset(self.pane)

    def position(self, position: Place) -> tuple[float, float]:
        """Where the mouse really is when it is sent to a position: pixels are whole."""
        return self.canvas.scene.viewport.to_data(QPointF(self.pixel(position) - self._corner))

    def press(
        self, position: Place, button: Qt.MouseButton = LEFT, modifiers: Qt.KeyboardModifier = NONE
    ) -> None:
        QTest.mousePress(self.canvas, button, modifiers, self.pixel(position))

    def move(
        self, position: Place, button: Qt.MouseButton = LEFT, modifiers: Qt.KeyboardModifier = NONE
    ) -> None:
        """With the button down; with the modifiers that QTest does not send with a move."""
        if not modifiers:
            if self.canvas.mapToGlobal(self.pixel(position)) == QCursor.pos():
                # A test before has left the mouse here, and one that stays where it is tells nobody.
                QTest.mouseMove(self.canvas, self.pixel(position) + QPoint(1, 0))
            QTest.mouseMove(self.canvas, self.pixel(position))
            return
        at = QPointF(self.pixel(position))
        no_button, kind = Qt.MouseButton.NoButton, QEvent.Type.MouseMove
        event = QMouseEvent(kind, at, self.canvas.mapToGlobal(at), no_button, button, modifiers)
        QApplication.sendEvent(self.canvas, event)

    def release(
        self, position: Place, button: Qt.MouseButton = LEFT, modifiers: Qt.KeyboardModifier = NONE
    ) -> None:
        QTest.mouseRelease(self.canvas, button, modifiers, self.pixel(position))

    def click(
        self, position: Place, button: Qt.MouseButton = LEFT, modifiers: Qt.KeyboardModifier = NONE
    ) -> None:
        self.press(position, button, modifiers)
        self.release(position, button, modifiers)

    def drag(
        self,
        start: Place,
        end: Place,
        events: int = 10,
        button: Qt.MouseButton = LEFT,
        modifiers: Qt.KeyboardModifier = NONE,
    ) -> None:
        self.press(start, button, modifiers)
        for share in np.linspace(0, 1, events + 1)[1:]:
            self.move(_between(start, end, share), button, modifiers)
        self.release(end, button, modifiers)

    def follow(self, *corners: Place, events: int = 1, release: bool = True) -> None:
        """Along a path with the left button, with that many moves from corner to corner."""
        self.press(corners[0])
        for start, end in pairwise(corners):
            for share in np.linspace(0, 1, events + 1)[1:]:
                self.move(_between(start, end, share))
        if release:
            self.release(corners[-1])

    def wheel(self, notches: float, position: Place = (0, 0), modifiers: Qt.KeyboardModifier = NONE) -> None:
        at, phase = QPointF(self.pixel(position)), Qt.ScrollPhase.NoScrollPhase
        angle, no_button = QPoint(0, round(120 * notches)), Qt.MouseButton.NoButton
        event = QWheelEvent(
            at, self.canvas.mapToGlobal(at), QPoint(), angle, no_button, modifiers, phase, False
        )
        QApplication.sendEvent(self.canvas, event)


def _between(start: Place, end: Place, share: float) -> NDArray[np.float64]:
    """The position at a share of the way."""
    first, last = np.asarray(start, dtype=np.float64), np.asarray(end, dtype=np.float64)
    between: NDArray[np.float64] = first + share * (last - first)
    return between


def stroke(window: MainWindow, *corners: tuple[float, float], release: bool = True) -> None:
    """With the left button along the corners, in canvas units."""
    Hand(window.canvas).follow(*corners, events=6, release=release)


def pixel(window: MainWindow, x: float, y: float) -> QPoint:
    return Hand(window.canvas).pixel((x, y))


def click(widget: QWidget, pos: QPoint | None = None) -> None:
    QTest.mouseClick(widget, LEFT, pos=pos or widget.rect().center())


def drag_slider(control: ParameterSlider, start: float, end: float) -> None:
    """From one share of the groove to another."""
    groove = control.slider
    assert groove is not None
    QTest.mousePress(groove, LEFT, pos=QPoint(round(start * groove.width()), 10))
    for step in range(1, 6):
        position = start + (end - start) * step / 5
        QTest.mouseMove(groove, QPoint(round(position * groove.width()), 10))
    QTest.mouseRelease(groove, LEFT, pos=QPoint(round(end * groove.width()), 10))


def type_into(field: QLineEdit, text: str) -> None:
    fill(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def fill(field: QLineEdit, text: str) -> None:
    """Type a text without Enter, which may accept a whole form."""
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)


def choose(box: ChoiceBox, key: str) -> None:
    """By keyboard, as a person without a mouse does."""
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Down)
    while (row := box.view().currentIndex().row()) != box.keys().index(key):
        down = box.keys().index(key) > row
        QTest.keyClick(box.view(), Qt.Key.Key_Down if down else Qt.Key.Key_Up)
    QTest.keyClick(box.view(), Qt.Key.Key_Return)


def content_of(*paths: Path) -> QMimeData:
    content = QMimeData()
    content.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return content


def drop(window: MainWindow, *paths: Path) -> bool:
    """As a file manager does it; returns whether the window would take it."""
    content = content_of(*paths)
    position, buttons = window.canvas.geometry().center(), Qt.MouseButton.LeftButton
    kinds = Qt.DropAction.CopyAction, content, buttons, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(position), *kinds)
    QApplication.sendEvent(window, enter)
    if enter.isAccepted():
        QApplication.sendEvent(window, QDropEvent(QPointF(position), *kinds))
        QApplication.processEvents()
    return enter.isAccepted()
