"""The engine's loop: obey commands, train in bursts, publish reports. Runs in whatever thread calls it."""

from __future__ import annotations

import functools
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from msgspec.structs import replace

from engine.experiment.class_looks import without_looks
from engine.experiment.kept_run import RunError
from engine.experiment.lane_pairs import names_before
from engine.export.writing import NotAllWritten
from engine.observation.report import Report
from engine.service import messages as m
from engine.service.interface import Inbox, Mailbox
from engine.service.keeper import AT_REST, Keeper
from engine.service.pace import Pace
from engine.service.place import AskedPlace
from engine.service.places import DEFAULT, Places
from engine.service.playback import Playback
from engine.service.publisher import Publisher
from engine.tape.out_of_memory import NOT_ENOUGH_MEMORY, is_out_of_memory
from engine.training.lane_copies import CopyError
from engine.training.parameter_edits import ParameterError, ParameterPlace
from engine.training.saving import save_run
from engine.training.trainer import Trained, Trainer

BURST = 0.008
"""Seconds of training between two looks at the commands' consequences; each step looks whether there are any."""
GLANCE = 0.03
"""Longest wait between two batches while the newest numbers have not been reported."""


class Worker:
    """Owns the trainer and does with it what the window commands.

    ``run`` serves until it is told to shut down. ``obey``, ``train`` and ``publish`` are what it repeats; without a
    thread they can be called one by one.

    Parameters
    ----------
    inbox
        Brings commands.
    mailbox
        Takes reports away; a newer one replaces one that nobody has taken.
    outbox
        Takes events away.
    pace
        What slows it down; a new one without it.
    place
        Where it trains.

    Examples
    --------
    >>> from engine.experiment import default_experiment
    >>> worker = Worker(Inbox(), mailbox := Mailbox(), Inbox())
    >>> worker.obey(m.SetExperiment(default_experiment()))
    >>> worker.obey(m.StepEpoch())
    >>> while worker.busy:
    ...     worker.train()
    >>> worker.publish()
    >>> mailbox.take().snapshot.epoch
    1
    """

    def __init__(
        self,
        inbox: Inbox[m.Command],
        mailbox: Mailbox[Report],
        outbox: Inbox[m.Event],
        pace: Pace | None = None,
        place: AskedPlace = DEFAULT,
    ) -> None:
        self._places = Places(place, outbox)
        self.trainer: Trainer | None = None
        """None until there is an experiment."""
        self._aside: Trainer | None = None
        """What trained before an experiment that could not be taken over, as for want of memory."""
        self._untaken: list[Mapping[str, str] | None] = []
        """Former names of lanes in edits that could not be taken over, the earliest first."""
        self._anew = 0
        """The latest turn whose lanes start from their seeds, whatever becomes of those that stand aside."""
        self._unloaded: m.LoadRun | None = None
        """A run that waits for memory: it is loaded with the next edit of its turn."""
        self._refusal = m.EngineFailed("There is nothing to train yet.", "")
        """Why there is no trainer, as it is answered to whoever wants to train."""
        self._runs = 0
        """The number of the latest run before those of the trainer."""
        self._inbox, self._outbox = inbox, outbox
        self._playback, self._pace = Playback(), pace or Pace()
        self._unreported = False
        """Whether something was trained since the latest report."""
        self._publisher = Publisher(mailbox, self._playback)
        self._keeper = Keeper(outbox.put)
        self._acknowledged = 0
        self._turn = 0
        """The turn of what it trains."""
        self._returned = 0
        """The latest undo or redo that it has heard of (see ``SetExperiment.returns``)."""
        self._begun = False
        """Whether a turn has begun of which nothing is kept."""

    @property
    def busy(self) -> bool:
        """Whether it trains, and is not merely told to."""
        return self._playback.playing and self.trainer is not None and self.trainer.can_train

    @property
    def is_report_due(self) -> bool:
        """Whether training should make room for a report now."""
        trainer = self.trainer
        return trainer is not None and self._publisher.is_due(trainer, self._is_even)

    @property
    def published(self) -> int:
        """How many reports it has made."""
        return self._publisher.published

    # -- the loop

    def run(self) -> None:
        """Serve until ``Shutdown``."""
        self._outbox.put(m.EngineReady())
        while self._serve_once():
            pass

    def _serve_once(self) -> bool:
        """One round of the loop, which waits for a command unless it trains; False when that is ``Shutdown``."""
        seconds = self._patience()
        first = self._inbox.wait_for(seconds) if seconds else []
        taken = [*first, *self._inbox.drain(wait=seconds is None)]
        commands = m.coalesce(self._answer_pings(taken))
        if any(isinstance(command, m.Shutdown) for command in commands):
            self._keep(now=True)
            return False
        for command in commands:
            with self._reporting_failures():
                self.obey(command)
        # Before the report: whoever sees that a run has begun finds no other one in the folder.
        if self._begun:
            self._begun = False
            self._keep(now=True)
        trained = self.busy
        with self._reporting_failures():
            if trained:
                self.train()
            self._announce_ends()
        with self._reporting_failures():
            ended = trained and not self.busy
            if commands or ended or (self._unreported and self.is_report_due):
                self.publish()
        self._keep()
        return True

    def _keep(self, now: bool = False) -> None:
        """Keep the run if it has changed and that is due, or ``now``."""
        with self._reporting_failures():
            due = self._keeper.waits if now else self._keeper.is_due(self.busy)
            if due and self.trainer is not None:
                self._keeper.keep(self.trainer, self._turn)

    def _answer_pings(self, taken: list[m.Command]) -> list[m.Command]:
        """Answer the pings among these commands; returns the others."""
        others: list[m.Command] = [command for command in taken if not isinstance(command, m.Ping)]
        if len(others) < len(taken):
            self._outbox.put(m.Pong())
        return others

    def _patience(self) -> float | None:
        """Return how many seconds to wait for a command: none while something may be trained, None for any time."""
        if not self.busy:
            return AT_REST if self._keeper.waits and self.trainer is not None else None
        if self.trainer is None or not self._playback.is_paced:
            return 0.0
        seconds = self._pace.wait(*_moment(self.trainer))
        return min(seconds, GLANCE) if self._unreported else seconds

    @contextmanager
    def _reporting_failures(self) -> Iterator[None]:
        """Turn an exception into an event: the engine lives on, and obeys the commands that follow."""
        try:
            yield
        except Exception as error:
            self._playback.pause()
            self._outbox.put(m.EngineFailed(_sentence(error), traceback.format_exc()))

    def train(self) -> None:
        """Train until a command arrives, a report is due after an epoch, or ``BURST`` seconds are over.

        While it plays, no more is trained than the chosen speed allows.
        """
        end = time.perf_counter() + BURST
        while self._inbox.empty and self.busy and (most := self._epochs_allowed) != 0:
            if self._train(most) and self.is_report_due:
                return
            if time.perf_counter() > end:
                return

    @property
    def _epochs_allowed(self) -> int | None:
        """How many epochs the chosen speed, or whoever has asked for some, allows now; None for any number."""
        trainer = self.trainer
        if trainer is None or not self._playback.is_paced:
            return self._playback.epochs_left
        due = self._pace.epochs_due(*_moment(trainer))
        within_epoch = not trainer.at_epoch_end and not self._pace.is_even(*_moment(trainer))
        return 1 if within_epoch and due == 0 else due

    @property
    def _is_even(self) -> bool:
        """Whether batches come so slowly that each of them is to be seen."""
        trainer = self.trainer
        return trainer is not None and self._playback.is_paced and self._pace.is_even(*_moment(trainer))

    def _train(self, most: int | None) -> int:
        """Train a burst of at most so many epochs, or a batch where each is to be seen; returns the epochs."""
        if self._is_even:
            return int(self._step())
        return self._counting(lambda trainer: trainer.train(most, BURST))

    def _step(self) -> bool:
        """Train one batch; True when that finished an epoch."""
        return self._counting(lambda trainer: Trained(int(trainer.step()), 1)) > 0

    def _counting(self, train: Callable[[Trainer], Trained]) -> int:
        """Train and count what was trained; returns the epochs."""
        trainer = self.trainer
        if trainer is None or not trainer.can_train:
            return 0
        per_epoch, below = trainer.batches_per_epoch, self._is_below_pause(trainer)
        trained = train(trainer)
        self._playback.steps += trained.steps
        self._playback.count_epochs(trained.epochs)
        self._unreported = True
        self._keeper.note()
        self._pace.spend(trained.steps / per_epoch)
        self._pause_if_there(trainer, below)
        return trained.epochs

    def _is_below_pause(self, trainer: Trainer) -> bool:
        """Whether a lane that trains has not come to the epoch of a ``PauseAt``."""
        epoch = self._playback.pause_at
        return epoch is not None and trainer.is_below(epoch)

    def _pause_if_there(self, trainer: Trainer, below: bool) -> None:
        """Pause where a lane was ``below`` the epoch of a ``PauseAt``, and none is now."""
        epoch = self._playback.pause_at
        if epoch is not None and below and not trainer.is_below(epoch) and trainer.newest_epoch >= epoch:
            self._playback.pause()
            self._outbox.put(m.PausedAt(epoch))

    def publish(self) -> None:
        """Put a report of this moment into the mailbox; nothing without an experiment."""
        if self.trainer is not None:
            self._unreported = False
            self._publisher.publish(self.trainer, self._acknowledged, self._announce_ends)

    def _announce_ends(self) -> None:
        if self.trainer is None:
            return
        for name, stop in self.trainer.lanes.take_stops():
            self._outbox.put(m.LaneEnded(name, stop))
        lanes = self.trainer.lanes
        if self._playback.playing and not any(run.trains for run in lanes.runs):
            self._playback.pause()
            if lanes.all_muted:
                self._outbox.put(m.AllLanesMuted())

    # -- commands

    def obey(self, command: m.Command) -> None:
        """Carry out one command. Raises whatever setting up or driving the trainer raises."""
        self._acknowledged += not isinstance(command, m.REPLACEABLE)
        if not isinstance(command, m.Watch | m.SetSpeed | m.PauseAt | m.SaveRun):
            self._keeper.note()
        match command:
            case m.SetExperiment():
                self._set_experiment(command)
            case m.Watch():
                self._publisher.watching.watch = command
            case m.SetSpeed():
                self._pace.speed = command
            case m.PauseAt(epoch):
                self._pause_at(epoch)
            case m.KeepRun(folder):
                self._keeper.keep_in(folder)
            case m.LoadRun():
                self._load_run(command)
            case m.Pause():
                self._playback.pause()
            case m.Reset(turn) if self.trainer is None:
                self._reset_aside(turn)
            case m.SaveRun(folder) if self.trainer is None:
                self._outbox.put(m.RunNotSaved("There is no experiment to be saved yet.", folder))
            case m.SetParameter() if self.trainer is None:
                self._outbox.put(m.ParameterNotSet(self._refusal.sentence))
            case m.CopyLane(lane) if self.trainer is None:
                self._outbox.put(m.LaneNotCopied(lane, self._refusal.sentence))
            case m.Play() | m.StepEpoch() | m.StepBatch() if self.trainer is None:
                self._outbox.put(self._refusal)
            case _ if self.trainer is not None:
                self._obey_with(command, self.trainer)

    def _obey_with(self, command: m.Command, trainer: Trainer) -> None:
        match command:
            case m.SaveRun(folder):
                self._save_run(Path(folder), trainer)
            case m.RestoreBest(lanes):
                self._restore_best(lanes, trainer)
            case m.SetParameter():
                self._set_parameter(command, trainer)
            case m.CopyLane():
                self._copy_lane(command, trainer)
            case m.Reset(turn):
                trainer.reset()
                self._playback.forget_rate()
                self._begin(turn)
            case m.Play() | m.StepEpoch() | m.StepBatch():
                self._drive(command, trainer)

    def _drive(self, command: m.Play | m.StepEpoch | m.StepBatch, trainer: Trainer) -> None:
        if not trainer.training_points:
            self._playback.pause()
            self._outbox.put(m.NoTrainingPoints())
            return
        if trainer.lanes.all_muted:
            self._playback.pause()
            self._outbox.put(m.AllLanesMuted())
            return
        trainer.resume()
        match command:
            case m.Play():
                self._playback.play()
                self._pace.begin()
            case m.StepEpoch(epochs):
                self._playback.play_longer(epochs)
            case m.StepBatch():
                self._playback.pause()
                self._step()

    def _pause_at(self, epoch: int | None) -> None:
        self._playback.pause_at, trainer = epoch, self.trainer
        if trainer is None:
            return
        trainer.wait_at(epoch)
        if epoch is not None and not trainer.is_below(epoch) and trainer.newest_epoch >= epoch:
            self._outbox.put(m.EpochPassed(epoch, trainer.newest_epoch))

    def _begin(self, turn: int) -> None:
        """Note that what is trained from now on belongs to this turn.

        Of commands that were merged, that of an earlier turn may come last.
        """
        self._turn, self._begun = max(turn, self._turn), True

    def _note_document(self, document: int) -> None:
        """Note in which turn the document was opened that a command is about."""
        if document > self._turn:
            self._keeper.spare()

    def _set_experiment(self, command: m.SetExperiment, restart: bool = False) -> None:
        experiment, turn = command.experiment, command.turn
        returns = command.returns > self._returned and command.document <= self._turn
        self._returned = max(command.returns, self._returned)
        self._note_document(command.document)
        trainer = self.trainer or self._aside
        unloaded = self._unloaded
        if unloaded is not None and unloaded.turn == turn:
            self._load_run(replace(unloaded, experiment=experiment, groups=command.groups))
            return
        if trainer is None:
            trainer = self._places.trainer(experiment)
            trainer.set_experiment(experiment, groups=command.groups)
            self._take(trainer, turn)
            return
        run = trainer.lanes.run_number
        # Also where the command that began the turn was merged with this one, or has failed.
        begins = restart or turn > self._turn
        restart = restart or (begins and not returns and not self._is_undone(command))
        # The lanes still have the names from before the edits that failed.
        formers = [*self._untaken, command.former]
        former = functools.reduce(names_before, formers)
        try:
            below = self._playback.playing and self._is_below_pause(trainer)
            trainer.set_experiment(
                experiment,
                command.gesture,
                restart,
                groups=command.groups,
                former=former,
                returns=returns,
            )
            # The last one that was waited for may have been muted or removed.
            self._pause_if_there(trainer, below and trainer.is_at(self._playback.pause_at))
        except (MemoryError, RuntimeError) as error:
            self._untaken = formers
            # Its lanes are as before, but no longer what the window shows: they wait for settings that fit.
            self.trainer, self._aside = None, trainer
            self._refusal = m.EngineFailed(_sentence(error), "")
            raise
        self.trainer, self._aside, self._untaken = trainer, None, []
        if trainer.lanes.unreturned:
            self._outbox.put(m.TrainingNotKept(trainer.lanes.unreturned))
            trainer.lanes.unreturned = 0
        if begins:
            self._begin(turn)
        if trainer.lanes.run_number != run:
            # Steps of the old run say nothing of how fast the new one is.
            self._playback.forget_rate()

    def _is_undone(self, command: m.SetExperiment) -> bool:
        """Whether other data that could not be taken over are gone again: these are the data of the lanes that stand
        aside, and neither another document nor a reset has come since.
        """
        if self._aside is None or self._turn < max(self._anew, command.document):
            return False
        return without_looks(self._aside.lanes.data) == without_looks(command.experiment.data)

    def _reset_aside(self, turn: int) -> None:
        """Note a reset while nothing trains; what could not be loaded is not wanted any more."""
        self._anew, unloaded = max(turn, self._anew), self._unloaded
        if unloaded is not None:
            self._unloaded = None
            self._set_experiment(m.SetExperiment(unloaded.experiment, turn=turn, groups=unloaded.groups))

    def _take(self, trainer: Trainer, turn: int) -> None:
        """Begin a turn with a new trainer. Views take its run for another one than those before."""
        trainer.lanes.run_number += self._runs
        trainer.wait_at(self._playback.pause_at)
        self.trainer, self._aside, self._unloaded, self._untaken = trainer, None, None, []
        self._begin(turn)

    def _load_run(self, command: m.LoadRun) -> None:
        self._playback.pause()
        self._note_document(command.turn)
        self._unloaded = None
        try:
            trainer = self._places.trainer_of_run(command.run, command.experiment)
            trainer.set_experiment(command.experiment, same_set=True, groups=command.groups)
        except RunError as error:
            sentence = f"The run cannot be restored: {error}; training begins anew."
            self._outbox.put(m.RunNotLoaded(sentence, command.turn))
            anew = m.SetExperiment(command.experiment, turn=command.turn, groups=command.groups)
            self._set_experiment(anew, restart=True)
            return
        except Exception as error:
            # What trained before is not what the window shows; it must neither go on nor be kept as this run.
            self._note_runs()
            self.trainer = self._aside = None
            self._unloaded = command if is_out_of_memory(error) else None
            self._refusal = m.EngineFailed(_not_loaded(error), "")
            waits = self._unloaded is not None
            self._outbox.put(m.RunNotLoaded(self._refusal.sentence, command.turn, waits))
            raise
        self._note_runs()
        self._take(trainer, command.turn)
        self._playback.forget_rate()
        epoch = max(run.epoch for run in trainer.runs)
        self._outbox.put(m.RunLoaded(epoch, trainer.without_history, command.turn))

    def _note_runs(self) -> None:
        """Count the runs of the trainer that is about to go."""
        former = self.trainer or self._aside
        self._runs = self._runs if former is None else former.lanes.run_number

    def _restore_best(self, lanes: Sequence[int] | None, trainer: Trainer) -> None:
        kept = trainer.restore_best(lanes)
        for number, run in enumerate(trainer.runs):
            if run in kept:
                self._outbox.put(m.NotRestored(run.lane.name, None if run.best is None else run.best.epoch))
            elif lanes is None or number in lanes:
                self._outbox.put(m.Restored(run.lane.name, run.marks.view[-1].text))

    def _set_parameter(self, command: m.SetParameter, trainer: Trainer) -> None:
        place = ParameterPlace(command.layer, command.kind, command.row, command.column)
        try:
            trainer.set_parameter(command.lane, place, command.value, command.gesture)
        except ParameterError as error:
            self._outbox.put(m.ParameterNotSet(str(error)))

    def _copy_lane(self, command: m.CopyLane, trainer: Trainer) -> None:
        try:
            trainer.copy_lane(command.lane, command.source)
        except CopyError as error:
            self._outbox.put(m.LaneNotCopied(command.lane, str(error)))
        except (MemoryError, RuntimeError) as error:
            if not is_out_of_memory(error):
                raise
            self._outbox.put(m.LaneNotCopied(command.lane, NOT_ENOUGH_MEMORY))

    def _save_run(self, folder: Path, trainer: Trainer) -> None:
        try:
            saved = save_run(trainer, folder)
        except NotAllWritten as error:
            sentence = NOT_ENOUGH_MEMORY if is_out_of_memory(error.first) else str(error)
            self._outbox.put(m.RunNotSaved(sentence, str(folder), tuple(map(str, error.failures))))
        except Exception as error:
            self._outbox.put(m.RunNotSaved(f"{folder}: {_sentence(error)}", str(folder)))
            raise
        else:
            paths, left = (tuple(map(str, some)) for some in (saved.paths, saved.left))
            self._outbox.put(m.RunSaved(paths, len(trainer.lanes), left, str(folder)))


def _moment(trainer: Trainer) -> tuple[int, int]:
    """The epoch, and how many batches it has where there is something to train on."""
    return trainer.epoch, trainer.batches_per_epoch if trainer.can_train else 1


def _not_loaded(error: Exception) -> str:
    if is_out_of_memory(error):
        return "There is not enough memory to restore the run; the next edit tries it again."
    return f"The run cannot be restored: {_sentence(error)}; the next edit begins training anew."


def _sentence(error: Exception) -> str:
    if is_out_of_memory(error):
        return NOT_ENOUGH_MEMORY
    return (
        f"{error.strerror}: {error.filename}" if isinstance(error, OSError) and error.strerror else str(error)
    )
