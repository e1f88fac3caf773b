"""Where a lane begins that is duplicated in the middle of a run: anew, or with the other's present weights."""

from __future__ import annotations

from types import MappingProxyType

from PySide6.QtCore import QObject, QSettings, Signal

KEY = "lanes/start"
ASK, ANEW, CONTINUE = "ask", "anew", "continue"
CHOICES = MappingProxyType(
    {ASK: "Ask each time", ANEW: "Start anew", CONTINUE: "Continue from the other's weights"}
)


class NewLaneStart(QObject):
    """The person's choice, remembered in ``settings``; ``changed`` follows each change."""

    changed = Signal()

    def __init__(self, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings

    @property
    def choice(self) -> str:
        found = str(self._settings.value(KEY, ASK))
        return found if found in CHOICES else ASK

    def choose(self, choice: str) -> None:
        """Raises KeyError for none of ``CHOICES``."""
        CHOICES[choice]
        if choice != self.choice:
            self._settings.setValue(KEY, choice)
            self.changed.emit()
