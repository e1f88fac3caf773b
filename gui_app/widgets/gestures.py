"""What mouse and keys do on a part of the window, in words for the list of shortcuts."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

Row = tuple[str, str]
"""A key or gesture, and what it does."""
_TITLE, _ROWS = "gestures title", "gestures"


def set_gestures(widget: QWidget, title: str, rows: Sequence[Row]) -> None:
    """Say what mouse and keys do on a widget; widgets of one title are the same kind, and say the same."""
    widget.setProperty(_TITLE, title)
    widget.setProperty(_ROWS, list(rows))


def gestures_in(window: QWidget) -> dict[str, list[Row]]:
    """Return what all parts of a window have said, by title."""
    found: dict[str, list[Row]] = {}
    for widget in window.findChildren(QWidget):
        if title := widget.property(_TITLE):
            found[str(title)] = [(str(keys), str(meaning)) for keys, meaning in widget.property(_ROWS)]
    return found
