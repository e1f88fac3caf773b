"""However a run is driven and watched, its history, its best epoch and its end are those of the command line."""

from __future__ import annotations

import random

import pytest

from engine.experiment import Experiment
from engine.observation import LaneSnapshot
from engine.observation.report import Reader, Report
from engine.training import messages as m
from engine.training import worker as worker_module
from engine.training.ends import Inbox, Mailbox
from engine.training.process import ProcessEngine
from engine.training.thread import ThreadEngine
from engine.training.worker import Worker
from tests.engine.driving import Driver
from tests.engine.helpers import experiment, lane, trained, with_lanes

EPOCHS = 150
"""Beyond the epochs in each of which layers are measured."""


@pytest.fixture(scope="module")
def settings() -> Experiment:
    noisy = {"data.generator.name": "gaussians", "data.generator.noise": 0.5}
    stopping = {"regularization.early_stopping": {"patience": 60}, "training.learning_rate": 0.01}
    plateau = {"training.schedule": {"name": "plateau", "patience": 10}, "regularization.l2": 0.01}
    return with_lanes(experiment(noisy), lane("A", stopping), lane("B", plateau))


@pytest.fixture(scope="module")
def headless(settings: Experiment) -> tuple[LaneSnapshot, ...]:
    return trained(settings, EPOCHS).lane_snapshots(None)


def assert_same(shown: tuple[LaneSnapshot, ...], expected: tuple[LaneSnapshot, ...]) -> None:
    for one, other in zip(shown, expected, strict=True):
        assert (one.name, one.status, one.stop, one.best) == (
            other.name,
            other.status,
            other.stop,
            other.best,
        )
        for field in ("epoch", "step", "loss", "penalty", "score", "layer_epoch", "layer_step", "layers"):
            mine, theirs = getattr(one.history, field), getattr(other.history, field)
            assert (mine.shape, mine.tobytes()) == (theirs.shape, theirs.tobytes()), field
        assert one.now.loss.tobytes() == other.now.loss.tobytes()
        assert one.now.layers.tobytes() == other.now.layers.tobytes()


@pytest.mark.parametrize("seed", range(5))
def test_driven_in_any_way_and_watched_in_any_way(
    settings: Experiment, headless: tuple[LaneSnapshot, ...], seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Played, stepped by batches and epochs and paused at random, with snapshots taken and left at random."""
    chance = random.Random(seed)
    monkeypatch.setattr(worker_module, "BURST", 0.0)
    mailbox: Mailbox[Report] = Mailbox(Report.merged)
    worker, reader = Worker(Inbox(), mailbox, Inbox()), Reader()
    worker._obey(m.SetExperiment(settings))
    trainer = worker._trainer
    assert trainer is not None
    shown: tuple[LaneSnapshot, ...] = ()
    while trainer.epoch < EPOCHS:
        watched = chance.choice([None, (), (0,), (1,), (0, 1)])
        worker._obey(m.Watch(chance.choice([None, 5]), lanes=watched))
        for _ in range(chance.randrange(8)):
            if chance.random() < 0.3:
                worker._drive(m.StepBatch(), trainer) if trainer.epoch < EPOCHS else None
            else:
                worker._play(min(chance.randrange(1, 9), EPOCHS - trainer.epoch))
                for _ in range(chance.randrange(60)):
                    if worker._busy and trainer.epoch < EPOCHS:
                        worker._burst()
            if chance.random() < 0.5:
                worker._publish()
            report = mailbox.take() if chance.random() < 0.6 else None
            if report is not None:
                shown = reader.read(report).lanes
    worker._obey(m.Pause())
    worker._publish()
    report = mailbox.take()
    assert report is not None
    shown = reader.read(report).lanes
    assert trainer.epoch == EPOCHS
    assert_same(shown, headless)


@pytest.mark.parametrize("engine", [ThreadEngine, ProcessEngine])
def test_in_a_thread_and_in_a_process(
    settings: Experiment, headless: tuple[LaneSnapshot, ...], engine: type[ThreadEngine | ProcessEngine]
) -> None:
    driver = Driver(engine())
    driver.send(m.Watch(20, lanes=(0,)), m.SetExperiment(settings), m.StepEpoch(EPOCHS))
    driver.engine.start()
    try:
        assert_same(driver.settled().lanes, headless)
    finally:
        assert driver.engine.close(30.0)


def test_the_best_epoch_is_the_lowest_of_all_epochs(headless: tuple[LaneSnapshot, ...]) -> None:
    for one in headless:
        losses = one.history.loss
        assert len(losses) == one.history.epoch[-1] + 1
        assert one.best is not None
        assert one.best.epoch == losses[:, 1].argmin()
        assert one.best.loss == tuple(losses[one.best.epoch].tolist())
    assert headless[0].stop is not None


@pytest.mark.parametrize("restore", [True, False])
def test_a_run_that_simply_ends_goes_back_to_its_best_epoch_where_that_is_wished(restore: bool) -> None:
    overfitting = {"data.generator.name": "moons", "data.generator.noise": 0.45, "data.generator.points": 120}
    stopping = {"patience": 1000, "restore_best": restore}
    changes = {
        "network.hidden": [32, 32],
        "training.learning_rate": 0.02,
        "regularization.early_stopping": stopping,
    }
    trainer = trained(with_lanes(experiment(overfitting), lane("A", changes), lane("B", changes)), 40)
    last = trainer.lane_snapshots(None)[0].now.loss.tolist()
    trainer.restore_best(wished=True)
    for shown in trainer.lane_snapshots(None):
        assert shown.best is not None
        assert shown.best.epoch < 40
        assert shown.now.loss.tolist() == (list(shown.best.loss) if restore else last)
        assert [mark.kind for mark in shown.marks] == (["restore"] if restore else [])
