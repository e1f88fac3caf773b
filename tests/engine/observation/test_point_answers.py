"""Answers and losses of points against the exported model and against torch."""

from __future__ import annotations

import pickle

import msgspec
import numpy as np
import pytest
import torch
from torch.nn import functional

from engine.data import resolve_points
from engine.experiment import SPLITS, Lane, Points
from engine.observation import Observed
from engine.observation.observables import (
    NEURON,
    POINTS,
    PREDICTION,
    SPOT,
    Grid,
    NeuronGrid,
    PointAnswers,
    Position,
    Spot,
)
from engine.training.models import export_lane
from engine.training.trainer import Trainer
from tests.engine.helpers import experiment, with_lanes, with_points

TASKS = ("classification", "curve", "surface")


def made(task: str, loss: str | None = None, points: Points | None = None) -> tuple[Trainer, Points]:
    changes: dict[str, object] = {"lanes.0.regularization.dropout.rate": 0.3}
    if loss is not None:
        changes["lanes.0.training.loss"] = loss
    settings = experiment(changes, task)
    given = resolve_points(settings.data)
    # In no order of splits, as a person draws.
    points = given[np.random.default_rng(1).permutation(len(given))] if points is None else points
    trainer = Trainer(with_points(settings, points), way="replay")
    for _ in range(5):
        trainer.train_epoch()
    return trainer, points


def answers(trainer: Trainer) -> PointAnswers:
    found = POINTS.of(trainer.observer.observe([POINTS.request()])["A"])
    assert found is not None
    return found


def spot(trainer: Trainer, x: float, y: float) -> Spot:
    found = SPOT.of(trainer.observer.observe([SPOT.request(Position(x, y))])["A"])
    assert found is not None
    return found


def outputs(trainer: Trainer, points: Points, task: str) -> torch.Tensor:
    inputs = points.xy[:, :1] if task == "curve" else points.xy
    with torch.no_grad():
        return export_lane(trainer, "A")(torch.tensor(inputs))


@pytest.mark.parametrize("task", TASKS)
def test_the_loss_of_each_point_is_that_of_torch(task: str) -> None:
    trainer, points = made(task)
    found, output = answers(trainer), outputs(trainer, points, task)
    target = torch.tensor(points.target)
    if task == "classification":
        loss = functional.cross_entropy(output, target.long(), reduction="none")
        assert np.array_equal(found.answer, output.argmax(1).numpy())
    else:
        loss = functional.mse_loss(output[:, 0], target, reduction="none")
        np.testing.assert_allclose(found.answer, output[:, 0].numpy(), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(found.loss, loss.numpy(), rtol=2e-4, atol=1e-5)


@pytest.mark.parametrize("activation", ["tanh", "gelu", "softplus"])
@pytest.mark.parametrize("task", TASKS)
def test_they_are_the_same_to_the_bit_alone_and_in_company(task: str, activation: str) -> None:
    """Points that fill no whole vectors, in networks whose layers fill none either."""
    changes = {"data.generator.points": 61, "lanes.0.network.activation": activation}
    base = experiment(changes, task)
    lanes = [msgspec.structs.replace(base.lanes[0], name=name, seed=seed) for seed, name in enumerate("ABCD")]
    requests = [POINTS.request(), NEURON.request(NeuronGrid(7, layer=1))]

    def observed(*some: Lane) -> Observed:
        trainer = Trainer(with_lanes(base, *some), way="replay")
        trainer.train_epoch()
        return trainer.observer.observe(requests)["B"]

    alone, company = observed(lanes[1]), observed(*lanes)
    assert pickle.dumps(alone) == pickle.dumps(company)


@pytest.mark.parametrize(
    ("task", "loss"),
    [(task, None) for task in TASKS]
    + [("curve", "huber"), ("classification", "playground"), ("classification", "squared")],
)
def test_their_mean_is_the_loss_of_the_split(task: str, loss: str | None) -> None:
    trainer, points = made(task, loss)
    found = answers(trainer)
    assert found.digest == points.digest
    trainer.measure()
    now = trainer.runs[0].now
    for split in range(len(SPLITS)):
        assert found.loss[points.split == split].mean() == pytest.approx(now.loss[split], rel=1e-4)
    if task == "classification":
        right = found.answer == points.target
        assert right[points.split == 0].mean() == pytest.approx(now.score[0])


@pytest.mark.parametrize("task", TASKS)
def test_a_spot_is_what_the_model_answers_there(task: str) -> None:
    trainer, _ = made(task)
    for x, y in ((1.5, -2.25), (-5.0, 5.0), (0.0, 0.0)):
        output = outputs(trainer, Points([[x, y]], [0.0]), task)[0]
        wanted = output.softmax(0) if task == "classification" else output
        found = spot(trainer, x, y)
        assert found.position == Position(x, y)
        np.testing.assert_allclose(found.values, wanted.numpy(), rtol=1e-4, atol=1e-5)


def test_a_spot_agrees_with_the_picture() -> None:
    trainer, _ = made("classification")
    picture = PREDICTION.of(
        trainer.observer.observe([PREDICTION.request(Grid(3, (0.0, 3.0, 0.0, 3.0)))])["A"]
    )
    assert picture is not None
    np.testing.assert_allclose(spot(trainer, 2.5, 0.5).values, picture.values[0, 2], atol=1e-6)


def test_a_set_without_points_has_no_answers() -> None:
    trainer, _ = made("classification", points=Points.empty())
    assert len(answers(trainer).answer) == len(answers(trainer).loss) == 0
