"""A combo box has one frame: at rest, with the focus, and around its list."""

from __future__ import annotations

from itertools import groupby

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage, QTransform
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gui_app.panels.training.training_panel import TrainingPanel
from tests.gui_app.hands import part_of

pytestmark = pytest.mark.usefixtures("fake_engine")


@pytest.fixture(params=["light", "dark"])
def window(still, request):
    still.appearance.choose(request.param)
    yield still
    still.appearance.choose("light")


def lines(picture: QImage, ground: str, width: int) -> int:
    """How many lines there are from the left to the right, in the first pixels of the row in the middle."""
    row = picture.height() // 2
    colours = [picture.pixelColor(x, row) for x in range(width)]
    return sum(not is_ground for is_ground, _ in groupby(colours, lambda one: alike(one, QColor(ground))))


def alike(one: QColor, other: QColor) -> bool:
    return max(abs(a - b) for a, b in zip(one.getRgb(), other.getRgb(), strict=True)) < 6


def test_the_list_of_a_combo_box_has_one_frame(window):
    box, ground = part_of(window, TrainingPanel).optimizer.box, window.appearance.theme.panel
    box.showPopup()
    box.view().setCurrentIndex(box.model().index(box.count() - 1, 0))
    QApplication.processEvents()
    popup = box.view().window()
    picture = popup.grab().toImage()
    for turned in (picture, picture.transformed(QTransform().rotate(-90))):
        assert lines(turned, ground, 6) == 1
    box.hidePopup()


def test_the_ring_of_the_focus_lies_on_the_frame(window, qtbot):
    panel, ground = part_of(window, TrainingPanel), window.appearance.theme.panel
    box = panel.optimizer.box
    panel.learning_rate.number.setFocus()
    QTest.keyClick(panel.learning_rate.number, Qt.Key.Key_Tab)
    assert box.hasFocus()
    corner = box.mapTo(window, QPoint(-4, 0))
    qtbot.waitUntil(lambda: window._focus_ring.isVisible())
    area = box.rect().translated(corner)
    assert lines(window.grab(area).toImage(), ground, 8) == 1
