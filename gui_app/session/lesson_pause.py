"""Lets *Play* pause once a step of a lesson has seen the epochs that it asks for."""

from __future__ import annotations

from PySide6.QtCore import QObject

from gui_app.session.engine_link import EngineLink
from gui_app.session.lesson_player import LessonPlayer
from gui_app.session.pause_at import PauseEpoch


class LessonPause(QObject):
    """Chooses the epoch of ``pause`` while a step of ``player`` waits for epochs; a person's own comes back after it.

    Where the person lets training go on after that, it goes on.
    """

    def __init__(
        self, player: LessonPlayer, link: EngineLink, pause: PauseEpoch, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._player, self._link, self._pause = player, link, pause
        self._chosen: int | None = None
        self._own: int | None = None
        self._turn = link.turn
        player.step_changed.connect(self._end)
        player.noticed.connect(self._end)
        player.doing_changed.connect(self._end)
        link.playing_changed.connect(self._aim)
        link.snapshot_taken.connect(self._follow)

    def _follow(self, *_: object) -> None:
        if self._link.settled:
            self._turn = self._link.turn
        self._aim()

    def _aim(self, *_: object) -> None:
        # What is known is of before a reset that the engine has not obeyed yet.
        latest = self._link.latest if self._turn == self._link.turn else None
        left = self._left(0 if latest is None else self._player.trained)
        if left is None or not self._link.playing:
            return
        now = 0 if latest is None else latest.epoch
        if self._chosen is None:
            self._own = self._pause.epoch
            if self._own is not None and now < self._own < now + left:
                return
        if self._chosen != now + left:
            self._chosen = now + left
            self._pause.choose(self._chosen)

    def _left(self, trained: int) -> int | None:
        """How many epochs are left of those that the step waits for; None where it waits for none."""
        step, player = self._player.step, self._player
        if step is None or player.is_met or player.is_trained_for:
            return None
        asked = max((one.epochs for one in step.wait if one.epochs is not None), default=0)
        return asked - trained if trained < asked else None

    def _end(self) -> None:
        if self._chosen is not None:
            chosen, self._chosen = self._chosen, None
            if self._pause.epoch == chosen:
                self._pause.choose(self._own)
