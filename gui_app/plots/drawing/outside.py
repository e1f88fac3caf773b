"""Marks for values that lie beyond the ends of the value axis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from engine.catalogue.texts import value_text
from gui_app.plots.drawing.mapping import Mapping
from gui_app.plots.drawing.marks import draw_label
from gui_app.plots.drawing.metrics import row_height
from gui_app.plots.drawing.ranges import Range
from gui_app.theme.text import text_width

Floats = NDArray[np.float64]

CLOSE, MOST = 30.0, 4
"""Pixels within which values share a mark, and the most marks at one end of the axis."""
TOLERANCE = 1e-9
HALF, HEAD, STEM = 3.5, 5.0, 5.0


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A curve with its ``values`` and their heights in axis units; −∞ is below every axis, NaN is a gap."""

    x: Floats
    values: Floats
    units: Floats
    colour: str


@dataclass(frozen=True, slots=True)
class Outside:
    """An arrow at the upper or lower end of the axis at ``x``, with the most extreme value that lies beyond it."""

    x: float
    value: float
    above: bool
    colour: str
    backdrop: str

    def paint(self, painter: QPainter, mapping: Mapping) -> None:
        """Draw arrow and number."""
        x = min(max(float(mapping.x(self.x)), HALF), mapping.width - HALF)
        tip, way = (1.0, 1.0) if self.above else (mapping.height - 1.0, -1.0)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self.colour), 1.5))
        painter.drawLine(QPointF(x, tip + way * HEAD), QPointF(x, tip + way * (HEAD + STEM)))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.colour))
        foot = tip + way * HEAD
        painter.drawPolygon(QPolygonF([QPointF(x - HALF, foot), QPointF(x + HALF, foot), QPointF(x, tip)]))
        draw_label(painter, self.box(x, mapping), self.text, self.colour, self.backdrop)

    @property
    def text(self) -> str:
        return value_text(self.value)

    def box(self, x: float, mapping: Mapping) -> QRectF:
        """Return the number's rectangle: right of the arrow at pixel ``x`` if there is room, else left."""
        width, height = text_width(self.text) + 4.0, row_height()
        left = x + HALF + 2.0
        if left + width > mapping.width:
            left = max(x - HALF - 2.0 - width, 0.0)
        return QRectF(left, 0.0 if self.above else mapping.height - height, width, height)


def outside_marks(
    lines: Sequence[Line], y_range: Range, mapping: Mapping, muted: str, backdrop: str
) -> tuple[Outside, ...]:
    """Return a mark for each group of values in view beyond an end of the axis; none where all are within.

    A group of several curves has the colour ``muted``.
    """
    slack = TOLERANCE * (y_range[1] - y_range[0])
    marks: list[Outside] = []
    for above in (True, False):
        found = [
            (float(line.x[row]), float(line.values[row]), line.colour)
            for line in lines
            for row in _extremes(line, y_range[1] + slack if above else y_range[0] - slack, above)
        ]
        seen = sorted((point for point in found if mapping.shows_x(point[0])), key=lambda point: point[0])
        for group in _groups(seen, mapping):
            x, value, colour = (max if above else min)(group, key=lambda point: point[1])
            several = len({colour for _, _, colour in group}) > 1
            marks.append(Outside(x, value, above, muted if several else colour, backdrop))
    return tuple(marks)


def _extremes(line: Line, end: float, above: bool) -> Iterator[int]:
    """Yield the row of the most extreme value of each run of values beyond ``end``."""
    beyond = line.units > end if above else line.units < end
    # Nearly always nothing is.
    if not beyond.any():
        return
    edges = np.flatnonzero(np.diff(beyond, prepend=False, append=False)).tolist()
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        values = line.values[first:last]
        yield first + int(values.argmax() if above else values.argmin())


def _groups(
    points: Sequence[tuple[float, float, str]], mapping: Mapping
) -> list[list[tuple[float, float, str]]]:
    """Return the points in groups from left to right, each within some pixels of its first, at most ``MOST``."""
    close = CLOSE
    while True:
        groups: list[list[tuple[float, float, str]]] = []
        for point in points:
            pixel = float(mapping.x(point[0]))
            if groups and pixel - float(mapping.x(groups[-1][0][0])) <= close:
                groups[-1].append(point)
            else:
                groups.append([point])
        if len(groups) <= MOST:
            return groups
        close *= 2.0
