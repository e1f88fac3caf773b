"""The entry of the File menu that goes on with what was put away."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from gui_app.startup.recovery.entries import Left
from gui_app.startup.recovery.put_away import find, find_one, stamps
from gui_app.startup.recovery.words import name_of, run_in_words, time_in_words

TEXT = "&Go on where you left off"
NOTHING = "What is trained and in no file is kept for this when its window closes or takes another document."
WIDEST = 240
"""Largest width of a name in the menu, in pixels."""


class LeftOff(QObject):
    """The entry in ``menu``, with entries below it if there are several runs.

    ``restore`` is called with what was put away and returns whether it is now in the window.
    """

    def __init__(self, menu: QMenu, folder: Path, restore: Callable[[Left], bool]) -> None:
        super().__init__(menu)
        self._folder, self._restore = folder, restore
        self._shown: object = None
        self._only = ""
        """The name of the only one there is."""
        self.action = QAction(TEXT, self)
        self.action.triggered.connect(lambda: self._open(self._only))
        self.menu = QMenu(TEXT, menu)
        self.menu.setToolTipsVisible(True)
        self._show([])
        above = next((action for action in menu.actions() if action.isSeparator()), None)
        for action in (self.action, self.menu.menuAction()):
            if above is None:
                menu.addAction(action)
            else:
                menu.insertAction(above, action)
        menu.aboutToShow.connect(self.refresh)

    def refresh(self) -> None:
        """Look what there is, if that has changed."""
        found = stamps(self._folder)
        if found != self._shown:
            self._shown = found
            lefts = find(self._folder)
            self._show(lefts)
            for one in lefts:
                one.entry.lock.unlock()

    def _show(self, lefts: list[Left]) -> None:
        several = len(lefts) > 1
        self.action.setVisible(not several)
        self.action.setEnabled(bool(lefts))
        self._only = lefts[0].entry.name if lefts else ""
        _explain(self.action, _words(lefts[0]) if lefts else NOTHING)
        self.menu.menuAction().setVisible(several)
        self.menu.clear()
        texts = [_words(one, self._short(_name_of(one))) for one in lefts]
        seconds = len(set(texts)) < len(texts)
        for one in lefts if several else ():
            text = _words(one, self._short(_name_of(one)), seconds)
            action = self.menu.addAction(text.replace("&", "&&"))
            _explain(action, str(one.copy.path) if one.copy and one.copy.path else _words(one))
            action.triggered.connect(partial(self._open, one.entry.name))

    def _short(self, name: str) -> str:
        return self.menu.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, WIDEST)

    def _open(self, name: str, *_: object) -> None:
        one = find_one(self._folder, name)
        self._show([])
        self._shown = None
        if one is not None and not self._restore(one):
            one.entry.lock.unlock()


def _name_of(one: Left) -> str:
    return name_of(None if one.copy is None else one.copy.path)


def _words(one: Left, name: str = "", seconds: bool = False) -> str:
    """Return name, time and epochs of what was put away."""
    when = time_in_words(one.when, seconds=seconds)
    return f"{name or _name_of(one)}, {when}, {run_in_words(one.epoch or 0)}"


def _explain(action: QAction, tip: str) -> None:
    action.setToolTip(tip)
    action.setStatusTip(tip)
