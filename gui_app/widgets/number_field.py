"""A number that can be typed, stepped by key and, while it has the focus, by wheel."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QFont, QHideEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from engine.data.numbers import NumberError, read_typed
from gui_app.widgets.field_note import FieldNote
from gui_app.widgets.numbers import format_number
from gui_app.widgets.reading import Read
from gui_app.widgets.wheel import WheelSteps


def tabular(font: QFont) -> QFont:
    """The font with digits of one width, so that numbers do not jitter."""
    font = QFont(font)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


class NumberField(WheelSteps, QLineEdit):
    """Shows a number without a frame until it is touched.

    ``entered(value)`` comes with Enter or when the focus leaves, only where the text has changed and ``read`` takes
    it. Text that it refuses stays as it was typed, with the reason below it, until it is mended, Escape gives it up or
    another number is shown; the number before stays valid. ``stepped(steps)`` comes from arrow keys, page keys (ten)
    and the wheel.
    """

    entered = Signal(float)
    stepped = Signal(float)

    def __init__(
        self,
        write: Callable[[float], str] = format_number,
        read: Read = read_typed,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._write, self._read = write, read
        self._shown = 0.0
        self.problem = ""
        self.note = FieldNote(self)
        self.setProperty("kind", "number")
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setFont(tabular(self.font()))
        self.editingFinished.connect(self._finish)
        self.textEdited.connect(self._forget_problem)
        self.textEdited.connect(lambda: FieldNote.make_way(self.note))

    def show_number(self, value: float) -> None:
        """Show a value. Text that is being typed, or was refused, is lost only where the value differs."""
        if value != self._shown:
            self._shown = value
            self.discard_text()
        elif not (self.problem or (self.hasFocus() and self.isModified())):
            # What a note says about this number stays true.
            self.setText(self._write(value))

    def discard_text(self) -> None:
        """Show the valid number in place of text that was not entered or was refused."""
        self._forget_problem()
        self.setText(self._write(self._shown))

    def _finish(self) -> None:
        if not self.isModified():
            return
        try:
            typed = self._read(self.text())
        except NumberError as error:
            self._refuse(str(error))
            return
        self.discard_text()
        if typed.value != self._shown:
            self.entered.emit(typed.value)
        # Only now, because another number that is shown takes the note before it back; and where the number was not
        # taken, nothing is to be said of it.
        if typed.note and self._shown == typed.value:
            self.note.show_message(typed.note, problem=False)

    def _refuse(self, sentence: str) -> None:
        # Looked at and found wanting: the next Enter does not look again.
        self.setModified(False)
        self._mark(sentence)
        self.note.show_message(sentence, problem=True)

    def _forget_problem(self) -> None:
        self.note.clear()
        self._mark("")

    def _mark(self, problem: str) -> None:
        changed = bool(problem) != bool(self.problem)
        self.problem = problem
        if changed:
            self.setProperty("problem", bool(problem))
            self.style().unpolish(self)
            self.style().polish(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        steps = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 10, Qt.Key.Key_PageDown: -10}
        if key in steps:
            self._finish()
            if not self.problem:
                self.stepped.emit(float(steps[key]))
        elif key == Qt.Key.Key_Escape and (self.isModified() or self.problem):
            self.discard_text()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.selectAll()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.note.clear()

    def step_by_wheel(self, steps: float) -> None:
        self.stepped.emit(steps)
