"""A row of buttons for the entries of a small catalogue family."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QToolButton, QWidget

from engine.catalogue import Family
from gui_app.widgets.buttons import chip, set_partial
from gui_app.widgets.flow import FlowLayout
from gui_app.widgets.tips import entry_tip


class ChoiceChips(QWidget):
    """Row of chips, one for each entry; ``chosen(key)`` is emitted when a person chooses another one."""

    chosen = Signal(str)

    def __init__(self, family: Family[Any], name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: dict[str, QToolButton] = {}
        self.setAccessibleName(name)
        self._group = group = QButtonGroup(self)
        row = FlowLayout(self, spacing=4)
        for key, entry in family.items():
            button = chip(entry.label, entry_tip(entry), f"{name}: {entry.label}")
            button.clicked.connect(lambda _, key=key: self._choose(key))
            group.addButton(button)
            row.addWidget(button)
            self.buttons[key] = button
        self._family, self._mixed = family, False
        self._key = next(iter(family))
        self.set_key(self._key)

    def key(self) -> str:
        return self._key

    def set_key(self, key: str) -> None:
        """Show a choice without a signal."""
        self._key = key
        self.buttons[key].setChecked(True)

    def show_mixed(self, values: Sequence[str]) -> None:
        """Show that these keys are chosen in several lanes, without a signal; none of them: show the one key again."""
        self._mixed = bool(values)
        # Chips of which one is always chosen do not let go of it.
        self._group.setExclusive(not self._mixed)
        for key, button in self.buttons.items():
            set_partial(button, key in values)
            button.setChecked(key == self._key and not self._mixed)

    def text_of(self, value: str) -> str:
        """Return the label of a key."""
        return str(self._family[value].label)

    def _choose(self, key: str) -> None:
        if key != self._key or self._mixed:
            self._key = key
            self.chosen.emit(key)
