"""How far a sweep in the background is, with buttons to pause it and to go on."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from engine.catalogue.texts import counted
from gui_app.theme.tokens import SPACE
from gui_app.widgets.buttons import text_button
from gui_app.widgets.elided_label import ElidedLabel

PAUSE, GO_ON, TRY_AGAIN = "Pause", "Go on", "Try the failed ones again"

TIPS = {
    PAUSE: "Stop now. What is trained stays; what is being trained begins again with Go on.",
    GO_ON: "Train the networks that are left.",
    TRY_AGAIN: "Train them once more, with the same settings; what is trained stays.",
}


class ProgressRow(QWidget):
    """Shows progress; ``paused()`` and ``resumed()`` ask for what the button says."""

    paused = Signal()
    resumed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Networks that are trained")
        self.bar.setFixedWidth(180)
        self.words = ElidedLabel()
        self.words.setProperty("role", "caption")
        self.words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.button = text_button(PAUSE, TIPS[PAUSE], "compact")
        self.button.clicked.connect(self._press)
        self._runs = False
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 2 * SPACE, 0)
        row.setSpacing(2 * SPACE)
        for part in (self.words, self.bar, self.button):
            row.addWidget(part)

    def show_running(self, runs: bool) -> None:
        """Show whether it is being trained."""
        self._runs = runs
        self._name_button(PAUSE if runs else GO_ON)
        if not runs:
            self.words.show_text("Paused")
        self.bar.show()
        self.show()

    def show_failed(self) -> None:
        """Offer to train once more what could not be trained."""
        self.show_running(False)
        self._name_button(TRY_AGAIN)
        self.words.show_text("")
        self.bar.hide()

    def show_progress(self, said: dict[str, Any]) -> None:
        """Show what the command has said: ``done``, ``total``, ``failed``, ``seconds_left``."""
        total = max(int(said.get("total", 0)), 1)
        self.bar.setRange(0, total)
        self.bar.setValue(int(said.get("done", 0)) + int(said.get("failed", 0)))
        left = said.get("seconds_left")
        self.words.show_text("" if left is None else f"{duration(float(left))} left")
        # The words change all the time; the bar beside them must not move.
        self.words.setMinimumWidth(self.words.fontMetrics().horizontalAdvance("000 min left") + 8)

    def _name_button(self, name: str) -> None:
        self.button.setText(name)
        self.button.setAccessibleName(name)
        self.button.setToolTip(TIPS[name])

    def _press(self) -> None:
        (self.paused if self._runs else self.resumed).emit()


def failure_text(count: int, why: str) -> str:
    """Say how many networks could not be trained, and why the first one could not.

    Examples
    --------
    >>> failure_text(2, "the worker died"), failure_text(1, "")
    ('2 networks could not be trained: the worker died.', '1 network could not be trained.')
    """
    said = f"{counted(count, 'network')} could not be trained"
    return f"{said}: {why.rstrip('.')}." if why else f"{said}."


def damage_text(files: int) -> str:
    """Say how many files of results are damaged, and what becomes of their networks.

    Examples
    --------
    >>> damage_text(1)
    '1 file of results is damaged: what was in it counts as not trained.'
    """
    verb, there = ("is", "it") if files == 1 else ("are", "them")
    return f"{counted(files, 'file')} of results {verb} damaged: what was in {there} counts as not trained."


def duration(seconds: float) -> str:
    """Return a time in the unit that fits it.

    Examples
    --------
    >>> duration(0.2), duration(90), duration(600), duration(9000)
    ('1 s', '90 s', '10 min', '2.5 h')
    """
    if seconds < 120:
        return f"{max(round(seconds), 1)} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
