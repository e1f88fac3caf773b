"""The entry of the File menu that goes on where the window that closed last has left off."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from engine.data.file_state import stamp
from gui_app.startup.recovery.entries import GENERATIONS, LAST, Left, last

TEXT = "&Go on where you left off"
NOTHING = "What is trained and in no file when the window closes is kept for this."


class LeftOff(QObject):
    """The entry in ``menu``. ``restore`` is called with what was left and returns whether it is now in the window."""

    def __init__(self, menu: QMenu, folder: Path, restore: Callable[[Left], bool]) -> None:
        super().__init__(menu)
        self._folder, self._restore = folder, restore
        self._shown: object = None
        self.action = QAction(TEXT, self)
        self.action.triggered.connect(self._open)
        self._describe(None)
        above = next((action for action in menu.actions() if action.isSeparator()), None)
        if above is None:
            menu.addAction(self.action)
        else:
            menu.insertAction(above, self.action)
        menu.aboutToShow.connect(self.refresh)

    def refresh(self) -> None:
        """Look what there is, if that has changed."""
        found = tuple(stamp(self._folder / (LAST + suffix)) for suffix in GENERATIONS)
        if found != self._shown:
            self._shown = found
            one = last(self._folder)
            self._describe(one)
            if one is not None:
                one.entry.lock.unlock()

    def _describe(self, one: Left | None) -> None:
        tip = NOTHING if one is None else _words(one)
        self.action.setEnabled(one is not None)
        self.action.setToolTip(tip)
        self.action.setStatusTip(tip)

    def _open(self) -> None:
        one = last(self._folder)
        self._describe(None)
        self._shown = None
        if one is not None and not self._restore(one):
            one.entry.lock.unlock()


def _words(one: Left) -> str:
    """Return name, time and epochs of what was left."""
    # Loaded when somebody looks at the menu.
    from gui_app.startup.recovery.dialog import name_of, time_in_words

    epochs = one.epoch or 0
    return f"{name_of(one.copy)}, {time_in_words(one.when)}, trained {epochs:,} epoch{'s' * (epochs != 1)}"
