"""The readout at the mouse: a line, a dot on each curve, and a box with the values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from gui_app.plots.drawing.mapping import Mapping
from gui_app.plots.drawing.metrics import row_height
from gui_app.plots.drawing.readout_columns import (
    COLUMN_GAP,
    SWATCH,
    VALUE_GAP,
    Column,
    Reading,
    column_width,
    columns_of,
    columns_width,
)
from gui_app.theme.text import small_font, text_width
from gui_app.theme.tokens import RADIUS, SPACE, Theme

LARGEST = 0.6
"""Share of the width of a plot that a box over several sections may take."""


@dataclass(frozen=True, slots=True)
class Readout:
    """The values at ``x`` (in axis units)."""

    x: float
    title: str
    readings: tuple[Reading, ...]
    theme: Theme
    has_line: bool = True
    distance: float = 10.0
    """Pixels between ``x`` and the box."""
    pinned: bool = False
    """Whether it stays; the readout at the mouse then has priority for its box."""
    has_box: bool = True
    sections: tuple[tuple[Reading, ...], ...] = ()
    """In a plot of several sections: what is read in each. The line goes through all of them."""
    titles: tuple[str, ...] = ()
    """Of the sections."""
    section: int = 0
    """The section beside whose line the box is."""

    def line_in(self, section: int) -> Readout:
        """Return the line with the dots of a section, without the box."""
        return replace(self, readings=self.sections[section], sections=(), has_box=False)

    def paint_box(self, painter: QPainter, whole: Mapping, mapping: Mapping, cells: Sequence[QRectF]) -> None:
        """Draw the box over the sections ``cells`` of a plot; ``whole`` has the size of them all together."""
        if self.has_box and mapping.shows_x(self.x):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(small_font())
            section = min(self.section, len(cells) - 1)
            shown = self.table_or_section(whole, section)
            shown._paint_box(painter, whole, cells[section].left() + float(mapping.x(self.x)))

    def table_or_section(self, whole: Mapping, section: int) -> Readout:
        """Return what stands in the box: all sections together, or one of them where that would cover the plot."""
        columns = self.columns(whole)
        if len(columns) == 1 and columns_width(columns) <= LARGEST * whole.width:
            return self
        return replace(self, title=self.titles[section], readings=self.sections[section])

    def paint(self, painter: QPainter, mapping: Mapping) -> None:
        """Draw line, dots and box; nothing where ``x`` is out of view."""
        if not mapping.shows_x(self.x):
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        x = float(mapping.x(self.x))
        if self.has_line:
            painter.setPen(QPen(QColor(self.theme.accent if self.pinned else self.theme.muted), 1.0))
            painter.drawLine(QPointF(round(x) + 0.5, 0.0), QPointF(round(x) + 0.5, mapping.height))
        self._paint_dots(painter, mapping, x)
        if self.has_box:
            painter.setFont(small_font())
            self._paint_box(painter, mapping)

    def columns(self, mapping: Mapping) -> tuple[Column, ...]:
        """Return the readings as they stand in the box: in several columns where the plot is low."""
        return columns_of(self.readings, mapping.width, mapping.height)

    def box(self, mapping: Mapping, at: float | None = None) -> QRectF:
        """Return the box's rectangle: right of the line if there is room, else left of it; always inside the plot.

        ``at``: the pixel of the line, where the mapping does not tell it.
        """
        columns = self.columns(mapping)
        width = min(max(columns_width(columns), text_width(self.title) + 4 * SPACE), mapping.width)
        height = row_height() * (1 + max(map(len, columns), default=0)) + 2 * SPACE
        x = float(mapping.x(self.x)) if at is None else at
        left = x + self.distance
        if left + width > mapping.width:
            left = x - self.distance - width
        left = max(0.0, min(left, mapping.width - width))
        return QRectF(left, max(0.0, min(4.0, mapping.height - height)), width, height)

    def _paint_dots(self, painter: QPainter, mapping: Mapping, x: float) -> None:
        painter.setPen(QPen(QColor(self.theme.panel), 1.5))
        for reading in self.readings:
            for height in (reading.y, *reading.more):
                if height is not None and mapping.y_range[0] <= height <= mapping.y_range[1]:
                    painter.setBrush(QColor(reading.colour))
                    painter.drawEllipse(QPointF(x, float(mapping.y(height))), 3.5, 3.5)

    def _paint_box(self, painter: QPainter, mapping: Mapping, at: float | None = None) -> None:
        box, columns = self.box(mapping, at), self.columns(mapping)
        painter.setPen(QPen(QColor(self.theme.accent if self.pinned else self.theme.border), 1.0))
        painter.setBrush(QColor(self.theme.panel))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        inside = box.adjusted(2 * SPACE, SPACE, -2 * SPACE, -SPACE)
        title = QRectF(inside.left(), inside.top(), inside.width(), row_height())
        painter.setPen(QColor(self.theme.muted))
        painter.drawText(title, Qt.AlignmentFlag.AlignVCenter, self.title)
        left = inside.left()
        for column in columns:
            width = inside.width() if len(columns) == 1 else column_width(column)
            for row, reading in enumerate(column):
                top = title.bottom() + row * row_height()
                self._paint_reading(painter, QRectF(left, top, width, row_height()), reading)
            left += width + COLUMN_GAP

    def _paint_reading(self, painter: QPainter, row: QRectF, reading: Reading) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(reading.colour))
        painter.drawRoundedRect(QRectF(row.left(), row.center().y() - 3.5, 7.0, 7.0), 1.5, 1.5)
        painter.setPen(QColor(self.theme.text))
        centred = Qt.AlignmentFlag.AlignVCenter
        value = text_width(reading.value) + VALUE_GAP if reading.value else 0.0
        room = row.adjusted(SWATCH, 0.0, -value, 0.0)
        elided = QFontMetricsF(small_font()).elidedText(
            reading.label, Qt.TextElideMode.ElideRight, room.width() + 0.5
        )
        painter.drawText(room, centred, elided)
        painter.drawText(row, centred | Qt.AlignmentFlag.AlignRight, reading.value)
