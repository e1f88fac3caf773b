"""The top bar of a presentation: play, reset, and the controls that were chosen."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QToolBar, QWidget

from engine.observation.snapshot import Snapshot
from gui_app.panels.training.chosen_controls import ChosenControls
from gui_app.session.engine_link import EngineLink
from gui_app.theme.icons import icon
from gui_app.theme.tokens import LIGHT, Theme
from gui_app.widgets.buttons import icon_button, set_icon, text_button, tint
from gui_app.widgets.figure import Figure
from gui_app.widgets.guarded import guarded
from gui_app.widgets.tips import tip

LEAVE = "Leave"
RING = "Ring around the mouse"
SPACE = 12
"""Pixels between the parts, and at both ends."""


class PresentBar(QToolBar):
    """Bar with *Reset*, *Play*, the epoch, ``controls``, the choice of a plot, the ring around the mouse, and *Leave*.

    ``chosen(title)`` says which view to show beside the canvas, ``ring_wanted(on)`` whether there is to be a ring
    around the mouse, ``left`` ends the presentation.
    """

    chosen = Signal(str)
    ring_wanted = Signal(bool)
    left = Signal()

    def __init__(self, link: EngineLink, controls: ChosenControls, titles: list[str]) -> None:
        super().__init__("Presentation")
        self.setObjectName("bar Present")
        self.setMovable(False)
        self.toggleViewAction().setVisible(False)
        self._link, self._theme, self._words = link, LIGHT, True
        self.controls, self.epoch, self.plot = controls, Figure("epoch", 6), QComboBox()
        self.reset = text_button("Reset", tip("Reset (Ctrl+R)", "Back to the initial weights of this seed."))
        self.play = text_button("Play", tip("Play or pause (Space)", "Train until paused."), "primary")
        self.leave = text_button(LEAVE, tip("Leave (Esc)", "Back to the window as it was."))
        self.ring = icon_button(
            "pointer-ring", RING, tip(f"{RING} (F7)", "All in the room see where you point.")
        )
        self.ring.setCheckable(True)
        self.ring.setChecked(True)
        self.plot.setAccessibleName("Beside the canvas")
        self.plot.setToolTip("What is shown beside the canvas")
        self.plot.setPlaceholderText("The canvas alone")
        self.plot.addItems(titles)
        self.plot.setCurrentIndex(0)
        set_icon(self.reset, "reset")
        self._lay_out()
        self._connect()

    def apply_theme(self, theme: Theme) -> None:
        self._theme = theme
        tint(self, theme.text)
        self.controls.apply_theme(theme)
        self._show_playing(self._link.playing)

    def _connect(self) -> None:
        link = self._link
        self.reset.clicked.connect(link.restart)
        self.play.clicked.connect(lambda: link.set_playing(not link.playing))
        self.leave.clicked.connect(self.left)
        self.ring.toggled.connect(self.ring_wanted)
        self.plot.textActivated.connect(self.chosen)
        self.controls.arranged.connect(self._fit_controls)
        link.playing_changed.connect(self._show_playing)
        link.snapshot_taken.connect(self._show_epoch)
        self._show_epoch(link.latest)

    def _show_playing(self, playing: bool) -> None:
        word = "Pause" if playing else "Play"
        self.play.setText(word if self._words else "")
        self.play.setAccessibleName(word)
        self.play.setIcon(icon("pause" if playing else "play", self._theme.on_accent))

    def _show_epoch(self, snapshot: Snapshot | None) -> None:
        self.epoch.show_text(f"{0 if snapshot is None else snapshot.epoch:,}")

    def _lay_out(self) -> None:
        content = QWidget()
        row = QHBoxLayout(content)
        row.setContentsMargins(SPACE, 7, SPACE, 7)
        row.setSpacing(SPACE)
        for part in (self.reset, self.play, self.epoch):
            row.addWidget(part, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.controls, 1, Qt.AlignmentFlag.AlignVCenter)
        for last in (self.plot, self.ring, self.leave):
            row.addWidget(last, 0, Qt.AlignmentFlag.AlignVCenter)
        self.addWidget(content)

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_controls()

    def _fit_controls(self) -> None:
        """Give the controls the height of their rows; where they lack room, buttons show their icons alone."""
        least = self.controls.learning_rate.width()
        for words in (True, False):
            self._show_words(words)
            if self._free() >= least:
                break
        width = max(self._free(), least)
        self.controls.setFixedSize(width, self.controls.height_for(width))

    def _free(self) -> int:
        """Return the width that the other parts leave to the controls."""
        others = (self.reset, self.play, self.epoch, self.plot, self.ring, self.leave)
        return self.width() - sum(part.sizeHint().width() + SPACE for part in others) - 2 * SPACE

    def _show_words(self, shown: bool) -> None:
        self._words = shown
        self.reset.setText("Reset" if shown else "")
        self._show_playing(self._link.playing)
