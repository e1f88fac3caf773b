"""An epoch as a CUDA graph trains what steps one by one train; without a device, what a graph holds is called again."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from msgspec.structs import replace

from engine.experiment import default_experiment, edit_many
from engine.experiment.settings import Experiment
from engine.tape.graphs import WARM_UP, Function
from engine.training import graph_epochs
from engine.training.graph_epochs import GraphEpochs
from engine.training.lane_stack import LaneStack
from engine.training.step import feed
from engine.training.trainer import Trainer

NET, TRAIN, REG = (f"lanes.0.{part}" for part in ("network", "training", "regularization"))
CASES: dict[str, dict[str, Any]] = {
    "adam": {},
    "no validation points": {"data.split.validation": 0.0},
    "a curve": {
        "data.task": "curve",
        "data.generator.name": "sine",
        f"{NET}.features": ["x1"],
        f"{TRAIN}.loss": "squared",
    },
    "batch normalization, a smaller last batch": {
        f"{NET}.normalization": {"kind": "batch", "position": "before"},
        f"{TRAIN}.optimizer": "sgd",
        f"{TRAIN}.batch_size": 7,
    },
    "a schedule and regularizers": {
        f"{TRAIN}.schedule": "cosine",
        f"{REG}.l1": 0.01,
        f"{REG}.dropout.rate": 0.3,
        f"{REG}.augmentation.rotate": 20.0,
        f"{REG}.gradient_clipping": {"kind": "norm", "threshold": 0.1},
    },
    "more steps than a graph has": {f"{TRAIN}.batch_size": 1},
}


class Captures:
    """Stands for a device: counts what is captured, and calls it again where a graph would be launched."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, function: Function) -> Function:
        self.count += 1
        for _ in range(WARM_UP):
            function()
        return function


@pytest.fixture
def captures(monkeypatch: pytest.MonkeyPatch) -> Captures:
    """Lets all stacks train whole epochs as graphs do."""
    found = Captures()

    def whole_epochs(stack: Any, feed: Any, first: int) -> GraphEpochs:
        if stack._whole is None:
            stack._whole = GraphEpochs(stack._state, stack._stepper, stack.data, len(stack.runs), found)
        return stack._whole

    monkeypatch.setattr(LaneStack, "_whole_epochs", whole_epochs)
    return found


def experiment_of(changes: dict[str, Any], rates: tuple[float, ...] = (0.003, 0.01, 0.03)) -> Experiment:
    experiment = edit_many(default_experiment(), {"data.generator.points": 60, **changes})
    (lane,) = experiment.lanes
    return replace(
        experiment,
        lanes=tuple(
            replace(lane, name=str(rate), training=replace(lane.training, learning_rate=rate))
            for rate in rates
        ),
    )


def trained(experiment: Experiment, epochs: int = 12, **place: str) -> Trainer:
    trainer = Trainer(experiment, **{"way": "replay", **place})
    while trainer.epoch < epochs and trainer.can_train:
        trainer.train(epochs - trainer.epoch)
    return trainer


def equal(found: Trainer, expected: Trainer, tolerance: float = 1e-12) -> None:
    for one, other in zip(found.runs, expected.runs, strict=True):
        assert (one.epoch, one.step, one.status) == (other.epoch, other.step, other.status)
        assert (one.best is None) == (other.best is None)
        if one.best is not None and other.best is not None:
            assert one.best.epoch == other.best.epoch
        for name in ("loss", "score", "penalty"):
            mine, theirs = (getattr(run.history.view(), name) for run in (one, other))
            np.testing.assert_allclose(mine, theirs, rtol=tolerance, err_msg=name)


@pytest.mark.parametrize("name", CASES)
def test_epochs_as_graphs_are_epochs_of_single_steps(name: str, captures: Captures, monkeypatch: Any) -> None:
    experiment = experiment_of(CASES[name])
    monkeypatch.setattr(graph_epochs, "MOST_STEPS", 16)
    found = trained(experiment)
    count = captures.count
    assert count >= 1
    monkeypatch.undo()
    expected = trained(experiment)
    assert captures.count == count
    equal(found, expected)
    for mine, theirs in zip(found.lanes.stacks, expected.lanes.stacks, strict=True):
        assert torch.equal(mine.network.flat, theirs.network.flat)


def test_a_feed_may_have_room_for_a_single_epoch(captures: Captures, monkeypatch: Any) -> None:
    monkeypatch.setattr(feed, "TOGETHER_BYTES", 1)
    experiment = experiment_of({})
    found = trained(experiment, 5)
    (stack,) = found.lanes.stacks.running
    assert (stack.most_epochs, captures.count) == (1, 1)
    monkeypatch.undo()
    equal(found, trained(experiment, 5))


def test_an_edit_of_numbers_records_nothing_anew(captures: Captures) -> None:
    experiment = experiment_of({})
    trainer = trained(experiment, 6)
    count, before = captures.count, trainer.runs[0].history.view().loss[-1, 0]
    changed = edit_many(experiment, {f"{TRAIN}.learning_rate": 0.1})
    trainer.set_experiment(changed)
    while trainer.epoch < 12:
        trainer.train(12 - trainer.epoch)
    assert captures.count == count
    assert trainer.runs[0].history.view().loss[-1, 0] != before


def test_a_lane_that_diverges_ends_where_it_ends_in_single_steps(
    captures: Captures, monkeypatch: Any
) -> None:
    experiment = experiment_of({f"{TRAIN}.optimizer": "sgd", f"{REG}.l2": 0.1}, (0.03, 100.0, 0.01))
    found = trained(experiment, 20)
    assert [run.status for run in found.runs] == ["training", "diverged", "training"]
    monkeypatch.undo()
    equal(found, trained(experiment, 20))


@pytest.mark.expects_log("no CUDA graph")
def test_what_cannot_be_a_graph_trains_without_one(monkeypatch: Any) -> None:
    def refuse(_: Function) -> Function:
        raise RuntimeError("operation not permitted when stream is capturing")

    experiment = experiment_of({})
    trainer = Trainer(experiment, way="replay")
    (stack,) = trainer.lanes.stacks.running
    whole = GraphEpochs(stack._state, stack._stepper, stack.data, len(stack.runs), refuse)
    monkeypatch.setattr(LaneStack, "_whole_epochs", lambda *_: whole)
    while trainer.epoch < 5:
        trainer.train(5 - trainer.epoch)
    monkeypatch.undo()
    equal(trainer, trained(experiment, 5))


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="PyTorch sees no CUDA device")
@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("name", CASES)
def test_graphs_on_a_device_train_what_the_processor_trains(name: str, precision: str) -> None:
    experiment = experiment_of(CASES[name])
    here = trained(experiment, 4, precision=precision)
    there, stepped = (
        trained(experiment, 4, precision=precision, device="cuda", way=way) for way in ("auto", "replay")
    )
    assert type(next(iter(there.lanes.stacks))._whole) is GraphEpochs
    equal(there, stepped, 1e-12)
    equal(there, here, 1e-3 if precision == "float32" else 1e-8)


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="PyTorch sees no CUDA device")
def test_a_lane_on_a_device_is_the_same_alone() -> None:
    experiment = experiment_of({})
    together = trained(experiment, 4, device="cuda", way="auto")
    for number, lane in enumerate(experiment.lanes):
        alone = trained(replace(experiment, lanes=(lane,)), 4, device="cuda", way="auto")
        mine, theirs = (run.history.view().loss for run in (alone.runs[0], together.runs[number]))
        # Libraries choose another kernel for another number of lanes.
        np.testing.assert_allclose(mine, theirs, rtol=1e-4)
