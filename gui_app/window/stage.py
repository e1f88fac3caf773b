"""The middle of the window: the canvas, and a note beside it."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

NARROWEST, WIDEST = 224, 360
"""Pixels that the note takes of what the square canvas leaves free beside it."""


class Stage(QWidget):
    """The canvas, and beside it a note in the room that a square canvas leaves free."""

    def __init__(self, canvas: QWidget) -> None:
        super().__init__()
        self._canvas = canvas
        self._beside: QWidget | None = None
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._row.addWidget(canvas, 1)

    def set_beside(self, note: QWidget | None) -> None:
        """Show a note in place of the one before, or none."""
        if self._beside is not None:
            self._beside.hide()
            self._beside.deleteLater()
        self._beside = note
        if note is not None:
            self._row.insertWidget(0, note)
            note.show()
            self._divide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._divide()

    def _divide(self) -> None:
        if self._beside is not None:
            free = self.width() - self.height()
            most = max(self.width() - self._canvas.minimumWidth(), 0)
            self._beside.setFixedWidth(min(max(free, NARROWEST), WIDEST, most))
