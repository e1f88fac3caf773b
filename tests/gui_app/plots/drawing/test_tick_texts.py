"""The texts at the ticks of an axis stay apart, whatever the size of text."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QBitmap, QImage, QPainter, QRegion
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui_app.plots.drawing.mapping import Mapping
from gui_app.plots.drawing.metrics import left_axis
from gui_app.plots.drawing.picture import TICK_GAP, paint_left_ticks
from gui_app.theme.text_size import BODY
from gui_app.theme.tokens import LIGHT
from gui_app.widgets.ticks import Ticks

HEIGHT, AROUND = 200, 40
"""Of the plotting area, and of what is painted around it, in pixels."""


@pytest.fixture(params=[1.0, 1.5, 2.0])
def scale(request, qtbot: QtBot):
    before = QApplication.font()
    larger = QApplication.font()
    larger.setPixelSize(round(BODY * request.param))
    QApplication.setFont(larger)
    yield request.param
    QApplication.setFont(before)


def inked(ticks: Ticks) -> QRect:
    """Return what the texts at the left take, in pixels from the top of the plotting area."""
    image = QImage(left_axis(), HEIGHT + 2 * AROUND, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.translate(0, AROUND)
    mapping = Mapping(300.0, float(HEIGHT), (0.0, 1.0), (0.0, 1.0))
    paint_left_ticks(painter, float(left_axis()), mapping, ticks, LIGHT)
    painter.end()
    mask = image.createMaskFromColor(image.pixel(0, 0), Qt.MaskMode.MaskInColor)
    return QRegion(QBitmap.fromImage(mask)).boundingRect().translated(0, -AROUND)


def test_a_number_at_the_end_of_the_axis_stays_clear_of_the_epochs_and_of_the_header(scale: float) -> None:
    bottom, top = inked(((0.0, "0"),)), inked(((1.0, "1"),))
    assert 0 < bottom.top() < bottom.bottom() < HEIGHT + TICK_GAP
    assert -TICK_GAP <= top.top() < top.bottom() < HEIGHT / 2


def test_numbers_between_the_ends_are_centred_on_their_values(scale: float) -> None:
    middle = inked(((0.5, "0"),))
    assert abs(middle.center().y() - HEIGHT / 2) <= 1 + scale
