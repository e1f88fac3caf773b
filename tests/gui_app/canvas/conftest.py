"""A document, a canvas of 50 pixels per canvas unit, and a hand with a mouse."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from engine.experiment import default_experiment
from gui_app.canvas import Canvas, ToolSettings
from gui_app.document import Document
from gui_app.theme import LIGHT

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

    def press(self, place, button=Qt.MouseButton.LeftButton) -> None:
        QTest.mousePress(self.canvas, button, pos=self.pixel(place))

    def move(self, place) -> None:
        QTest.mouseMove(self.canvas, self.pixel(place))

    def release(self, place, button=Qt.MouseButton.LeftButton) -> None:
        QTest.mouseRelease(self.canvas, button, pos=self.pixel(place))

    def drag(self, start, end, events=10, button=Qt.MouseButton.LeftButton) -> None:
        self.press(start, button)
        for share in np.linspace(0, 1, events + 1)[1:]:
            self.move(np.asarray(start) + share * (np.asarray(end) - np.asarray(start)))
        self.release(end, button)


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
    canvas.pointer.gesture.rng = np.random.default_rng(7)
    canvas.resize(SIDE, SIDE)
    canvas.show()
    canvas.activateWindow()
    qtbot.waitUntil(canvas.isActiveWindow)
    return canvas


@pytest.fixture
def hand(canvas):
    return Hand(canvas)
