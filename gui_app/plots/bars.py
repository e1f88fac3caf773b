"""Bars on a logarithmic axis, one a layer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from gui_app.plots.mapping import Mapping
from gui_app.plots.marks import ROW, draw_backdrop
from gui_app.plots.series import Floats
from gui_app.plots.text import small_font, text_width
from gui_app.theme import Theme

WIDEST = 72.0
NOT_FINITE = "not finite"


def bar_width(slot: float) -> float:
    """How wide a bar is in its slot, in pixels."""
    return min(max(slot * (0.58 if slot > 12.0 else 0.8), 1.0), WIDEST)


@dataclass(frozen=True, slots=True, eq=False)
class Bars:
    """Bars from the floor to ``heights`` (exponents, NaN: not finite), with a tick across each at ``ticks``.

    A height at the floor is drawn as an empty outline; a tick that is NaN or at the floor is left out.
    """

    heights: Floats
    ticks: Floats
    colours: tuple[str, ...]
    theme: Theme

    def paint(self, painter: QPainter, mapping: Mapping) -> None:
        """Draw bars, then ticks, then the words over what is not finite."""
        floor = mapping.y_range[0]
        for index, box in enumerate(self.boxes(mapping)):
            if not np.isfinite(self.heights[index]):
                self._paint_hatched(painter, box)
            elif self.heights[index] <= floor:
                self._paint_empty(painter, box, self.colours[index])
            else:
                painter.fillRect(box, QColor(self.colours[index]))
            if self.ticks[index] > floor:
                self._paint_tick(painter, box, float(mapping.y(self.ticks[index])))
        for first, last in self._runs():
            self._paint_words(painter, mapping, first, last)

    def boxes(self, mapping: Mapping) -> Iterator[QRectF]:
        """Each bar's rectangle in pixels; one that is not finite is as high as the plot."""
        slot = mapping.width / len(self.heights)
        width = bar_width(slot)
        tops = mapping.y(np.where(np.isfinite(self.heights), self.heights, mapping.y_range[1]))
        for index, top in enumerate(tops.tolist()):
            yield QRectF((index + 0.5) * slot - width / 2, top, width, mapping.height - top)

    def _paint_hatched(self, painter: QPainter, box: QRectF) -> None:
        """Lines by hand: a pattern brush becomes a bitmap in a vector file."""
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
        """Neighbours that are not finite, as first and one past the last."""
        edges = np.flatnonzero(np.diff(~np.isfinite(self.heights), prepend=False, append=False)).tolist()
        return list(zip(edges[::2], edges[1::2], strict=True))

    def _paint_words(self, painter: QPainter, mapping: Mapping, first: int, last: int) -> None:
        painter.setFont(small_font())
        width = text_width(NOT_FINITE) + 8.0
        middle = (first + last) / 2 * mapping.width / len(self.heights)
        left = max(0.0, min(middle - width / 2, mapping.width - width))
        box = QRectF(left, mapping.height / 2 - ROW / 2, width, ROW)
        draw_backdrop(painter, box, self.theme.panel)
        painter.setPen(QColor(self.theme.danger))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, NOT_FINITE)


def _hatching(box: QRectF) -> Iterator[QLineF]:
    """Slanted lines over ``box``, cut at its sides: not every vector format clips."""
    place = box.left() - box.height()
    while place < box.right():
        start, end = max(place, box.left()), min(place + box.height(), box.right())
        yield QLineF(
            QPointF(start, box.bottom() - (start - place)), QPointF(end, box.bottom() - (end - place))
        )
        place += 6.0
