"""An outline around a control, or a ground under it, that fades: it shows where something has just changed."""

from __future__ import annotations

from PySide6.QtCore import Property, QEvent, QObject, QPropertyAnimation, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QWidget

from gui_app.widgets.guarded import guarded

OUTLINE, FLASH = 1600, 900
"""Milliseconds."""
NAME = "outline"


class Outline(QWidget):
    """Rounded frame over a widget, or a translucent ground; it takes no mouse, fades, and deletes itself."""

    def __init__(self, around: QWidget, milliseconds: int, filled: bool) -> None:
        super().__init__(around)
        self._around, self._filled = around, filled
        self.setObjectName(NAME)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._strength = 1.0
        self._fading = QPropertyAnimation(self, b"strength", self)
        self._fading.setDuration(milliseconds)
        self._fading.setStartValue(1.0)
        # Full for the first half, so that it is seen.
        self._fading.setKeyValueAt(0.5, 1.0)
        self._fading.setEndValue(0.0)
        self._fading.finished.connect(self.deleteLater)
        around.installEventFilter(self)
        self.setGeometry(around.rect())
        self.show()
        self.raise_()
        self._fading.start()

    def _get_strength(self) -> float:
        return self._strength

    def _set_strength(self, strength: float) -> None:
        self._strength = strength
        self.update()

    strength = Property(float, _get_strength, _set_strength)
    """Opacity from 0 to 1."""

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._around.rect())
        return False

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(self._strength)
        colour = self.palette().color(QPalette.ColorRole.Highlight)
        painter.setPen(QPen(colour, 2))
        if self._filled:
            colour.setAlphaF(0.25)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 7, 7)


def outline_once(widget: QWidget) -> None:
    """Draw an outline around ``widget`` that fades; a second one replaces the first."""
    _replace(widget, OUTLINE, filled=False)


def flash(widget: QWidget) -> None:
    """Lay a translucent colour over ``widget`` that fades."""
    _replace(widget, FLASH, filled=True)


def _replace(widget: QWidget, milliseconds: int, filled: bool) -> None:
    for outline in widget.findChildren(Outline, NAME, Qt.FindChildOption.FindDirectChildrenOnly):
        outline.setParent(None)
        outline.deleteLater()
    Outline(widget, milliseconds, filled)
