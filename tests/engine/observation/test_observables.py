"""Every observable, those that the app has and one that it does not have."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pytest

from engine.experiment import Experiment
from engine.observation.observables import (
    GHOSTS,
    NEURON,
    OBSERVABLES,
    PREDICTION,
    SPOT,
    UNCERTAINTY,
    Grid,
    NeuronGrid,
    Observable,
    Position,
    Request,
)
from engine.observation.report import Report
from engine.observation.snapshot import Observed
from engine.service import messages as m
from engine.service import watching as watching_module
from engine.service.interface import Inbox, Mailbox
from engine.service.process import ProcessEngine
from engine.service.thread import ThreadEngine
from engine.service.worker import Worker
from engine.training.trainer import Trainer
from tests.deadline import DEADLINE
from tests.engine.driving import Driver
from tests.engine.helpers import experiment, lane, row, trained, with_lanes
from tests.engine.observation.made_up_observable import LARGE, SUM, SUM_ON_GRID, Times, TimesOnGrid
from tests.observing import value_of

EVERYTHING = {
    "regularization.dropout": {"rate": 0.5, "layers": "all"},
    "regularization.augmentation.shift": 0.2,
}
OWN = [key for key, observable in OBSERVABLES.items() if observable not in (SUM, SUM_ON_GRID)]


def lanes(count: int, task: str = "classification") -> Experiment:
    return with_lanes(experiment(task=task), *(lane("ABCDEF"[n], EVERYTHING) for n in range(count)))


def request(observable: Observable[Any]) -> Request:
    if observable is NEURON:
        return NEURON.request(NeuronGrid(20, layer=1, index=2))
    if observable is SPOT:
        return SPOT.request(Position(1.5, -2.0))
    return observable.request(Grid(20) if observable.cost == "grid" else None)


# -- those of the app


@pytest.fixture(scope="module", params=["classification", "curve", "surface"])
def trainer(request: pytest.FixtureRequest) -> Trainer:
    """Two lanes that have a value of every observable."""
    return trained(lanes(2, request.param), 1)


@pytest.mark.parametrize("key", OWN)
def test_every_observable_has_a_value_of_its_type_for_the_lanes_that_are_asked_about(
    trainer: Trainer, key: str
) -> None:
    observable = OBSERVABLES[key]
    found = trainer.observer.observe([request(observable)])
    assert [*found] == ["A", "B"]
    for seen in found.values():
        assert type(observable.of(seen)) is observable.value
        assert [*seen] == [key]
    assert [*trainer.observer.observe([request(observable)], [1])] == ["B"]


@pytest.mark.parametrize("key", OWN)
def test_its_values_can_be_pickled_and_have_no_tensors(trainer: Trainer, key: str) -> None:
    seen = trainer.observer.observe([request(OBSERVABLES[key])])["A"]
    text = pickle.dumps(seen)
    assert b"torch" not in text
    again = pickle.loads(text)
    assert type(again) is Observed
    assert plain(again) == plain(seen)


def plain(value: object) -> object:
    """The same with arrays as their bytes."""
    if is_dataclass(value):
        return [plain(getattr(value, field.name)) for field in fields(value)]
    if isinstance(value, tuple):
        return [plain(part) for part in value]
    return (value.dtype, value.shape, value.tobytes()) if isinstance(value, np.ndarray) else value


@pytest.mark.parametrize("key", OWN)
def test_a_lane_is_seen_the_same_alone_and_in_company(trainer: Trainer, key: str) -> None:
    asked = [request(OBSERVABLES[key])]
    assert plain(trainer.observer.observe(asked, [1])["B"]) == plain(trainer.observer.observe(asked)["B"])


def test_a_lane_without_a_value_has_no_entry() -> None:
    trainer = trained(experiment(), 1)
    assert [*trainer.observer.observe([request(one) for one in (PREDICTION, UNCERTAINTY, GHOSTS)])["A"]] == [
        "prediction"
    ]


def test_what_nobody_has_registered_is_refused_with_what_there_is() -> None:
    with pytest.raises(
        KeyError, match="no observable named 'landscape'; choose one of prediction, uncertainty"
    ):
        Trainer(experiment()).observer.observe([Request("landscape")])


def test_an_observable_on_a_grid_must_be_told_which() -> None:
    with pytest.raises(TypeError, match="prediction is computed on a grid"):
        PREDICTION.request()


def test_records_load_without_torch() -> None:
    code = (
        "import sys, engine.observation.observables, engine.service.messages; print('torch' in sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=DEADLINE
    )
    assert run.stdout.strip() == "False"


# -- one that is made up, through both engines


@pytest.fixture(scope="module")
def process() -> Iterator[Driver]:
    """One for all tests, because a process takes seconds to load torch."""
    yield from started(Driver(ProcessEngine()))


def started(driver: Driver) -> Iterator[Driver]:
    driver.engine.start()
    yield driver
    assert driver.engine.close(DEADLINE)


@pytest.fixture(params=["thread", "process"])
def driver(request: pytest.FixtureRequest) -> Iterator[Driver]:
    if request.param == "process":
        shared: Driver = request.getfixturevalue("process")
        shared.start_over()
        yield shared
    else:
        yield from started(Driver(ThreadEngine()))


def test_a_new_observable_arrives_for_the_lanes_that_are_watched(driver: Driver) -> None:
    settings = lanes(3)
    driver.send(m.SetExperiment(settings), m.StepEpoch(2))
    step = driver.settled().step
    driver.send(m.Watch((SUM.request(Times(LARGE)),), lanes=(0, 2)))
    driver.until(lambda: driver.snapshot and SUM.of(driver.snapshot.lanes[0]))
    assert driver.snapshot is not None
    a, b, c = driver.snapshot.lanes
    assert b.observed == {}
    expected = trained(settings, 2)
    for shown in (a, c):
        seen = value_of(SUM, shown)
        assert (seen.step, seen.lanes) == (step, ("A", "C"))
        total = row(expected, shown.name).double().sum().item()
        assert seen.values.tolist() == [total] * LARGE


def test_it_is_computed_only_while_it_is_watched(driver: Driver) -> None:
    driver.send(m.SetExperiment(lanes(2)), m.Pause())
    driver.settled()
    before = calls_when_watched(driver)
    driver.send(m.Watch())
    for _ in range(3):
        driver.send(m.StepBatch())
        assert [lane.observed for lane in driver.settled().lanes] == [{}, {}]
    assert calls_when_watched(driver) == before + 1


def calls_when_watched(driver: Driver) -> int:
    """How often it has been computed after it is watched for one snapshot more, while nothing trains."""
    driver.send(m.Watch((SUM.request(Times()),)))
    driver.until(lambda: driver.snapshot and SUM.of(driver.snapshot.lanes[0]))
    assert driver.snapshot is not None
    call: int = value_of(SUM, driver.snapshot.lanes[0]).call
    return call


def test_large_values_go_through_shared_memory(process: Driver) -> None:
    process.start_over()
    process.send(m.SetExperiment(lanes(1)), m.Watch((SUM.request(Times(LARGE)),)), m.Pause())
    values = value_of(SUM, process.settled().lanes[0]).values
    # What came through a pipe would be the receiver's own.
    assert not values.flags.writeable
    first = values.tobytes()
    process.send(m.StepEpoch())
    assert value_of(SUM, process.settled().lanes[0]).values.tobytes() != first
    assert values.tobytes() == first


@pytest.mark.parametrize(("commands", "cells"), [((m.Play(),), 20), ((m.Play(), m.Pause()), 40)])
def test_only_a_grid_is_coarser_while_training_runs(
    monkeypatch: pytest.MonkeyPatch, commands: tuple[m.Command, ...], cells: int
) -> None:
    monkeypatch.setattr(watching_module.GridSize, "of", lambda self, asked: asked // 2)
    mailbox: Mailbox[Report] = Mailbox(Report.merged)
    worker = Worker(Inbox(), mailbox, Inbox())
    watch = m.Watch((SUM.request(Times(3)), SUM_ON_GRID.request(TimesOnGrid(40, times=2))))
    for command in (m.SetExperiment(lanes(1)), watch, *commands):
        worker.obey(command)
    worker.publish()
    report = mailbox.take()
    assert report is not None
    (shown,) = report.snapshot.lanes
    assert (value_of(SUM, shown).cells, len(value_of(SUM, shown).values)) == (None, 3)
    on_grid = value_of(SUM_ON_GRID, shown)
    assert (on_grid.cells, len(on_grid.values)) == (cells, 2)
