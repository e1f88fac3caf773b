"""The line that says whose settings the panels show."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from gui_app.session.current_lane import CurrentLane
from gui_app.theme.tokens import LIGHT, Theme
from gui_app.widgets.tips import tip

ONE = "The panels below show and edit this lane."
SEVERAL = "The panels below edit these lanes at once, and say where they differ."

CELLS = "The panels below show the chosen cell, and edit all cells of the sweep at once."


LONGEST = 18
"""Characters of a name that are written out."""


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1].rstrip()}…"


class LaneTitle(QLabel):
    """Names the selected lanes in their colours; hidden while there is only one lane."""

    def __init__(self, current: CurrentLane, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._current, self._theme = current, LIGHT
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setProperty("role", "title")
        # A style sheet takes margins away from a label that is hidden at first, but no indent.
        self.setIndent(12)
        self.setContentsMargins(0, 4, 0, 2)
        # Many names must not make the column wider.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        current.changed.connect(self._show)
        current.looks_changed.connect(self._show)
        self._show()

    def apply_theme(self, theme: Theme) -> None:
        """Write the names in the colours of ``theme``."""
        self._theme = theme
        self._show()

    def _show(self) -> None:
        current = self._current
        chosen = set(current.selected)
        looks = [look for look in current.own_looks if look.number in chosen]
        cell, title = current.cell_index, current.sweep_title
        words = [title if look.number == cell else look.name for look in looks]
        names = [
            f'<span style="color:{self._theme.lanes[look.colour]}"><b>{escape(_short(word))}</b></span>'
            for look, word in zip(looks, words, strict=True)
        ]
        plain = [look for look in looks if look.number != cell]
        word = "" if not plain else "Lane " if len(plain) == len(looks) == 1 else "Lanes "
        self.setText(f"{word}{', '.join(names)}")
        self.setAccessibleName(f"{word}{', '.join(words)}")
        meaning = CELLS if not plain else ONE if len(looks) == 1 else SEVERAL
        self.setToolTip(tip(self.accessibleName(), meaning))
        self.setVisible(len(current.looks) > 1)
