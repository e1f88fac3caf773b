"""A batch of a sweep: lanes of one shape that train together on one data set."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from math import isnan

import msgspec
import numpy as np
from numpy.typing import NDArray

from engine.catalogue.texts import counted
from engine.data.resolve import resolve_points
from engine.experiment.settings import FORMAT, DataSettings, Experiment, Lane
from engine.observation.observables import PREDICTION, Grid, Request
from engine.observation.snapshot import Observed
from engine.observation.sweep_measures import Floats, LaneResult, Threshold, measured, result_of
from engine.sweep.lanes import watches_losses
from engine.sweep.trace import Trace

log = logging.getLogger(__name__)

STATUS = {"training": "trained"}
"""What a status is called after training; others keep their names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchJob:
    """What a worker is to train; it can be pickled.

    Attributes
    ----------
    data
        The data set of all lanes.
    lanes
        Of one shape; at least one. Names need not differ, and none is repeated.
    epochs
        How many to train at most.
    threshold
        For the epochs to it; None without one.
    pictures
        Cells a side of a picture of each lane's answers; 0 for none.
    device
        "cpu" or "cuda" (see ``engine.sweep.devices``).
    precision
        "float32" or "float64".
    """

    data: DataSettings
    lanes: tuple[Lane, ...]
    epochs: int
    threshold: Threshold | None = None
    pictures: int = 0
    device: str = "cpu"
    precision: str = "float32"


@dataclass(frozen=True, slots=True, eq=False)
class BatchResult:
    """What came of a batch, in the order of its lanes.

    Attributes
    ----------
    columns
        By key of a measure, float64 [lanes].
    status : str [lanes]
        "trained", "stopped" (early) or "diverged".
    pictures : float16
        As ``Prediction.values`` of ``pictures`` cells a side: probabilities [lanes, rows, columns, classes], values
        [lanes, rows, columns] or heights [lanes, columns]; None if none were asked for.
    """

    columns: dict[str, Floats]
    status: NDArray[np.str_]
    pictures: NDArray[np.float16] | None = None


def train_batch(job: BatchJob) -> BatchResult:
    """Train the lanes of a batch.

    Parameters
    ----------
    job
        Its lanes get the numbers that each gets alone, to the bit.

    Returns
    -------
    BatchResult
    """
    lanes = tuple(
        msgspec.structs.replace(lane, name=str(number), muted=False, repeats=1)
        for number, lane in enumerate(job.lanes)
    )
    job = replace(job, lanes=lanes)
    plain = job.precision == "float32" and not job.pictures
    if job.device == "cuda" and plain and not any(map(watches_losses, lanes)):
        found_there = by_kernels(job)
        if found_there is not None:
            return found_there
    lean = [number for number, lane in enumerate(lanes) if not watches_losses(lane)]
    found: list[tuple[LaneResult, Observed] | None] = [None] * len(lanes)
    for number, one in zip(lean, unwatched(replace(job, lanes=tuple(lanes[n] for n in lean))), strict=True):
        found[number] = one
    rest = [number for number, one in enumerate(found) if one is None]
    for number, one in zip(rest, _watched(replace(job, lanes=tuple(lanes[n] for n in rest))), strict=True):
        found[number] = one
    results, observed = zip(*(one for one in found if one is not None), strict=True)
    return BatchResult(
        measured(results),
        np.array([STATUS.get(result.status, result.status) for result in results]),
        np.stack([_picture(seen) for seen in observed]) if job.pictures else None,
    )


def by_kernels(job: BatchJob) -> BatchResult | None:
    """Train a batch on a CUDA device by kernels of its own.

    Parameters
    ----------
    job
        In single precision, without pictures, of lanes that do not look at their own losses.

    Returns
    -------
    BatchResult or None
        None where no kernel can compute its programs, so that graphs of PyTorch's calls train it; the log says why.
    """
    from engine.sweep.on_device import columns_of, statuses_of
    from engine.tape.compiler.source import Unlowerable
    from engine.training.on_device import OnDevice

    try:
        found = OnDevice(job.data, job.lanes).train(job.epochs, job.threshold)
    except Unlowerable as reason:
        log.warning("no kernel trains %s, but PyTorch's calls: %s", counted(len(job.lanes), "lane"), reason)
        return None
    return BatchResult(columns_of(found, job.data.task), statuses_of(found))


def _watched(job: BatchJob) -> list[tuple[LaneResult, Observed]]:
    """What a trainer makes of lanes: of those that look at their own losses, and those whose histories matter."""
    if not job.lanes:
        return []
    from engine.training.trainer import Trainer

    experiment = Experiment(format=FORMAT, data=job.data, lanes=job.lanes)
    trainer = Trainer(experiment, most_rows=job.epochs + 1, device=job.device, precision=job.precision)
    left = job.epochs
    while trainer.can_train and left:
        left -= trainer.train(left).epochs
    # As `run` ends: lanes that ask for their best weights have them.
    trainer.restore_best(wished=True)
    return [
        (result_of(seen, lane, job.data, job.threshold), seen.observed)
        for seen, lane in zip(trainer.lane_snapshots(requests(job)), job.lanes, strict=True)
    ]


def unwatched(job: BatchJob) -> list[tuple[LaneResult, Observed] | None]:
    """Train lanes without histories.

    Parameters
    ----------
    job
        Its lanes, whose names differ, do not look at their own losses.

    Returns
    -------
    list
        What came of each lane, and its picture; None where only a history can tell.
    """
    from engine.tape.placement import Placement
    from engine.training.lane_snapshots import lane_snapshot
    from engine.training.unwatched import Unwatched

    points = resolve_points(job.data)
    if not job.lanes or not points.counts()[0]:
        return [None] * len(job.lanes)
    trace = Trace(len(job.lanes), job.threshold)
    training = Unwatched(job.data, points, job.lanes, place=Placement(job.device, job.precision))
    training.train(job.epochs, trace.note)
    training.measure()
    diverged = np.array([run.status == "diverged" for run in training.runs])
    convergence, observed = trace.convergence(diverged), training.observe(requests(job))
    found: list[tuple[LaneResult, Observed] | None] = []
    for number, run in enumerate(training.runs):
        result = result_of(lane_snapshot(run, run.history.view(), observed[number]), run.lane, job.data)
        if isnan(result.gradient_ratio) or isnan(result.zero_share):
            # It has an older one, if its layers were measured when there was one.
            found.append(None)
            continue
        result = replace(
            result,
            convergence=float(convergence[number]),
            epochs_to_threshold=float(trace.reached[number]),
        )
        found.append((result, observed[number]))
    return found


def requests(job: BatchJob) -> list[Request]:
    """What is asked of the lanes of a batch after training."""
    extent = job.data.extent
    return [PREDICTION.request(Grid(job.pictures, (*extent.x, *extent.y)))] if job.pictures else []


def _picture(observed: Observed) -> NDArray[np.float16]:
    found = PREDICTION.of(observed)
    assert found is not None
    with np.errstate(over="ignore"):
        picture: NDArray[np.float16] = found.values.astype(np.float16)
    return picture
