"""Bars, one per layer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from gui_app.plots.drawing.mapping import Mapping
from gui_app.plots.drawing.marks import draw_backdrop
from gui_app.plots.drawing.metrics import row_height
from gui_app.plots.drawing.series import Floats
from gui_app.theme.text import small_font, text_width
from gui_app.theme.tokens import Theme

WIDEST = 72.0
NOT_FINITE = "not finite"


def bar_width(slot: float) -> float:
    """Return the width of a bar in a slot of ``slot`` pixels."""
    return min(max(slot * (0.58 if slot > 12.0 else 0.8), 1.0), WIDEST)


@dataclass(frozen=True, slots=True, eq=False)
class Bars:
    """Bars from ``base`` (None: the axis's lower end) to ``heights`` in axis units, each with a tick at ``ticks``.

    A bar with a NaN height is hatched and labelled as not finite; one with its height at the base is an empty outline.
    A tick that is NaN or at the lower end is omitted. Where ``after`` is a number, the bar is filled up to it and
    outlined above it. A dash replaces a bar that is ``missing``. The first bar begins at ``start`` on the x axis.
    """

    heights: Floats
    ticks: Floats
    colours: tuple[str, ...]
    theme: Theme
    base: float | None = None
    after: Floats | None = None
    missing: NDArray[np.bool_] | None = None
    start: float = 0.0

    def paint(self, painter: QPainter, mapping: Mapping) -> None:
        """Draw bars and ticks, then the labels over bars that are not finite."""
        floor, top = mapping.y_range
        for index, box in enumerate(self.boxes(mapping)):
            if not mapping.shows_x(self.start + index + 0.5):
                continue
            if self._is_missing(index):
                self._paint_dash(painter, box)
                continue
            self._paint_bar(painter, mapping, index, box)
            if floor < self.ticks[index] <= top:
                self._paint_tick(painter, box, float(mapping.y(self.ticks[index])))
        for first, last in self._runs():
            self._paint_label(painter, mapping, first, last)

    def boxes(self, mapping: Mapping) -> Iterator[QRectF]:
        """Yield each bar's rectangle in pixels, cut at the edges; one that is not finite is as high as the plot."""
        width = bar_width(mapping.slot)
        foot = float(mapping.y(self._base(mapping)))
        ends = mapping.y(np.where(np.isfinite(self.heights), self.heights, mapping.y_range[1]))
        for index, end in enumerate(ends.tolist()):
            top, bottom = (min(max(edge, 0.0), mapping.height) for edge in sorted((end, foot)))
            if not np.isfinite(self.heights[index]):
                top, bottom = 0.0, mapping.height
            middle = float(mapping.x(self.start + index + 0.5))
            left, right = max(middle - width / 2, 0.0), min(middle + width / 2, mapping.width)
            yield QRectF(left, top, right - left, bottom - top)

    def _base(self, mapping: Mapping) -> float:
        return mapping.y_range[0] if self.base is None else self.base

    def _is_missing(self, index: int) -> bool:
        return self.missing is not None and bool(self.missing[index])

    def _paint_bar(self, painter: QPainter, mapping: Mapping, index: int, box: QRectF) -> None:
        colour = self.colours[index]
        if not np.isfinite(self.heights[index]):
            self._paint_hatched(painter, box)
        elif self.heights[index] == self._base(mapping):
            self._paint_empty(painter, box, colour)
        elif self.after is not None and np.isfinite(self.after[index]):
            end = float(mapping.y(self.after[index]))
            self._paint_cut(painter, box, min(max(end, box.top()), box.bottom()), colour)
        else:
            painter.fillRect(box, QColor(colour))

    def _paint_cut(self, painter: QPainter, box: QRectF, top: float, colour: str) -> None:
        """Fill the bar up to ``top`` and draw a dashed outline above."""
        painter.fillRect(QRectF(box.left(), top, box.width(), box.bottom() - top), QColor(colour))
        pen = QPen(QColor(self.theme.muted), 1.0, Qt.PenStyle.CustomDashLine, Qt.PenCapStyle.FlatCap)
        pen.setDashPattern([3.0, 2.0])
        painter.setPen(pen)
        painter.drawRect(
            QRectF(box.left() + 0.5, box.top() + 0.5, max(box.width() - 1.0, 0.5), top - box.top())
        )

    def _paint_dash(self, painter: QPainter, box: QRectF) -> None:
        painter.setFont(small_font())
        painter.setPen(QColor(self.theme.muted))
        room = QRectF(box.center().x() - 10.0, box.bottom() - row_height(), 20.0, row_height())
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, "–")

    def _paint_hatched(self, painter: QPainter, box: QRectF) -> None:
        """Draw hatching line by line: a pattern brush becomes a bitmap in a vector file."""
        danger = QColor(self.theme.danger)
        painter.save()
        painter.setClipRect(box)
        veil = QColor(danger)
        veil.setAlphaF(0.12)
        painter.fillRect(box, veil)
        painter.setPen(QPen(danger, 1.0))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawLines(list(_hatching(box)))
        painter.restore()
        painter.setPen(QPen(danger, 1.0))
        painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))

    def _paint_empty(self, painter: QPainter, box: QRectF, colour: str) -> None:
        painter.setPen(QPen(QColor(colour), 1.0))
        painter.drawRect(QRectF(box.left() + 0.5, box.bottom() - 3.5, max(box.width() - 1.0, 0.5), 3.0))

    def _paint_tick(self, painter: QPainter, box: QRectF, height: float) -> None:
        over = 3.0 if box.width() > 12.0 else 0.0
        line = QRectF(box.left() - over, round(height) - 1.0, box.width() + 2 * over, 2.0)
        painter.fillRect(line.adjusted(-1.0, -1.0, 1.0, 1.0), QColor(self.theme.panel))
        painter.fillRect(line, QColor(self.theme.text))

    def _runs(self) -> list[tuple[int, int]]:
        """Return runs of neighbouring bars that are not finite, as (first, last + 1)."""
        bad = ~np.isfinite(self.heights) & ~(np.zeros(1, bool) if self.missing is None else self.missing)
        edges = np.flatnonzero(np.diff(bad, prepend=False, append=False)).tolist()
        return list(zip(edges[::2], edges[1::2], strict=True))

    def _paint_label(self, painter: QPainter, mapping: Mapping, first: int, last: int) -> None:
        painter.setFont(small_font())
        width = text_width(NOT_FINITE) + 8.0
        middle = float(mapping.x(self.start + (first + last) / 2))
        if not 0.0 <= middle <= mapping.width:
            return
        left = max(0.0, min(middle - width / 2, mapping.width - width))
        box = QRectF(left, mapping.height / 2 - row_height() / 2, width, row_height())
        draw_backdrop(painter, box, self.theme.panel)
        painter.setPen(QColor(self.theme.danger))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, NOT_FINITE)


def _hatching(box: QRectF) -> Iterator[QLineF]:
    """Yield slanted lines over ``box``, cut at its sides because not every vector format clips."""
    foot = box.left() - box.height()
    while foot < box.right():
        start, end = max(foot, box.left()), min(foot + box.height(), box.right())
        yield QLineF(QPointF(start, box.bottom() - (start - foot)), QPointF(end, box.bottom() - (end - foot)))
        foot += 6.0
