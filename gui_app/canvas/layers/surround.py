"""The surroundings of the data: the sheet, its border, ticks, axis names and the colour bar."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPainterPath, QPen, QPolygonF

from engine.catalogue.canvas import CANVAS
from engine.observation.snapshot import CANVAS_EXTENT
from gui_app.canvas.layers.scene import Scene, small_font
from gui_app.canvas.view.viewport import MARGIN, Viewport
from gui_app.theme.colour_maps import SURFACE_STRENGTH
from gui_app.theme.tokens import mix
from gui_app.widgets.ticks import Ticks, linear_ticks, tick_text

TICKS: Ticks = tuple(
    (at * CANVAS, f"{at * CANVAS:g}".replace("-", "−")) for at in (-1.0, -0.5, 0.0, 0.5, 1.0)
)
"""Positions and texts of the ticks in the default view, on both axes."""
_MOST_TICKS = 5
_LONGEST = 7, 5
"""Largest number of characters at a tick of the horizontal and of the vertical axis."""
CORNER = 8.0
BAR_WIDTH, BAR_GAP = 6.0, 5.0
_TICK = 3.0
_LABEL = QRectF(-20, -8, 40, 16)


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


@dataclass(frozen=True, slots=True)
class AxisLabels:
    """The labels of an axis: ``ticks`` are positions in the data with texts, which are relative to ``base``."""

    ticks: Ticks
    base: float = 0.0

    def name(self, name: str) -> str:
        """Return the axis's name minus the base, such as "x − 1000"."""
        return f"{name} {'−' if self.base > 0 else '+'} {abs(self.base):.15g}" if self.base else name


def axis_labels(low: float, high: float, longest: int) -> AxisLabels:
    """Return the labels of an axis from ``low`` to ``high``.

    They are relative to a base if the texts would otherwise be equal or longer than ``longest`` characters.
    """
    ticks = _round_ticks(low, high)
    texts = [text for _, text in ticks]
    if len(set(texts)) == len(texts) and max(map(len, texts), default=0) <= longest:
        return AxisLabels(ticks)
    base = ticks[0][0]
    return AxisLabels(tuple((position, _plain(position - base)) for position, _ in ticks), base)


def axis_ticks(viewport: Viewport) -> tuple[Ticks, Ticks]:
    """Return positions and texts of the ticks on the horizontal and the vertical axis."""
    across, up = both_axes(viewport)
    return across.ticks, up.ticks


def both_axes(viewport: Viewport) -> tuple[AxisLabels, AxisLabels]:
    """Return the labels of the horizontal and the vertical axis."""
    if viewport.extent == CANVAS_EXTENT:
        return AxisLabels(TICKS), AxisLabels(TICKS)
    left, right, bottom, top = viewport.extent
    return axis_labels(left, right, _LONGEST[0]), axis_labels(bottom, top, _LONGEST[1])


def _round_ticks(low: float, high: float) -> Ticks:
    return tuple((position, _plain(position)) for position, _ in linear_ticks(low, high, _MOST_TICKS))


def _plain(position: float) -> str:
    return tick_text(position).replace(",", "").replace("-", "−")


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
    """Paint ticks and axis names outside the sheet, and the colour bar of a surface."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(small_font(painter.font()))
    square = scene.viewport.square
    across, up = both_axes(scene.viewport)
    left, _, bottom, _ = scene.viewport.extent
    for tick, text in across.ticks:
        x = scene.viewport.to_pixel(tick, bottom).x()
        _mark(painter, scene, QPointF(x, square.bottom()), 0, 1, text)
    for tick, text in up.ticks:
        y = scene.viewport.to_pixel(left, tick).y()
        _mark(painter, scene, QPointF(square.left(), y), -1, 0, text)
    _paint_names(painter, scene, across, up)
    if scene.task == "surface":
        _paint_bar(painter, scene)


def _paint_names(painter: QPainter, scene: Scene, across: AxisLabels, up: AxisLabels) -> None:
    """Paint the axis names between the last two ticks; a long name with a base goes below the ticks."""
    viewport, names = scene.viewport, ("x", "y") if scene.task == "curve" else ("x₁", "x₂")
    left, _, bottom, _ = viewport.extent
    if across.base:
        position = QPointF(viewport.square.center().x(), viewport.square.bottom())
        _text(painter, scene, position + QPointF(0, 25), across.name(names[0]))
    elif len(across.ticks) > 1:
        position = viewport.to_pixel((across.ticks[-2][0] + across.ticks[-1][0]) / 2, bottom)
        _text(painter, scene, position + QPointF(0, 13), across.name(names[0]))
    if len(up.ticks) > 1:
        position = viewport.to_pixel(left, (up.ticks[-2][0] + up.ticks[-1][0]) / 2)
        _text(painter, scene, position - QPointF(15, 0), up.name(names[1]), upright=bool(up.base))


def _mark(painter: QPainter, scene: Scene, edge: QPointF, right: int, down: int, text: str) -> None:
    direction = QPointF(right, down)
    painter.setPen(QPen(QColor(scene.theme.border), 1))
    painter.drawLine(edge + direction, edge + direction * (1 + _TICK))
    _text(painter, scene, edge + QPointF(right * 15, down * 13), text)


def _text(painter: QPainter, scene: Scene, middle: QPointF, text: str, upright: bool = False) -> None:
    painter.save()
    painter.translate(middle)
    painter.rotate(-90 if upright else 0)
    painter.setPen(QColor(scene.theme.muted))
    flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip
    painter.drawText(_LABEL, int(flags), text)
    painter.restore()


def _number(value: int) -> str:
    return str(value).replace("-", "−")


def value_bar(scene: Scene) -> QRectF:
    """Return the rectangle of a surface's colour bar."""
    square = scene.viewport.square
    return QRectF(square.right() + BAR_GAP, square.top(), BAR_WIDTH, square.height())


def paint_value_mark(painter: QPainter, scene: Scene, value: float) -> None:
    """Paint a small arrow beside the colour bar, at the chosen value (-1…1)."""
    tip = QPointF(value_bar(scene).left() - 0.5, _height_of(scene, value))
    back = QPointF(-BAR_GAP, 0)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(scene.theme.text))
    painter.drawPolygon(QPolygonF([tip, tip + back + QPointF(0, -4), tip + back + QPointF(0, 4)]))


def _height_of(scene: Scene, value: float) -> float:
    """Return the y pixel of a value beside the colour bar; the end values avoid the rounded corners."""
    bar = value_bar(scene)
    return bar.center().y() - value * (bar.height() / 2 - 6)


def _paint_bar(painter: QPainter, scene: Scene) -> None:
    """Paint the colour bar, from -1 at the bottom to 1 at the top."""
    bar, theme = value_bar(scene), scene.theme
    colours = QLinearGradient(bar.bottomLeft(), bar.topLeft())
    strength = SURFACE_STRENGTH[theme.name]
    for position, colour in ((0.0, theme.low), (0.5, theme.middle), (1.0, theme.high)):
        colours.setColorAt(position, QColor(mix(theme.middle, colour, strength)))
    painter.setPen(QPen(QColor(theme.border), 1))
    painter.setBrush(colours)
    painter.drawRoundedRect(bar, BAR_WIDTH / 2, BAR_WIDTH / 2)
    painter.setPen(QColor(theme.muted))
    for value in (-1, 0, 1):
        label = QRectF(bar.right() + 3, _height_of(scene, value) - 8, MARGIN, 16)
        painter.drawText(label, Qt.AlignmentFlag.AlignVCenter, _number(value))
