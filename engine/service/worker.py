"""The engine's loop: obey commands, train in bursts, publish snapshots. Runs in whatever thread calls it."""

from __future__ import annotations

import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from engine.observation.report import NO_HISTORY, Report
from engine.observation.snapshot import Observed, Snapshot
from engine.service import messages as m
from engine.service.budget import Budget
from engine.service.interface import Inbox, Mailbox
from engine.service.watching import Watching
from engine.training.saving import save_run
from engine.training.trainer import Trainer

BURST = 0.008
"""Seconds of training between two looks at the commands' consequences; each step looks whether there are any."""
SNAPSHOT_SHARE = 0.10
"""Share of the time that goes into snapshots of the lanes that are watched."""
INTERVAL = 1 / 60
"""Shortest time between two snapshots, in seconds."""
WANTED = 1 / 25
"""Seconds between snapshots for which grids are made coarser, if they are what takes so long."""
OVERDUE = 0.1
"""Seconds after which a snapshot no longer waits for the end of an epoch."""


class Worker:
    """Owns the trainer. ``inbox`` brings commands; ``mailbox`` and ``outbox`` take snapshots and events away."""

    def __init__(self, inbox: Inbox[m.Command], mailbox: Mailbox[Report], outbox: Inbox[m.Event]) -> None:
        self._inbox, self._mailbox, self._outbox = inbox, mailbox, outbox
        self._trainer: Trainer | None = None
        self._playing = False
        self._epochs_left: int | None = None
        self._serial = self._acknowledged = 0
        self._steps = 0
        self._snapshots = Budget(SNAPSHOT_SHARE, INTERVAL)
        self._watching = Watching(SNAPSHOT_SHARE * WANTED)
        self._rate = _Rate()

    def run(self) -> None:
        """Serve until ``Shutdown``."""
        self._outbox.put(m.EngineReady())
        while True:
            commands = m.coalesce(self._inbox.drain(wait=not self._busy))
            if any(isinstance(command, m.Shutdown) for command in commands):
                return
            for command in commands:
                with self._reporting():
                    self._obey(command)
            with self._reporting():
                if self._busy:
                    self._burst()
                self._announce_ends()
            with self._reporting():
                if self._trainer and (commands or not self._busy or self._due()):
                    self._publish()

    @contextmanager
    def _reporting(self) -> Iterator[None]:
        """Turn an exception into an event: the engine lives on, and obeys the commands that follow."""
        try:
            yield
        except Exception as error:
            self._playing = False
            self._outbox.put(m.EngineFailed(_sentence(error), traceback.format_exc()))

    @property
    def _busy(self) -> bool:
        return self._playing and self._trainer is not None and self._trainer.can_train

    @property
    def _has_points(self) -> bool:
        return self._trainer is None or self._trainer.training_points > 0

    def _obey(self, command: m.Command) -> None:
        self._acknowledged += not isinstance(command, m.REPLACEABLE)
        match command:
            case m.SetExperiment():
                self._set_experiment(command)
            case m.Watch():
                self._watching.watch = command
            case m.Pause():
                self._playing = False
            case m.SaveRun(folder):
                self._save_run(Path(folder))
            case m.Play() | m.StepEpoch() | m.StepBatch() if not self._has_points:
                self._playing = False
                self._outbox.put(m.NoTrainingPoints())
            case _ if self._trainer is not None:
                self._drive(command, self._trainer)

    def _drive(self, command: m.Command, trainer: Trainer) -> None:
        match command:
            case m.Play():
                trainer.resume()
                self._play()
            case m.StepEpoch(epochs):
                trainer.resume()
                left = self._epochs_left if self._playing else None
                self._play((left or 0) + epochs)
            case m.StepBatch():
                self._playing = False
                trainer.resume()
                self._step(trainer)
            case m.Reset():
                trainer.reset()
                self._rate = _Rate()
            case m.RestoreBest(lanes):
                self._restore_best(lanes, trainer)

    def _restore_best(self, lanes: Sequence[int] | None, trainer: Trainer) -> None:
        kept = trainer.restore_best(lanes)
        for number, run in enumerate(trainer.runs):
            if run in kept:
                self._outbox.put(m.NotRestored(run.lane.name, None if run.best is None else run.best.epoch))
            elif lanes is None or number in lanes:
                self._outbox.put(m.Restored(run.lane.name, run.marks.view[-1].text))

    def _set_experiment(self, command: m.SetExperiment) -> None:
        if self._trainer is None:
            self._trainer = Trainer(command.experiment)
        else:
            self._trainer.set_experiment(command.experiment, command.gesture, command.anew)

    def _play(self, epochs: int | None = None) -> None:
        self._playing, self._epochs_left = True, epochs
        self._rate = _Rate()

    def _step(self, trainer: Trainer) -> bool:
        """One batch; True when that finished an epoch."""
        self._steps += trainer.can_train
        return trainer.step()

    def _burst(self) -> None:
        trainer = self._trainer
        assert trainer is not None
        end = time.perf_counter() + BURST
        while self._inbox.empty and self._busy:
            if self._step(trainer):
                self._count_epoch()
                if self._due():
                    return
            if time.perf_counter() > end:
                return

    def _count_epoch(self) -> None:
        if self._epochs_left is not None:
            self._epochs_left -= 1
            self._playing = self._epochs_left > 0

    def _due(self) -> bool:
        if not self._snapshots.allows or not self._mailbox.empty:
            return False
        at_epoch_end = self._trainer is not None and self._trainer.at_epoch_end
        return at_epoch_end or self._snapshots.waited > OVERDUE

    def _announce_ends(self) -> None:
        if self._trainer is None:
            return
        for name, stop in self._trainer.lanes.take_stops():
            self._outbox.put(m.LaneEnded(name, stop))
        if self._playing and self._trainer.lanes.all_ended:
            self._playing = False

    def _publish(self) -> None:
        trainer = self._trainer
        assert trainer is not None
        with self._snapshots.spending():
            if not self._playing:
                trainer.end_broken()
            observed = self._watching.look(trainer, self._busy)
            self._announce_ends()
            self._serial += 1
            snapshot = Snapshot(
                serial=self._serial,
                run=trainer.lanes.run_number,
                acknowledged=self._acknowledged,
                task=trainer.lanes.data.task,
                classes=trainer.lanes.data.classes,
                playing=self._playing,
                epoch=max(run.epoch for run in trainer.runs),
                step=max(run.step for run in trainer.runs),
                steps_per_second=self._rate.update(self._steps) if self._playing else 0.0,
                training_points=trainer.training_points,
                lanes=tuple(
                    run.snapshot(NO_HISTORY, observed.get(run.lane.name, Observed())) for run in trainer.runs
                ),
            )
            self._mailbox.put(Report(snapshot, tuple(run.history.delta() for run in trainer.runs)))

    def _save_run(self, folder: Path) -> None:
        if self._trainer is None:
            return
        try:
            saved = save_run(self._trainer, folder)
        except OSError as error:
            self._outbox.put(m.RunNotSaved(_sentence(error)))
        else:
            paths, left = (tuple(map(str, some)) for some in (saved.paths, saved.left))
            self._outbox.put(m.RunSaved(paths, len(self._trainer.lanes), left))


class _Rate:
    """Steps per second over about the last second."""

    def __init__(self) -> None:
        self._marks: list[tuple[float, int]] = []

    def update(self, steps: int) -> float:
        now = time.perf_counter()
        recent = [mark for mark in self._marks if now - mark[0] < 1.0]
        self._marks = [*(recent or self._marks[-1:]), (now, steps)]
        (then, before) = self._marks[0]
        return (steps - before) / (now - then) if now > then else 0.0


def _sentence(error: Exception) -> str:
    return (
        f"{error.strerror}: {error.filename}" if isinstance(error, OSError) and error.strerror else str(error)
    )
