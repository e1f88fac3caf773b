"""The line below the diagram: what widths, colours and marks mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from gui_app.diagram.arrangement import MARGIN, Arrangement
from gui_app.diagram.connections import line_colour, line_width, widest
from gui_app.diagram.marks import Marks, paint_dead, paint_saturated, paint_silenced
from gui_app.diagram.strengths import QUANTITIES, sample_sizes
from gui_app.theme.text import line_height, small_font, text_width
from gui_app.theme.tokens import SPACE, Theme, mix

SAMPLE = 14.0
GAP = 10.0

Kind = Literal["text", "line", "dead", "saturated", "silenced"]


@dataclass(frozen=True, slots=True)
class LegendItem:
    """A label, after a sample of a line or a mark; ``width`` is that of the line."""

    label: str
    kind: Kind = "text"
    colour: str = ""
    width: float = 0.0


def legend_height() -> float:
    return line_height() + 2 * SPACE


def legend_of(
    arrangement: Arrangement, quantity: str, full: int, marks: Marks, theme: Theme
) -> tuple[LegendItem, ...]:
    """Return the items; those that matter least are last, and left out where there is no room."""
    entry, thick = QUANTITIES[quantity], widest(arrangement)
    signed = (LegendItem("< 0", "line", theme.low, 3.0), LegendItem("> 0", "line", theme.high, 3.0))
    lines = tuple(
        LegendItem(text, "line", line_colour(share, theme.muted, theme), line_width(share, thick, theme))
        for text, share in sample_sizes(quantity, full)
    )
    present = {"dead": marks.dead, "saturated": marks.saturated, "silenced": marks.silenced}
    labels: dict[str, tuple[str, Kind]] = {
        "dead": ("dead", "dead"), "saturated": ("saturated", "saturated"), "silenced": ("silenced", "silenced"),
    }  # fmt: skip
    shown = tuple(LegendItem(*labels[mark]) for mark, units in present.items() if units)
    size = "|w|" if entry.signed else entry.formula
    return (*(signed if entry.signed else ()), *shown, LegendItem(size), *lines)


def paint_legend(painter: QPainter, rect: QRectF, items: Sequence[LegendItem], theme: Theme) -> None:
    """Paint the items from the left; those that do not fit are left out."""
    painter.setFont(small_font())
    left, right = rect.left() + MARGIN, rect.right() - MARGIN
    for item, following in zip_longest(items, items[1:]):
        width = _width(item)
        # A text means nothing without the line after it.
        needed = width + (GAP + _width(following) if item.kind == "text" and following else 0.0)
        if left + needed > right:
            return
        _paint_item(painter, QRectF(left, rect.top(), width, rect.height()), item, theme)
        left += width + GAP


def _width(item: LegendItem) -> float:
    return text_width(item.label) + (SAMPLE + SPACE if item.kind != "text" else 0.0)


def _paint_item(painter: QPainter, rect: QRectF, item: LegendItem, theme: Theme) -> None:
    sample = QRectF(rect.left(), rect.center().y() - 5.0, 10.0, 10.0)
    if item.kind == "line":
        pen = QPen(QColor(item.colour), item.width)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        middle = round(rect.center().y()) + 0.5
        painter.drawLine(QPointF(rect.left(), middle), QPointF(rect.left() + SAMPLE, middle))
    elif item.kind != "text":
        _paint_mark(painter, sample, item.kind, theme)
    room = rect.adjusted(SAMPLE + SPACE if item.kind != "text" else 0.0, 0.0, SPACE, 0.0)
    painter.setPen(QColor(theme.muted))
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, item.label)


def _paint_mark(painter: QPainter, rect: QRectF, kind: Kind, theme: Theme) -> None:
    painter.setPen(
        Qt.PenStyle.NoPen if kind == "silenced" else QPen(QColor(mix(theme.panel, theme.text, 0.55)), 1.0)
    )
    painter.setBrush(QColor(theme.raised))
    painter.drawRect(rect)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if kind == "dead":
        paint_dead(painter, rect, theme)
    elif kind == "saturated":
        paint_saturated(painter, rect, theme)
    elif kind == "silenced":
        paint_silenced(painter, rect, theme)
