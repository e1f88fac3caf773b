"""A small button with a menu of few choices, one of which is in force."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton, QWidget


class ChoiceButton(QToolButton):
    """Button whose menu shows ``choices``, texts by key; ``chosen`` is emitted when a person takes another one."""

    chosen = Signal()

    def __init__(self, choices: Mapping[str, str], remembered: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices = tuple(choices)
        self.choice = self._offered(remembered)
        self.setProperty("kind", "bare")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        # Mouse moves go on to the plot, so that it notices when the mouse leaves its area.
        self.setMouseTracking(True)
        self._actions: dict[str, QAction] = {}
        menu, group = QMenu(self), QActionGroup(self)
        for choice, text in choices.items():
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(choice == self.choice)
            action.triggered.connect(lambda _, choice=choice: self._take(choice))
            group.addAction(action)
            self._actions[choice] = action
        self.setMenu(menu)
        self.describe()

    def choose(self, choice: str) -> None:
        """Take a choice, as if a person had."""
        self._actions[choice].trigger()

    def show_choice(self, choice: str) -> None:
        """Show another choice, without ``chosen``; the first one for a choice that is not offered."""
        self.choice = self._offered(choice)
        self._actions[self.choice].setChecked(True)
        self.describe()

    def describe(self) -> None:
        """Say in tooltip and text what is chosen."""
        raise NotImplementedError

    def _offered(self, remembered: str) -> str:
        """Return a choice that settings remember, or the first one: settings may be damaged, or of another version."""
        return remembered if remembered in self._choices else self._choices[0]

    def _take(self, choice: str) -> None:
        if choice != self.choice:
            self.choice = choice
            self.describe()
            self.chosen.emit()
