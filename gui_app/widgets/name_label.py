"""The label with the name of a setting, wide enough that what follows it is aligned."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLabel, QWidget

from gui_app.theme import text_size


class NameLabel(QLabel):
    """Label that takes at least ``width`` pixels at the default size of text, and never less than its text."""

    def __init__(self, text: str, width: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._least: int = width
        self._aligned: tuple[str, ...] = ()
        self.setProperty("role", "name")

    def align_with(self, texts: Iterable[str]) -> None:
        """Take at least the width of each of these texts."""
        self._aligned = tuple(texts)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        widths = map(self.fontMetrics().horizontalAdvance, self._aligned)
        least = max(text_size.scaled(self._least, text_size.scale()), *widths, 0)
        return super().sizeHint().expandedTo(QSize(least, 0))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()
