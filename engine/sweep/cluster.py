"""A Dask cluster as an executor. Its workers need this app, and no folder in common with this machine."""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
import uuid
from concurrent.futures import Future
from typing import Any

from engine.experiment.validation import ExperimentError
from engine.sweep.executor import ATTEMPTS, BatchFailed, ExecutorBroken
from engine.sweep.job import JobFailure, JobResult, SweepJob, attempt

PATIENCE = 30.0
"""Seconds to wait for the first worker, which may be starting."""
MOST_GREETING = 1 << 20
"""Bytes of the greeting of a scheduler, at most."""
ANSWER = 4.0
"""Seconds in which a scheduler has to answer."""


class DaskExecutor:
    """The workers of a scheduler.

    Dask itself gives the batches of a worker that dies to others. A batch that fails is tried once more, on another
    worker if there is one.

    Parameters
    ----------
    address
        HOST:PORT of the scheduler.
    patience
        Seconds to wait for its first worker.
    answer
        Seconds to wait for the scheduler itself, twice at most: once for the machine, once for what listens there.

    Raises
    ------
    ExperimentError
        Where distributed is not installed, or nobody answers, or there is no worker.
    """

    def __init__(self, address: str, patience: float = PATIENCE, answer: float = ANSWER) -> None:
        where = _host_and_port(address)
        try:
            from distributed import Client
        except ImportError:
            raise ExperimentError(
                "--executor",
                "a cluster needs distributed; install it with: pip install 'neural-sketchbook[dask]'",
            ) from None
        # What becomes of the connection is said in sentences of our own.
        for name in ("distributed.client", "distributed.core", "distributed.comm", "tornado.application"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        try:
            _greeted(where, answer)
            self._client: Any = Client(f"tcp://{address}", timeout=answer, set_as_default=False)
        except (OSError, ValueError, TypeError) as error:
            raise ExperimentError(
                "--executor",
                f"no Dask scheduler answers at {address}; start one with: dask scheduler ({_line(error)})",
            ) from None
        try:
            self._client.wait_for_workers(1, timeout=patience)
        except TimeoutError:
            self.close()
            raise ExperimentError(
                "--executor",
                f"the scheduler at {address} has no workers; start some with: dask worker {address}",
            ) from None
        self._gate = threading.Lock()
        self._inner: set[Any] = set()
        """What is under way: Dask forgets what nobody holds."""

    @property
    def workers(self) -> int:
        return max(1, len(self._workers()))

    @property
    def capacity(self) -> int:
        return 2 * self.workers + 1

    def submit(self, job: SweepJob) -> Future[JobResult]:
        future: Future[JobResult] = Future()
        future.set_running_or_notify_cancel()
        self._send(job, future, [], None)
        return future

    def close(self) -> None:
        with contextlib.suppress(Exception):
            self._client.cancel(list(getattr(self, "_inner", ())), force=True)
        with contextlib.suppress(Exception):
            self._client.close(timeout=5)

    def _send(
        self, job: SweepJob, future: Future[JobResult], failures: list[JobFailure], workers: list[str] | None
    ) -> None:
        try:
            inner = self._client.submit(
                attempt,
                job,
                key=f"sweep-{uuid.uuid4().hex}",
                pure=False,
                workers=workers or None,
                allow_other_workers=bool(workers),
            )
        except Exception as error:
            future.set_exception(ExecutorBroken(f"the cluster takes no more batches: {_line(error)}"))
            return
        with self._gate:
            self._inner.add(inner)
        inner.add_done_callback(lambda done: self._done(done, job, future, failures))

    def _done(self, inner: Any, job: SweepJob, future: Future[JobResult], failures: list[JobFailure]) -> None:
        try:
            outcome = self._outcome(inner)
        except ExecutorBroken as error:
            future.set_exception(error)
            return
        finally:
            with self._gate:
                self._inner.discard(inner)
        if isinstance(outcome, JobResult):
            future.set_result(outcome)
            return
        failures = [*failures, outcome]
        if len(failures) < ATTEMPTS and not outcome.is_final:
            self._send(job, future, failures, self._others(outcome.worker))
        else:
            future.set_exception(BatchFailed(failures))

    def _outcome(self, inner: Any) -> JobResult | JobFailure:
        if inner.status == "finished":
            outcome: JobResult | JobFailure = inner.result()
            return outcome
        if inner.status in ("cancelled", "lost"):
            raise ExecutorBroken("the connection to the cluster is lost")
        error = inner.exception()
        if type(error).__name__ == "KilledWorker":
            return JobFailure(
                "every worker that tried it was killed; perhaps memory was short",
                "",
                "the cluster",
                is_final=True,
            )
        if isinstance(error, ImportError):
            return JobFailure(
                f"the workers do not have this app: {_line(error)}", "", "the cluster", is_final=True
            )
        return JobFailure(f"{type(error).__name__}: {_line(error)}", "", "the cluster")

    def _workers(self) -> dict[str, Any]:
        try:
            found: dict[str, Any] = self._client.scheduler_info(n_workers=-1)["workers"]
        except Exception:
            return {}
        return found

    def _others(self, name: str) -> list[str]:
        """The addresses of all workers but one, of which machine and process are known."""
        try:
            names: dict[str, str] = self._client.run(_name)
        except Exception:
            return []
        return [address for address, found in names.items() if found != name]


def _host_and_port(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65_536:
        raise ExperimentError(
            "--executor",
            f"expected dask://HOST:PORT, such as dask://localhost:8786, not dask://{address:.60}",
        )
    return host.strip("[]"), int(port)


def _greeted(where: tuple[str, int], answer: float) -> None:
    """Raise OSError unless a scheduler listens there; Dask itself would try for long, or wait for ever for a word.

    A scheduler speaks first: the length of its greeting in 8 bytes, and the greeting.
    """
    with socket.create_connection(where, timeout=answer) as connection:
        length = b""
        while len(length) < 8 and (more := connection.recv(8 - len(length))):
            length += more
    if len(length) < 8 or not 0 < int.from_bytes(length, "little") < MOST_GREETING:
        raise OSError("another program listens there")


def _name() -> str:
    from engine.sweep.job import worker_name

    return worker_name()


def _line(error: BaseException | None) -> str:
    return " ".join(str(error).split())[:160] or type(error).__name__
