"""An animated on-off switch."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    Property,
    QEasingCurve,
    QPointF,
    QPropertyAnimation,
    QRectF,
    QSignalBlocker,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from gui_app.widgets.guarded import guarded

MILLISECONDS = 90


class Switch(QAbstractButton):
    """On-off switch; ``clicked(on)`` is emitted for mouse and space bar, not for ``set_on``."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._position, self._partial = 0.0, False
        self._motion = QPropertyAnimation(self, b"position", self)
        self._motion.setDuration(MILLISECONDS)
        self._motion.setEasingCurve(QEasingCurve.Type.InOutQuad)
        self.clicked.connect(self._slide)

    def set_on(self, on: bool) -> None:
        """Show a state without a signal."""
        if on != self.isChecked():
            with QSignalBlocker(self):
                self.setChecked(on)
            self._slide(on)

    def show_mixed(self, values: Sequence[bool]) -> None:
        """Show that it is on in some lanes only, without a signal; none of ``values``: show the one state again.

        A click then switches it on.
        """
        partial = bool(values)
        if partial != self._partial:
            self._partial = partial
            self.update()

    def text_of(self, value: bool) -> str:
        """Return a state in a word."""
        return "on" if value else "off"

    def nextCheckState(self) -> None:
        self.setChecked(self._partial or not self.isChecked())

    def sizeHint(self) -> QSize:
        return QSize(34, 20)

    def _slide(self, on: bool) -> None:
        self._motion.stop()
        if self.isVisible():
            self._motion.setStartValue(self._position)
            self._motion.setEndValue(float(on))
            self._motion.start()
        else:
            self._set_position(float(on))

    def _get_position(self) -> float:
        return self._position

    def _set_position(self, position: float) -> None:
        self._position = position
        self.update()

    position = Property(float, _get_position, _set_position)
    """Position of the knob from 0 (off) to 1 (on)."""

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(1.0 if self.isEnabled() else 0.5)
        track = QRectF(3, 3, self.width() - 6, self.height() - 6)
        self._paint_focus(painter, track)
        # The knob of one that is on in some lanes only is in the middle.
        position = 0.5 if self._partial else self._position
        self._paint_track(painter, track, position)
        radius = track.height() / 2
        centre = QPointF(track.left() + radius + position * (track.width() - 2 * radius), track.center().y())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("#ffffff"))
        painter.drawEllipse(centre, radius - 2, radius - 2)

    def _paint_track(self, painter: QPainter, track: QRectF, position: float) -> None:
        role = QPalette.ColorRole
        on, off = self.palette().color(role.Highlight), self.palette().color(role.Dark)
        off.setAlpha(110)
        painter.setPen(Qt.PenStyle.NoPen)
        for colour, share in ((off, 1 - position), (on, position)):
            colour.setAlphaF(colour.alphaF() * share)
            painter.setBrush(colour)
            painter.drawRoundedRect(track, track.height() / 2, track.height() / 2)

    def _paint_focus(self, painter: QPainter, track: QRectF) -> None:
        if self.hasFocus():
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Highlight), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            ring = track.adjusted(-2, -2, 2, 2)
            painter.drawRoundedRect(ring, ring.height() / 2, ring.height() / 2)
