"""Marks of neurons that do not learn: dead or saturated."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from gui_app.diagram.arrangement import Arrangement
from gui_app.diagram.contract import Inside
from gui_app.session.looked_at import Unit
from gui_app.theme.tokens import Theme

UnitMark = Literal["dead", "saturated"]

MEANINGS: dict[UnitMark, str] = {
    "dead": "Dead: it answers the same for all training points, so no gradient reaches its weights.",
    "saturated": "Saturated: σ is nearly flat for almost all training points, so its weights hardly learn.",
}


def marks_of(inside: Inside, arrangement: Arrangement) -> tuple[tuple[Unit, UnitMark], ...]:
    """Return the drawn neurons that have a mark; of a neuron that is dead and saturated, "dead"."""
    marks: list[tuple[Unit, UnitMark]] = []
    for column, layer in zip(arrangement.columns[1:], inside.layers, strict=True):
        for index in column.units:
            if layer.dead[index]:
                marks.append((Unit(column.layer, index), "dead"))
            elif layer.saturated[index]:
                marks.append((Unit(column.layer, index), "saturated"))
    return tuple(marks)


def paint_mark(painter: QPainter, rect: QRectF, mark: UnitMark, theme: Theme) -> None:
    """Paint a mark over a thumbnail: a line across a dead neuron, a bar above and below a saturated one.

    The shapes differ, so that the marks need no colour to be told apart.
    """
    thick = max(rect.width() * 0.07, 1.5)
    if mark == "dead":
        painter.setPen(QPen(QColor(theme.panel), thick + 2.0))
        painter.drawLine(rect.topLeft(), rect.bottomRight())
        painter.setPen(QPen(QColor(theme.danger), thick))
        painter.drawLine(rect.topLeft(), rect.bottomRight())
        return
    painter.setPen(QPen(QColor(theme.warning), thick))
    for y in (rect.top() - thick / 2, rect.bottom() + thick / 2):
        painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))
