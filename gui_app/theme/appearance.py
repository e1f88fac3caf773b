"""The person's choice of the theme, light, dark or the system's, and of the size of text."""

from __future__ import annotations

from dataclasses import replace
from math import inf

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtWidgets import QApplication

from gui_app.theme import style_sheet, text_size
from gui_app.theme.tokens import THEMES, Theme, system_theme

SYSTEM = "system"
MODES = {SYSTEM: "Follow the system", "light": "Light", "dark": "Dark"}


class Appearance(QObject):
    """The chosen ``mode`` (a key of ``MODES``) and size of text, and their theme.

    ``changed(theme)`` is emitted for the views.
    """

    changed = Signal(object)

    def __init__(self, app: QApplication, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app, self._settings = app, settings
        stored = str(settings.value("appearance", SYSTEM))
        self.mode = stored if stored in MODES else SYSTEM
        self.text_scale = _scale(settings.value("text_scale", 1.0))
        self.keeps_text_scale = True
        """Whether a size of text that is chosen is saved; not while it is chosen for a presentation."""
        self.line_scale = 1.0
        self.theme: Theme = self._wanted()
        app.styleHints().colorSchemeChanged.connect(self._follow)

    def apply(self) -> None:
        """Apply the theme to the application and to the views."""
        style_sheet.apply(self._app, self.theme)
        self.changed.emit(self.theme)

    def choose(self, mode: str) -> None:
        """Switch to a key of ``MODES`` and save the choice."""
        self.mode = mode
        self._settings.setValue("appearance", mode)
        self._follow()

    def show_larger_text(self) -> None:
        self.choose_text_scale(text_size.next_scale(self.text_scale, 1))

    def show_smaller_text(self) -> None:
        self.choose_text_scale(text_size.next_scale(self.text_scale, -1))

    def choose_text_scale(self, scale: float) -> None:
        """Show all text at one of ``text_size.SCALES`` and save the choice, if it is to be kept."""
        if self.keeps_text_scale:
            self._settings.setValue("text_scale", scale)
        self.show_text_scale(scale)

    def show_text_scale(self, scale: float) -> None:
        """Show all text at one of ``text_size.SCALES`` until the app ends."""
        self.text_scale = scale
        self._follow()

    def show_scales(self, text: float, lines: float) -> None:
        """Show text at one of ``text_size.SCALES``, and lines so many times as thick, until the app ends."""
        self.line_scale = lines
        self.show_text_scale(text)

    def _follow(self) -> None:
        wanted = self._wanted()
        if wanted != self.theme:
            self.theme = wanted
            self.apply()

    def _wanted(self) -> Theme:
        theme = THEMES.get(self.mode) or system_theme()
        return replace(theme, text_scale=self.text_scale, line_scale=self.line_scale)


def _scale(stored: object) -> float:
    """Return the scale nearest to a stored one; 1 for anything else."""
    try:
        wanted = float(str(stored))
    except ValueError:
        return 1.0
    return text_size.nearest(wanted) if 0 < wanted < inf else 1.0
