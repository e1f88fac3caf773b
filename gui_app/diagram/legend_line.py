"""The widget of the legend, which also says why an edit was refused."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui_app.diagram.arrangement import MARGIN
from gui_app.diagram.legend import LegendItem, legend_height, paint_legend
from gui_app.theme.text import small_font
from gui_app.theme.tokens import LIGHT, Theme
from gui_app.widgets.guarded import guarded

READING_TIME = 8000
"""Milliseconds for which a sentence is shown."""


class LegendLine(QWidget):
    """The legend, or for a while a sentence in its place."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self.items: tuple[LegendItem, ...] = ()
        self.message = self._explained = ""
        self.fading = QTimer(self, interval=READING_TIME, singleShot=True)
        self.fading.timeout.connect(lambda: self.show_message(""))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_items(self, items: tuple[LegendItem, ...], explained: str = "") -> None:
        """Show the legend; ``explained`` is said of it when the mouse rests on it."""
        if explained != self._explained:
            self._explained = explained
            self.setToolTip(self.message or explained)
        if items != self.items:
            self.items = items
            self.update()

    def show_message(self, sentence: str) -> None:
        """Show a sentence in place of the legend, for ``READING_TIME``; "" shows the legend again."""
        self.fading.stop()
        if sentence:
            self.fading.start()
        if sentence != self.message:
            self.message = sentence
            self.setToolTip(sentence or self._explained)
            self.update()

    def apply_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, round(legend_height()))

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.panel))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.message:
            painter.setFont(small_font())
            painter.setPen(QColor(self._theme.danger))
            room = QRectF(self.rect()).adjusted(MARGIN, 0.0, -MARGIN, 0.0)
            text = painter.fontMetrics().elidedText(
                self.message, Qt.TextElideMode.ElideRight, int(room.width())
            )
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)
        else:
            paint_legend(painter, QRectF(self.rect()), self.items, self._theme)
        painter.end()
