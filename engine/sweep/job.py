"""What a worker is given, and what it gives back. Both can be pickled; neither depends on which worker it is."""

from __future__ import annotations

import os
import socket
import threading
import time
import traceback
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.experiment.document import loads
from engine.experiment.settings import Experiment
from engine.experiment.sweeps.swept_settings import swept_setting
from engine.observation.sweep_measures import Threshold
from engine.sweep.lanes import data_of, lane_of
from engine.sweep.trial import Times, Trial, try_out

_ONE_AT_A_TIME = threading.Lock()
"""A worker of a cluster may have several threads, and training is work for one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepJob:
    """A batch of a sweep.

    Attributes
    ----------
    versions
        Of the program that asks, as ``versions`` returns them.
    document
        The base as the text of a file.
    keys, values
        The axes, and the values of each cell.
    rows
        Numbers of the lanes.
    cells, offsets
        For each lane the index of its cell in ``values``, and how far its seed lies from the base's.
    epochs, threshold, pictures, device, precision
        As in ``engine.sweep.batch.BatchJob``.
    trial
        Of a job whose times are all that is wanted; None of one that trains ``epochs``.
    """

    versions: str
    document: str
    keys: tuple[str, ...]
    values: tuple[tuple[Any, ...], ...]
    rows: NDArray[np.int64]
    cells: NDArray[np.int64]
    offsets: NDArray[np.int64]
    epochs: int
    threshold: Threshold | None = None
    pictures: int = 0
    device: str = "cpu"
    precision: str = "float32"
    trial: Trial | None = None


@dataclass(frozen=True, slots=True, eq=False)
class JobResult:
    """What came of a batch.

    Attributes
    ----------
    rows
        Numbers of its lanes.
    status : str [lanes]
        As in ``SweepTable``.
    columns
        By key of a measure, float64 [lanes].
    pictures
        As in ``engine.sweep.batch.BatchResult``.
    seconds
        How long it took.
    times
        Of a trial.
    """

    rows: NDArray[np.int64]
    status: NDArray[np.str_]
    columns: dict[str, NDArray[np.float64]]
    pictures: NDArray[Any] | None
    seconds: float
    times: Times | None = None


@dataclass(frozen=True, slots=True)
class JobFailure:
    """Why a batch could not be trained.

    Attributes
    ----------
    why
        In a clause.
    details
        Traceback, or "".
    worker
        Which one it was.
    is_final
        Whether no other worker could do better.
    """

    why: str
    details: str
    worker: str
    is_final: bool = False


def run_job(job: SweepJob) -> JobResult:
    """Train a batch in this process.

    Parameters
    ----------
    job
        What to train.

    Returns
    -------
    JobResult
        The numbers that each lane gets alone.

    Raises
    ------
    ExperimentError
        For settings that are not allowed.
    """
    from engine.sweep.batch import BatchJob, BatchResult, train_batch

    base = _base(job.document)
    settings = [swept_setting(base, 0, key) for key in job.keys]
    # A batch has one data set.
    data = data_of(base.data, settings, job.values[0])
    lanes = tuple(
        lane_of(base.lanes[0], settings, job.values[cell], offset)
        for cell, offset in zip(job.cells.tolist(), job.offsets.tolist(), strict=True)
    )

    def train(epochs: int) -> BatchResult:
        return train_batch(
            BatchJob(
                data=data,
                lanes=lanes,
                epochs=epochs,
                threshold=job.threshold,
                pictures=job.pictures,
                device=job.device,
                precision=job.precision,
            )
        )

    def timed(epochs: int) -> float:
        begun = time.perf_counter()
        train(epochs)
        return time.perf_counter() - begun

    if job.trial is not None:
        times = try_out(job.trial, timed)
        return JobResult(job.rows, np.full(len(job.rows), "tried"), {}, None, times.first, times)
    begun = time.perf_counter()
    made = train(job.epochs)
    return JobResult(job.rows, made.status, made.columns, made.pictures, time.perf_counter() - begun)


def attempt(job: SweepJob) -> JobResult | JobFailure:
    """Train a batch as ``run_job`` does; what goes wrong is returned, with the name of this worker.

    Parameters
    ----------
    job
        What to train.

    Returns
    -------
    JobResult or JobFailure
    """
    if job.versions != versions():
        return JobFailure(
            f"this worker has {versions()}, and the sweep was begun with {job.versions}; install the same",
            "",
            worker_name(),
        )
    try:
        with _ONE_AT_A_TIME:
            return run_job(job)
    except Exception as error:
        from engine.experiment.validation import ExperimentError

        said = str(error) or type(error).__name__
        why = said if isinstance(error, ExperimentError) else f"{type(error).__name__}: {said}"
        return JobFailure(why, traceback.format_exc(), worker_name())


@lru_cache(maxsize=4)
def _base(document: str) -> Experiment:
    return loads(document)


@lru_cache(maxsize=1)
def versions() -> str:
    """Return the versions on which numbers depend.

    Returns
    -------
    str
        Of this app, PyTorch and NumPy.
    """
    parts = [("neural-sketchbook", "neural-sketchbook"), ("torch", "PyTorch"), ("numpy", "NumPy")]
    return ", ".join(f"{label} {_version(name)}" for name, label in parts)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "of unknown version"


def worker_name() -> str:
    """Return what tells this process from others.

    Returns
    -------
    str
        Machine and number of the process.
    """
    return f"{socket.gethostname()}:{os.getpid()}"
