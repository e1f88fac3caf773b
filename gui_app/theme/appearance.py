"""The person's choice of the theme: light, dark or the system's."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtWidgets import QApplication

from gui_app.theme import style_sheet
from gui_app.theme.tokens import THEMES, Theme, system_theme

SYSTEM = "system"
MODES = {SYSTEM: "Follow the system", "light": "Light", "dark": "Dark"}


class Appearance(QObject):
    """The chosen ``mode`` (a key of ``MODES``) and its theme; ``changed(theme)`` is emitted for the views."""

    changed = Signal(object)

    def __init__(self, app: QApplication, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app, self._settings = app, settings
        stored = str(settings.value("appearance", SYSTEM))
        self.mode = stored if stored in MODES else SYSTEM
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

    def _follow(self) -> None:
        wanted = self._wanted()
        if wanted is not self.theme:
            self.theme = wanted
            self.apply()

    def _wanted(self) -> Theme:
        return THEMES.get(self.mode) or system_theme()
