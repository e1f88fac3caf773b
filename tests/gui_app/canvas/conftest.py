"""A document, a canvas of 50 pixels per canvas unit, and a hand with a mouse."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from engine.experiment import default_experiment
from gui_app.canvas import Canvas, ToolSettings
from gui_app.session.document import Document
from gui_app.theme.tokens import LIGHT

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
SIDE = 664
"""Pixels of the canvas: 600 of the square and a margin of 32 on each side."""


class Hand:
    """Draws on a canvas with real mouse events, at places in canvas units."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas

    def pixel(self, place) -> QPoint:
        return self.canvas.scene.viewport.to_pixel(*place).toPoint()

    def place(self, place) -> tuple[float, float]:
        """Where the mouse really is when it is sent to a place: pixels are whole."""
        return self.canvas.scene.viewport.to_canvas(QPointF(self.pixel(place)))

    def press(self, place, button=LEFT, modifiers=NONE) -> None:
        QTest.mousePress(self.canvas, button, modifiers, self.pixel(place))

    def move(self, place, button=LEFT, modifiers=NONE) -> None:
        """With the button down; with the modifiers that QTest does not send with a move."""
        if not modifiers:
            QTest.mouseMove(self.canvas, self.pixel(place))
            return
        at = QPointF(self.pixel(place))
        no_button, kind = Qt.MouseButton.NoButton, QEvent.Type.MouseMove
        event = QMouseEvent(kind, at, self.canvas.mapToGlobal(at), no_button, button, modifiers)
        QApplication.sendEvent(self.canvas, event)

    def release(self, place, button=LEFT, modifiers=NONE) -> None:
        QTest.mouseRelease(self.canvas, button, modifiers, self.pixel(place))

    def click(self, place, button=LEFT, modifiers=NONE) -> None:
        self.press(place, button, modifiers)
        self.release(place, button, modifiers)

    def drag(self, start, end, events=10, button=LEFT, modifiers=NONE) -> None:
        self.press(start, button, modifiers)
        for share in np.linspace(0, 1, events + 1)[1:]:
            self.move(np.asarray(start) + share * (np.asarray(end) - np.asarray(start)), button, modifiers)
        self.release(end, button, modifiers)

    def follow(self, *corners) -> None:
        """Along a path with the left button."""
        self.press(corners[0])
        for corner in corners[1:]:
            self.move(corner)
        self.release(corners[-1])

    def wheel(self, notches, place=(0, 0), modifiers=NONE) -> None:
        at, phase = QPointF(self.pixel(place)), Qt.ScrollPhase.NoScrollPhase
        angle, no_button = QPoint(0, round(120 * notches)), Qt.MouseButton.NoButton
        event = QWheelEvent(
            at, self.canvas.mapToGlobal(at), QPoint(), angle, no_button, modifiers, phase, False
        )
        QApplication.sendEvent(self.canvas, event)


@pytest.fixture
def document(qapp):
    """The spiral."""
    document = Document(default_experiment())
    yield document
    document.stack.setClean()


@pytest.fixture
def empty_document(document):
    document.clear_points()
    document.stack.clear()
    return document


@pytest.fixture
def settings(qapp):
    return ToolSettings()


@pytest.fixture
def canvas(qtbot, document, settings):
    canvas = Canvas(document, settings)
    qtbot.addWidget(canvas)
    canvas.apply_theme(LIGHT)
    canvas.context.rng = np.random.default_rng(7)
    canvas.resize(SIDE, SIDE)
    canvas.show()
    canvas.activateWindow()
    qtbot.waitUntil(canvas.isActiveWindow)
    return canvas


@pytest.fixture
def hand(canvas):
    return Hand(canvas)
