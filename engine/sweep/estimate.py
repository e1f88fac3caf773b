"""About how long a sweep takes, after a short trial of its first batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.observation.sweep_measures import Threshold
from engine.sweep.batches import Batch
from engine.sweep.executor import BatchFailed, Executor, ExecutorBroken
from engine.sweep.job import SweepJob, versions
from engine.sweep.plan import SweepPlan

TRIAL_STEPS = 60
"""Steps of each lane that are timed."""
TRIAL_LANES = {"cpu": 64, "cuda": 4096}
"""Lanes that are tried: few keep a device busy no better than one would."""
TRIAL_WORK = {"cpu": 2.0e8, "cuda": 2.0e10}
"""The most work of one epoch of a trial: half a second on one core, unless a lane alone takes longer."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """About how long batches take.

    Attributes
    ----------
    seconds
        None where the trial failed.
    speed
        Work a second of all workers together; None where it is not known.
    why
        Why the trial failed, in a clause.
    """

    seconds: float | None
    speed: float | None = None
    why: str = ""


def estimate(
    plan: SweepPlan, batches: Sequence[Batch], executor: Executor, device: str, precision: str
) -> Estimate:
    """Say about how long batches take.

    Parameters
    ----------
    plan
        Of the sweep.
    batches
        What is to be trained; lanes of the first one are tried, in one worker.
    executor
        Who trains them.
    device, precision
        With what.

    Returns
    -------
    Estimate
        Networks of other shapes are compared with the one that is tried by their products.
    """
    if not batches:
        return Estimate(0.0)
    group, total = plan.groups[batches[0].group], plan.spec.epochs
    epoch = group.work_of(1) / total
    lanes = int(min(TRIAL_LANES[device], max(1.0, TRIAL_WORK[device] // epoch)))
    tried = replace(batches[0], rows=batches[0].rows[:lanes])
    epochs = min(total, max(1, TRIAL_STEPS * total // group.steps))
    # The first one compiles the steps, and the second one says what it takes to begin.
    job = replace(job_of(plan, tried, device, precision), trials=(1, 1, 1 + epochs))
    try:
        first, begun, *longer = executor.submit(job).result().trials
    except (BatchFailed, ExecutorBroken) as error:
        return Estimate(None, why=str(error))
    work = epoch * len(tried.rows)
    each = max(longer[0] - begun, 1e-6) / (work * epochs) if longer else begun / work
    at_once = min(executor.workers, len(batches))
    begins = float(len(batches))
    if device == "cuda":
        # There the processor prepares each lane, which takes longer than the begin of a batch.
        begins = sum([max(1.0, len(batch.rows) / len(tried.rows)) for batch in batches])
    starts = max(begun - work * each, 0.0) * begins + max(first - begun, 0.0) * at_once
    seconds = (work_of(plan, batches) * each + starts) / at_once
    return Estimate(seconds, executor.workers / each)


def job_of(plan: SweepPlan, batch: Batch, device: str, precision: str) -> SweepJob:
    """Return a batch as a worker is given it.

    Parameters
    ----------
    plan
        Of the sweep.
    batch
        One of the plan's.
    device, precision
        With what it is trained.

    Returns
    -------
    SweepJob
    """
    spec = plan.spec
    cells, offsets = np.divmod(batch.rows, plan.seeds)
    distinct, index = np.unique(cells, return_inverse=True)
    wanted = spec.threshold
    return SweepJob(
        versions=versions(),
        document=plan.document,
        keys=tuple(axis.key for axis in plan.axes),
        values=tuple(plan.values(distinct)),
        rows=batch.rows,
        cells=index.astype(np.int64),
        offsets=offsets,
        epochs=spec.epochs,
        threshold=None if wanted is None else Threshold(wanted.measure, wanted.value),
        pictures=spec.keep.pictures,
        device=device,
        precision=precision,
    )


def work_of(plan: SweepPlan, batches: Sequence[Batch]) -> float:
    """Return the work of batches.

    Parameters
    ----------
    plan
        Of the sweep.
    batches
        Some of the plan's.

    Returns
    -------
    float
        In the unit of ``Group.work``.
    """
    return sum(plan.groups[batch.group].work_of(len(batch.rows)) for batch in batches)
