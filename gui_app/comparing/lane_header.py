"""The heads of the columns: a square in the lane's colour beside its name."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QHeaderView

from gui_app.theme.text import small_font, text_width
from gui_app.theme.tokens import LIGHT, SPACE, Theme
from gui_app.widgets.guarded import guarded

SWATCH = 10
"""Side of the square, in pixels."""
PADDING = 2 * SPACE
_ROLES = Qt.ItemDataRole


class LaneHeader(QHeaderView):
    """A horizontal header whose names stand at the right, as the numbers below them; that of the current lane is bold
    and underlined in its colour.
    """

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.theme: Theme = LIGHT
        self.current = -1
        """The column of the current lane."""
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setAccessibleName("Lanes")

    @staticmethod
    def width_of(name: str) -> float:
        """Return the width that a name needs, in pixels."""
        return text_width(name, bold=True) + SWATCH + SPACE

    @guarded
    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        model, across = self.model(), Qt.Orientation.Horizontal
        name = str(model.headerData(logicalIndex, across, _ROLES.DisplayRole))
        colour = model.headerData(logicalIndex, across, _ROLES.DecorationRole)
        is_current = logicalIndex == self.current
        painter.save()
        painter.fillRect(rect, QColor(self.theme.raised))
        body = rect.adjusted(PADDING // 2, 0, -PADDING, 0)
        font = small_font(bold=is_current)
        painter.setFont(font)
        room = body.width() - SWATCH - SPACE
        shown = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, room)
        painter.setPen(QPen(QColor(self.theme.text)))
        painter.drawText(body, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, shown)
        if isinstance(colour, QColor):
            left = body.right() - painter.fontMetrics().horizontalAdvance(shown) - SPACE - SWATCH
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawRoundedRect(QRectF(left, rect.center().y() - SWATCH / 2 + 0.5, SWATCH, SWATCH), 2, 2)
            if is_current:
                painter.fillRect(rect.left(), rect.bottom() - 1, rect.width(), 2, colour)
        painter.restore()
