"""An entry of the legend as a button that hides and shows its curve."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from gui_app.plots.drawing.legend import LegendEntry, paint_entry
from gui_app.theme.tokens import LIGHT, Theme
from gui_app.widgets.guarded import guarded

BESIDE = 3.0
"""Pixels around an entry that belong to its button."""


class LegendButton(QAbstractButton):
    """Button that is checked while its curve is shown. ``stepped(by)`` asks for the focus of a neighbour."""

    stepped = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self.entry = LegendEntry("", "note", ())
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # Mouse moves go on to the plot, so that it notices when the mouse leaves its area.
        self.setMouseTracking(True)

    def show_entry(self, entry: LegendEntry, rect: QRectF, theme: Theme) -> None:
        """Show an entry at ``rect`` of the parent; nothing is repainted if it is shown already."""
        around = rect.adjusted(-BESIDE, 0.0, BESIDE, 0.0).toAlignedRect()
        if around != self.geometry():
            self.setGeometry(around)
        if (entry, theme) != (self.entry, self._theme):
            self.entry, self._theme = entry, theme
            self.setChecked(not entry.hidden)
            self.setAccessibleName(f"Show {entry.full_label}")
            self.update()

    @guarded
    def enterEvent(self, event: QEnterEvent) -> None:
        does = "show" if self.entry.hidden else "hide"
        self.setToolTip(f"{self.entry.sentence}. Click: {does} {self.entry.full_label}.")
        self.update()

    @guarded
    def leaveEvent(self, event: QEvent) -> None:
        self.update()

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps: dict[int, int] = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if event.key() in steps:
            self.stepped.emit(steps[event.key()])
        else:
            super().keyPressEvent(event)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inside = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        if self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._theme.hover))
            painter.drawRoundedRect(inside, 3.0, 3.0)
        paint_entry(painter, QRectF(self.rect()).adjusted(BESIDE, 0.0, -BESIDE, 0.0), self.entry, self._theme)
        if self.hasFocus():
            painter.setPen(QPen(QColor(self._theme.accent), 1.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(inside, 3.0, 3.0)
        painter.end()
