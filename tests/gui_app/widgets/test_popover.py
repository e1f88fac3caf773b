"""Popovers open within the screen, close as popups do, and leave the keyboard where it was."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QScrollArea, QVBoxLayout, QWidget
from shiboken6 import isValid

from gui_app.theme import text_size
from gui_app.widgets.popover import GAP, Popover

WIDTH = 200


@pytest.fixture
def window(qtbot):
    """A window with two fields, the second of which has the focus."""
    window = QWidget()
    window.first, window.second = QLineEdit(), QLineEdit()
    column = QVBoxLayout(window)
    column.addWidget(window.first)
    column.addWidget(window.second)
    qtbot.addWidget(window)
    window.resize(400, 300)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.second.setFocus()
    return window


def popover_on(parent: QWidget, text: str = "Text") -> Popover:
    popover = Popover("A popover", WIDTH, parent=parent)
    popover.button = QPushButton("Do it")
    label = QLabel(text)
    label.setWordWrap(True)
    popover.column.addWidget(label)
    popover.column.addWidget(popover.button)
    return popover


def test_the_first_control_has_the_focus(window):
    popover = popover_on(window)
    popover.open_at(QPoint(100, 100))
    assert popover.isVisible()
    assert popover.button.hasFocus()
    popover.close()


@pytest.mark.parametrize("way", ["escape", "a click elsewhere"])
def test_it_closes_and_the_focus_goes_back(qtbot, window, way):
    popover = popover_on(window)
    popover.open_at(window.mapToGlobal(QPoint(20, 100)))
    if way == "escape":
        QTest.keyClick(popover, Qt.Key.Key_Escape)
    else:
        # A click outside reaches the open popup, as Qt delivers it.
        QTest.mousePress(popover, Qt.MouseButton.LeftButton, pos=QPoint(-30, -30))
    assert not popover.isVisible()
    assert QApplication.focusWidget() is window.second
    QApplication.sendPostedEvents(popover, QEvent.Type.DeferredDelete)
    assert not isValid(popover)


def test_enter_does_nothing_where_there_is_nothing_to_accept(window):
    popover = popover_on(window)
    popover.open_at(QPoint(100, 100))
    QTest.keyClick(popover, Qt.Key.Key_Return)
    assert popover.isVisible()
    popover.close()


def test_one_over_another_closes_alone(window):
    lower = popover_on(window)
    lower.open_at(QPoint(100, 100))
    upper = popover_on(lower)
    upper.open_at(QPoint(150, 150))
    assert QApplication.activePopupWidget() is upper
    QTest.keyClick(upper, Qt.Key.Key_Escape)
    assert not upper.isVisible()
    assert lower.isVisible()
    assert QApplication.activePopupWidget() is lower
    assert lower.button.hasFocus()
    lower.close()


@pytest.mark.parametrize(
    ("anchor", "left"),
    [
        (Qt.AlignmentFlag.AlignLeft, 300),
        (Qt.AlignmentFlag.AlignHCenter, 200),
        (Qt.AlignmentFlag.AlignRight, 100),
    ],
)
def test_it_opens_where_it_is_asked_to(window, anchor, left):
    popover = popover_on(window)
    popover.open_at(QPoint(300, 200), anchor)
    assert (popover.x(), popover.y()) == (left, 200)
    popover.close()
    popover = popover_on(window)
    popover.open_above(QPoint(300, 400), anchor)
    assert (popover.x(), popover.y() + popover.height()) == (left, 400)
    popover.close()


@pytest.mark.parametrize("corner", ["top left", "bottom right"])
def test_it_stays_within_the_screen(window, corner):
    screen = window.screen().availableGeometry()
    popover = popover_on(window)
    popover.open_at(screen.topLeft() if corner == "top left" else screen.bottomRight())
    inside = screen.adjusted(GAP, GAP, -GAP, -GAP)
    assert inside.contains(popover.geometry())
    popover.close()


def test_it_is_as_high_as_its_text_needs_at_its_width(window):
    short, long = popover_on(window), popover_on(window, "One sentence after another. " * 12)
    short.open_at(QPoint(100, 100))
    short.close()
    long.open_at(QPoint(100, 100))
    label = long.findChild(QLabel)
    assert long.width() == short.width() == WIDTH
    assert label.height() >= label.heightForWidth(label.width()) > 3 * label.fontMetrics().lineSpacing()
    long.close()


@pytest.fixture
def larger(qapp):
    """Text at twice its size."""
    before = qapp.font()
    font = qapp.font()
    font.setPixelSize(2 * text_size.BODY)
    qapp.setFont(font)
    yield
    qapp.setFont(before)


def test_it_is_as_much_wider_as_text_is_larger(window, larger):
    popover = popover_on(window)
    popover.open_at(QPoint(100, 100))
    assert popover.width() == 2 * WIDTH
    popover.close()


def test_what_is_higher_than_the_screen_scrolls_by_key_and_wheel(window):
    popover = popover_on(window, "One sentence after another. " * 600)
    popover.open_at(QPoint(100, 100))
    assert popover.screen().availableGeometry().adjusted(0, GAP, 0, -GAP).contains(popover.geometry())
    area = popover.findChild(QScrollArea)
    bar = area.verticalScrollBar()
    assert bar.maximum() > 0
    bar.setValue(0)
    QTest.keyClick(popover.button, Qt.Key.Key_PageDown)
    assert bar.value() > 0
    bar.setValue(bar.maximum())
    bottom = popover.button.mapTo(popover, popover.button.rect().bottomLeft())
    assert popover.rect().contains(bottom), "the last part can be reached"
    popover.close()


def test_it_follows_what_appears_in_it(window):
    popover = popover_on(window)
    popover.open_at(QPoint(100, 100))
    before = popover.height()
    more = QLabel("Line<br>" * 10)
    popover.column.addWidget(more)
    more.show()
    QApplication.processEvents()
    assert popover.height() >= before + more.sizeHint().height()
    assert popover.findChild(QScrollArea).verticalScrollBar().maximum() == 0
    popover.close()
