"""What controls do that can show several values at once: the values of one setting in the selected lanes."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any, Protocol, runtime_checkable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

MIXED = "mixed"
"""Shown in place of a value."""
_NOTE, _WORD = "note of the tip", "word for several values"


@runtime_checkable
class ShowsMixed(Protocol):
    """A control that can say that its value is "mixed"."""

    def show_mixed(self, values: Sequence[Any]) -> None:
        """Show that these values differ, without a signal; none of them: show the one value again."""

    def text_of(self, value: Any) -> str:
        """Return a value as this control writes it."""


@runtime_checkable
class HasWord(Protocol):
    """A part that writes a word in place of several values."""

    def show_word(self) -> None:
        """Write the present word."""


class MixedLabel(QLabel):
    """A label that says "mixed", or another word for several values."""

    def __init__(self) -> None:
        super().__init__(MIXED)

    def show_word(self) -> None:
        self.setText(word_of(self))


def set_word(control: QWidget, word: str) -> None:
    """Let a control that shows several values write a word of its own in place of ``MIXED``; "" for that again."""
    for part in (control, *control.findChildren(QWidget)):
        if (part.property(_WORD) or "") != word:
            part.setProperty(_WORD, word)
            if isinstance(part, HasWord):
                part.show_word()


def word_of(part: QWidget) -> str:
    """Return what a part writes in place of several values."""
    return part.property(_WORD) or MIXED


def set_note(control: QWidget, note: str, *, inside: bool = True, heading: str = MIXED.capitalize()) -> None:
    """Add a line to the tip of a control and to what a screen reader says of it; "" takes it away.

    The ``heading`` stands before it. With ``inside``, it is added to all parts of the control that have a tip or the
    keyboard, too.
    """
    parts = (control, *control.findChildren(QWidget)) if inside else (control,)
    note = f"{heading}: {note}" if note else ""
    for part in parts:
        before = part.property(_NOTE) or ""
        if before or note:
            _note_part(part, before, note, has_tip=part is control or bool(part.toolTip()))


def _note_part(part: QWidget, before: str, note: str, has_tip: bool) -> None:
    part.setProperty(_NOTE, note)
    if has_tip:
        text = part.toolTip().removesuffix("</qt>").removesuffix(_line(before)) or "<qt>"
        part.setToolTip(f"{text}{_line(note)}</qt>" if note or text != "<qt>" else "")
    if part.focusPolicy() != Qt.FocusPolicy.NoFocus:
        spoken = part.accessibleDescription().removesuffix(_spoken(before)).rstrip()
        part.setAccessibleDescription(f"{spoken} {_spoken(note)}".strip())


def _line(note: str) -> str:
    heading, _, rest = note.partition(": ")
    return f"<br><b>{heading}:</b> {escape(rest)}" if note else ""


def _spoken(note: str) -> str:
    return f"{note.removesuffix('.')}." if note else ""
