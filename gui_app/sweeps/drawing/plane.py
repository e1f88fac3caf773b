"""A plane of equal cells with its axes: where each cell is, and which one is at a position."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from gui_app.theme.painting import restoring
from gui_app.theme.text import line_height, small_font, text_width
from gui_app.theme.tokens import SPACE, Theme

Place = tuple[int, int]
"""Column and row of a cell; rows grow upwards, as values on an axis do."""
Span = tuple[int, int]
"""First and last index of cells beside one another."""
LARGEST = 168.0
"""Side of a cell in pixels that is large enough."""


class PlaneAxis(NamedTuple):
    """The name of an axis, and the text of each of its values."""

    label: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plane:
    """``columns`` × ``rows`` square cells of ``side`` pixels, ``gap`` pixels apart; ``left``, ``top`` is the corner."""

    left: float
    top: float
    side: float
    gap: float
    columns: int
    rows: int

    @property
    def step(self) -> float:
        """The distance of two cells."""
        return self.side + self.gap

    @property
    def rect(self) -> QRectF:
        """The rectangle of all cells."""
        return self.span((0, self.columns - 1), (0, self.rows - 1))

    def cell(self, place: Place) -> QRectF:
        """Return the rectangle of a cell."""
        column, row = place
        top = self.top + (self.rows - 1 - row) * self.step
        return QRectF(self.left + column * self.step, top, self.side, self.side)

    def span(self, columns: Span, rows: Span) -> QRectF:
        """Return the rectangle around the cells of some columns and rows."""
        return self.cell((columns[0], rows[1])).united(self.cell((columns[1], rows[0])))

    def has(self, place: Place) -> bool:
        """Whether there is such a cell: just after an edit, a mark may be of a plane before."""
        return 0 <= place[0] < self.columns and 0 <= place[1] < self.rows

    def at(self, point: QPointF, beyond: bool = False) -> Place | None:
        """Return the cell at a position; ``beyond`` the plane the nearest one, or else None."""
        column = floor((point.x() - self.left + self.gap / 2) / self.step)
        row = self.rows - 1 - floor((point.y() - self.top + self.gap / 2) / self.step)
        inside = min(max(column, 0), self.columns - 1), min(max(row, 0), self.rows - 1)
        return inside if beyond or inside == (column, row) else None


def plane_in(
    room: QRectF,
    columns: int,
    rows: int,
    axes: tuple[PlaneAxis, ...],
    ratio: float = 1.0,
    bar: float = 0.0,
    largest: float = LARGEST,
) -> Plane:
    """Return the largest plane with its axes in ``room``, in its middle; its cells are at most ``largest`` pixels wide.

    ``bar`` is the width that a colour bar takes at its right. Edges of cells lie on pixels of a screen with ``ratio``.
    """
    left = _left_of(axes)
    width, height = room.width() - left - bar - SPACE, room.height() - around()
    gap = 1.0 if min(width / columns, height / rows) < 24.0 else 2.0
    gap = max(round(gap * ratio), 1) / ratio
    side = min((width + gap) / columns, (height + gap) / rows) - gap
    side = max(floor(min(side, largest) * ratio + 1e-6) / ratio, 2.0)
    whole = columns * (side + gap) - gap, rows * (side + gap) - gap
    x = room.left() + left + max((width - whole[0]) / 2, 0.0)
    y = room.top() + SPACE + max((height - whole[1]) / 2, 0.0)
    return Plane(round(x * ratio) / ratio, round(y * ratio) / ratio, side, gap, columns, rows)


def around() -> float:
    """Return the height that a plane needs besides its cells."""
    return 2.0 * line_height() + 2.0 * SPACE


def _left_of(axes: tuple[PlaneAxis, ...]) -> float:
    """The width of what stands at the left of a plane."""
    if len(axes) < 2:
        return float(SPACE)
    return min(max(map(text_width, axes[1].texts)), _WIDEST) + line_height() + 3.0 * SPACE


_WIDEST = 84.0
"""Of the text of a value beside a plane; longer ones are cut."""


def paint_axes(painter: QPainter, plane: Plane, axes: tuple[PlaneAxis, ...], theme: Theme) -> None:
    """Paint names and values of the axes, once each, at the edges of the plane."""
    with restoring(painter):
        painter.setFont(small_font())
        _paint_columns(painter, plane, axes[0], theme)
        if len(axes) > 1:
            _paint_rows(painter, plane, axes[1], theme)


def _paint_columns(painter: QPainter, plane: Plane, axis: PlaneAxis, theme: Theme) -> None:
    rect, height, metrics = plane.rect, line_height(), QFontMetricsF(painter.font())
    stride = columns_apart(axis.texts, plane.step)
    painter.setPen(QColor(theme.muted))
    for column in range(0, plane.columns, stride):
        middle, room = plane.cell((column, 0)).center().x(), stride * plane.step
        text = metrics.elidedText(axis.texts[column], Qt.TextElideMode.ElideRight, room)
        box = QRectF(middle - room, rect.bottom() + 3.0, 2.0 * room, height)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
    painter.setPen(QColor(theme.text))
    below = QRectF(
        rect.left() - 2 * height, rect.bottom() + height + SPACE, rect.width() + 4 * height, height
    )
    painter.drawText(below, int(Qt.AlignmentFlag.AlignCenter), axis.label)


def columns_apart(texts: tuple[str, ...], step: float) -> int:
    """Return how many columns apart texts stand, so that none touches the next one."""
    for stride in range(1, len(texts) + 1):
        shown = [text_width(text) for text in texts[::stride]]
        if all((one + other) / 2 + SPACE <= stride * step for one, other in pairwise(shown)):
            # Names are cut rather than left out, because nobody can fill them in.
            return stride if _are_numbers(texts) else min(stride, max(1, ceil(40.0 / step)))
    return max(len(texts), 1)


def _are_numbers(texts: tuple[str, ...]) -> bool:
    return all(text[-1:].isdigit() or text[:1].isdigit() for text in texts)


def _paint_rows(painter: QPainter, plane: Plane, axis: PlaneAxis, theme: Theme) -> None:
    rect, height, metrics = plane.rect, line_height(), QFontMetricsF(painter.font())
    stride = max(1, ceil(height / plane.step))
    painter.setPen(QColor(theme.muted))
    flags = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    for row in range(0, plane.rows, stride):
        middle = plane.cell((0, row)).center().y()
        text = metrics.elidedText(axis.texts[row], Qt.TextElideMode.ElideRight, _WIDEST)
        painter.drawText(QRectF(rect.left() - 206.0, middle - height / 2, 200.0, height), flags, text)
    widest = min(max(map(text_width, axis.texts)), _WIDEST)
    with restoring(painter):
        painter.setPen(QColor(theme.text))
        painter.translate(rect.left() - widest - 2.5 * SPACE - height / 2, rect.center().y())
        painter.rotate(-90.0)
        box = QRectF(-300.0, -height / 2, 600.0, height)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), axis.label)
