"""The surroundings of the data: the sheet, its border, ticks, names and units of the axes."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPainterPath, QPen

from engine.experiment.frame import axis_symbols
from gui_app.canvas.layers.axis_labels import AxisLabels, axis_ticks, both_axes
from gui_app.canvas.layers.colour_bar import paint_bar
from gui_app.canvas.layers.scene import Scene, small_font
from gui_app.canvas.layers.text import paint_text
from gui_app.theme import text_size
from gui_app.theme.tokens import mix
from gui_app.widgets.ticks import Ticks

CORNER = 8.0
_TICK = 3.0
_BESIDE = 5.0
"""Pixels from the sheet to where the numbers of the vertical axis end, at the default size of text."""
_GAP = 4.0
"""Pixels between texts beside one another, at least."""
_NAME_BESIDE = 50.0
"""Pixels from the sheet to the middle of the vertical axis's name: its longest numbers are between them."""


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
    if scene.bare:
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(small_font(painter.font()))
    square, scale = scene.viewport.square, text_size.scale()
    across, up = both_axes(scene.viewport)
    across = replace(across, ticks=_apart(across.ticks, scene, painter.fontMetrics()))
    left, _, bottom, _ = scene.viewport.extent
    for tick, text in across.ticks:
        edge = QPointF(scene.viewport.to_pixel(tick, bottom).x(), square.bottom())
        _mark(painter, scene, edge, QPointF(0, 1))
        paint_text(painter, scene, edge + QPointF(0, 13 * scale), text)
    for tick, text in up.ticks:
        edge = QPointF(square.left(), scene.viewport.to_pixel(left, tick).y())
        _mark(painter, scene, edge, QPointF(-1, 0))
        paint_text(painter, scene, edge - QPointF(_BESIDE * scale, 0), text, ends=True)
    _paint_name_below(painter, scene, across)
    _paint_name_beside(painter, scene, up)
    if scene.task == "surface":
        paint_bar(painter, scene)


def _apart(ticks: Ticks, scene: Scene, metrics: QFontMetrics) -> Ticks:
    """Return every tick of the horizontal axis, or so many fewer that their texts stand apart."""
    places = [
        (scene.viewport.to_pixel(tick, 0.0).x(), metrics.horizontalAdvance(text) / 2) for tick, text in ticks
    ]
    for step in range(1, len(ticks)):
        kept = places[::step]
        if all(there - here >= half + other + _GAP for (here, half), (there, other) in pairwise(kept)):
            return ticks[::step]
    return ticks[:1]


def _paint_name_below(painter: QPainter, scene: Scene, labels: AxisLabels) -> None:
    """Paint the name of the horizontal axis below its ticks; a mere symbol between the last two of them."""
    square, scale, axis = scene.viewport.square, text_size.scale(), scene.axes.x
    text = labels.name(axis.name or axis_symbols(scene.task).x, axis.unit)
    is_symbol = not (axis.name or axis.unit) and labels.are_plain
    places = [scene.viewport.to_pixel(tick, 0.0).x() for tick, _ in labels.ticks[-2:]]
    metrics = painter.fontMetrics()
    widths = [metrics.horizontalAdvance(text) for text in (text, *(label for _, label in labels.ticks[-2:]))]
    if is_symbol and len(places) == 2 and places[1] - places[0] >= sum(widths[1:]) / 2 + widths[0] + 2 * _GAP:
        free = places[0] + widths[1] / 2, places[1] - widths[2] / 2
        paint_text(painter, scene, QPointF(sum(free) / 2, square.bottom() + 13 * scale), text)
    else:
        below = QPointF(square.center().x(), square.bottom() + (30 if axis.name or axis.unit else 25) * scale)
        paint_text(painter, scene, below, text, room=square.width())


def _paint_name_beside(painter: QPainter, scene: Scene, labels: AxisLabels) -> None:
    """Paint the name of the vertical axis beside its ticks; a mere symbol between the last two of them."""
    square, scale, axis = scene.viewport.square, text_size.scale(), scene.axes.y
    text = labels.name(axis.name or axis_symbols(scene.task).y, axis.unit)
    if axis.name or axis.unit or not labels.are_plain:
        beside = QPointF(max(square.left() - _NAME_BESIDE * scale, 8 * scale), square.center().y())
        paint_text(painter, scene, beside, text, upright=True, room=square.height())
    elif len(labels.ticks) > 1:
        middle = sum(scene.viewport.to_pixel(0.0, tick).y() for tick, _ in labels.ticks[-2:]) / 2
        paint_text(painter, scene, QPointF(square.left() - _BESIDE * scale, middle), text, ends=True)


def _mark(painter: QPainter, scene: Scene, edge: QPointF, direction: QPointF) -> None:
    painter.setPen(QPen(QColor(scene.theme.border), 1))
    painter.drawLine(edge + direction, edge + direction * (1 + _TICK))
