"""A number that changes often, shown below its name in a fixed width."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from gui_app.widgets.guarded import guarded
from gui_app.widgets.number_field import tabular


class Figure(QWidget):
    """Name above number; the width of ``characters`` digits grows when a number needs more, and never shrinks."""

    def __init__(self, name: str, characters: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label, self.number = QLabel(name), QLabel()
        self._label.setProperty("role", "caption")
        self.number.setProperty("role", "figure")
        self.number.setFont(tabular(self.number.font()))
        self.number.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._characters, self._name = characters, name
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._label)
        column.addWidget(self.number)
        self._hold(characters)
        self.number.installEventFilter(self)

    def show_text(self, text: str) -> None:
        """Show a number that is already formatted."""
        if text != self.number.text():
            if len(text) > self._characters:
                self._hold(len(text))
            self.number.setText(text)
            self.setAccessibleName(f"{self._name} {text}")

    def _hold(self, characters: int) -> None:
        """Reserve the width of so many characters."""
        self._characters = characters
        font = self.number.font()
        font.setBold(True)
        digits = characters - 1 if characters > 4 else characters
        metrics = QFontMetrics(font)
        width = metrics.horizontalAdvance("0" * digits + ("," if characters > 4 else ""))
        # If its size hint could change, each new text would trigger a layout of the whole window.
        self.number.setFixedSize(width + 2, metrics.height())

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # The number gets its new font after this widget.
        if event.type() == QEvent.Type.FontChange:
            self._hold(self._characters)
        return False
