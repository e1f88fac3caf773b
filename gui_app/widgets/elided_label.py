"""A line of text that is shortened where there is no room for all of it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QLabel, QWidget

LEAST = 40
"""Pixels that a label asks for, whatever its text."""


class ElidedLabel(QLabel):
    """Takes the room there is. ``full_text`` is the whole text; the label shows the longest of it and its shorter
    forms that fits, or else the last of them, ending in … .
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.full_text = ""
        self._shorter: tuple[str, ...] = ()
        self.setMinimumWidth(LEAST)

    def show_text(self, text: str, *shorter: str) -> None:
        """Show a text; with ``shorter`` forms, longest first, the label stays wide enough for the last of them."""
        if text != self.full_text:
            self.full_text, self._shorter = text, shorter
            shortest = self.fontMetrics().horizontalAdvance(shorter[-1]) + 2 if shorter else LEAST
            self.setMinimumWidth(max(shortest, LEAST))
            self.describe(text)
            self.fit()

    def describe(self, text: str) -> None:
        """Tell a screen reader the whole text."""
        self.setAccessibleDescription(text)

    def fit(self) -> None:
        """Set what the width has room for."""
        metrics, room = self.fontMetrics(), self.width()
        forms = (self.full_text, *self._shorter)
        fitting = (form for form in forms if metrics.horizontalAdvance(form) <= room)
        shown = next(fitting, None)
        if shown is None:
            shown = metrics.elidedText(forms[-1], Qt.TextElideMode.ElideRight, room)
        self.setText(shown)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.fit()
        return super().event(event)

    def minimumSizeHint(self) -> QSize:
        return QSize(LEAST, super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()
