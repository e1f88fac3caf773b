"""The surroundings of the data: the sheet, its border, ticks, names and units of the axes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from engine.experiment.frame import axis_symbols
from gui_app.canvas.layers.axis_labels import AxisLabels, axis_ticks, both_axes
from gui_app.canvas.layers.colour_bar import paint_bar
from gui_app.canvas.layers.scene import Scene, small_font
from gui_app.canvas.layers.text import paint_text
from gui_app.theme import text_size
from gui_app.theme.tokens import mix

CORNER = 8.0
_TICK = 3.0


def paint_sheet(painter: QPainter, scene: Scene, grid: bool) -> None:
    """Paint the empty sheet; with a light grid if ``grid``."""
    square = scene.viewport.square
    painter.fillRect(square, QColor(scene.paper))
    if not grid:
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(QPen(QColor(mix(scene.paper, scene.theme.grid, 0.75)), 1))
    across, up = axis_ticks(scene.viewport)
    left, _, bottom, _ = scene.viewport.extent
    for tick, _ in across:
        x = scene.viewport.to_pixel(tick, bottom).x()
        if square.left() < x < square.right():
            painter.drawLine(QPointF(x, square.top()), QPointF(x, square.bottom()))
    for tick, _ in up:
        y = scene.viewport.to_pixel(left, tick).y()
        if square.top() < y < square.bottom():
            painter.drawLine(QPointF(square.left(), y), QPointF(square.right(), y))


def paint_border(painter: QPainter, scene: Scene, outside: str) -> None:
    """Round off the sheet's corners by painting them in the colour ``outside``, and paint its thin border."""
    square = scene.viewport.square
    rounded = QPainterPath()
    rounded.addRoundedRect(square.adjusted(0.5, 0.5, -0.5, -0.5), CORNER, CORNER)
    corners = QPainterPath()
    corners.addRect(square)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillPath(corners.subtracted(rounded), QColor(outside))
    painter.setPen(QPen(QColor(scene.theme.border), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(rounded)


def paint_axes(painter: QPainter, scene: Scene) -> None:
    """Paint ticks, names and units of the axes outside the sheet, and the colour bar of a surface."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(small_font(painter.font()))
    square, scale = scene.viewport.square, text_size.scale()
    across, up = both_axes(scene.viewport)
    left, _, bottom, _ = scene.viewport.extent
    for tick, text in across.ticks:
        x = scene.viewport.to_pixel(tick, bottom).x()
        _mark(painter, scene, QPointF(x, square.bottom()), QPointF(0, 1), 13 * scale, text)
    for tick, text in up.ticks:
        y = scene.viewport.to_pixel(left, tick).y()
        _mark(painter, scene, QPointF(square.left(), y), QPointF(-1, 0), 15 * scale, text)
    _paint_name_below(painter, scene, across)
    _paint_name_beside(painter, scene, up)
    if scene.task == "surface":
        paint_bar(painter, scene)


def _paint_name_below(painter: QPainter, scene: Scene, labels: AxisLabels) -> None:
    """Paint the name of the horizontal axis below its ticks; a mere symbol between the last two of them."""
    square, scale, axis = scene.viewport.square, text_size.scale(), scene.axes.x
    text = labels.name(axis.name or axis_symbols(scene.task).x, axis.unit)
    if axis.name or axis.unit or not labels.are_plain or len(labels.ticks) < 2:
        below = QPointF(square.center().x(), square.bottom() + (30 if axis.name or axis.unit else 25) * scale)
        paint_text(painter, scene, below, text, room=square.width())
        return
    x = _pixel_between(labels, lambda tick: scene.viewport.to_pixel(tick, 0.0).x())
    paint_text(painter, scene, QPointF(x, square.bottom() + 13 * scale), text)


def _paint_name_beside(painter: QPainter, scene: Scene, labels: AxisLabels) -> None:
    """Paint the name of the vertical axis beside its ticks; a mere symbol between the last two of them."""
    square, scale, axis = scene.viewport.square, text_size.scale(), scene.axes.y
    text = labels.name(axis.name or axis_symbols(scene.task).y, axis.unit)
    if axis.name or axis.unit:
        beside = QPointF(square.left() - 38 * scale, square.center().y())
        paint_text(painter, scene, beside, text, upright=True, room=square.height())
        return
    if len(labels.ticks) > 1:
        y = _pixel_between(labels, lambda tick: scene.viewport.to_pixel(0.0, tick).y())
        beside = QPointF(square.left() - 15 * scale, y)
        paint_text(painter, scene, beside, text, upright=not labels.are_plain)


def _pixel_between(labels: AxisLabels, to_pixel: Callable[[float], float]) -> float:
    """The pixel in the middle between the last two ticks."""
    return (to_pixel(labels.ticks[-2][0]) + to_pixel(labels.ticks[-1][0])) / 2


def _mark(
    painter: QPainter, scene: Scene, edge: QPointF, direction: QPointF, distance: float, text: str
) -> None:
    painter.setPen(QPen(QColor(scene.theme.border), 1))
    painter.drawLine(edge + direction, edge + direction * (1 + _TICK))
    paint_text(painter, scene, edge + direction * distance, text)
