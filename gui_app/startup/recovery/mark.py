"""A mark in the status bar for as long as a crash would cost work, because nothing of it can be kept."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QStatusBar

from gui_app.theme.tokens import SPACE

TEXT = "No recovery copies"


class Mark(QLabel):
    """The mark at the right end of ``bar``; its tooltip has the reason."""

    def __init__(self, bar: QStatusBar) -> None:
        super().__init__(TEXT)
        self.setProperty("role", "alert")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setContentsMargins(0, 0, 2 * SPACE, 0)
        bar.addPermanentWidget(self)
        self.hide()

    def show_problem(self, problem: str) -> None:
        """Show the mark with the reason; "" hides it."""
        tip = f"{problem} Until that works again, a crash costs what is not saved." if problem else ""
        self.setToolTip(tip)
        self.setAccessibleDescription(tip)
        self.setVisible(bool(problem))
