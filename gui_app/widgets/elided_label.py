"""A label that shortens its text to the available width."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QLabel, QWidget

from gui_app.widgets.guarded import guarded

LEAST = 40
"""Minimum width of a label in pixels, whatever its text."""


class ElidedLabel(QLabel):
    """Label that shows the longest form of its text that fits, or else the shortest form cut off with … .

    ``full_text`` is the longest form; ``mode`` says where it is cut off.
    """

    def __init__(
        self, parent: QWidget | None = None, mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight
    ) -> None:
        super().__init__(parent)
        self._mode = mode
        self.full_text = ""
        self._shorter: tuple[str, ...] = ()
        self.setMinimumWidth(LEAST)

    def show_text(self, text: str, *shorter: str) -> None:
        """Show a text. The label stays wide enough for the last of its ``shorter`` forms (longest first)."""
        if text != self.full_text:
            self.full_text, self._shorter = text, shorter
            shortest = self.fontMetrics().horizontalAdvance(shorter[-1]) + 2 if shorter else LEAST
            self.setMinimumWidth(max(shortest, LEAST))
            self.describe(text)
            self.fit()

    def describe(self, text: str) -> None:
        """Give the whole text to screen readers."""
        self.setAccessibleDescription(text)

    def fit(self) -> None:
        """Show the form that fits the present width."""
        metrics, room = self.fontMetrics(), self.width()
        forms = (self.full_text, *self._shorter)
        fitting = (form for form in forms if metrics.horizontalAdvance(form) <= room)
        shown = next(fitting, None)
        if shown is None:
            shown = metrics.elidedText(forms[-1], self._mode, room)
        self.setText(shown)

    @guarded
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.fit()
        return super().event(event)

    def minimumSizeHint(self) -> QSize:
        return QSize(LEAST, super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()
