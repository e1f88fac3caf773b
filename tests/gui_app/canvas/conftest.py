"""A document, a canvas of 50 pixels per canvas unit, and a hand with a mouse."""

from __future__ import annotations

import numpy as np
import pytest

from gui_app.canvas import Canvas, ToolSettings
from gui_app.theme.tokens import LIGHT
from tests.gui_app.hands import Hand

SIDE = 664
"""Pixels of the canvas: 600 of the square and a margin of 32 on each side."""


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
