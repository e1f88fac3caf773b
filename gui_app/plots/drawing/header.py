"""The line above a plot: its title on the left, the legend on the right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui_app.plots.drawing.legend import GAP, LegendEntry, paint_legend
from gui_app.plots.drawing.text import small_font, text_width
from gui_app.theme.tokens import Theme
from gui_app.widgets.guarded import guarded

HEIGHT = 28
MARGIN = 12


def paint_header(
    painter: QPainter,
    rect: QRectF,
    title: str,
    entries: Sequence[LegendEntry],
    theme: Theme,
    right: float = MARGIN,
) -> None:
    """Paint title and legend into ``rect``, on the screen or in an export, with a margin at the ``right``."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(small_font(bold=True))
    painter.setPen(QColor(theme.text))
    rect = rect.adjusted(MARGIN, 0.0, -right, 0.0)
    painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, title)
    paint_legend(painter, rect.adjusted(text_width(title, bold=True) + GAP, 0.0, 0.0, 0.0), entries, theme)


class Header(QWidget):
    """Widget that paints title and legend in one line."""

    def __init__(self, title: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._theme = title, theme
        self.entries: tuple[LegendEntry, ...] = ()
        self.right_margin = MARGIN
        self.setFixedHeight(HEIGHT)
        # Mouse moves go on to the plot, so that it notices when the mouse leaves its area.
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(200, HEIGHT)

    def apply_theme(self, theme: Theme) -> None:
        """Apply the theme's colours."""
        self._theme = theme
        self.update()

    def show_entries(self, entries: Sequence[LegendEntry]) -> None:
        """Show these legend entries."""
        if tuple(entries) != self.entries:
            self.entries = tuple(entries)
            self.update()

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.panel))
        paint_header(painter, QRectF(self.rect()), self._title, self.entries, self._theme, self.right_margin)
        painter.end()
