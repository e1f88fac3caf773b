"""A number that changes often, shown below its name in a fixed width."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from gui_app.widgets.guarded import guarded
from gui_app.widgets.number_field import tabular


class _Number(QLabel):
    """Label with a fixed width: a size hint that could change would make each new text lay out the whole window."""

    def __init__(self, characters: int) -> None:
        super().__init__()
        self._characters = characters
        self.setProperty("role", "figure")
        self.setFont(tabular(self.font()))
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._hold()

    def show_text(self, text: str) -> None:
        if len(text) > self._characters:
            self._characters = len(text)
            self._hold()
        self.setText(text)

    @guarded
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._hold()

    def growth(self, characters: int) -> int:
        """Return how many pixels wider it would be with room for ``characters``."""
        return max(0, self.width_of(characters) - self.width())

    def _metrics(self) -> QFontMetrics:
        font = self.font()
        font.setBold(True)
        return QFontMetrics(font)

    def width_of(self, characters: int) -> int:
        digits = "0" * (characters - 1) + "," if characters > 4 else "0" * characters
        return self._metrics().horizontalAdvance(digits) + 2

    def _hold(self) -> None:
        self.setFixedSize(self.width_of(self._characters), self._metrics().height() + 1)


class Figure(QWidget):
    """Name above number; the width of ``characters`` digits grows when a number needs more, and never shrinks.

    The widget ``label`` takes the place of the name.
    """

    def __init__(
        self, name: str, characters: int, parent: QWidget | None = None, label: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.number, self._name = _Number(characters), name
        if label is None:
            label = QLabel(name)
            label.setProperty("role", "caption")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._label = label
        column.addWidget(label)
        column.addWidget(self.number)

    def width_with(self, characters: int) -> int:
        """Return the width in pixels that it takes with room for a number of so many characters, and no more."""
        return max(self._label.minimumSizeHint().width(), self.number.width_of(characters))

    def show_text(self, text: str) -> None:
        """Show a number that is already formatted."""
        if text != self.number.text():
            self.number.show_text(text)
            self.setAccessibleName(f"{self._name} {text}")
