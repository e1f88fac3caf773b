"""Tips wrap, escape what is no markup, and stand beside what they explain."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QFontMetrics, QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolTip, QVBoxLayout, QWidget

from gui_app.widgets.tips import WIDEST, Tips, set_subject, tip, wrapped

LONG = "Zoom with the wheel, or drag a rectangle; pan with Shift and the mouse, as often as you like. " * 2
FRAME = 40
"""Pixels that margins and the style sheet's padding may add to the width of the text."""


@pytest.fixture
def button(qapp, qtbot):
    Tips.serve(qapp)
    holder = QWidget()
    holder.setGeometry(300, 300, 200, 80)
    control = QPushButton("Control", holder)
    control.setGeometry(20, 20, 160, 40)
    qtbot.addWidget(holder)
    holder.show()
    holder.activateWindow()
    qtbot.waitUntil(holder.isActiveWindow)
    yield control
    QToolTip.hideText()


def shown(widget: QWidget, at: QPoint | None = None) -> QLabel:
    """The window with the tip, after the mouse has rested on a widget."""
    position = widget.rect().center() if at is None else at
    QTest.mouseMove(widget.window().windowHandle(), widget.mapTo(widget.window(), position))
    QApplication.sendEvent(
        widget, QHelpEvent(QHelpEvent.Type.ToolTip, position, widget.mapToGlobal(position))
    )
    labels = [top for top in QApplication.topLevelWidgets() if top.metaObject().className() == "QTipLabel"]
    return next(label for label in labels if label.isVisible())


def on_screen(widget: QWidget) -> QRect:
    return QRect(widget.mapToGlobal(QPoint(0, 0)), widget.size())


@pytest.mark.parametrize("text", [LONG, tip("Zoom", LONG, "w ← w − η·∂C/∂w"), "short", "two\nlines"])
def test_a_tip_is_at_most_so_wide_and_high_enough_for_its_text(button, text):
    button.setToolTip(text)
    label = shown(button)
    assert label.width() <= WIDEST + FRAME
    assert label.height() >= label.heightForWidth(label.width())
    lines = QFontMetrics(QToolTip.font()).horizontalAdvance(LONG) / WIDEST
    if LONG in text:
        assert label.height() > lines * QFontMetrics(QToolTip.font()).height()
    else:
        assert label.width() < WIDEST / 2


def test_plain_text_is_shown_as_it_is_written():
    assert "p &lt; 0.5 &amp; λ" in wrapped("p < 0.5 & λ")
    assert "two<br>lines" in wrapped("two\nlines")
    assert "<b>a &lt; b</b>" in wrapped(tip("a < b", "c"))


def test_a_tip_stands_beside_its_control_wherever_that_is(button):
    button.setToolTip(LONG)
    screen = button.screen().availableGeometry()
    holder = button.parentWidget()
    corners = (
        screen.topLeft(),
        screen.bottomRight() - QPoint(200, 80),
        QPoint(screen.left(), screen.bottom() - 80),
    )
    for corner in (*corners, screen.center()):
        holder.move(corner)
        label = shown(button)
        assert not label.geometry().intersects(on_screen(button)), corner
        assert screen.contains(label.geometry()), corner


def test_the_tip_of_a_heading_does_not_cover_what_stands_below_it(qtbot, qapp):
    Tips.serve(qapp)
    plot = QWidget()
    plot.setGeometry(300, 300, 300, 300)
    heading = QLabel("Loss", toolTip=LONG)
    column = QVBoxLayout(plot)
    column.addWidget(heading)
    column.addWidget(QWidget(), 1)
    set_subject(heading, plot)
    qtbot.addWidget(plot)
    plot.show()
    plot.activateWindow()
    qtbot.waitUntil(plot.isActiveWindow)
    assert not shown(heading).geometry().intersects(on_screen(plot))
    QToolTip.hideText()
