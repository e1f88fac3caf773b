"""The link between document and engine: once a frame it sends edits and takes snapshots and events."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from engine.observation.observables import Request
from engine.observation.snapshot import Snapshot
from engine.service import messages as m
from engine.service.interface import Engine
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document

FRAME = 26
"""Milliseconds between two pulls; a little more than 30 pulls a second."""
RETRY, RETRIES = 4, 6
"""Milliseconds after which a pull that found no snapshot of a running training is repeated, and how often in a row: a
snapshot that comes a moment late is then not shown a whole frame late."""


class EngineLink(QObject):
    """Pulls snapshots and events from the engine, which never pushes, and sends it edits and commands.

    ``snapshot_taken`` carries a ``Snapshot``, or None if the document or the engine is new and nothing was trained;
    ``event_taken`` carries an ``Event``.
    """

    snapshot_taken = Signal(object)
    event_taken = Signal(object)
    playing_changed = Signal(bool)

    def __init__(
        self, document: Document, current: CurrentLane, engine: Engine, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._current = document, current
        self._engine = engine
        # The engine has no experiment yet, so the whole document counts as an edit.
        self._edited = True
        self._restart = False
        self._requests: Callable[[], Iterable[Request]] | None = None
        self._watched = m.Watch()
        self._started = False
        self._playing = False
        self._driven = self._ignored_before = 0
        self.latest: Snapshot | None = None
        self._missed = 0
        """How many pulls in a row found no snapshot."""
        self._lost: m.EngineFailed | None = None
        self._timer = QTimer(self, interval=FRAME, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.pull)
        document.changed.connect(self._note_edit)
        document.data_chosen.connect(self._note_data)
        document.replaced.connect(self._start_over)

    def start(self) -> None:
        """Start the engine and send it the document; later calls do nothing."""
        if not self._started:
            self._started = True
            self._flush()
            self._engine.start()
            self._timer.start()

    def pull(self) -> None:
        """Do the work of one frame: send edits, then take all events and the newest snapshot."""
        self._flush()
        for event in self._engine.take_events():
            if isinstance(event, m.EngineFailed | m.EngineRestarted):
                self._show_playing(False)
            if isinstance(event, m.EngineFailed) and event.final:
                self._lost = event
            if isinstance(event, m.EngineRestarted):
                self._forget()
            self.event_taken.emit(event)
        snapshot = self._engine.take_snapshot()
        if snapshot is not None and snapshot.acknowledged >= self._ignored_before:
            self.latest = snapshot
            if snapshot.acknowledged == self._driven:
                self._show_playing(snapshot.playing)
            self.snapshot_taken.emit(snapshot)
        self._schedule(missed=snapshot is None)

    def _schedule(self, missed: bool) -> None:
        """Pull again in a frame, or in a moment if a snapshot was ``missed``."""
        self._missed = self._missed + 1 if missed and self._playing else 0
        interval = RETRY if 0 < self._missed <= RETRIES else FRAME
        if self._timer.isActive() and interval != self._timer.interval():
            self._timer.setInterval(interval)

    @property
    def playing(self) -> bool:
        """Whether training runs, as far as known; a command takes effect here as soon as it is sent."""
        return self._playing

    @property
    def settled(self) -> bool:
        """Whether all edits are sent and the newest snapshot was made after all driving commands."""
        return self.latest is not None and self.latest.acknowledged == self._driven and not self._edited

    @property
    def commands(self) -> int:
        """The number of driving commands sent; compare with a snapshot's ``acknowledged``."""
        return self._driven

    def set_playing(self, playing: bool) -> None:
        self._show_playing(playing)
        self._send(m.Play() if playing else m.Pause())

    def step_batch(self) -> None:
        self._send(m.StepBatch())
        self._show_playing(False)

    def step_epoch(self) -> None:
        self._send(m.StepEpoch())

    def restart(self) -> None:
        """Restart all lanes from their seeds."""
        self._send(m.Reset())

    def restore_best(self) -> None:
        """Restore the weights of the current lane's best epoch."""
        self._send(m.RestoreBest((self._current.index,)))

    def watch(self, requests: Callable[[], Iterable[Request]]) -> None:
        """In every frame, ask for exactly the observables of the current lane that ``requests`` returns."""
        self._requests = requests

    def set_speed(self, speed: m.SetSpeed) -> None:
        """Train at this speed from now on; what training computes does not depend on it."""
        self._engine.send(speed)

    def save_run(self, folder: Path) -> None:
        """Ask for histories and models as files; ``RunSaved`` or ``RunNotSaved`` answers."""
        self._send(m.SaveRun(str(folder)))

    def close(self, timeout: float = 2.0) -> bool:
        """Stop the engine for good; return False if it is still alive after ``timeout`` seconds."""
        self._started = True
        self._timer.stop()
        return self._engine.close(timeout)

    def _send(self, command: m.Command) -> None:
        self._flush()
        self._driven += not isinstance(command, m.REPLACEABLE)
        self._engine.send(command)
        if self._lost is not None and not isinstance(command, m.Pause | m.Reset):
            # The engine has died: repeat its message instead of doing nothing.
            self._show_playing(False)
            self.event_taken.emit(self._lost)

    def _show_playing(self, playing: bool) -> None:
        if playing != self._playing:
            self._playing = playing
            self.playing_changed.emit(playing)

    def _flush(self) -> None:
        if self._edited:
            document, restart = self._document, self._restart
            self._edited = self._restart = False
            self._engine.send(m.SetExperiment(document.experiment, document.gesture, restart))
        if self._requests is None:
            return
        watch = m.Watch(tuple(self._requests()), (self._current.index,))
        if watch != self._watched:
            self._watched = watch
            self._engine.send(watch)

    def _note_edit(self, before: object, after: object) -> None:
        self._edited = True

    def _note_data(self) -> None:
        self._edited = self._restart = True

    def _start_over(self) -> None:
        """Forget the previous document's run, and ignore snapshots of it that arrive later."""
        self.set_playing(False)
        self.restart()
        self._ignored_before = self._driven
        self._forget()

    def _forget(self) -> None:
        """Forget what was trained."""
        self.latest = None
        self.snapshot_taken.emit(None)
