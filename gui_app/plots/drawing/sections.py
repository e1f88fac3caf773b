"""Sections of one plotting area, a lane each: small multiples on one scale of values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen

from gui_app.plots.drawing.mapping import Mapping
from gui_app.plots.drawing.metrics import row_height
from gui_app.session.current_lane import LaneLook
from gui_app.theme.text import small_font
from gui_app.theme.tokens import Theme

GAP = 0.7
"""Bars' worth of room between two sections."""
HEADROOM, MOST = 0.16, 1.0
"""Least and largest share of the axis that is added at its top for the names of lanes."""
_AIR = 3.0
"""Pixels below a name."""


def headroom(height: float) -> float:
    """Return the share by which an axis of ``height`` pixels becomes longer, so that names stand above all bars."""
    needed = row_height() + _AIR
    return min(max(HEADROOM, needed / max(height - needed, 1.0)), MOST)


def starts_of(widths: Sequence[int]) -> tuple[float, ...]:
    """Return where sections of these widths begin.

    Examples
    --------
    >>> starts_of([4, 2])
    (0.0, 4.7)
    """
    return tuple(float(sum(widths[:index]) + GAP * index) for index in range(len(widths)))


@dataclass(frozen=True, slots=True)
class LaneSection:
    """The name of a lane, bold if it is current, above its section, which is ``width`` units wide from ``start``."""

    look: LaneLook
    start: float
    width: float
    theme: Theme
    is_current: bool = False

    def paint(self, painter: QPainter, mapping: Mapping) -> None:
        left, right = (float(mapping.x(at)) for at in (self.start, self.start + self.width))
        if right <= 0.0 or left >= mapping.width:
            return
        if self.start > 0.0:
            edge = round((left + float(mapping.x(self.start - GAP))) / 2) + 0.5
            painter.setPen(QPen(QColor(self.theme.border), 1.0))
            painter.drawLine(QLineF(edge, 0.0, edge, mapping.height))
        left, right = max(left, 0.0) + 2.0, min(right, mapping.width)
        font = small_font()
        font.setBold(self.is_current)
        painter.setFont(font)
        painter.setPen(QColor(self.theme.lanes[self.look.colour]))
        metrics = QFontMetrics(font)
        name = metrics.elidedText(self.look.name, Qt.TextElideMode.ElideRight, max(int(right - left), 8))
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(left, 0.0, right - left + 2.0, float(row_height())), flags, name)


@dataclass(frozen=True, slots=True)
class SectionName:
    """The name of a lane, in its colour and bold if it is current, above a section that has a plot of its own."""

    text: str
    look: LaneLook
    theme: Theme
    is_current: bool = False

    def paint(self, painter: QPainter, mapping: Mapping) -> None:
        font = small_font()
        font.setBold(self.is_current)
        painter.setFont(font)
        painter.setPen(QColor(self.theme.lanes[self.look.colour]))
        box = QRectF(0.0, -float(row_height()), mapping.width, float(row_height()))
        text = QFontMetrics(font).elidedText(self.text, Qt.TextElideMode.ElideRight, int(mapping.width))
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
