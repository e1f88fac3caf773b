"""A spin box for whole numbers."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QValidator
from PySide6.QtWidgets import QSizePolicy, QSpinBox, QWidget

from engine.catalogue import Parameter
from engine.data.numbers import NumberError, Typed
from gui_app.widgets.field_note import FieldNote
from gui_app.widgets.guarded import guarded
from gui_app.widgets.number_field import tabular
from gui_app.widgets.reading import reader_of
from gui_app.widgets.wheel import WheelNeedsFocus

SEVERAL = "–"
"""Shown in place of a number, in fields that are too narrow for a word."""


class SpinBox(WheelNeedsFocus, QSpinBox):
    """Spin box that the wheel changes only with the focus; ``edited(value)`` is emitted for a person's edits only.

    A refused text stays visible with the reason below it, and the previous number stays valid. ``special`` is a text
    shown instead of the lowest number, which then cannot be typed.
    """

    edited = Signal(int)

    def __init__(
        self, low: int, high: int, name: str, tip: str, special: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        # Before any other call: Qt validates the text from here on.
        lowest = low + bool(special)
        self._read = reader_of(Parameter("", name, lowest, lowest, high, tip, integer=True))
        self.note = FieldNote(self)
        self._hidden: int | None = None
        """The number that it has while it shows several."""
        self.setRange(low, high)
        self.setSpecialValueText(special)
        self.setKeyboardTracking(False)
        # The style sheet's padding does not reach the field inside a spin box.
        self.lineEdit().setTextMargins(4, 0, 0, 0)
        self.lineEdit().textEdited.connect(self.note.clear)
        self.lineEdit().textEdited.connect(lambda: FieldNote.clear_other(self.note))
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.setFont(tabular(self.font()))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.valueChanged.connect(self.edited)

    def set_value(self, value: int) -> None:
        """Show a value without a signal."""
        self.show_mixed(False)
        with QSignalBlocker(self):
            self.setValue(value)

    def show_mixed(self, mixed: bool) -> None:
        """Show that there are several numbers in place of the one that it has, or show that one again.

        Arrows, keys and wheel then begin at the one that it has.
        """
        if mixed == (self._hidden is not None):
            return
        with QSignalBlocker(self):
            if mixed:
                self._hidden = self.value()
                self.setSpecialValueText(SEVERAL)
                self.setMinimum(self.minimum() - 1)
                self.setValue(self.minimum())
            elif self._hidden is not None:
                value, self._hidden = self._hidden, None
                self.setSpecialValueText("")
                self.setMinimum(self.minimum() + 1)
                self.setValue(value)

    def stepBy(self, steps: int) -> None:
        if self._hidden is None:
            super().stepBy(steps)
        else:
            self.edited.emit(min(max(self._hidden + steps, self.minimum() + 1), self.maximum()))

    def stepEnabled(self) -> QSpinBox.StepEnabledFlag:
        steps = QSpinBox.StepEnabledFlag
        return super().stepEnabled() if self._hidden is None else steps.StepUpEnabled | steps.StepDownEnabled

    def set_narrow(self, narrow: bool) -> None:
        """Leave out the arrows, for room; wheel and keys do the same."""
        symbols = QSpinBox.ButtonSymbols
        self.setButtonSymbols(symbols.NoButtons if narrow else symbols.UpDownArrows)
        self.lineEdit().setTextMargins(0 if narrow else 4, 0, 0, 0)
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter if narrow else Qt.AlignmentFlag.AlignLeft)
        if self.property("narrow") != narrow:
            self.setProperty("narrow", narrow)
            self.style().unpolish(self)
            self.style().polish(self)

    # -- reading of numbers, instead of Qt's

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        try:
            self._typed(text)
        except NumberError:
            return QValidator.State.Intermediate, text, position
        return QValidator.State.Acceptable, text, position

    def valueFromText(self, text: str) -> int:
        return int(self._typed(text).value)

    def _typed(self, text: str) -> Typed:
        if text and text == self.specialValueText():
            return Typed(self.minimum())
        return self._read(text)

    def _check_text(self) -> str | None:
        """Show a note about the text if it needs one. Returns the text if it is refused, or else None."""
        text = self.lineEdit().text()
        try:
            typed = self._typed(text)
        except NumberError as error:
            self.note.show_message(str(error), problem=True)
            return text
        self.note.clear()
        if typed.note:
            self.note.show_message(typed.note, problem=False)
        return None

    def _keep(self, refused: str | None) -> None:
        """Show the refused text again, which Qt has replaced by the previous number."""
        if refused is not None:
            with QSignalBlocker(self.lineEdit()):
                self.lineEdit().setText(refused)

    @guarded
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            refused = self._check_text()
            super().keyPressEvent(event)
            self._keep(refused)
        elif event.key() == Qt.Key.Key_Escape and not self.note.isHidden():
            self.note.clear()
            self.lineEdit().setText(self.textFromValue(self.value()))
        else:
            super().keyPressEvent(event)

    @guarded
    def focusOutEvent(self, event: QFocusEvent) -> None:
        refused = self._check_text() if self.lineEdit().isModified() else None
        super().focusOutEvent(event)
        self._keep(refused)

    @guarded
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.note.clear()

    def minimumSizeHint(self) -> QSize:
        return QSize(30 if self.property("narrow") else 46, super().minimumSizeHint().height())
