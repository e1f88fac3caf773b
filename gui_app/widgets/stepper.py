"""A field for a whole number between two buttons."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from engine.catalogue import Parameter
from gui_app.widgets.buttons import icon_button
from gui_app.widgets.number_field import NumberField
from gui_app.widgets.reading import reader_of


class Stepper(QWidget):
    """Number from ``low`` to ``high`` with − and + buttons; ``edited(value)`` is emitted for a person's edits only.

    While it shows several numbers, ``stepped(steps)`` is emitted for buttons, keys and wheel: each number moves.
    """

    edited = Signal(int)
    stepped = Signal(int)

    def __init__(self, low: int, high: int, name: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._low, self._high, self._value = low, high, low
        self._mixed = False
        self.less = icon_button("minus", f"Fewer: {name}", f"One fewer: {name.lower()}", "square", 24)
        self.more = icon_button("plus", f"More: {name}", f"One more: {name.lower()}", "square", 24)
        allowed = Parameter("", name, low, low, high, tip, integer=True)
        self.field = NumberField(read=reader_of(allowed))
        self.field.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.field.hold(34)
        self.field.setAccessibleName(name)
        self.setAccessibleName(name)
        self.setToolTip(tip)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for part in (self.less, self.field, self.more):
            row.addWidget(part)
        self.less.clicked.connect(lambda: self._step(-1))
        self.more.clicked.connect(lambda: self._step(1))
        self.field.stepped.connect(self._step)
        self.field.entered.connect(self._edit)
        self.set_value(low)

    def value(self) -> int:
        return self._value

    def set_value(self, value: int) -> None:
        """Show a value without a signal."""
        self._value = value
        self.field.show_number(value)
        self._enable()

    def show_mixed(self, mixed: bool) -> None:
        """Show that there are several numbers in place of the one that it has, or show that one again."""
        self._mixed = mixed
        self.field.show_mixed(mixed)
        self._enable()

    def _enable(self) -> None:
        self.less.setEnabled(self._mixed or self._value > self._low)
        self.more.setEnabled(self._mixed or self._value < self._high)

    def _step(self, steps: float) -> None:
        if self._mixed:
            self.stepped.emit(round(steps))
        else:
            self._edit(self._value + steps)

    def _edit(self, value: float) -> None:
        wanted = min(max(round(value), self._low), self._high)
        if wanted != self._value or self._mixed:
            self.set_value(wanted)
            self.edited.emit(wanted)
