"""What controls do that can show several values at once: the values of one setting in the selected lanes."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any, Protocol, runtime_checkable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

MIXED = "mixed"
"""Shown in place of a value."""
_NOTE = "note of the tip"


@runtime_checkable
class ShowsMixed(Protocol):
    """A control that can say that its value is "mixed"."""

    def show_mixed(self, values: Sequence[Any]) -> None:
        """Show that these values differ, without a signal; none of them: show the one value again."""

    def text_of(self, value: Any) -> str:
        """Return a value as this control writes it."""


def set_note(control: QWidget, note: str, *, inside: bool = True) -> None:
    """Add a line to the tip of a control and to what a screen reader says of it; "" takes it away.

    With ``inside``, it is added to all parts of the control that have a tip or the keyboard, too.
    """
    parts = (control, *control.findChildren(QWidget)) if inside else (control,)
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
    return f"<br><b>{MIXED.capitalize()}:</b> {escape(note)}" if note else ""


def _spoken(note: str) -> str:
    return f"{MIXED.capitalize()}: {note}." if note else ""
