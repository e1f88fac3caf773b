"""The notice of an engine that hangs, is busy for long, or has ended: a small card over the corner of the window."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QVBoxLayout

from engine.service import messages as m
from gui_app.session.engine_link import EngineLink
from gui_app.widgets.buttons import text_button
from gui_app.widgets.tips import tip
from gui_app.window.corner_notice import CornerNotice

SILENT = "The engine does not answer: wait or restart it"
SAFE = "The drawing is safe. Restarted, training goes on from where the run was kept last."
BUSY = "The engine is still busy: wait or restart it"
LARGE = (
    "It has worked on one step for more than half a minute. A large network with many points may take this long, "
    "also after a restart; fewer neurons, layers or points are faster."
)
AGAIN = 20_000
"""Milliseconds after which a silent engine that was waited for is spoken of again."""


class EngineNotice(CornerNotice):
    """Two sentences with *Wait* and *Restart*, in the lower left corner above the status bar.

    It takes no focus and waits for nothing. It goes away by itself when the engine answers again or was restarted.
    *Wait* hides it until the next command, which is not obeyed either; of a silent engine it speaks again by itself.
    """

    def __init__(self, window: QMainWindow, link: EngineLink) -> None:
        super().__init__(window, "Training engine", Qt.Corner.BottomLeftCorner)
        self._health = link.health
        self.wait = text_button("Wait", tip("Wait", "Hide this notice. It goes away by itself, too."))
        self.restart = text_button(
            "Restart",
            tip("Restart", "End the engine and start it again; training goes on where it was kept."),
        )
        self.again = QTimer(self, interval=AGAIN, singleShot=True)
        self.again.timeout.connect(self._remind)
        self.wait.clicked.connect(self._wait)
        self.restart.clicked.connect(self.hide)
        self.restart.clicked.connect(link.restart_engine)
        self._lay_out()
        self._health.changed.connect(self._show_health)
        link.event_taken.connect(self._repeat)
        link.commanded.connect(self._remind)

    def _wait(self) -> None:
        self.hide()
        if not self._health.responding:
            self.again.start()

    def _remind(self) -> None:
        """Say again what was waited for, if it still holds."""
        if self.isHidden() and (self._health.busy or not self._health.responding):
            self._show_health()

    def _show_health(self) -> None:
        self.again.stop()
        lost = self._health.lost
        if lost is not None:
            self.say("The training engine has ended", lost.sentence)
            self.setToolTip(lost.details)
        elif not self._health.responding:
            self.say(SILENT, SAFE)
            self.setToolTip("")
        elif self._health.busy:
            self.say(BUSY, LARGE)
            self.setToolTip("")
        else:
            self.hide()

    def _repeat(self, event: m.Event) -> None:
        """Answer a command to an engine that has ended."""
        if isinstance(event, m.EngineFailed) and event.final and event == self._health.lost:
            self._show_health()

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setContentsMargins(0, 8, 0, 0)
        buttons.addStretch(1)
        buttons.addWidget(self.wait)
        buttons.addWidget(self.restart)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(4)
        column.addWidget(self.headline)
        column.addWidget(self.detail)
        column.addLayout(buttons)
