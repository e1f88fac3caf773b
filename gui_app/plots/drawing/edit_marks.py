"""Marks along the epoch axis at the edits of a run; overlapping marks are grouped."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from engine.observation.snapshot import EditMark
from gui_app.plots.drawing.mapping import Mapping
from gui_app.plots.drawing.marks import draw_label
from gui_app.plots.drawing.metrics import row_height
from gui_app.plots.drawing.readout_columns import Reading
from gui_app.theme.text import small_font, text_width
from gui_app.theme.tokens import Theme
from gui_app.widgets.ticks import count_text

CLOSE = 8.0
"""Pixels within which marks form one group, and within which the mouse reads a group."""
MOST_READ = 5
"""Number of edits that a readout lists."""
LINE = 0.6
"""Share of the plot's width that a line of the readout may take."""
HALF, HEIGHT = 4.0, 6.0
ROWS = 3
"""Lines of text in which an export describes the edits."""

Group = tuple[EditMark, ...]


def groups_of(marks: Sequence[EditMark], mapping: Mapping) -> list[Group]:
    """Return groups from left to right, each of the marks in view within ``CLOSE`` pixels of its first."""
    groups: list[list[EditMark]] = []
    first = -math.inf
    seen = (mark for mark in marks if mapping.shows_x(float(mark.epoch)))
    for mark in sorted(seen, key=lambda mark: mark.epoch):
        pixel = float(mapping.x(float(mark.epoch)))
        if pixel - first < CLOSE:
            groups[-1].append(mark)
        else:
            groups.append([mark])
            first = pixel
    return [tuple(group) for group in groups]


def readings_at(
    marks: Sequence[EditMark], x: float, mapping: Mapping, colour: str, width: float | None = None
) -> Iterator[Reading]:
    """Yield the edits of the group nearest to epoch ``x`` with their epochs; nothing if none is near.

    ``width``: pixels of the whole plot, where ``mapping`` is that of one of its sections.
    """
    distances = {group: _distance(group, x, mapping) for group in groups_of(marks, mapping)}
    near = [group for group, distance in distances.items() if distance <= CLOSE]
    if not near:
        return
    group = min(near, key=lambda group: distances[group])
    for mark in group[:MOST_READ]:
        first, *others = wrap_phrases(mark.text, LINE * (width or mapping.width))
        yield Reading(first, f"epoch {count_text(mark.epoch)}", colour)
        yield from (Reading(line, "", colour) for line in others)
    if len(group) > MOST_READ:
        yield Reading(f"and {len(group) - MOST_READ:,} more", "", colour)


def wrap_phrases(text: str, width: float) -> list[str]:
    """Wrap text of ``width`` pixels at the commas between phrases, never inside a phrase."""
    lines: list[str] = []
    for phrase in text.split(", "):
        longer = f"{lines[-1]}, {phrase}" if lines else ""
        if longer and text_width(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(phrase)
    return lines


def _distance(group: Group, x: float, mapping: Mapping) -> float:
    """Return the number of pixels between epoch ``x`` and the nearest mark."""
    pixel = float(mapping.x(x))
    return min(abs(float(mapping.x(float(mark.epoch))) - pixel) for mark in group)


@dataclass(frozen=True, slots=True)
class EditMarks:
    """One triangle per group at the upper or lower edge, with a faint line and, for several edits, their number.

    An export has no readout, so the descriptions stand beside the triangles as far as there is room.
    """

    marks: tuple[EditMark, ...]
    theme: Theme
    at_top: bool = True

    def paint(self, painter: QPainter, mapping: Mapping) -> None:
        """Draw lines, triangles and numbers."""
        groups = groups_of(self.marks, mapping)
        line = QColor(self.theme.muted)
        line.setAlphaF(0.35)
        for group in groups:
            x = self._x(group, mapping)
            painter.setPen(QPen(line, 1.0))
            painter.drawLine(QPointF(x, 0.0), QPointF(x, mapping.height))
        for group in groups:
            self._paint_triangle(painter, self._x(group, mapping), mapping.height)
        painter.setFont(small_font())
        taken = [-1.0] * ROWS
        for group, after in zip_longest(groups, groups[1:]):
            x = self._x(group, mapping)
            room = (self._x(after, mapping) if after else mapping.width) - x
            if mapping.exact:
                self._paint_description(painter, group, x, mapping, taken)
            elif len(group) > 1 and room > text_width(str(len(group))) + 2 * HALF + 4.0:
                self._paint_text(painter, str(len(group)), x + HALF + 1.0, 0, mapping.height)

    def _x(self, group: Group, mapping: Mapping) -> float:
        return round(float(mapping.x(float(group[0].epoch)))) + 0.5

    def _paint_triangle(self, painter: QPainter, x: float, height: float) -> None:
        edge, tip = (0.0, HEIGHT) if self.at_top else (height, height - HEIGHT)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self.theme.panel), 1.0))
        painter.setBrush(QColor(self.theme.muted))
        corners = [QPointF(x - HALF, edge), QPointF(x + HALF, edge), QPointF(x, tip)]
        painter.drawPolygon(QPolygonF(corners))

    def _paint_description(
        self, painter: QPainter, group: Group, x: float, mapping: Mapping, taken: list[float]
    ) -> None:
        """Write the edits' texts on the first line with room, right of the triangle or else left of it.

        ``taken`` holds the end of each line.
        """
        text = "; ".join(mark.text for mark in group)
        width = text_width(text) + 6.0
        for left in (x + HALF + 1.0, x - HALF - 1.0 - width):
            row = next((row for row, end in enumerate(taken) if end <= left), None)
            if row is not None and left + width <= mapping.width:
                taken[row] = left + width
                self._paint_text(painter, text, left, row, mapping.height)
                return

    def _paint_text(self, painter: QPainter, text: str, left: float, row: int, height: float) -> None:
        top = row * row_height() if self.at_top else height - (row + 1) * row_height()
        box = QRectF(left, top, text_width(text) + 6.0, row_height())
        draw_label(painter, box, text, self.theme.muted, self.theme.panel)
