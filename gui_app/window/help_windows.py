"""The windows of the Help menu, made when they are asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog

from gui_app.session.app_folders import data_folder, log_folder
from gui_app.session.training_place import TrainingPlace
from gui_app.theme.tokens import Theme
from gui_app.window.shortcut_list import shortcut_groups

if TYPE_CHECKING:
    from gui_app.help.about import AboutWindow
    from gui_app.help.glossary import GlossaryWindow
    from gui_app.help.shortcuts import ShortcutsWindow
    from gui_app.help.tour import Tour
    from gui_app.help.whats_this import WhatsThis
    from gui_app.window.main_window import MainWindow


class HelpWindows:
    """Opens the windows of the Help menu of ``window``; each is made once."""

    def __init__(
        self, window: MainWindow, theme: Callable[[], Theme], report: Callable[[str], object]
    ) -> None:
        self._window, self._theme, self._report = window, theme, report
        self.tour: Tour | None = None
        self._place = TrainingPlace(window.link, window)
        self._place.reported.connect(report)

    @cached_property
    def shortcuts(self) -> ShortcutsWindow:
        from gui_app.help.shortcuts import ShortcutsWindow

        return ShortcutsWindow(lambda: shortcut_groups(self._window), self._window)

    @cached_property
    def whats_this(self) -> WhatsThis:
        from gui_app.help.whats_this import WhatsThis

        made = WhatsThis(self._window, self._theme)
        made.reported.connect(self._report)
        made.more_requested.connect(self.show_glossary)
        return made

    @cached_property
    def glossary(self) -> GlossaryWindow:
        from gui_app.help.glossary import GlossaryWindow

        return GlossaryWindow(lambda key: self.whats_this.show_topic(key, self.glossary), self._window)

    @cached_property
    def about(self) -> AboutWindow:
        from gui_app.help.about import AboutWindow

        return AboutWindow(data_folder(), self._window, lambda: self._place.text)

    def show_shortcuts(self) -> None:
        """Open the list of shortcuts."""
        _open(self.shortcuts)

    def show_glossary(self, words: str = "") -> None:
        """Open the glossary at what has these words."""
        _open(self.glossary)
        self.glossary.look_up(words)

    def show_about(self) -> None:
        """Open the window with versions and licence."""
        _open(self.about)

    def show_log(self) -> None:
        """Open the folder of the log in the system's file manager."""
        from gui_app.help.about import show_folder

        folder = log_folder()
        if not show_folder(folder):
            self._report(f"The folder cannot be shown: {folder}.")

    def start_tour(self) -> None:
        """Begin the tour, or begin it anew."""
        from gui_app.help.tour import Tour
        from gui_app.window.stage import Stage
        from gui_app.window.tour_steps import tour_steps

        if self.tour is not None:
            self.tour.end()
        self._window.complete()
        self._window.present.leave()
        stage = Stage(self._window)
        self.tour = Tour(self._window, tour_steps(self._window, stage))
        self.tour.ended.connect(stage.restore)
        self.tour.ended.connect(self._forget_tour)
        self.tour.begin()

    def _forget_tour(self) -> None:
        self.tour = None


def _open(window: QDialog) -> None:
    window.show()
    window.raise_()
    window.activateWindow()
