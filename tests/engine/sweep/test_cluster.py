"""A real cluster of two worker processes, of which one is killed on the way: the same table as on this machine."""

import os
import signal
from pathlib import Path

import pytest

from engine.experiment import ExperimentError
from engine.sweep.cluster import DaskExecutor
from engine.sweep.folder import SweepFolder
from engine.sweep.results import read_results, write_table
from engine.sweep.running import Progress, Sweep
from tests.engine.sweep.sweeps import InProcess, plan

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


def test_where_nobody_answers_one_sentence_says_so():
    with pytest.raises(ExperimentError, match=r"no Dask scheduler answers at 127\.0\.0\.1:9"):
        DaskExecutor("127.0.0.1:9", patience=0.5)
