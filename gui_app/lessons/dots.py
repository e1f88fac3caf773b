"""The steps of a lesson as a row of dots."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gui_app.widgets.guarded import guarded
from gui_app.widgets.keyboard import keep_keys

DOT, GAP, HEIGHT, MARGIN = 8, 8, 20, 3
"""Pixels: a dot, the least space to the next one, the height of the row, and what is left at both ends."""
_KEYS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class StepDots(QWidget):
    """A dot for each of ``titles``: filled for the open step, with a filled core for those entered before.

    ``chosen(index)`` is emitted for a click on a dot and for the arrow keys.
    """

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._titles: tuple[str, ...] = ()
        self._index, self._furthest = 0, 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        keep_keys(self, _KEYS)

    def show_steps(self, titles: Sequence[str], index: int, furthest: int) -> None:
        """Show the steps, which one is open, and how far a person has ever come."""
        self._titles, self._index, self._furthest = tuple(titles), index, furthest
        title = self._titles[index] if self._titles else ""
        self.setAccessibleName(f"Step {index + 1} of {len(self._titles)}: {title}")
        self.setAccessibleDescription("The arrow keys choose another step.")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(2 * MARGIN + len(self._titles) * (DOT + GAP), HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(2 * MARGIN + len(self._titles) * (DOT + 2), HEIGHT)

    def centre(self, index: int) -> QPointF:
        """Return the middle of a dot."""
        return QPointF(MARGIN + DOT / 2 + index * self._pitch, self.height() / 2)

    @property
    def _pitch(self) -> float:
        """The distance of two dots: less than usual where there are very many."""
        room = (self.width() - 2 * MARGIN - DOT) / max(len(self._titles) - 1, 1)
        return min(DOT + GAP, room)

    def _at(self, x: float) -> int | None:
        index = round((x - MARGIN - DOT / 2) / self._pitch)
        return index if 0 <= index < len(self._titles) else None

    @guarded
    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._at(event.position().x())
        if event.button() == Qt.MouseButton.LeftButton and index is not None:
            self.chosen.emit(index)

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = _KEYS.get(Qt.Key(event.key()))
        if by is None or event.modifiers() & Qt.KeyboardModifier.AltModifier:
            super().keyPressEvent(event)
        elif 0 <= self._index + by < len(self._titles):
            self.chosen.emit(self._index + by)

    @guarded
    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            index = self._at(event.pos().x())
            if index is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), f"{index + 1}. {self._titles[index]}", self)
            return True
        return super().event(event)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        role = QPalette.ColorRole
        accent, muted = self.palette().color(role.Highlight), self.palette().color(role.Dark)
        for index in range(len(self._titles)):
            is_open = index == self._index
            painter.setPen(QPen(accent if is_open else muted, 1.4))
            painter.setBrush(accent if is_open else Qt.BrushStyle.NoBrush)
            radius = DOT / 2 + (1 if is_open else -0.5)
            painter.drawEllipse(self.centre(index), radius, radius)
            if not is_open and index <= self._furthest:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(muted)
                painter.drawEllipse(self.centre(index), 2.2, 2.2)
        if self.hasFocus() and self.window().testAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange):
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(accent, 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
