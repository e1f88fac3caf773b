"""A real cluster of two worker processes, of which one is killed on the way: the same table as on this machine."""

import os
import signal
import socket
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from engine.experiment import ExperimentError
from engine.sweep.cluster import DaskExecutor
from engine.sweep.estimate import job_of
from engine.sweep.executor import BatchFailed
from engine.sweep.folder import SweepFolder
from engine.sweep.job import attempt
from engine.sweep.results import read_results, write_table
from engine.sweep.running import Progress, Sweep
from tests.engine.sweep.sweeps import InProcess, OtherVersions, plan

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.expects_log(".*"),
]


@pytest.fixture
def cluster(tmp_path: Path):
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        dashboard_address=None,
        local_directory=str(tmp_path / "dask"),
    ) as made:
        yield made


def test_a_cluster_that_loses_a_worker_gives_the_same_table(cluster, tmp_path: Path):
    killed = []

    def train(out: Path, executor, lanes: int, tell) -> bytes:
        made = plan(epochs=30, seeds=2)
        folder = SweepFolder(out, made, "cpu", "float32")
        sweep = Sweep(made, folder, executor, lanes)
        sweep.train(sweep.batches(), tell)
        folder.close()
        executor.close()
        results = read_results(out)
        assert results.complete
        return write_table(results)[0].read_bytes()

    def kill_one(progress: Progress) -> None:
        if progress.done >= 4 and not killed:
            killed.append(next(iter(cluster.workers.values())).pid)
            os.kill(killed[0], signal.SIGKILL)

    executor = DaskExecutor(cluster.scheduler_address.removeprefix("tcp://"))
    assert executor.workers == 2
    ours = train(tmp_path / "cluster", executor, 2, kill_one)
    assert killed
    assert ours == train(tmp_path / "here", InProcess(), 48, lambda progress: None)


@pytest.mark.parametrize(("refusals", "attempts"), [(1, 2), (2, 2)], ids=["once", "twice"])
def test_a_batch_that_fails_goes_to_another_worker_and_is_then_reported(
    cluster, tmp_path: Path, refusals: int, attempts: int
):
    made, tried = plan(), tmp_path / "tried"
    (batch,) = made.batches(12)
    job = job_of(made, batch, "cpu", "float32")
    asked = replace(job, versions=OtherVersions.of(job, tried, refusals))
    executor = DaskExecutor(cluster.scheduler_address.removeprefix("tcp://"))
    future = executor.submit(asked)
    if refusals < attempts:
        found = future.result().columns["training_loss"]
        assert found.tobytes() == attempt(job).columns["training_loss"].tobytes()
    else:
        with pytest.raises(BatchFailed) as failed:
            future.result()
        assert [one.worker for one in failed.value.failures] == tried.read_text().splitlines()
        assert {one.why.partition(" has ")[0] for one in failed.value.failures} == {"this worker"}
    executor.close()
    names = tried.read_text().splitlines()
    assert len(names) == len(set(names)) == attempts


@pytest.mark.parametrize(
    "says", [None, b"", b"SSH-2.0-OpenSSH"], ids=["nobody", "silence", "another program"]
)
def test_where_no_scheduler_answers_one_sentence_says_so(says: bytes | None):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        if says is not None:
            other.listen()
        if says:
            threading.Thread(target=lambda: other.accept()[0].send(says), daemon=True).start()
        address = f"127.0.0.1:{other.getsockname()[1]}"
        with pytest.raises(
            ExperimentError, match=f"no Dask scheduler answers at {address}; start one with: "
        ):
            DaskExecutor(address, answer=0.5)


@pytest.mark.parametrize("address", ["localhost", "localhost:", ":8786", "localhost:99999", "tcp://a:b"])
def test_an_address_has_a_host_and_a_port(address: str):
    with pytest.raises(
        ExperimentError, match="expected dask://HOST:PORT, such as dask://localhost:8786, not"
    ):
        DaskExecutor(address)


def test_a_scheduler_without_workers_says_how_to_start_some(tmp_path: Path):
    from distributed import LocalCluster

    with (
        LocalCluster(
            n_workers=0, processes=True, dashboard_address=None, local_directory=str(tmp_path)
        ) as made,
        pytest.raises(ExperimentError, match="has no workers; start some with: dask worker"),
    ):
        DaskExecutor(made.scheduler_address.removeprefix("tcp://"), patience=0.2)
