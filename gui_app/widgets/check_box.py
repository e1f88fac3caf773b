"""A check box that can be on in some lanes only."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox


class CheckBox(QCheckBox):
    """Check box with an accessible name; ``clicked(on)`` is emitted for a person's clicks only."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.setAccessibleName(name)

    def show_mixed(self, values: Sequence[bool]) -> None:
        """Show that it is on in some lanes only, without a signal; none of ``values``: show the one state again.

        A click then switches it on.
        """
        self.setTristate(bool(values))
        if values:
            self.setCheckState(Qt.CheckState.PartiallyChecked)

    def text_of(self, value: bool) -> str:
        """Return a state in a word."""
        return "on" if value else "off"
