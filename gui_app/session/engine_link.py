"""The link between document and engine: once a frame it sends edits and takes snapshots and events."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
from PySide6.QtCore import QObject, Qt, QTimer, Signal

from engine.experiment import Experiment
from engine.experiment.effects import restarts_all
from engine.experiment.kept_run import facts, lanes_without_history
from engine.experiment.lane_looks import trained_part
from engine.experiment.own_data import on_equal_terms
from engine.experiment.repeats import first_members, members, seed_groups
from engine.observation.observables import Request
from engine.observation.seeds import Seeds
from engine.observation.snapshot import Snapshot
from engine.service import messages as m
from engine.service.interface import Engine
from engine.service.kept import KeptRun
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.session.engine_health import EngineHealth
from gui_app.session.lane_names import LaneNames

_log = logging.getLogger(__name__)

FRAME = 26
"""Milliseconds between two pulls; a little more than 30 pulls a second."""
RETRY, RETRIES = 4, 6
"""Milliseconds after which a pull that found no snapshot of a running training is repeated, and how often in a row: a
snapshot that comes a moment late is then not shown a whole frame late."""
_HEALTH = m.EngineSilent | m.EngineBusy | m.EngineAnswers


class Requests(NamedTuple):
    """The observables that views show: of the current lane, of all shown ones, and of all cells of a sweep."""

    current: Sequence[Request] = ()
    shown: Sequence[Request] = ()
    cells: Sequence[Request] = ()


class EngineLink(QObject):
    """Pulls snapshots and events from the engine, which never pushes, and sends it edits and commands.

    ``health`` says whether the engine answers. A run that was being played when the engine ended is played again where
    the engine goes on with what it had kept.

    ``snapshot_taken`` carries a ``Snapshot``, or None if the document or the engine is new and nothing was trained;
    ``event_taken`` carries an ``Event``. ``commanded`` follows each driving command. ``turn_changed()`` follows when
    another turn has begun, before the engine is told.
    """

    commanded = Signal()
    turn_changed = Signal()
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
        self._requests: Callable[[], Requests] | None = None
        self._watched = m.Watch()
        self._started = False
        self._playing = False
        self._plays_on = False
        """Whether it was told to play until a pause."""
        self._points = document.points
        self._leaves = False
        """Whether another document is about to take the place of this one."""
        self._driven = self._ignored_before = 0
        self.latest: Snapshot | None = None
        self._networks_seen: Snapshot | None = None
        """What the engine sent last: ``latest`` with a lane for each network, and the names that it knew then."""
        self._missed = 0
        """How many pulls in a row found no snapshot."""
        self.health = EngineHealth(self)
        self._seeds, self._names = Seeds(), LaneNames()
        self._kept = KeptRun()
        self._unkept = ""
        """Why the run cannot be kept, in a clause; "" where it can."""
        self._renewed = False
        """Whether an engine that was started again goes on with the run that is shown."""
        self._undone = self._returns = 0
        """How many undos and redos there were, and how many the engine is told of: 0 once lanes are to start anew."""
        self._opened = 0
        """The turn in which the document was opened or started."""
        self._timer = QTimer(self, interval=FRAME, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.pull)
        document.changed.connect(self._note_edit)
        document.data_chosen.connect(self._note_data)
        document.leaving.connect(self._note_leaving)
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
        self._take_events()
        snapshot = self._engine.take_snapshot()
        # An engine that was started again meanwhile has said so before its first snapshot.
        restarted = self._take_events()
        if snapshot is not None and snapshot.acknowledged >= self._ignored_before:
            self._show(snapshot)
            # It may still have been of the engine before.
            self._renewed = restarted
        self._schedule(missed=snapshot is None)

    def _take_events(self) -> bool:
        """Take all events; returns whether the engine was started again."""
        events = [event for event in self._engine.take_events() if not self._is_of_former_document(event)]
        for event in events:
            self._note(event)
            self.event_taken.emit(event)
        return any(isinstance(event, m.EngineRestarted) for event in events)

    def _show(self, snapshot: Snapshot) -> None:
        networks, snapshot = snapshot, self._grouped(snapshot)
        if self._renewed:
            # Views compare with what they have seen, and this is another engine.
            self._forget()
        self.latest, self._networks_seen = snapshot, networks
        if self._document.opened_run is not None and self._kept.is_there:
            # From now on what the engine keeps is newer.
            self._document.opened_run = None
        if snapshot.acknowledged == self._driven:
            self._show_playing(snapshot.playing)
        self.snapshot_taken.emit(snapshot)

    def _grouped(self, snapshot: Snapshot) -> Snapshot:
        """A snapshot of networks as one of the document's lanes, with their present names."""
        return self._seeds.grouped(self._names.shown(snapshot), self._document.experiment)

    def _is_of_former_document(self, event: m.Event) -> bool:
        """Whether it answers a ``LoadRun`` of a document that is not open any more."""
        return isinstance(event, m.RunLoaded | m.RunNotLoaded) and event.turn < self._opened

    def _note(self, event: m.Event) -> None:
        self.health.note(event)
        if isinstance(event, m.EngineFailed | m.EngineRestarted | _HEALTH):
            _log.info("the engine: %s", event)
        match event:
            case m.EngineFailed():
                self._show_playing(False)
            case m.RunNotKept(_, reason):
                self._unkept = reason
            case m.RunKept():
                self._unkept = ""
            case m.RunNotLoaded(waits=waits):
                self._document.note_lost_run(waits)
            case m.RunLoaded():
                self._document.note_found_run()
            case m.EngineRestarted(epoch, reason):
                self._unkept = ""
                if reason:
                    self._document.note_lost_run()
                if epoch is None:
                    self._forget()
                else:
                    # What was seen last stays until what comes of the kept run takes its place.
                    self._renewed = True
                goes_on = epoch is not None and self._playing and self._plays_on
                self._show_playing(goes_on)
                if goes_on:
                    self._send(m.Play())

    def _networks(self, lanes: Iterable[int]) -> tuple[int, ...]:
        """Return the engine's numbers of the networks that these lanes of the document stand for."""
        experiment = self._document.experiment
        firsts = first_members(experiment)
        return tuple(
            first
            for lane in lanes
            for first in range(firsts[lane], firsts[lane] + experiment.lanes[lane].repeats)
        )

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
        self._plays_on = playing
        self._show_playing(playing)
        self._send(m.Play() if playing else m.Pause())

    def step_batch(self) -> None:
        self._plays_on = False
        self._send(m.StepBatch())
        self._show_playing(False)

    def step_epoch(self) -> None:
        self._plays_on = False
        self._send(m.StepEpoch())

    def restart(self) -> None:
        """Restart all lanes from their seeds."""
        # What was edited before belongs to the run before.
        self._flush()
        self._leave_run()
        self._send(m.Reset(self.turn))

    def restart_engine(self) -> None:
        """End the engine, if it has not ended, and start it again; it goes on with the run as far as it was kept."""
        self._engine.restart()

    def restore_best(self) -> None:
        """Restore the weights of the best epoch of all selected lanes, for each of their seeds."""
        self._send(m.RestoreBest(self._networks(self._current.selected)))

    def set_parameter(self, command: m.SetParameter) -> None:
        """Set a weight or bias by hand; ``ParameterNotSet`` answers where that cannot be done.

        Unlike epochs, which come again, it is a change that a person may want to save.
        """
        self._document.mark_unsaved()
        first = first_members(self._document.experiment)[command.lane]
        self._send(msgspec.structs.replace(command, lane=first))

    def copy_lane(self, index: int, source: int) -> None:
        """Let a lane continue from what another one is, for each seed that both have; ``LaneNotCopied`` answers where
        that cannot be done.

        Both are indexes of the document. Like a weight that is set by hand, it is a change that a person may want to
        save.
        """
        self._document.mark_unsaved()
        networks = members(self._document.experiment)
        for one, other in zip(networks[index], networks[source], strict=False):
            self._send(m.CopyLane(one.name, other.name))

    def watch(self, requests: Callable[[], Requests]) -> None:
        """Ask in every frame for what ``requests`` returns."""
        self._requests = requests

    def set_speed(self, speed: m.SetSpeed) -> None:
        """Train at this speed from now on; what training computes does not depend on it."""
        self._engine.send(speed)

    def pause_at(self, command: m.PauseAt) -> None:
        """Pause whenever an epoch is over; ``PausedAt`` or ``EpochPassed`` answers."""
        self._engine.send(command)

    def save_run(self, folder: Path) -> None:
        """Ask for histories and models as files; ``RunSaved`` or ``RunNotSaved`` answers."""
        self._send(m.SaveRun(str(folder)))

    def keep_run(self, folder: Path | None) -> None:
        """Let the engine keep its run in a folder from now on; None to keep it no more."""
        self._kept.follow(folder)
        self._unkept = ""
        self._engine.send(m.KeepRun(None if folder is None else str(folder)))

    def rest(self, seconds: float) -> None:
        """Pause, and wait so long at most until what was trained last is kept."""
        if not self._playing:
            return
        kept = self._kept.stamp()
        self.set_playing(False)
        # Whatever it is told at rest the engine keeps at once.
        self._await_other(kept, seconds)

    def _await_other(self, kept: object, seconds: float) -> None:
        """Wait so long at most until something else is kept."""
        end = time.monotonic() + seconds
        while self.run_folder is not None and self._kept.stamp() == kept and time.monotonic() < end:
            time.sleep(0.005)

    @property
    def run_folder(self) -> Path | None:
        """The folder in which the run is kept, or None."""
        return self._kept.folder

    def kept_run(self, turn: int | None = None, patience: float = 0.0) -> bytes | None:
        """Return the run of the document as it was kept last; None without one. It does not wait for the engine.

        Where a part of it is damaged or gone, the engine is asked to keep all of it anew, and waited for so many
        seconds. That of an earlier ``turn`` is there until the engine has kept a later one.
        """
        stamp, run = self._kept.stamp(), self._kept.read(turn)
        is_earlier = turn is not None and turn != self.turn
        if is_earlier or self.run_folder is None or (stamp is None and not self._trained[0]):
            return run
        if run is not None and not lanes_without_history(run):
            return run
        self._engine.send(m.KeepRun(str(self.run_folder)))
        if not patience:
            return run
        self._await_other(stamp, patience)
        return self._kept.read(turn) or run

    @property
    def turn(self) -> int:
        """The turn that is shown (see ``engine.service.messages``); the run is kept under its number."""
        return self._kept.turn

    @property
    def unkept_part(self) -> str:
        """What of the run cannot be kept now, in a clause; "" if nothing."""
        if self.why_newest_unkept:
            return f"the newest epochs are not kept: {self.why_newest_unkept}"
        epoch, step = self._trained
        return "its first epoch is not finished" if epoch == 0 and step > 0 else ""

    @property
    def why_newest_unkept(self) -> str:
        """Why the newest epochs cannot be kept, in a clause; "" where they can, or where there are none."""
        if self.latest is None or not self._unkept:
            return self._unkept
        opened = self._document.opened_run
        # As long as none is kept, the window itself holds the run that was opened.
        held = 0 if opened is None else facts(opened).epoch
        epoch, step = self._trained
        return self._unkept if step > 0 and epoch != held else ""

    @property
    def _trained(self) -> tuple[int, int]:
        """Whole epochs and updates of the network that has made the most, also while others catch up with it."""
        seen = self._networks_seen
        return (0, 0) if seen is None else (seen.epoch, seen.step)

    def run_gap(self, kept: int | None = None) -> str:
        """Return in a clause what of the run is not kept; "" where it is kept but for the latest moment.

        ``kept`` is the epoch of the run that is kept, None where none can be read.
        """
        if self.unkept_part:
            return self.unkept_part
        waits = self._trained[0] > 0 and (kept == 0 or not self._kept.is_there)
        return "it is not kept yet; save again in a moment" if waits else ""

    @property
    def has_kept_run(self) -> bool:
        """Whether there is something that ``kept_run`` reads; it costs next to nothing to know."""
        return self._kept.is_there

    def close(self, timeout: float = 2.0) -> bool:
        """Stop the engine for good; return False if it is still alive after ``timeout`` seconds."""
        self._started = True
        self._timer.stop()
        return self._engine.close(timeout)

    def _send(self, command: m.Command) -> None:
        self._flush()
        self._driven += m.is_driving(command)
        self._engine.send(command)
        lost = self.health.lost
        if lost is not None and not isinstance(command, m.Pause | m.Reset):
            # The engine has died: repeat its message instead of doing nothing.
            self._show_playing(False)
            self.event_taken.emit(lost)
        self.commanded.emit()

    def _show_playing(self, playing: bool) -> None:
        if playing != self._playing:
            self._playing = playing
            self.playing_changed.emit(playing)

    def _flush(self) -> None:
        if self._edited:
            document = self._document
            self._edited = False
            experiment = document.experiment
            edit = m.SetExperiment(
                trained_part(experiment),
                document.gesture,
                self.turn,
                self._opened,
                seed_groups(experiment),
                self._names.tell(experiment),
                self._returns,
            )
            self._engine.send(edit)
        if self._requests is None:
            return
        own, shared, wide = map(tuple, self._requests())
        cells = self._networks(self._current.cells) if wide else ()
        shown = tuple(look.number for look in self._current.shown)
        if shown == (self._current.index,):
            watch = m.Watch((*shared, *(one for one in own if one not in shared)), self._networks(shown))
        else:
            own = tuple(one for one in own if one not in shared)
            of = self._networks((self._current.index,)) if own else ()
            watch = m.Watch(shared, self._networks(shown), own, of)
        if cells:
            watch = msgspec.structs.replace(watch, wide=wide, wide_of=cells)
        if watch != self._watched:
            self._watched = watch
            self._engine.send(watch)

    def _note_edit(self, before: Experiment, after: Experiment) -> None:
        self._edited = True
        if self._document.returning:
            self._undone += 1
            self._returns = self._undone
        old, self._points = self._points, self._document.points
        # However few points a stroke leaves, they are no other set.
        same_set = self._document.in_gesture
        if not self._leaves and restarts_all(before, after, old, self._points, same_set):
            self._leave_run()
        if self._names.note_edit(*on_equal_terms(before, after)):
            self._seeds.forget()
            if self._networks_seen is not None and not self._leaves:
                self.latest = self._grouped(self._networks_seen)
                self.snapshot_taken.emit(self.latest)

    def _note_data(self) -> None:
        self._edited, self._returns = True, 0
        self._leave_run()

    def _note_leaving(self) -> None:
        self._leaves = True

    def _leave_run(self) -> None:
        """Begin another turn, and let no file have what was trained before."""
        self._document.leave_run()
        self._begin_turn()

    def _begin_turn(self) -> None:
        self._kept.turn += 1
        self.turn_changed.emit()

    def _start_over(self) -> None:
        """Forget the previous document's run, and ignore snapshots of it that arrive later."""
        self._leaves, self._returns = False, 0
        self._begin_turn()
        self._opened, run = self.turn, self._document.opened_run
        self._names.forget()
        if run is None:
            self.set_playing(False)
        else:
            self._load(run)
        self._ignored_before = self._driven
        self._forget()

    def _load(self, run: bytes) -> None:
        """Go on, paused, with the run that the document was saved with."""
        self._plays_on = self._edited = False
        self._show_playing(False)
        experiment = self._document.experiment
        self._names.tell(experiment)
        self._send(m.LoadRun(trained_part(experiment), run, self.turn, seed_groups(experiment)))

    def _forget(self) -> None:
        """Forget what was trained."""
        self.latest, self._networks_seen, self._renewed = None, None, False
        self.snapshot_taken.emit(None)
