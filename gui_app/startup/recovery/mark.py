"""A mark in the status bar for as long as a crash would cost work, because nothing of it can be kept."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QStatusBar

from gui_app.theme.tokens import SPACE

COSTS = "Until that works again, a crash costs what is not saved."
COPIES, RUN, FORMER = "No recovery copies", "The run is not kept", "An earlier run is not kept yet"


class Mark(QLabel):
    """The mark at the right end of ``bar``; its tooltip has the reasons."""

    def __init__(self, bar: QStatusBar) -> None:
        super().__init__()
        self._problems = {COPIES: "", RUN: "", FORMER: ""}
        self.setProperty("role", "alert")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setContentsMargins(0, 0, 2 * SPACE, 0)
        bar.addPermanentWidget(self)
        self.hide()

    def show_copies(self, problem: str) -> None:
        """Say that the drawing cannot be kept, and why; "" where it can."""
        self._show(COPIES, problem)

    def show_run(self, problem: str) -> None:
        """Say that the run cannot be kept, and why; "" where it can."""
        self._show(RUN, problem)

    def show_former(self, problem: str) -> None:
        """Say that the run of a former document cannot be kept, and why; "" where none waits."""
        self._show(FORMER, problem)

    def _show(self, kind: str, problem: str) -> None:
        self._problems[kind] = problem
        problems = {kind: problem for kind, problem in self._problems.items() if problem}
        tip = f"{' '.join(problems.values())} {COSTS}" if problems else ""
        self.setText(next(iter(problems), ""))
        self.setToolTip(tip)
        self.setAccessibleDescription(tip)
        self.setVisible(bool(problems))
