"""A number that changes often, shown with its name in a fixed width."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from gui_app.widgets.number_field import tabular


class Figure(QWidget):
    """Name and number; the width of ``characters`` digits grows when a number needs more, and never shrinks."""

    def __init__(self, name: str, characters: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label, self.number = QLabel(name), QLabel()
        self._label.setProperty("role", "name")
        self.number.setProperty("role", "figure")
        self.number.setFont(tabular(self.number.font()))
        self.number.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._characters, self._name = 0, name
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(5)
        row.addWidget(self._label)
        row.addWidget(self.number)
        self._hold(characters)

    def show_name(self, name: str) -> None:
        """Change the name of the number."""
        if name != self._name:
            self._name = name
            self._label.setText(name)
            self._announce()

    def show_text(self, text: str) -> None:
        """Show a number that is already formatted."""
        if text != self.number.text():
            self._hold(len(text))
            self.number.setText(text)
            self._announce()

    def _announce(self) -> None:
        self.setAccessibleName(f"{self._name} {self.number.text()}")

    def _hold(self, characters: int) -> None:
        if characters > self._characters:
            self._characters = characters
            font = self.number.font()
            font.setBold(True)
            digits = characters - 1 if characters > 4 else characters
            metrics = QFontMetrics(font)
            width = metrics.horizontalAdvance("0" * digits + ("," if characters > 4 else ""))
            # If its size hint could change, each new text would trigger a layout of the whole window.
            self.number.setFixedSize(width + 2, metrics.height())
