"""Worker processes: they die, fail and are orphaned, and no batch is lost for that."""

from concurrent.futures import Future
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import pytest

from engine.data.processes import lives
from engine.sweep import local
from engine.sweep.executor import BatchFailed, ExecutorBroken, make_executor
from engine.sweep.folder import SweepFolder
from engine.sweep.job import JobResult, SweepJob, run_job
from engine.sweep.local import LocalExecutor
from engine.sweep.running import Sweep
from engine.tape.threads import THREADS
from tests.engine.sweep.sweeps import Deadly, InProcess, plan

WAIT = 240.0


@pytest.fixture
def jobs(tmp_path: Path) -> list[SweepJob]:
    made = plan()
    folder = SweepFolder(tmp_path / "out", made, "cpu", "float32")
    sweep = Sweep(made, folder, InProcess(), 4)
    jobs = [sweep.job(batch) for batch in sweep.batches()]
    folder.close()
    return jobs


@pytest.fixture
def executor():
    made = LocalExecutor(2)
    yield made
    pids = made.processes
    made.close()
    assert not [pid for pid in pids if lives(pid)]


def same(one: JobResult, other: JobResult) -> bool:
    equal = all(one.columns[key].tobytes() == other.columns[key].tobytes() for key in other.columns)
    return equal and one.rows.tolist() == other.rows.tolist() and one.status.tolist() == other.status.tolist()


def test_a_batch_of_a_worker_gets_the_numbers_of_this_process(executor: LocalExecutor, jobs: list[SweepJob]):
    futures = [executor.submit(job) for job in jobs]
    assert all(same(future.result(WAIT), run_job(job)) for future, job in zip(futures, jobs, strict=True))
    assert len(executor.processes) <= 2


def test_the_batch_of_a_worker_that_dies_goes_to_another(
    executor: LocalExecutor, jobs: list[SweepJob], tmp_path: Path
):
    deadly = replace(jobs[0], document=Deadly.once(jobs[0].document, tmp_path / "dead"))
    assert same(executor.submit(deadly).result(WAIT), run_job(jobs[0]))
    assert (tmp_path / "dead").exists()


@pytest.mark.parametrize("workers", [1, 2])
def test_a_batch_that_always_kills_its_worker_is_given_up(workers: int, jobs: list[SweepJob]):
    executor = LocalExecutor(workers)
    try:
        bad = executor.submit(replace(jobs[0], document=Deadly("")))
        good = executor.submit(jobs[1])
        with pytest.raises(BatchFailed) as failed:
            bad.result(WAIT)
        assert same(good.result(WAIT), run_job(jobs[1]))
    finally:
        executor.close()
    whys = [failure.why for failure in failed.value.failures]
    assert whys == ["the worker process ended by itself (status 3)"] * 2
    assert len({failure.worker for failure in failed.value.failures}) == 2


def test_a_batch_that_always_fails_says_why_of_each_worker(executor: LocalExecutor, jobs: list[SweepJob]):
    with pytest.raises(BatchFailed) as failed:
        executor.submit(replace(jobs[0], keys=("nothing.here", "seed"))).result(WAIT)
    assert len({failure.worker for failure in failed.value.failures}) == 2
    assert all("nothing.here" in failure.why for failure in failed.value.failures)


def test_a_worker_of_another_version_refuses(executor: LocalExecutor, jobs: list[SweepJob]):
    with pytest.raises(BatchFailed, match=r"the sweep was begun with 1\.2\.3; install the same"):
        executor.submit(replace(jobs[0], versions="1.2.3")).result(WAIT)


def test_closing_stops_what_is_under_way(jobs: list[SweepJob]):
    executor = LocalExecutor(2)
    executor.submit(jobs[0]).result(WAIT)
    pids = executor.processes
    futures: list[Future[JobResult]] = [executor.submit(replace(job, epochs=10**7)) for job in jobs]
    executor.close()
    assert not [pid for pid in pids if lives(pid)]
    assert not any(future.done() for future in futures)


def test_an_unknown_executor_is_refused():
    with pytest.raises(ValueError, match="--executor: expected local or dask://HOST:PORT, not slurm"):
        make_executor("slurm", 1)
    with pytest.raises(ValueError, match="--executor"):
        make_executor("dask://", 1)


class Slow(local._Child):
    """A process that ends before it is ready, as often as ``bad`` says."""

    bad = 0

    def wait_until_ready(self) -> None:
        super().wait_until_ready()
        if Slow.bad:
            Slow.bad -= 1
            raise EOFError("it has ended")


@pytest.mark.parametrize("bad", [2, 3])
def test_a_process_that_does_not_start_is_no_fault_of_the_batch(
    bad: int, jobs: list[SweepJob], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(local, "_Child", Slow)
    monkeypatch.setattr(Slow, "bad", bad)
    executor = LocalExecutor(1)
    try:
        future = executor.submit(jobs[0])
        if bad < local.DEAD_STARTS:
            assert same(future.result(WAIT), run_job(jobs[0]))
        else:
            with pytest.raises(ExecutorBroken, match="no worker process can be started: it has ended"):
                future.result(WAIT)
            with pytest.raises(ExecutorBroken, match="no worker process can be started: it has ended"):
                executor.submit(jobs[0])
    finally:
        executor.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsendable(SweepJob):
    """A batch that cannot be pickled."""

    def __reduce__(self) -> Any:
        raise MemoryError("no room for it")


def test_a_batch_that_cannot_be_sent_says_so_and_holds_up_no_other(
    executor: LocalExecutor, jobs: list[SweepJob]
):
    bad = executor.submit(Unsendable(**{one.name: getattr(jobs[0], one.name) for one in fields(SweepJob)}))
    with pytest.raises(BatchFailed, match="MemoryError: no room for it"):
        bad.result(WAIT)
    assert same(executor.submit(jobs[0]).result(WAIT), run_job(jobs[0]))


def test_a_worker_computes_in_one_thread(executor: LocalExecutor, jobs: list[SweepJob]):
    executor.submit(jobs[0]).result(WAIT)
    environments = [Path("/proc", str(pid), "environ").read_text() for pid in executor.processes]
    assert environments
    assert all(f"{THREADS}=1" in text for text in environments)
