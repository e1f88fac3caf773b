"""A number that can be typed, stepped by key and, while it has the focus, by wheel."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFont, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from gui_app.widgets.numbers import format_number, parse_number


def tabular(font: QFont) -> QFont:
    """The font with digits of one width, so that numbers do not jitter."""
    font = QFont(font)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def leaves_space(event: QEvent) -> bool:
    """Whether this is a space bar that asks for the shortcut which plays and pauses: no number holds a space."""
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    if event.key() != Qt.Key.Key_Space:
        return False
    event.ignore()
    return True


class NumberField(QLineEdit):
    """Shows a number without a frame until it is touched.

    ``entered(value)`` comes with Enter or when the focus leaves, only where the text has changed and is a
    number; other text gives way to the number before. ``stepped(steps)`` comes from arrow keys, page keys (ten)
    and the wheel.
    """

    entered = Signal(float)
    stepped = Signal(float)

    def __init__(
        self,
        write: Callable[[float], str] = format_number,
        read: Callable[[str], float | None] = parse_number,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._write, self._read = write, read
        self._shown = 0.0
        self.setProperty("kind", "number")
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setFont(tabular(self.font()))
        self.editingFinished.connect(self._finish)

    def show_number(self, value: float) -> None:
        """Show a value; what is being typed at the moment is lost only where the value is another one."""
        if value != self._shown or not self.hasFocus() or not self.isModified():
            self._shown = value
            self.setText(self._write(value))

    def _finish(self) -> None:
        if not self.isModified():
            return
        value = self._read(self.text())
        self.setText(self._write(self._shown))
        if value is not None and value != self._shown:
            self.entered.emit(value)

    def event(self, event: QEvent) -> bool:
        return leaves_space(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        steps = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 10, Qt.Key.Key_PageDown: -10}
        if key in steps:
            self._finish()
            self.stepped.emit(float(steps[key]))
        elif key == Qt.Key.Key_Escape and self.isModified():
            self.setText(self._write(self._shown))
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.selectAll()

    def wheelEvent(self, event: QWheelEvent) -> None:
        # Without the focus the wheel scrolls the panel: passing over a number must not change it.
        if self.hasFocus() and event.angleDelta().y():
            self.stepped.emit(event.angleDelta().y() / 120)
            event.accept()
        else:
            event.ignore()
