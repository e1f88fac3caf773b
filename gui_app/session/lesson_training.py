"""Training that a lesson does for a person: it pauses by itself, and never runs away."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

from engine.service import messages as m
from gui_app.session.engine_link import EngineLink
from gui_app.session.pause_at import PauseEpoch
from gui_app.session.still_training import training_is_over


class _Doing(NamedTuple):
    """What is trained for the person: of which step, until the end of which epoch, and whether the best weights come
    back then.
    """

    step: int
    until: int
    restore_best: bool


class LessonTraining(QObject):
    """Plays for a person, and pauses at an epoch; then training pauses where the person has chosen again.

    ``changed`` follows when it begins or ends, ``finished(step)`` when what a step asks for is trained.
    """

    changed = Signal()
    finished = Signal(int)

    def __init__(self, link: EngineLink, pause: PauseEpoch, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link, self._pause = link, pause
        self._doing: _Doing | None = None
        self._former_pause: int | None = None
        link.event_taken.connect(self._take_event)
        link.playing_changed.connect(self._note_playing)

    @property
    def step(self) -> int | None:
        """The step that is trained for the person; None while none is."""
        return None if self._doing is None else self._doing.step

    def train(self, step: int, until: int, restore_best: bool = False) -> None:
        """Train until the end of an epoch, for a step."""
        self.stop()
        self._doing = _Doing(step, until, restore_best)
        # Whoever has chosen a pause meanwhile takes it back now.
        self.changed.emit()
        self._former_pause = self._pause.epoch
        self._pause.choose(until)
        self._link.set_playing(True)

    def stop(self) -> None:
        """Let training pause where it did before; it is not stopped."""
        if self._doing is not None:
            self._doing = None
            self._pause.choose(self._former_pause)
            self.changed.emit()

    def break_off(self) -> None:
        """Stop, and pause if it plays for the person."""
        if self._doing is not None:
            if self._link.playing:
                self._link.set_playing(False)
            self.stop()

    def _take_event(self, event: m.Event) -> None:
        if isinstance(event, m.PausedAt) and self._doing is not None and event.epoch == self._doing.until:
            self._finish()

    def _note_playing(self, playing: bool) -> None:
        """Finish also where all lanes have ended before; a pause by hand goes on with *Play*."""
        latest = self._link.latest
        if playing or self._doing is None or latest is None:
            return
        if training_is_over(latest.lanes):
            self._finish()

    def _finish(self) -> None:
        assert self._doing is not None
        done = self._doing
        self.stop()
        if done.restore_best:
            self._link.restore_best()
        self.finished.emit(done.step)
