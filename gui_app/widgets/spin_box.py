"""Whole numbers in a small field."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QSpinBox, QWidget

from gui_app.widgets.number_field import leaves_space, tabular


class SpinBox(QSpinBox):
    """A spin box whose wheel needs the focus. ``edited(value)`` comes from a person only."""

    edited = Signal(int)

    def __init__(self, low: int, high: int, name: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(low, high)
        self.setKeyboardTracking(False)
        # A style sheet pads every field but the one inside a spin box.
        self.lineEdit().setTextMargins(4, 0, 0, 0)
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.setFont(tabular(self.font()))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.valueChanged.connect(self.edited)

    def set_value(self, value: int) -> None:
        """Show a value without a signal."""
        self.blockSignals(True)
        self.setValue(value)
        self.blockSignals(False)

    def event(self, event: QEvent) -> bool:
        return leaves_space(event) or super().event(event)

    def minimumSizeHint(self) -> QSize:
        return QSize(46, super().minimumSizeHint().height())

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
