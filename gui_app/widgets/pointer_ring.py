"""A large ring around the mouse, which an audience can follow."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QCursor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gui_app.theme import text_size
from gui_app.theme.tokens import LIGHT, Theme
from gui_app.widgets.guarded import guarded

SIDE = 52
"""Pixels from edge to edge, with text of the default size."""
LINE = 4.0
_PERIOD = 20
"""Milliseconds between two looks at where the mouse is."""


class PointerRing(QWidget):
    """Ring over ``window`` around the mouse; it takes no mouse and is hidden while the mouse is elsewhere."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window, self._theme = window, LIGHT
        self.setObjectName("pointer ring")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._timer = QTimer(self, interval=_PERIOD)
        # Most widgets are told of the mouse only while a button is held.
        self._timer.timeout.connect(self._follow)
        self.hide()

    @property
    def is_on(self) -> bool:
        return self._timer.isActive()

    def switch(self, on: bool) -> None:
        """Follow the mouse from now on, or no longer."""
        if on:
            self._timer.start()
            self._follow()
        else:
            self._timer.stop()
            self.hide()

    def apply_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def _follow(self) -> None:
        place = self._window.mapFromGlobal(QCursor.pos())
        if not self._window.rect().contains(place):
            self.hide()
            return
        side = text_size.scaled(SIDE, text_size.scale())
        self.resize(side, side)
        self.move(place - QPoint(side // 2, side // 2))
        if self.isHidden():
            self.show()
            self.raise_()

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = LINE * text_size.scale()
        ring = QRectF(self.rect()).adjusted(line, line, -line, -line)
        # The colour that no class has, on a dark line that shows it on any ground.
        colour = QColor(self._theme.selection)
        ground = QColor(colour)
        ground.setAlphaF(0.16)
        painter.setBrush(ground)
        for pen, width in ((QColor("#14171b"), 1.7 * line), (colour, line)):
            painter.setPen(QPen(pen, width))
            painter.drawEllipse(ring)
            painter.setBrush(Qt.BrushStyle.NoBrush)
