"""Marks shared by plots: curves, lines with a label, and the sentence in an empty plot."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from pyqtgraph.functions import arrayToQPolygonF
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from gui_app.plots.drawing.cut_line import cut_line
from gui_app.plots.drawing.mapping import Mapping
from gui_app.plots.drawing.metrics import row_height
from gui_app.plots.drawing.series import Floats
from gui_app.theme.text import small_font, text_width

LABEL_GAP = 6.0
"""Smallest distance between two labels of a line, in pixels."""
VEIL = 0.75
"""Opacity of the ground of a label."""
RUG_GAP, RUG_HEIGHT = 3.0, 4.0
"""Smallest distance between two lines of a rug, and their height, in pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A line through ``x``, ``y`` in axis units; NaN are gaps."""

    name: str
    x: Floats
    y: Floats
    colour: str
    width: float = 1.5
    dashed: bool = False
    dashes: tuple[float, ...] = ()
    """Lengths of dashes and gaps, in widths of the pen; empty: those of ``dashed``."""
    lane: int | None = None
    """The index of the lane that a click on it chooses; None for none."""

    def paint(self, painter: QPainter, mapping: Mapping) -> None:
        """Draw the line."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        x, y = cut_line(mapping.x(self.x), mapping.y(self.y), mapping.width, mapping.height)
        pieces = [arrayToQPolygonF(x[rows], y[rows]) for rows in _pieces(y)]
        for pen, shift in self._strokes(mapping):
            painter.setPen(pen)
            painter.translate(0.0, shift)
            for piece in pieces:
                _draw_piece(painter, piece)
            painter.translate(0.0, -shift)

    def _strokes(self, mapping: Mapping) -> list[tuple[QPen, float]]:
        """Return the pens, each with the pixels by which its line is shifted down.

        Qt draws a wide smooth line some twenty times slower than one of a device pixel: on the screen, two or
        three narrow ones side by side look the same.
        """
        pen = QPen(QColor(self.colour), self.width)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        if self.dashed or self.dashes:
            pen.setDashPattern(list(self.dashes or (4.0, 3.0)))
        if mapping.exact:
            return [(pen, 0.0)]
        ratio = mapping.pixel_ratio
        pen.setWidthF(1.0 / ratio)
        spread = (self.width * ratio - 1.0) / 2.0 / ratio
        count = max(1, math.ceil(self.width * ratio - 0.01))
        gap = 2.0 * spread / max(count - 1, 1)
        return [(pen, index * gap - spread) for index in range(count)]


def distance(curve: Curve, pixel: QPointF, mapping: Mapping) -> float:
    """Return how many pixels a curve is away from a pixel; infinity for one that has no numbers there."""
    x, y = mapping.x(curve.x), mapping.y(curve.y)
    here = np.array([pixel.x(), pixel.y()])
    corners = np.stack([x, y], axis=1)
    if len(corners) == 1:
        corners = np.repeat(corners, 2, axis=0)
    starts, ways = corners[:-1], np.diff(corners, axis=0)
    lengths = np.maximum((ways**2).sum(axis=1), 1e-12)
    shares = np.clip(((here - starts) * ways).sum(axis=1) / lengths, 0.0, 1.0)
    gaps = np.hypot(*(starts + shares[:, None] * ways - here).T)
    return float(np.fmin.reduce(gaps, initial=np.inf))


def _draw_piece(painter: QPainter, piece: QPolygonF) -> None:
    if piece.size() > 1:
        painter.drawPolyline(piece)
    else:
        painter.drawEllipse(piece.at(0), 1.0, 1.0)


def _pieces(values: Floats) -> list[slice]:
    """Return the runs of finite values as slices."""
    numbers = np.isfinite(values)
    if numbers.all():
        return [slice(0, len(values))] if len(values) else []
    edges = np.flatnonzero(np.diff(numbers, prepend=False, append=False))
    return [slice(first, last) for first, last in zip(edges[::2], edges[1::2], strict=True)]


@dataclass(frozen=True, slots=True, eq=False)
class Rug:
    """Short lines at the lower edge, one at each measured epoch."""

    epochs: NDArray[np.int64]
    colour: str

    def paint(self, painter: QPainter, mapping: Mapping) -> None:
        """Draw the lines."""
        pixels = np.unique(np.round(mapping.x(self.epochs.astype(np.float64)) / RUG_GAP)) * RUG_GAP
        pixels = pixels[(pixels >= 0.0) & (pixels <= mapping.width)]
        # PySide crashes on an empty list of lines.
        if not len(pixels):
            return
        painter.setPen(QPen(QColor(self.colour), 1.0))
        top = mapping.height - RUG_HEIGHT
        painter.drawLines([QLineF(x, top, x, mapping.height) for x in (pixels + 0.5).tolist()])


@dataclass(frozen=True, slots=True)
class EpochMark:
    """A dotted vertical line at an epoch, with a label beside it, in line ``row`` from the bottom or the top.

    The label lies on a ground of the colour ``backdrop``. Without a row it is left out.
    """

    epoch: int
    text: str
    colour: str
    backdrop: str
    row: int | None = 0
    from_top: bool = False

    def paint(self, painter: QPainter, mapping: Mapping) -> None:
        """Draw line and label; nothing where the epoch is out of view."""
        if not mapping.shows_x(float(self.epoch)):
            return
        x = round(float(mapping.x(float(self.epoch)))) + 0.5
        pen = QPen(QColor(self.colour), 1.25, Qt.PenStyle.CustomDashLine, Qt.PenCapStyle.FlatCap)
        pen.setDashPattern([1.6, 2.4])
        painter.setPen(pen)
        painter.drawLine(QPointF(x, 0.0), QPointF(x, mapping.height))
        if self.row is not None:
            draw_label(painter, self.box(x, mapping), self.text, self.colour, self.backdrop)

    def box(self, x: float, mapping: Mapping) -> QRectF:
        """Return the label's rectangle: right of the line at pixel ``x`` if there is room, else left."""
        width = text_width(self.text) + 8.0
        left = x + 3.0 if x + 3.0 + width <= mapping.width else max(x - 3.0 - width, 0.0)
        below = (self.row or 0) * (row_height() + 2) + 2.0
        return QRectF(
            left, below if self.from_top else mapping.height - below - row_height(), width, row_height()
        )


@dataclass(frozen=True, slots=True)
class LevelMark:
    """A dashed horizontal line at ``level`` on the y axis, with an optional label above its left end."""

    level: float
    text: str
    colour: str
    backdrop: str
    short: str = ""
    """What stands there where the label has no room."""

    def label(self, mapping: Mapping) -> str:
        """Return the text that fits into the plot; "" if none does."""
        fitting = (text for text in (self.text, self.short) if text_width(text) + 10.0 <= mapping.width)
        return next(fitting, "")

    def paint(self, painter: QPainter, mapping: Mapping) -> None:
        """Draw line and label; nothing where the level is out of view."""
        if not mapping.y_range[0] <= self.level <= mapping.y_range[1]:
            return
        y = round(float(mapping.y(self.level))) + 0.5
        pen = QPen(QColor(self.colour), 1.0, Qt.PenStyle.CustomDashLine, Qt.PenCapStyle.FlatCap)
        pen.setDashPattern([5.0, 3.0])
        painter.setPen(pen)
        painter.drawLine(QPointF(0.0, y), QPointF(mapping.width, y))
        if label := self.label(mapping):
            draw_label(painter, self.box(mapping), label, self.colour, self.backdrop)

    def box(self, mapping: Mapping) -> QRectF:
        """Return the label's rectangle: above the line, or below it if there is no room."""
        y, width = float(mapping.y(self.level)), text_width(self.label(mapping)) + 8.0
        top = y - row_height() - 2.0 if y >= row_height() + 2.0 else y + 2.0
        return QRectF(2.0, top, width, row_height())


def in_free_rows(
    marks: Sequence[EpochMark], rows: int, mapping: Mapping, occupied: Sequence[QRectF] = ()
) -> list[EpochMark]:
    """Return ``marks``, the most important ones first, each in the first of ``rows`` where no earlier label is.

    Nor is anything ``occupied`` there. A mark for which no row inside the plot is free has no label.
    """
    taken = list(occupied)
    placed = []
    for mark in marks:
        if not mapping.shows_x(float(mark.epoch)):
            placed.append(replace(mark, row=None))
            continue
        x = float(mapping.x(float(mark.epoch)))
        boxes = {row: replace(mark, row=row).box(x, mapping) for row in range(rows)}
        inside = {row: box for row, box in boxes.items() if mapping.bounds.contains(box)}
        row = next(
            (row for row, box in inside.items() if not any(box.intersects(other) for other in taken)), None
        )
        if row is not None:
            taken.append(boxes[row].adjusted(-LABEL_GAP, 0.0, LABEL_GAP, 0.0))
        placed.append(replace(mark, row=row))
    return placed


def crossed(marks: Sequence[EpochMark], curves: Sequence[Curve], mapping: Mapping) -> int:
    """Return how many pixels of curves, counted along the x axis, the labels of ``marks`` cross."""
    boxes = [mark.box(float(mapping.x(float(mark.epoch))), mapping) for mark in marks if mark.row is not None]
    count = 0
    for curve in curves if boxes else ():
        x, y = mapping.x(curve.x), mapping.y(curve.y)
        for box in boxes if len(x) else ():
            heights = np.interp(np.arange(box.left(), box.right()), x, y, left=np.nan, right=np.nan)
            count += int(((heights >= box.top()) & (heights <= box.bottom())).sum())
    return count


def draw_label(painter: QPainter, box: QRectF, text: str, colour: str, ground: str) -> None:
    """Draw a text in the middle of ``box`` on a ground of its own."""
    painter.setFont(small_font())
    draw_backdrop(painter, box, ground)
    painter.setPen(QColor(colour))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def draw_backdrop(painter: QPainter, box: QRectF, colour: str) -> None:
    """Draw a light backdrop for a text: curves do not cross it, and stay visible as a trace."""
    veil = QColor(colour)
    veil.setAlphaF(VEIL)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(veil)
    painter.drawRoundedRect(box, 3.0, 3.0)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A message in the middle of an empty plot."""

    text: str
    colour: str

    def paint(self, painter: QPainter, mapping: Mapping) -> None:
        """Draw the text."""
        painter.setFont(small_font())
        painter.setPen(QColor(self.colour))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(mapping.bounds, int(flags), self.text)
