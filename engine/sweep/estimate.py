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
from engine.sweep.trial import Trial

TRIAL_LANES = {"cpu": 64, "cuda": 4096}
"""Lanes that are tried: few keep a device busy no better than one would."""
TRIAL_WORK = {"cpu": 2.0e8, "cuda": 2.0e10}
"""The work that a trial begins with: about half a second on one core, unless an epoch of one lane takes longer."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """About how long batches take.

    Attributes
    ----------
    seconds
        None where the trial failed.
    why
        Why the trial failed, in a clause.
    """

    seconds: float | None
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
    work = epoch * len(tried.rows)
    at_once = min(executor.workers, len(batches))
    most = max(total, 2)
    trial = Trial(
        epochs=min(most, 2 + int(TRIAL_WORK[device] / work)),
        most=most,
        whole=work_of(plan, batches) / work / at_once,
    )
    try:
        times = executor.submit(replace(job_of(plan, tried, device, precision), trial=trial)).result().times
    except (BatchFailed, ExecutorBroken) as error:
        return Estimate(None, why=str(error))
    assert times is not None
    begins = float(len(batches))
    if device == "cuda":
        # There the processor prepares each lane, which takes longer than the begin of a batch.
        begins = sum([max(1.0, len(batch.rows) / len(tried.rows)) for batch in batches])
    starts = times.begin * begins + max(times.first - times.begin - times.epoch, 0.0) * at_once
    return Estimate((work_of(plan, batches) / work * times.epoch + starts) / at_once)


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
