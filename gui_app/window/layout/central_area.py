"""The centre of the window: the canvas, and a note beside it."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gui_app.widgets.guarded import guarded

NARROWEST, WIDEST = 224, 360
"""Smallest and largest width of the note, in pixels."""


class CentralArea(QWidget):
    """The canvas, with a note in the free space beside its square."""

    def __init__(self, canvas: QWidget) -> None:
        super().__init__()
        self._canvas = canvas
        self._note: QWidget | None = None
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._row.addWidget(canvas, 1)

    def set_note(self, note: QWidget | None) -> None:
        """Replace the note by another one; None removes it."""
        if self._note is not None:
            self._note.hide()
            self._note.deleteLater()
        self._note = note
        if note is not None:
            self._row.insertWidget(0, note)
            note.show()
            self._set_note_width()

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._set_note_width()

    def _set_note_width(self) -> None:
        if self._note is not None:
            free = self.width() - self.height()
            most = max(self.width() - self._canvas.minimumWidth(), 0)
            self._note.setFixedWidth(min(max(free, NARROWEST), WIDEST, most))
