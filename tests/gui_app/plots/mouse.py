"""A hand on a plot: real events at pixels of its plotting area."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gui_app.plots.drawing.plot_frame import PlotFrame

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
Pixel = tuple[float, float]


def at(plot: PlotFrame[Any, Any], pixel: Pixel) -> QPoint:
    """The position in the plot's widget of a pixel of its plotting area."""
    scene = plot.plot_area.view_box.mapToScene(QPointF(*pixel))
    position: QPoint = plot.plot_area.mapTo(plot, plot.plot_area.mapFromScene(scene))
    return position


def drag(
    plot: PlotFrame[Any, Any],
    start: Pixel,
    end: Pixel,
    button: Qt.MouseButton = LEFT,
    modifiers: Qt.KeyboardModifier = NONE,
) -> None:
    QTest.mousePress(plot, button, modifiers, at(plot, start))
    for share in (0.5, 1.0):
        here = (start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1]))
        QTest.mouseMove(plot, at(plot, here))
    QTest.mouseRelease(plot, button, modifiers, at(plot, end))


def click(plot: PlotFrame[Any, Any], pixel: Pixel) -> None:
    QTest.mouseClick(plot, LEFT, NONE, at(plot, pixel))


def double_click(plot: PlotFrame[Any, Any], pixel: Pixel) -> None:
    """As a hand does it: a click, then another one that Qt takes for the second of two."""
    click(plot, pixel)
    QTest.mouseDClick(plot, LEFT, NONE, at(plot, pixel))


def wheel(
    plot: PlotFrame[Any, Any], pixel: Pixel, notches: float = 1.0, modifiers: Qt.KeyboardModifier = NONE
) -> None:
    position = QPointF(at(plot, pixel))
    event = QWheelEvent(
        position,
        plot.mapToGlobal(position),
        QPoint(),
        QPoint(0, round(120 * notches)),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(plot, event)
