"""Where the batches of a sweep are trained: processes of this machine, or a cluster. One small interface for both."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Protocol

from engine.experiment.validation import ExperimentError
from engine.sweep.job import JobFailure, JobResult, SweepJob

ATTEMPTS = 2
"""How often a batch is tried, each time by another worker, before it is reported as failed."""


class BatchFailed(Exception):
    """A batch could not be trained.

    Parameters
    ----------
    failures
        One for each attempt.
    """

    def __init__(self, failures: list[JobFailure]) -> None:
        super().__init__(failures[-1].why)
        self.failures = failures


class ExecutorBroken(Exception):
    """No batch can be trained any more. The message is a sentence."""


class Executor(Protocol):
    """As of ``concurrent.futures``, for batches."""

    @property
    def capacity(self) -> int:
        """How many batches may be submitted and not done, so that no worker waits."""

    @property
    def workers(self) -> int:
        """How many batches are trained at a time."""

    def submit(self, job: SweepJob) -> Future[JobResult]:
        """Train a batch; the future raises ``BatchFailed`` where all attempts fail, or ``ExecutorBroken``."""

    def close(self) -> None:
        """Stop all work at once. Nothing of ours runs after that, but for a batch that a worker of a cluster has begun:
        it ends by itself, and nobody takes what comes of it.
        """


def make_executor(name: str, workers: int) -> Executor:
    """Return an executor.

    Parameters
    ----------
    name
        "local", or "dask://HOST:PORT" for the scheduler of a cluster.
    workers
        How many processes a local one has.

    Returns
    -------
    Executor

    Raises
    ------
    ExperimentError
        For another name, where the library is missing, or where nobody answers.
    """
    if name == "local":
        from engine.sweep.local import LocalExecutor

        return LocalExecutor(workers)
    if name.startswith("dask://") and len(name) > len("dask://"):
        from engine.sweep.cluster import DaskExecutor

        return DaskExecutor(name.removeprefix("dask://"))
    raise ExperimentError("--executor", f"expected local or dask://HOST:PORT, not {name:.60}")
