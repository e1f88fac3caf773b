"""A field for a number that a person types or changes in steps by key and wheel."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFont, QHideEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QStyle, QStyleOptionFrame, QWidget

from engine.data.numbers import NumberError, read_typed
from gui_app.theme import text_size
from gui_app.widgets.field_note import FieldNote
from gui_app.widgets.gestures import set_gestures
from gui_app.widgets.guarded import guarded
from gui_app.widgets.mixed import word_of
from gui_app.widgets.numbers import format_number
from gui_app.widgets.reading import Read
from gui_app.widgets.wheel import WheelSteps

_INSET = 5
"""Pixels that Qt keeps free beside the text of a line edit, with its cursor."""
GESTURES = (
    ("Enter", "Take the number, and go back to the canvas"),
    ("Esc", "Discard what was typed, then go back to the canvas"),
    ("↑, ↓, wheel", "One step"),
    ("Page up, Page down", "Ten steps"),
)
"""What keys and mouse do, for the list of shortcuts."""


def tabular(font: QFont) -> QFont:
    """Return the font with digits of equal width, so that changing numbers do not jitter."""
    font = QFont(font)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


class NumberField(WheelSteps, QLineEdit):
    """Line edit for a number, without a frame until it is hovered or focused.

    ``entered(value)`` is emitted on Enter or when the focus leaves, if the text has changed and ``read`` accepts it. A
    refused text stays visible with the reason below it until the person corrects it, Escape discards it or another
    number is shown; the previous number stays valid. ``stepped(steps)`` is emitted by arrow keys, page keys (ten
    steps) and the wheel.
    """

    _room = 0
    """Its width in pixels at the default size of text; 0 for any."""
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
        self._shown, self._mixed = 0.0, False
        self.problem = ""
        self.note = FieldNote(self)
        self.setProperty("kind", "number")
        set_gestures(self, "Numbers", GESTURES)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setFont(tabular(self.font()))
        self.editingFinished.connect(self._finish)
        self.textChanged.connect(self._fit)
        self.textEdited.connect(self._forget_problem)
        self.textEdited.connect(lambda: FieldNote.clear_other(self.note))

    def hold(self, width: int) -> None:
        """Keep so many pixels at the default size of text, more as text is larger or longer."""
        self._room = width
        self._fit()

    def _fit(self) -> None:
        """Take the room of the text. What is typed scrolls, and no slider changes to and fro in a drag."""
        if not self._room or self.isModified():
            return
        self.ensurePolished()
        option = QStyleOptionFrame()
        self.initStyleOption(option)
        inside = self.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, self)
        around = self.width() - inside.width() + _INSET
        needed = self.fontMetrics().horizontalAdvance(self.text()) + around
        least = text_size.scaled(self._room, text_size.scale())
        if QApplication.mouseButtons() != Qt.MouseButton.NoButton:
            least = max(least, self.minimumWidth())
        self.setFixedWidth(max(least, needed))

    def show_number(self, value: float) -> None:
        """Show a value. It replaces a text that is being typed or was refused only if the value differs."""
        if value != self._shown:
            self._shown = value
            self.discard_text()
        elif not (self.problem or (self.hasFocus() and self.isModified())):
            # A note about this number still holds, so it stays.
            self.setText(self._text)

    def show_mixed(self, mixed: bool) -> None:
        """Show that there are several numbers in place of the one that it has, or show that one again."""
        if mixed != self._mixed:
            self._mixed = mixed
            self.setProperty("mixed", mixed)
            self.style().unpolish(self)
            self.style().polish(self)
            if not (self.problem or (self.hasFocus() and self.isModified())):
                self.setText(self._text)

    def show_word(self) -> None:
        """Write the present word for several numbers (see ``set_word``)."""
        if self._mixed and not (self.problem or (self.hasFocus() and self.isModified())):
            self.setText(self._text)

    def written(self, value: float) -> str:
        """Return a number as the field writes it."""
        return self._write(value)

    @property
    def _text(self) -> str:
        return word_of(self) if self._mixed else self._write(self._shown)

    def discard_text(self) -> None:
        """Replace a text that was not entered or was refused by the valid number."""
        self._forget_problem()
        self.setText(self._text)

    def _finish(self) -> None:
        if not self.isModified():
            return
        try:
            typed = self._read(self.text())
        except NumberError as error:
            self._refuse(str(error))
            return
        self.discard_text()
        if typed.value != self._shown or self._mixed:
            self.entered.emit(typed.value)
        # After the signal: showing another number clears the note, and a number that was not accepted needs none.
        if typed.note and self._shown == typed.value:
            self.note.show_message(typed.note, problem=False)

    def _refuse(self, sentence: str) -> None:
        # The next Enter need not read the same text again.
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

    @guarded
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and self._room:
            self.hold(self._room)

    @guarded
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

    @guarded
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.selectAll()

    @guarded
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.note.clear()

    def step_by_wheel(self, steps: float) -> None:
        self.stepped.emit(steps)
