"""How long a sweep takes, as it says beforehand, with a clock of the test's own."""

from __future__ import annotations

import json
from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from engine.__main__ import main
from engine.sweep import batch, executor, job
from engine.sweep.estimate import estimate
from engine.sweep.executor import BatchFailed, ExecutorBroken
from engine.sweep.job import JobFailure
from tests.engine.sweep.sweeps import InProcess, plan, spec_json, write_spec

STEP, BEGIN, COMPILE = 0.001, 0.25, 3.0
"""Seconds of a step of a lane, of the begin of a batch, and of the first batch of a worker."""
STEPS = 2
"""Of an epoch of the sweeps here."""


class Clock:
    """Training costs what the constants say; nothing is trained."""

    def __init__(self) -> None:
        self.now = 100.0
        self.trained: list[tuple[int, int]] = []
        """Lanes and epochs."""

    def train(self, asked: batch.BatchJob) -> batch.BatchResult:
        self.now += len(asked.lanes) * asked.epochs * STEPS * STEP + BEGIN + (0 if self.trained else COMPILE)
        self.trained.append((len(asked.lanes), asked.epochs))
        return batch.BatchResult({}, np.array(["trained"] * len(asked.lanes)))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(job, "time", SimpleNamespace(perf_counter=lambda: made.now))
    monkeypatch.setattr(batch, "train_batch", made.train)
    return made


def cost(lanes: int, epochs: int, batches: int) -> float:
    return lanes * epochs * STEPS * STEP + batches * BEGIN + COMPILE


def test_the_estimate_is_what_the_batches_cost(clock: Clock) -> None:
    made = plan(epochs=5000, seeds=10)
    batches = made.batches(20)
    found = estimate(made, batches, InProcess(), "cpu", "float32")
    assert found.seconds == pytest.approx(cost(120, 5000, 6))
    assert clock.trained[:2] == [(20, 1), (20, 1)]
    assert {lanes for lanes, _ in clock.trained} == {20}
    assert 2 < max(epochs for _, epochs in clock.trained) <= 5000


def test_on_a_device_more_lanes_are_tried_and_each_of_them_takes_time_to_begin(
    clock: Clock, monkeypatch
) -> None:
    monkeypatch.setattr("tests.engine.sweep.test_estimate.STEP", 1e-6)
    made = plan(axes=[{"setting": "regularization.l2", "from": 0.0, "to": 0.1, "count": 10_000}], epochs=5000)
    batches = made.batches(8192)
    found = estimate(made, batches, InProcess(), "cuda", "float32")
    assert {lanes for lanes, _ in clock.trained} == {4096}
    assert found.seconds == pytest.approx(cost(10_000, 5000, 3))


def test_what_is_done_takes_no_time(clock: Clock) -> None:
    made = plan(epochs=5000)
    batches = made.batches(3, np.arange(12) < 9)
    assert estimate(made, batches, InProcess(), "cpu", "float32").seconds == pytest.approx(cost(3, 5000, 1))
    assert estimate(made, [], InProcess(), "cpu", "float32").seconds == 0.0


def test_workers_share_the_time(clock: Clock) -> None:
    made, two = plan(epochs=5000), InProcess()
    two.workers = 2
    found = estimate(made, made.batches(3), two, "cpu", "float32")
    assert found.seconds == pytest.approx((cost(12, 5000, 4) + COMPILE) / 2)


def test_a_trial_of_long_epochs_is_no_longer_than_need_be(clock: Clock, monkeypatch) -> None:
    monkeypatch.setattr("tests.engine.sweep.test_estimate.STEP", 1.0)
    made = plan(epochs=5000)
    found = estimate(made, made.batches(12), InProcess(), "cpu", "float32")
    assert [epochs for _, epochs in clock.trained] == [1, 1]
    assert found.seconds == pytest.approx(cost(12, 5000, 1), rel=0.02)


class Broken(InProcess):
    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def submit(self, asked: job.SweepJob) -> Future[job.JobResult]:
        future: Future[job.JobResult] = Future()
        future.set_exception(self.error)
        return future


@pytest.mark.parametrize(
    "error",
    [BatchFailed([JobFailure("memory is short", "", "here")]), ExecutorBroken("memory is short")],
)
def test_where_the_trial_fails_nobody_knows_how_long(error: Exception) -> None:
    made = plan()
    found = estimate(made, made.batches(3), Broken(error), "cpu", "float32")
    assert (found.seconds, found.why) == (None, "memory is short")


def said(capsys: pytest.CaptureFixture[str], *words: str | Path) -> str:
    assert main(["sweep", *map(str, words)]) == 0
    return capsys.readouterr().out


def test_a_plan_says_how_long(clock: Clock, tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(executor, "make_executor", lambda name, workers: InProcess())
    spec = write_spec(tmp_path / "spec.json", epochs=50_000)
    words = (spec, "--plan", "--lanes-per-batch", "3")
    assert said(capsys, *words) == (
        "12 lanes in 1 group, 4 batches, 1,200,000 steps in all; about 20 minutes.\n"
    )
    clock.trained.clear()
    sizes = json.loads(said(capsys, *words, "--json"))
    assert sizes["seconds"] == pytest.approx(cost(12, 50_000, 4))
    assert list(tmp_path.iterdir()) == [spec]


def test_the_plan_of_a_sweep_on_the_way_is_of_what_is_left(tmp_path: Path, monkeypatch, capsys) -> None:
    from tests.engine.sweep.test_folder import trained

    out = tmp_path / "out"
    spec = write_spec(tmp_path / "spec.json")
    with pytest.raises(KeyboardInterrupt):
        trained(out, InProcess(stops_after=2))
    monkeypatch.setattr(executor, "make_executor", lambda name, workers: InProcess())
    words = (spec, "--plan", "--lanes-per-batch", "3", "--out", out)
    before = sorted(path.stat().st_mtime_ns for path in out.rglob("*"))
    assert said(capsys, *words).startswith(
        "12 lanes in 1 group, 96 steps in all; 6 lanes trained already, 2 batches and 48 steps left; about "
    )
    assert sorted(path.stat().st_mtime_ns for path in out.rglob("*")) == before
    trained(out)
    assert said(capsys, *words).endswith("12 lanes trained already, so that nothing is left.\n")


def test_the_sweep_itself_says_the_same_at_its_start(tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(executor, "make_executor", lambda name, workers: InProcess())
    spec, out = tmp_path / "spec.json", tmp_path / "out"
    spec.write_text(json.dumps(spec_json()))
    words = ["sweep", str(spec), "--out", str(out), "--lanes-per-batch", "3"]
    assert main(words) == 0
    assert "12 lanes in 1 group, 4 batches, 96 steps in all; about 1 s.\n" in capsys.readouterr().err
    assert main(words) == 0
    assert "12 lanes trained already, so that nothing is left." in capsys.readouterr().err
