"""Marks over the cells of a plane: the chosen one, the one below the mouse, a region, a card with words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from gui_app.sweeps.drawing.plane import Place, Plane, Span
from gui_app.theme.painting import restoring
from gui_app.theme.text import line_height, small_font, text_width
from gui_app.theme.tokens import RADIUS, SPACE, Theme

GAP = 10.0
"""Pixels between a cell and the card beside it."""


class Region(NamedTuple):
    """Cells in some columns and rows."""

    columns: Span
    rows: Span

    @classmethod
    def between(cls, one: Place, other: Place) -> Region:
        """Return the region of which two cells are corners."""
        columns, rows = sorted((one[0], other[0])), sorted((one[1], other[1]))
        return cls((columns[0], columns[1]), (rows[0], rows[1]))

    @property
    def is_cell(self) -> bool:
        """Whether it is a single cell."""
        return self.columns[0] == self.columns[1] and self.rows[0] == self.rows[1]

    def has(self, place: Place) -> bool:
        """Whether a cell lies in it."""
        return self.columns[0] <= place[0] <= self.columns[1] and self.rows[0] <= place[1] <= self.rows[1]


def paint_chosen(painter: QPainter, plane: Plane, place: Place, theme: Theme) -> None:
    """Outline a cell so that it is seen on any colour."""
    rect = plane.cell(place)
    _outline(painter, rect.adjusted(-1.5, -1.5, 1.5, 1.5), theme.window, 4.5)
    _outline(painter, rect.adjusted(-1.5, -1.5, 1.5, 1.5), theme.text, 2.5)


def paint_hovered(painter: QPainter, plane: Plane, place: Place, theme: Theme) -> None:
    """Outline the cell below the mouse, here and in the other picture."""
    _outline(painter, plane.cell(place).adjusted(-0.5, -0.5, 0.5, 0.5), theme.accent, 2.0)


def paint_region(painter: QPainter, plane: Plane, region: Region, theme: Theme) -> None:
    """Outline a region, and cover what is outside it."""
    rect = plane.span(*region)
    veil = QColor(theme.panel)
    veil.setAlphaF(0.55)
    whole = plane.rect
    with restoring(painter):
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for part in (
            QRectF(whole.topLeft(), QPointF(whole.right(), rect.top())),
            QRectF(QPointF(whole.left(), rect.bottom()), whole.bottomRight()),
            QRectF(QPointF(whole.left(), rect.top()), rect.bottomLeft()),
            QRectF(rect.topRight(), QPointF(whole.right(), rect.bottom())),
        ):
            painter.fillRect(part, veil)
    _outline(painter, rect.adjusted(-1.0, -1.0, 1.0, 1.0), theme.accent, 2.0)


def _outline(painter: QPainter, rect: QRectF, colour: str, width: float) -> None:
    with restoring(painter):
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor(colour), width)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(rect)


def paint_card(
    painter: QPainter, lines: Sequence[str], beside: QRectF, bounds: QRectF, theme: Theme
) -> QRectF:
    """Paint a card with lines of text beside a cell, or above or below it, within bounds; the first line is bold.
    Returns where it is.
    """
    width = max((text_width(line, index == 0) for index, line in enumerate(lines)), default=0.0)
    width, height = width + 4.0 * SPACE, len(lines) * line_height() + 3.0 * SPACE
    fits_right = beside.right() + GAP + width <= bounds.right()
    x = beside.right() + GAP if fits_right else beside.left() - GAP - width
    y = beside.center().y() - height / 2
    if not fits_right and x < bounds.left():
        x, y = beside.center().x() - width / 2, beside.top() - GAP - height
        y = y if y >= bounds.top() else beside.bottom() + GAP
    x = min(max(x, bounds.left() + 1.0), max(bounds.right() - width - 1.0, bounds.left()))
    y = min(max(y, bounds.top() + 1.0), bounds.bottom() - height - 1.0)
    card = QRectF(round(x) + 0.5, round(y) + 0.5, round(width), round(height))
    with restoring(painter):
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.border), 1.0))
        painter.setBrush(QColor(theme.raised))
        painter.drawRoundedRect(card, RADIUS, RADIUS)
        for index, line in enumerate(lines):
            painter.setFont(small_font(bold=index == 0))
            painter.setPen(QColor(theme.text if index < 2 else theme.muted))
            top = card.top() + 1.5 * SPACE + index * line_height()
            box = QRectF(card.left() + 2.0 * SPACE, top, card.width(), line_height())
            painter.drawText(box, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), line)
    return card
