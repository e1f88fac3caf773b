"""The colour bar of a surface, with its ends, its name and a mark at the value to draw."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPen, QPolygonF

from engine.data.axes import from_share
from engine.experiment.frame import axis_text, quantity_text
from gui_app.canvas.layers.scene import Scene
from gui_app.canvas.layers.text import paint_text
from gui_app.theme import text_size
from gui_app.theme.colour_maps import SURFACE_STRENGTH
from gui_app.theme.tokens import mix

BAR_WIDTH, BAR_GAP = 6.0, 5.0
_END = 6.0
"""Pixels from an end of the bar to the end of its values, which avoid the rounded corners."""


def value_bar(scene: Scene) -> QRectF:
    """Return the rectangle of a surface's colour bar."""
    square = scene.viewport.square
    return QRectF(square.right() + BAR_GAP, square.top(), BAR_WIDTH, square.height())


def paint_value_mark(painter: QPainter, scene: Scene, share: float) -> None:
    """Paint a small arrow beside the colour bar, at the value to draw: −1 for the low end, 1 for the high one."""
    tip = QPointF(value_bar(scene).left() - 0.5, _height_of(scene, share))
    back = QPointF(-BAR_GAP, 0)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(scene.theme.text))
    painter.drawPolygon(QPolygonF([tip, tip + back + QPointF(0, -4), tip + back + QPointF(0, 4)]))


def paint_bar(painter: QPainter, scene: Scene) -> None:
    """Paint the colour bar, with the low end at the bottom and the high end at the top."""
    bar, theme = value_bar(scene), scene.theme
    colours = QLinearGradient(bar.bottomLeft(), bar.topLeft())
    strength = SURFACE_STRENGTH[theme.name]
    for position, colour in ((0.0, theme.low), (0.5, theme.middle), (1.0, theme.high)):
        colours.setColorAt(position, QColor(mix(theme.middle, colour, strength)))
    painter.setPen(QPen(QColor(theme.border), 1))
    painter.setBrush(colours)
    painter.drawRoundedRect(bar, BAR_WIDTH / 2, BAR_WIDTH / 2)
    painter.setPen(QColor(theme.muted))
    widest = max(_paint_number(painter, scene, share) for share in (-1.0, 0.0, 1.0))
    name = axis_text(scene.axes.value.name, scene.axes.value.unit)
    if name:
        beside = QPointF(bar.right() + widest + 12 * text_size.scale(), bar.center().y())
        paint_text(painter, scene, beside, name, upright=True, room=bar.height())


def _paint_number(painter: QPainter, scene: Scene, share: float) -> float:
    """Paint the number at a share of the bar; return its width."""
    low, high = scene.values
    text = quantity_text(from_share(share, scene.values), None, (high - low) * 10)
    label = QRectF(value_bar(scene).right() + 3, _height_of(scene, share) - 8, 40, 16)
    flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip
    return painter.drawText(label, int(flags), text).width()


def _height_of(scene: Scene, share: float) -> float:
    """Return the y pixel of a share of the values beside the colour bar."""
    bar = value_bar(scene)
    return bar.center().y() - share * (bar.height() / 2 - _END)
