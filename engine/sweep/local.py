"""Worker processes of this machine. One that dies is replaced; its batch goes to another one."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import traceback
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, field

from engine.sweep.executor import ATTEMPTS, BatchFailed, ExecutorBroken
from engine.sweep.job import JobFailure, JobResult, SweepJob
from engine.sweep.worker import receive, send
from engine.tape.threads import THREADS

CODE = "import sys; sys.path[:] = {path!r}; from engine.sweep.worker import main; main()"
DEAD_STARTS = 3
"""After so many processes in succession that end before they are ready, no further one is started."""
if sys.platform == "win32":
    _FLAGS = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
else:
    _FLAGS = 0


@dataclass(eq=False)
class _Waiting:
    job: SweepJob
    future: Future[JobResult]
    failures: list[JobFailure] = field(default_factory=list)
    shunned: int | None = None
    """The worker that it failed on."""


class LocalExecutor:
    """Processes that are started when there is work for them.

    Parameters
    ----------
    workers
        How many, at least one.
    """

    def __init__(self, workers: int) -> None:
        self._count = max(1, workers)
        self._waiting: deque[_Waiting] = deque()
        self._change = threading.Condition()
        self._children: dict[int, _Child] = {}
        self._threads: list[threading.Thread] = []
        self._closed = False
        self._dead_starts = 0
        self._broken: ExecutorBroken | None = None

    @property
    def workers(self) -> int:
        return self._count

    @property
    def capacity(self) -> int:
        return 2 * self._count

    @property
    def processes(self) -> list[int]:
        """The numbers of the processes that live."""
        with self._change:
            return [child.pid for child in self._children.values()]

    def submit(self, job: SweepJob) -> Future[JobResult]:
        future: Future[JobResult] = Future()
        future.set_running_or_notify_cancel()
        with self._change:
            if self._closed:
                raise self._broken or ExecutorBroken("the workers have been stopped")
            self._waiting.append(_Waiting(job, future))
            if len(self._threads) < self._count:
                thread = threading.Thread(
                    target=self._serve, args=(len(self._threads),), name="sweep worker", daemon=True
                )
                self._threads.append(thread)
                thread.start()
            self._change.notify_all()
        return future

    def close(self) -> None:
        with self._change:
            self._closed = True
            self._waiting.clear()
            children = list(self._children.values())
            for child in children:
                child.kill()
            self._change.notify_all()
        for thread in self._threads:
            thread.join()
        for child in children:
            child.wait()

    def _serve(self, number: int) -> None:
        while (taken := self._take(number)) is not None:
            try:
                child = self._child(number)
            except Exception as error:
                self._not_started(taken, error)
                continue
            outcome = None if child is None else self._outcome(number, child, taken.job)
            if outcome is None:
                return
            if isinstance(outcome, JobResult):
                taken.future.set_result(outcome)
                continue
            taken.failures.append(outcome)
            if len(taken.failures) < ATTEMPTS and not outcome.is_final:
                self._give_to_another(number, taken)
            else:
                taken.future.set_exception(BatchFailed(taken.failures))

    def _take(self, number: int) -> _Waiting | None:
        """The next batch that did not fail here; None when all is over."""
        with self._change:
            while not self._closed:
                for waiting in self._waiting:
                    if waiting.shunned != number:
                        self._waiting.remove(waiting)
                        return waiting
                self._change.wait()
        return None

    def _give_to_another(self, number: int, taken: _Waiting) -> None:
        with self._change:
            if len(self._threads) > 1:
                taken.shunned = number
            elif number in self._children:
                # A new process in the same place is another worker.
                child = self._children.pop(number)
                child.kill()
                child.wait()
            self._waiting.appendleft(taken)
            self._change.notify_all()

    def _outcome(self, number: int, child: _Child, job: SweepJob) -> JobResult | JobFailure | None:
        """What comes of a batch in the process of this place; None when all is over."""
        try:
            return child.train(job)
        except (OSError, EOFError):
            with self._change:
                self._children.pop(number, None)
                closed = self._closed
            child.kill()
            status = child.wait()
            return None if closed else JobFailure(_how(status), "", f"process {child.pid}")
        except Exception as error:
            # Nothing is known of what the process does now; the batch may do in another one.
            with self._change:
                self._children.pop(number, None)
            child.kill()
            child.wait()
            return JobFailure(
                f"{type(error).__name__}: {error}", traceback.format_exc(), f"process {child.pid}"
            )

    def _child(self, number: int) -> _Child | None:
        """The process of a place, started if there is none."""
        with self._change:
            if self._closed:
                return None
            if number in self._children:
                return self._children[number]
            child = self._children[number] = _Child()
        try:
            child.wait_until_ready()
        except BaseException:
            with self._change:
                self._children.pop(number, None)
            child.kill()
            child.wait()
            raise
        with self._change:
            self._dead_starts = 0
        return child

    def _not_started(self, taken: _Waiting, error: Exception) -> None:
        """Keep a batch, which has no part in it, for the next process; after some, give up."""
        with self._change:
            self._waiting.appendleft(taken)
            if not self._closed:
                self._dead_starts += 1
                if self._dead_starts >= DEAD_STARTS:
                    self._closed = True
                    self._broken = ExecutorBroken(f"no worker process can be started: {error}")
            if self._broken is not None:
                for waiting in self._waiting:
                    waiting.future.set_exception(self._broken)
                self._waiting.clear()
            self._change.notify_all()


class _Child:
    """One process."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", CODE.format(path=sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if sys.stderr else subprocess.DEVNULL,
            creationflags=_FLAGS,
            # A worker is one core: there are as many as cores.
            env=os.environ | {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", THREADS: "1"},
        )
        self.pid = self._process.pid

    def wait_until_ready(self) -> None:
        assert self._process.stdout is not None
        receive(self._process.stdout)  # type: ignore[arg-type]

    def train(self, job: SweepJob) -> JobResult | JobFailure:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        send(self._process.stdin, job)  # type: ignore[arg-type]
        outcome: JobResult | JobFailure = receive(self._process.stdout)  # type: ignore[arg-type]
        return outcome

    def kill(self) -> None:
        with contextlib.suppress(OSError):
            self._process.kill()

    def wait(self) -> int:
        status = self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                # Closing writes what is left in the buffer, and nobody is there to read it.
                with contextlib.suppress(OSError):
                    stream.close()
        return status


def _how(status: int) -> str:
    if status == -9:
        return "the worker process was killed; perhaps memory was short"
    return f"the worker process ended by itself (status {status})"
