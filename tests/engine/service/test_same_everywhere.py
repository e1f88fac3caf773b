"""However a run is driven and watched, its history, its best epoch and its end are those of the command line."""

from __future__ import annotations

import random
from dataclasses import fields, is_dataclass

import numpy as np
import pytest

from engine.data import resolve_points
from engine.experiment import Experiment, edit_many
from engine.observation import LaneSnapshot
from engine.observation.report import Reader, Report
from engine.service import messages as m
from engine.service import worker as worker_module
from engine.service.interface import Inbox, Mailbox
from engine.service.process import ProcessEngine
from engine.service.thread import ThreadEngine
from engine.service.worker import Worker
from tests.deadline import DEADLINE
from tests.engine.driving import Driver
from tests.engine.helpers import experiment, lane, trained, with_lanes, with_points
from tests.observing import watch_prediction

EDITED, EPOCHS = 30, 180
"""Both before and after the edit, layers are measured in more epochs than those in each of which they are."""


@pytest.fixture(scope="module")
def settings() -> Experiment:
    noisy = {"data.generator.name": "gaussians", "data.generator.noise": 0.5}
    stopping = {"regularization.early_stopping": {"patience": 60}, "training.learning_rate": 0.03, "seed": 5}
    plateau = {"training.schedule": {"name": "plateau", "patience": 10}, "regularization.l2": 0.01}
    impatient = {"patience": 10, "min_delta": 100.0}
    chain = {"network.hidden": [1, 1, 1], "regularization.early_stopping": impatient}
    return with_lanes(experiment(noisy), lane("A", stopping), lane("B", plateau), lane("C", chain))


@pytest.fixture(scope="module")
def edited(settings: Experiment) -> Experiment:
    """A stroke, and other settings for two lanes; one of them has ended and goes on."""
    others = {"lanes.1.regularization.l2": 0.02, "lanes.2.training.learning_rate": 0.02}
    return edit_many(with_points(settings, resolve_points(settings.data)[3:]), others)


@pytest.fixture(scope="module")
def headless(settings: Experiment, edited: Experiment) -> tuple[LaneSnapshot, ...]:
    trainer = trained(settings, EDITED)
    trainer.set_experiment(edited)
    trainer.resume()
    while trainer.epoch < EPOCHS:
        trainer.step()
    return trainer.lane_snapshots()


def plain(value: object) -> object:
    """The same in tuples, where arrays are their bytes and every number is written out."""
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, np.ndarray):
        return value.dtype, value.shape, value.tobytes()
    return tuple(map(plain, value)) if isinstance(value, tuple) else repr(value)


def assert_same(shown: tuple[LaneSnapshot, ...], expected: tuple[LaneSnapshot, ...]) -> None:
    """But for observables, which are there only if somebody asked for them."""
    for one, other in zip(shown, expected, strict=True):
        for field in fields(LaneSnapshot):
            if field.name != "observed":
                assert plain(getattr(one, field.name)) == plain(getattr(other, field.name)), field.name


def test_the_run_has_all_that_is_compared(headless: tuple[LaneSnapshot, ...]) -> None:
    a, b, c = headless
    assert (a.chain, b.chain) == (None, None)
    assert c.chain is not None
    assert len(c.stops) == 2
    # The last goes on from where it had ended.
    assert [{mark.epoch for mark in one.marks} for one in headless] == [{EDITED}, {EDITED}, {10}]
    assert [[mark.kind for mark in one.marks] for one in headless] == [
        ["data"],
        ["data", "setting"],
        ["data", "setting", "continue"],
    ]


@pytest.mark.parametrize("seed", range(5))
def test_driven_in_any_way_and_watched_in_any_way(
    settings: Experiment,
    edited: Experiment,
    headless: tuple[LaneSnapshot, ...],
    seed: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Played, stepped by batches and epochs and paused at random, with snapshots taken and left at random."""
    monkeypatch.setattr(worker_module, "BURST", 0.0)
    driven = Driven(settings, random.Random(seed))
    driven.to(EDITED)
    driven.worker.obey(m.SetExperiment(edited))
    driven.trainer.resume()
    driven.to(EPOCHS)
    driven.worker.obey(m.Pause())
    driven.worker.publish()
    driven.read()
    assert driven.trainer.epoch == EPOCHS
    assert_same(driven.shown, headless)


class Driven:
    """A worker that is driven and watched by chance."""

    def __init__(self, settings: Experiment, chance: random.Random) -> None:
        self.chance, self.mailbox, self._reader = chance, Mailbox[Report](Report.merged), Reader()
        self.worker = Worker(Inbox(), self.mailbox, Inbox())
        self.worker.obey(m.SetExperiment(settings))
        assert self.worker.trainer is not None
        self.trainer = self.worker.trainer
        self.shown: tuple[LaneSnapshot, ...] = ()

    def to(self, epoch: int) -> None:
        worker, trainer, chance = self.worker, self.trainer, self.chance
        while trainer.epoch < epoch:
            watched = chance.choice([None, (), (0,), (1,), (0, 1), (2,)])
            worker.obey(chance.choice([m.Watch(lanes=watched), watch_prediction(5, lanes=watched)]))
            for _ in range(chance.randrange(8)):
                self._train(epoch)
                if chance.random() < 0.5:
                    worker.publish()
                if chance.random() < 0.6:
                    self.read()

    def _train(self, epoch: int) -> None:
        worker, trainer, chance = self.worker, self.trainer, self.chance
        if trainer.epoch >= epoch:
            return
        if chance.random() < 0.3:
            worker.obey(m.StepBatch())
            return
        worker.obey(m.Pause())
        worker.obey(m.StepEpoch(min(chance.randrange(1, 9), epoch - trainer.epoch)))
        for _ in range(chance.randrange(60)):
            if worker.busy and trainer.epoch < epoch:
                worker.train()

    def read(self) -> None:
        if (report := self.mailbox.take()) is not None:
            self.shown = self._reader.read(report).lanes


@pytest.mark.parametrize("engine", [ThreadEngine, ProcessEngine])
def test_in_a_thread_and_in_a_process(
    settings: Experiment,
    edited: Experiment,
    headless: tuple[LaneSnapshot, ...],
    engine: type[ThreadEngine | ProcessEngine],
) -> None:
    driver = Driver(engine())
    driver.send(watch_prediction(20, lanes=(0,)), m.SetExperiment(settings), m.StepEpoch(EDITED))
    driver.engine.start()
    try:
        driver.settled()
        driver.send(m.SetExperiment(edited), m.StepEpoch(EPOCHS - EDITED))
        assert_same(driver.settled().lanes, headless)
    finally:
        assert driver.engine.close(DEADLINE)


def test_the_best_epoch_is_the_lowest_of_all_epochs(settings: Experiment) -> None:
    lanes = trained(settings, 150).lane_snapshots()
    for one in lanes:
        losses = one.history.loss
        assert len(losses) == one.history.epoch[-1] + 1
        assert one.best is not None
        assert one.best.epoch == losses[:, 1].argmin()
        assert one.best.loss == tuple(losses[one.best.epoch].tolist())
    assert lanes[0].stop is not None


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
    last = trainer.lane_snapshots()[0].now.loss.tolist()
    trainer.restore_best(wished=True)
    for shown in trainer.lane_snapshots():
        assert shown.best is not None
        assert shown.best.epoch < 40
        assert shown.now.loss.tolist() == (list(shown.best.loss) if restore else last)
        assert [mark.kind for mark in shown.marks] == (["restore"] if restore else [])
