"""How long a sweep still takes, as it says on the way; the clock is the test's."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace

import pytest

from engine.sweep import running
from engine.sweep.estimate import Estimate
from engine.sweep.folder import SweepFolder
from engine.sweep.job import JobResult, SweepJob
from engine.sweep.running import Progress, Sweep
from engine.sweep.time_left import TimeLeft
from tests.engine.sweep.sweeps import InProcess, plan


def test_until_a_batch_ends_it_is_what_was_estimated() -> None:
    clock = TimeLeft(100.0, 30.0)
    assert clock.left(0.0, 2) == 30.0
    assert clock.left(12.0, 2) == 18.0
    assert TimeLeft(100.0, None).left(0.0, 2) is None


def test_what_takes_longer_than_it_should_is_not_soon_done() -> None:
    clock = TimeLeft(100.0, 3.0)
    assert clock.left(3.0, 2) is None
    assert clock.left(25.0, 2) is None


def test_what_ended_says_how_long_the_rest_takes_whatever_was_estimated() -> None:
    clock = TimeLeft(100.0, 3.0)
    clock.note(10.0, 26.0, 28.0)
    assert clock.left(28.0, 2) == pytest.approx(9 * 26 / 2)
    clock.note(10.0, 26.0, 28.0)
    assert clock.left(28.0, 2) == pytest.approx(8 * 26 / 2)
    assert clock.left(38.0, 2) == pytest.approx(8 * 26 / 2 - 10)


def test_the_last_batch_is_trained_by_one_worker() -> None:
    clock = TimeLeft(30.0, None)
    clock.note(10.0, 20.0, 20.0)
    clock.note(10.0, 20.0, 20.0)
    assert clock.left(25.0, 1) == pytest.approx(15.0)
    assert clock.left(41.0, 1) is None


def test_a_batch_that_failed_says_nothing_of_the_others() -> None:
    clock = TimeLeft(30.0, 60.0)
    clock.note(10.0, None, 1.0)
    assert clock.left(1.0, 1) == 59.0
    clock.note(10.0, 20.0, 21.0)
    assert clock.left(21.0, 1) == pytest.approx(20.0)


class Slow(InProcess):
    """Each batch takes 26 seconds by a clock that nobody waits for; two are in hand."""

    workers = capacity = 2

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self._late: list[tuple[Future[JobResult], JobResult]] = []

    def submit(self, job: SweepJob) -> Future[JobResult]:
        done, future = super().submit(job).result(), Future[JobResult]()
        self._late.append((future, JobResult(done.rows, done.status, done.columns, None, 26.0)))
        return future

    def wait(self, waiting: object, *_: object) -> tuple[set[Future[JobResult]], None]:
        """Half a second passes; the batches in hand end together."""
        self.now += 0.5
        if self.now % 26:
            return set(), None
        ended, self._late = self._late, []
        for future, result in ended:
            future.set_result(result)
        return {future for future, _ in ended}, None


def test_a_sweep_never_stands_at_a_second_for_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow, made = Slow(), plan()
    monkeypatch.setattr(running, "time", SimpleNamespace(perf_counter=lambda: slow.now))
    monkeypatch.setattr(running, "wait", slow.wait)
    monkeypatch.setattr(running, "estimate", lambda *_: Estimate(3.0))
    folder = SweepFolder(tmp_path, made, "cpu", "float32")
    told: dict[float, float | None] = {}

    def tell(progress: Progress) -> None:
        told[slow.now] = progress.seconds_left

    sweep = Sweep(made, folder, slow, 3)
    batches = sweep.batches()
    sweep.estimate(batches)
    sweep.train(batches, tell)
    folder.close()
    assert [told[at] for at in (0.0, 2.5, 3.0, 25.5)] == [3.0, 0.5, None, None]
    assert [told[at] for at in (26.0, 36.0, 51.5)] == [26.0, 16.0, 0.5]
    assert told[52.0] == 0.0
