"""A batch of a sweep: lanes of one shape that train together on one data set."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from engine.experiment.settings import FORMAT, DataSettings, Experiment, Lane
from engine.observation.observables import PREDICTION, Grid, Request
from engine.observation.snapshot import Observed
from engine.observation.sweep_measures import Floats, Threshold, measured, result_of

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
        "auto", "cpu" or "cuda".
    precision
        "float32" or "float64".
    """

    data: DataSettings
    lanes: tuple[Lane, ...]
    epochs: int
    threshold: Threshold | None = None
    pictures: int = 0
    device: str = "auto"
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
    from engine.training.trainer import Trainer

    lanes = tuple(
        msgspec.structs.replace(lane, name=str(number), muted=False, repeats=1)
        for number, lane in enumerate(job.lanes)
    )
    trainer = Trainer(Experiment(format=FORMAT, data=job.data, lanes=lanes), most_rows=job.epochs + 1)
    left = job.epochs
    while trainer.can_train and left:
        left -= trainer.train(left).epochs
    # As `run` ends: lanes that ask for their best weights have them.
    trainer.restore_best(wished=True)
    snapshots = trainer.lane_snapshots(_requests(job))
    results = [
        result_of(seen, lane, job.data, job.threshold) for seen, lane in zip(snapshots, lanes, strict=True)
    ]
    return BatchResult(
        measured(results),
        np.array([STATUS.get(seen.status, seen.status) for seen in snapshots]),
        np.stack([_picture(seen.observed) for seen in snapshots]) if job.pictures else None,
    )


def _requests(job: BatchJob) -> list[Request]:
    extent = job.data.extent
    return [PREDICTION.request(Grid(job.pictures, (*extent.x, *extent.y)))] if job.pictures else []


def _picture(observed: Observed) -> NDArray[np.float16]:
    found = PREDICTION.of(observed)
    assert found is not None
    with np.errstate(over="ignore"):
        picture: NDArray[np.float16] = found.values.astype(np.float16)
    return picture
