"""Marks of neurons that do not learn, dead or saturated, and of those that dropout has silenced."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from engine.observation.observables import Inside
from gui_app.diagram.arrangement import Arrangement
from gui_app.session.looked_at import Unit
from gui_app.theme.tokens import Theme, mix

UnitMark = Literal["dead", "saturated", "silenced"]

MEANINGS: dict[UnitMark, str] = {
    "dead": "Dead: it is 0 for all training points, so no gradient reaches its weights. One past which a "
    "residual connection passes other numbers is not called dead.",
    "saturated": "Saturated: for nearly all training points it is on a flat end of σ, where it hardly learns.",
    "silenced": "Silenced by dropout for the first point of the latest batch; each point of a step gets others anew.",
}


@dataclass(frozen=True, slots=True)
class Marks:
    """The drawn neurons that have each mark."""

    dead: frozenset[Unit] = frozenset()
    saturated: frozenset[Unit] = frozenset()
    silenced: frozenset[Unit] = frozenset()

    def of(self, unit: Unit) -> tuple[UnitMark, ...]:
        """Return the marks of a neuron."""
        found: dict[UnitMark, frozenset[Unit]] = {
            "dead": self.dead, "saturated": self.saturated, "silenced": self.silenced,
        }  # fmt: skip
        return tuple(mark for mark, units in found.items() if unit in units)


NO_MARKS = Marks()


def marks_of(inside: Inside, arrangement: Arrangement) -> Marks:
    """Return the marks of the drawn neurons; one that is dead is not called saturated, too."""
    dead, saturated, silenced = set(), set(), set()
    for column in arrangement.columns:
        layer = inside.layers[column.layer - 1] if column.layer else None
        silent = inside.silenced_inputs if layer is None else layer.silenced
        for index in column.units:
            unit = Unit(column.layer, index)
            if silent[index]:
                silenced.add(unit)
            if layer is not None and layer.dead[index]:
                dead.add(unit)
            elif layer is not None and layer.saturated[index]:
                saturated.add(unit)
    return Marks(frozenset(dead), frozenset(saturated), frozenset(silenced))


def paint_marks(painter: QPainter, arrangement: Arrangement, marks: Marks, theme: Theme) -> None:
    """Paint a line across dead neurons, a bar above and below saturated ones, and hatch silenced ones.

    The shapes differ, so that the marks need no colour to be told apart.
    """
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painted = (marks.silenced, paint_silenced), (marks.dead, paint_dead), (marks.saturated, paint_saturated)
    for units, paint in painted:
        for unit in units:
            rect = arrangement.rect(unit)
            if rect is not None:
                paint(painter, rect, theme)


def paint_silenced(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    """Paint a dashed frame and lines across, from top left to bottom right, over what the neuron computes."""
    side, step = rect.width(), max(rect.width() / 6, 3.0)
    painter.setPen(QPen(QColor(mix(theme.panel, theme.text, 0.45)), 1.0))
    for number in range(1 - ceil(side / step), ceil(side / step)):
        x, y = max(number * step, 0.0), max(-number * step, 0.0)
        length = side - max(x, y)
        start = rect.topLeft() + QPointF(x, y)
        painter.drawLine(start, start + QPointF(length, length))
    painter.setPen(QPen(QColor(mix(theme.panel, theme.text, 0.7)), 1.0, Qt.PenStyle.DashLine))
    painter.drawRect(rect.adjusted(-0.5, -0.5, 0.5, 0.5))


def paint_dead(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    thick = max(rect.width() * 0.06, 1.4)
    for colour, width in ((theme.panel, thick + 2.0), (theme.danger, thick)):
        painter.setPen(QPen(QColor(colour), width))
        painter.drawLine(rect.bottomLeft(), rect.topRight())


def paint_saturated(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    thick = max(rect.width() * 0.07, 1.5)
    painter.setPen(QPen(QColor(theme.text), thick))
    for y in (rect.top() - thick / 2, rect.bottom() + thick / 2):
        painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))
