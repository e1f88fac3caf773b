"""An outline around a control, or a ground under it: it shows where something has changed, or where to look."""

from __future__ import annotations

from PySide6.QtCore import Property, QEvent, QObject, QPropertyAnimation, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen, QRegion, QResizeEvent
from PySide6.QtWidgets import QStyle, QWidget

from gui_app.widgets.guarded import guarded

OUTLINE, FLASH = 1600, 900
"""Milliseconds."""
NAME, STANDING = "outline", "standing outline"
THICK = 2
"""Pixels of an outline that stays."""


class Outline(QWidget):
    """Rounded frame over a widget, or over a ``part`` of it, or a translucent ground; it takes no mouse, fades, and
    deletes itself. Where the system shows no animations, it goes away without fading.
    """

    def __init__(self, around: QWidget, milliseconds: int, filled: bool, part: QRect | None = None) -> None:
        super().__init__(around)
        self._around, self._filled, self._part = around, filled, part
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
        self.setGeometry(part or around.rect())
        self.show()
        self.raise_()
        if _animates(around):
            self._fading.start()
        else:
            QTimer.singleShot(milliseconds, self, self.deleteLater)

    def _get_strength(self) -> float:
        return self._strength

    def _set_strength(self, strength: float) -> None:
        self._strength = strength
        self.update()

    strength = Property(float, _get_strength, _set_strength)
    """Opacity from 0 to 1."""

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self._part is None:
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


class StandingOutline(QWidget):
    """Frame over a widget that stays until it is removed, or until a person presses the mouse in the widget.

    It takes no mouse, and covers nothing but its own line, so that what is painted below costs no more.
    """

    def __init__(self, around: QWidget) -> None:
        super().__init__(around)
        self.setObjectName(STANDING)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._around = around
        around.installEventFilter(self)
        self.setGeometry(around.rect())
        self.show()
        self.raise_()

    def remove(self) -> None:
        """Take the frame away."""
        self._around.removeEventFilter(self)
        self.hide()
        self.deleteLater()

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._around.rect())
        elif event.type() == QEvent.Type.MouseButtonPress:
            self.remove()
        elif event.type() == QEvent.Type.ChildAdded:
            # What is shown in the widget from now on must not cover it.
            QTimer.singleShot(0, self, self.raise_)
        return False

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        inside = self.rect().adjusted(THICK, THICK, -THICK, -THICK)
        self.setMask(QRegion(self.rect()) - QRegion(inside))

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self.palette().color(QPalette.ColorRole.Highlight))


def outline_once(widget: QWidget, part: QRect | None = None) -> None:
    """Draw an outline around ``widget``, or a part of it, that fades; a second one replaces the first."""
    _replace(widget, OUTLINE, filled=False, part=part)


def flash(widget: QWidget) -> None:
    """Lay a translucent colour over ``widget`` that fades."""
    _replace(widget, FLASH, filled=True)


def _replace(widget: QWidget, milliseconds: int, filled: bool, part: QRect | None = None) -> None:
    for outline in widget.findChildren(Outline, NAME, Qt.FindChildOption.FindDirectChildrenOnly):
        outline.setParent(None)
        outline.deleteLater()
    Outline(widget, milliseconds, filled, part)


def _animates(widget: QWidget) -> bool:
    return widget.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration, None, widget) > 0
