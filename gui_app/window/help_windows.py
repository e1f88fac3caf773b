"""The windows of the Help menu, made when they are asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QMainWindow

from gui_app.theme.tokens import Theme
from gui_app.window.shortcut_list import shortcut_groups

if TYPE_CHECKING:
    from gui_app.help.shortcuts import ShortcutsWindow
    from gui_app.help.whats_this import WhatsThis


class HelpWindows:
    """Opens the windows of the Help menu of ``window``; each is made once."""

    def __init__(
        self, window: QMainWindow, theme: Callable[[], Theme], report: Callable[[str], object]
    ) -> None:
        self._window, self._theme, self._report = window, theme, report

    @cached_property
    def shortcuts(self) -> ShortcutsWindow:
        from gui_app.help.shortcuts import ShortcutsWindow

        return ShortcutsWindow(lambda: shortcut_groups(self._window), self._window)

    @cached_property
    def whats_this(self) -> WhatsThis:
        from gui_app.help.whats_this import WhatsThis

        made = WhatsThis(self._window, self._theme)
        made.reported.connect(self._report)
        return made

    def show_shortcuts(self) -> None:
        _open(self.shortcuts)


def _open(window: QDialog) -> None:
    window.show()
    window.raise_()
    window.activateWindow()
