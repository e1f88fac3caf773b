"""What surrounds the data: the sheet, its border, ticks, axis names and the colour bar."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPainterPath, QPen

from engine.observation.snapshot import CANVAS_EXTENT
from gui_app.canvas.prediction_layer import SURFACE_STRENGTH
from gui_app.canvas.scene import Scene, small_font
from gui_app.canvas.viewport import MARGIN, Viewport
from gui_app.plots.ticks import Ticks, linear_ticks
from gui_app.theme import mix

TICKS = ((-6.0, "−6"), (-3.0, "−3"), (0.0, "0"), (3.0, "3"), (6.0, "6"))
"""Places and words of the usual view, on both axes."""
_MOST_TICKS = 5
CORNER = 8.0
BAR_WIDTH, BAR_GAP = 6.0, 5.0
_TICK = 3.0
_LABEL = QRectF(0, 0, 40, 16)


def paint_sheet(painter: QPainter, scene: Scene, grid: bool) -> None:
    """The empty paper, with a light grid where no prediction will cover it."""
    square = scene.viewport.square
    painter.fillRect(square, QColor(scene.paper))
    if not grid:
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(QPen(QColor(mix(scene.paper, scene.theme.grid, 0.75)), 1))
    across, up = axis_ticks(scene.viewport)
    for tick, _ in across:
        x = scene.viewport.to_pixel(tick, 0.0).x()
        if square.left() < x < square.right():
            painter.drawLine(QPointF(x, square.top()), QPointF(x, square.bottom()))
    for tick, _ in up:
        y = scene.viewport.to_pixel(0.0, tick).y()
        if square.top() < y < square.bottom():
            painter.drawLine(QPointF(square.left(), y), QPointF(square.right(), y))


def axis_ticks(viewport: Viewport) -> tuple[Ticks, Ticks]:
    """Places and words of the ticks on the horizontal and the vertical axis."""
    if viewport.extent == CANVAS_EXTENT:
        return TICKS, TICKS
    left, right, bottom, top = viewport.extent
    return _round_ticks(left, right), _round_ticks(bottom, top)


def _round_ticks(low: float, high: float) -> Ticks:
    return tuple((place, words.replace("-", "−")) for place, words in linear_ticks(low, high, _MOST_TICKS))


def paint_border(painter: QPainter, scene: Scene, outside: str) -> None:
    """Rounds the sheet's corners off, by painting them in the colour ``outside``, and draws its thin border."""
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
    """Tick marks, numbers and axis names outside the sheet, and the colour bar of a surface."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(small_font(painter.font()))
    square = scene.viewport.square
    across, up = axis_ticks(scene.viewport)
    for tick, words in across:
        x = scene.viewport.to_pixel(tick, 0.0).x()
        _mark(painter, scene, QPointF(x, square.bottom()), 0, 1, words)
    for tick, words in up:
        y = scene.viewport.to_pixel(0.0, tick).y()
        _mark(painter, scene, QPointF(square.left(), y), -1, 0, words)
    if scene.viewport.extent == CANVAS_EXTENT:
        _paint_names(painter, scene)
    if scene.task == "surface":
        _paint_bar(painter, scene)


def _paint_names(painter: QPainter, scene: Scene) -> None:
    """Between the last two ticks, where the usual view leaves room."""
    across, up = ("x", "y") if scene.task == "curve" else ("x₁", "x₂")
    _text(painter, scene, scene.viewport.to_pixel(4.5, -6) + QPointF(0, 13), across)
    _text(painter, scene, scene.viewport.to_pixel(-6, 4.5) - QPointF(15, 0), up)


def _mark(painter: QPainter, scene: Scene, edge: QPointF, right: int, down: int, words: str) -> None:
    direction = QPointF(right, down)
    painter.setPen(QPen(QColor(scene.theme.border), 1))
    painter.drawLine(edge + direction, edge + direction * (1 + _TICK))
    _text(painter, scene, edge + QPointF(right * 15, down * 13), words)


def _text(painter: QPainter, scene: Scene, middle: QPointF, words: str) -> None:
    place = QRectF(_LABEL)
    place.moveCenter(middle)
    painter.setPen(QColor(scene.theme.muted))
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, words)


def _number(value: int) -> str:
    return str(value).replace("-", "−")


def _paint_bar(painter: QPainter, scene: Scene) -> None:
    """The colours of the values from -1 at the bottom to 1 at the top."""
    square, theme = scene.viewport.square, scene.theme
    bar = QRectF(square.right() + BAR_GAP, square.top(), BAR_WIDTH, square.height())
    colours = QLinearGradient(bar.bottomLeft(), bar.topLeft())
    strength = SURFACE_STRENGTH[theme.name]
    for place, colour in ((0.0, theme.low), (0.5, theme.middle), (1.0, theme.high)):
        colours.setColorAt(place, QColor(mix(theme.middle, colour, strength)))
    painter.setPen(QPen(QColor(theme.border), 1))
    painter.setBrush(colours)
    painter.drawRoundedRect(bar, BAR_WIDTH / 2, BAR_WIDTH / 2)
    painter.setPen(QColor(theme.muted))
    for value in (-1, 0, 1):
        height = bar.center().y() - value * (bar.height() / 2 - 6)
        label = QRectF(bar.right() + 3, height - 8, MARGIN, 16)
        painter.drawText(label, Qt.AlignmentFlag.AlignVCenter, _number(value))
