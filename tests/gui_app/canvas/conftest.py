"""A document, a canvas of 50 pixels per canvas unit, and a hand with a mouse."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui_app.canvas import Canvas, ToolSettings
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.theme.tokens import LIGHT
from tests.gui_app.hands import Hand

SIDE = 664
"""Pixels of the canvas: 600 of the square and a margin of 32 on each side."""


@pytest.fixture
def empty_document(document: Document) -> Document:
    document.clear_points()
    document.stack.clear()
    return document


@pytest.fixture
def settings(qapp: QApplication) -> ToolSettings:
    return ToolSettings()


@pytest.fixture
def canvas(qtbot: QtBot, document: Document, settings: ToolSettings) -> Canvas:
    canvas = Canvas(document, CurrentLane(document), settings)
    qtbot.addWidget(canvas)
    canvas.apply_theme(LIGHT)
    canvas.context.rng = np.random.default_rng(7)
    # With room for the line under the sheet and the switches beside a surface.
    canvas.resize(SIDE + 32, SIDE + 10)
    with qtbot.waitExposed(canvas):
        canvas.show()
    canvas.activateWindow()
    qtbot.waitUntil(canvas.isActiveWindow)
    return canvas


@pytest.fixture
def hand(canvas: Canvas) -> Hand:
    return Hand(canvas)
