"""Train what a plan asks for: batches go out, results are kept as they come, failures are noted."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import suppress
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from engine.data import atomic_write
from engine.data.file_system import delete
from engine.sweep.batches import Batch
from engine.sweep.estimate import Estimate, estimate, job_of, work_of
from engine.sweep.executor import BatchFailed, Executor
from engine.sweep.folder import FAILURES_FILE, SweepFolder
from engine.sweep.job import JobResult, SweepJob
from engine.sweep.plan import SweepPlan
from engine.sweep.time_left import TimeLeft

LOOK = 0.5
"""Seconds after which progress is told at the latest."""
LISTED = 1000
"""How many lanes of a failed batch are listed with their settings."""


@dataclass(slots=True)
class Progress:
    """How far a sweep is.

    Attributes
    ----------
    total, done, failed
        Lanes.
    running
        Batches that are with the workers.
    seconds_left
        About; None where nothing is known, or where it takes longer than is known.
    """

    total: int
    done: int
    failed: int = 0
    running: int = 0
    seconds_left: float | None = None


Tell = Callable[[Progress], None]


@dataclass(slots=True)
class Sweep:
    """One run of the command on a folder.

    Attributes
    ----------
    plan, folder, executor
        What, whereto and by whom.
    lanes_per_batch
        None for a number that goes with the length of the training.
    failures
        Batches that could not be trained, as ``failures.json`` has them.
    """

    plan: SweepPlan
    folder: SweepFolder
    executor: Executor
    lanes_per_batch: int | None = None
    failures: list[dict[str, object]] = field(default_factory=list)
    _expected: float | None = None
    """How many seconds were estimated."""

    def batches(self) -> list[Batch]:
        """Return what is left to be trained."""
        return self.plan.batches(
            self.lanes_per_batch, self.folder.done, self.folder.manifest.device, self.executor.workers
        )

    def estimate(self, batches: list[Batch]) -> Estimate:
        """Say about how long batches take, after a short trial.

        Parameters
        ----------
        batches
            What is to be trained.

        Returns
        -------
        Estimate
        """
        manifest = self.folder.manifest
        found = estimate(self.plan, batches, self.executor, manifest.device, manifest.precision)
        self._expected = found.seconds
        return found

    def train(self, batches: list[Batch], tell: Tell) -> Progress:
        """Train batches.

        Parameters
        ----------
        batches
            As ``batches`` returns them.
        tell
            Called with how far it is, again and again.

        Returns
        -------
        Progress
            As it is at the end.

        Raises
        ------
        ExecutorBroken
            If the workers are no more.
        FolderGone
            If somebody has removed the folder.
        OSError
            With a sentence, if a result could not be written.
        """
        progress = Progress(self.plan.rows, int(self.folder.done.sum()))
        left, waiting = list(reversed(batches)), dict[Future[JobResult], Batch]()
        start, clock = time.perf_counter(), TimeLeft(work_of(self.plan, batches), self._expected)
        self._note_failures()
        while left or waiting:
            while left and len(waiting) < self.executor.capacity:
                batch = left.pop()
                waiting[self.executor.submit(self.job(batch))] = batch
            progress.running = min(len(waiting), self.executor.workers)
            progress.seconds_left = clock.left(time.perf_counter() - start, progress.running)
            tell(replace(progress))
            finished, _ = wait(waiting, LOOK, FIRST_COMPLETED)
            self.folder.require_there()
            for future in finished:
                batch = waiting.pop(future)
                result = self._take(future, batch)
                seconds = None if result is None else result.seconds
                clock.note(work_of(self.plan, [batch]), seconds, time.perf_counter() - start)
                if result is not None:
                    progress.done += len(batch.rows)
                else:
                    progress.failed += len(batch.rows)
        progress.running, progress.seconds_left = 0, 0.0
        tell(replace(progress))
        return progress

    def job(self, batch: Batch) -> SweepJob:
        """Return a batch as a worker is given it.

        Parameters
        ----------
        batch
            One of the plan's.

        Returns
        -------
        SweepJob
        """
        manifest = self.folder.manifest
        return job_of(self.plan, batch, manifest.device, manifest.precision)

    def _take(self, future: Future[JobResult], batch: Batch) -> JobResult | None:
        """Keep what came of a batch, and return it; None where it has failed."""
        try:
            result = future.result()
            self.folder.keep(result)
            return result
        except BatchFailed as error:
            rows = batch.rows.tolist()
            self.failures.append(
                {
                    "rows": rows,
                    "settings": [self.plan.describe(row) for row in rows[:LISTED]],
                    "attempts": [
                        {"worker": one.worker, "why": one.why, "details": one.details}
                        for one in error.failures
                    ],
                }
            )
            self._note_failures()
            return None

    def _note_failures(self) -> None:
        path = self.folder.path / FAILURES_FILE
        if self.failures:
            atomic_write(path, json.dumps({"failures": self.failures}, indent=1, ensure_ascii=False) + "\n")
        else:
            with suppress(OSError):
                delete(path)


def steps_of(plan: SweepPlan, done: NDArray[np.bool_] | None = None) -> int:
    """Return how many steps all lanes together make.

    Parameters
    ----------
    plan
        Of the sweep.
    done : bool [rows], optional
        Lanes that do not count.

    Returns
    -------
    int
    """
    return sum(
        group.steps * (len(group.rows) if done is None else int((~done[group.rows]).sum()))
        for group in plan.groups
    )
