"""Measurements against an independent computation with torch.nn and autograd."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from engine.catalogue.tasks import TASKS
from engine.data import resolve_points
from engine.data.scaling import feature_values
from engine.experiment import Experiment, Points
from engine.training.trainer import Trainer
from tests.engine.helpers import experiment, torch_network, trained, with_points
from tests.observing import prediction_request

CASES: list[tuple[str, dict[str, Any]]] = [
    ("classification", {}),
    ("classification", {"lanes.0.training.loss": "squared"}),
    ("classification", {"lanes.0.training.loss": "playground"}),
    ("classification", {"data.classes": 4, "lanes.0.network.hidden": []}),
    ("curve", {}),
    ("curve", {"lanes.0.training.loss": "playground", "lanes.0.network.activation": "gelu"}),
    ("surface", {"lanes.0.training.loss": {"name": "huber", "delta": 0.3}}),
    ("surface", {"lanes.0.network.hidden": [3] * 6}),
]
PENALTIES = {"lanes.0.regularization.l1": 0.02, "lanes.0.regularization.l2": 0.03}
SCALINGS = ["none", "unit", "standardize"]


def reference_loss(settings: Experiment, output: Tensor, target: Tensor, scale: float) -> Tensor:
    """Loss of each point in the user's own units, of outputs that already are."""
    choice, task = settings.lanes[0].training.loss, settings.data.task
    if task == "classification":
        if choice.name == "cross_entropy":
            return nn.functional.cross_entropy(output, target.long(), reduction="none")
        if choice.name == "squared":
            one_hot = nn.functional.one_hot(target.long(), output.shape[1])
            return (output.softmax(1) - one_hot).square().sum(1)
        return 0.5 * (output[:, 0].tanh() - (1 - 2 * target)).square()
    if choice.name == "huber":
        delta = choice.parameters["delta"] * scale
        return nn.functional.huber_loss(output[:, 0], target, reduction="none", delta=delta)
    half = 0.5 if choice.name == "playground" else 1.0
    return half * (output[:, 0] - target).square()


class Reference:
    """The lane's network, rebuilt from its parameters in double precision."""

    def __init__(self, trainer: Trainer, settings: Experiment) -> None:
        run, data, row = trainer.parameters("A")
        self.settings, self.scaling = settings, data.scaling
        self.network = torch_network(run.layout.widths, run.lane.network.activation.name, row).double()
        self.points = resolve_points(settings.data)

    def outputs(self, split: int) -> Tensor:
        """In the user's own units."""
        xy = self.points.of_split(split).xy
        features = feature_values(self.settings.lanes[0].network.features, xy)
        inputs = (features - self.scaling.input_shift) / self.scaling.input_scale
        return self.network(torch.tensor(inputs)) * self.scaling.target_scale + self.scaling.target_shift

    def losses(self, split: int) -> Tensor:
        target = torch.tensor(self.points.of_split(split).target)
        return reference_loss(self.settings, self.outputs(split), target, self.scaling.target_scale)

    def score(self, split: int) -> float:
        target, output = self.points.of_split(split).target, self.outputs(split).detach().numpy()
        if self.settings.data.task == "classification":
            answers = (output[:, 0] < 0).astype(int) if output.shape[1] == 1 else output.argmax(1)
            return float((answers == target).mean())
        return float(1 - ((output[:, 0] - target) ** 2).sum() / ((target - target.mean()) ** 2).sum())

    def linear(self) -> list[nn.Linear]:
        return [layer for layer in self.network if isinstance(layer, nn.Linear)]

    def parts(self) -> tuple[Tensor, Tensor]:
        settings, weights = self.settings.lanes[0].regularization, [w.weight for w in self.linear()]
        l1 = torch.stack([w.abs().sum() for w in weights]).sum()
        l2 = torch.stack([w.square().sum() for w in weights]).sum()
        return settings.l1 * l1, settings.l2 * l2

    def penalty(self) -> Tensor:
        l1, l2 = self.parts()
        return l1 + l2


@pytest.mark.parametrize(("task", "changes"), CASES)
@pytest.mark.parametrize("scaling", SCALINGS)
def test_every_number_equals_the_independent_one(task: str, changes: dict[str, Any], scaling: str) -> None:
    settings = experiment({**PENALTIES, "lanes.0.network.input_scaling": scaling, **changes}, task=task)
    trainer = trained(settings, 3)
    (snapshot,) = trainer.lane_snapshots()
    now, reference = snapshot.now, Reference(trainer, settings)
    for split in range(3):
        assert now.loss[split] == pytest.approx(reference.losses(split).mean().item(), rel=1e-4)
        assert now.score[split] == pytest.approx(reference.score(split), rel=1e-4, abs=1e-5)
    unit = reference.scaling.target_scale**2
    assert now.penalty == pytest.approx(reference.penalty().item() * unit, rel=1e-5)
    parts = [part.item() * unit for part in reference.parts()]
    assert now.penalty_parts == pytest.approx(parts, rel=1e-5)
    assert now.penalty_parts.sum() == pytest.approx(now.penalty, rel=1e-15)
    assert now.cost == now.loss[0] + now.penalty
    scaled = reference.losses(0).mean() / unit
    (scaled + reference.penalty()).backward()
    weights = [layer.weight.grad.norm().item() for layer in reference.linear()]
    biases = [layer.bias.grad.norm().item() for layer in reference.linear()]
    assert now.weight_gradient == pytest.approx(weights, rel=1e-3, abs=1e-6)
    assert now.bias_gradient == pytest.approx(biases, rel=1e-3, abs=1e-6)
    assert (now.epoch, now.step) == (3, 9)


def test_r2_of_a_constant_target_is_unknown() -> None:
    settings = experiment(task="surface")
    points = resolve_points(settings.data)
    flat = Points(points.xy, np.full(len(points), 0.5), points.split)
    now = Trainer(with_points(settings, flat)).lane_snapshots()[0].now
    assert np.isnan(now.score).all()
    assert np.isfinite(now.loss).all()


def test_vanishing_gradients_are_measured_not_rounded_away() -> None:
    settings = experiment({"lanes.0.network.hidden": [4] * 30, "lanes.0.network.activation": "sigmoid"})
    now = Trainer(settings).lane_snapshots()[0].now
    assert (now.weight_gradient > 0).all()
    assert now.weight_gradient[0] < 1e-12 < 1e-2 < now.bias_gradient[-1]


def test_measuring_costs_the_training_nothing() -> None:
    trainer = Trainer(experiment())
    before = trainer.parameters("A")[2]
    for _ in range(3):
        trainer.measure()
        trainer.lane_snapshots([prediction_request(5)])
    assert torch.equal(trainer.parameters("A")[2], before)
    assert trainer.runs[0].history.view().epoch.tolist() == [0]


def test_the_history_has_one_row_an_epoch_from_before_training_on() -> None:
    trainer = trained(experiment(), 5)
    trainer.step()
    trainer.measure()
    view = trainer.runs[0].history.view()
    assert view.epoch.tolist() == [0, 1, 2, 3, 4, 5]
    assert view.step.tolist() == [0, 3, 6, 9, 12, 15]
    (snapshot,) = trainer.lane_snapshots()
    assert (snapshot.now.epoch, snapshot.now.step) == (5, 16)
    best = np.argmin(view.loss[:, 1])
    assert snapshot.best_epoch == view.epoch[best]


@pytest.mark.parametrize("task", list(TASKS))
def test_what_is_measured_again_and_again_is_replayed(task: str, caplog: pytest.LogCaptureFixture) -> None:
    trainer = Trainer(experiment(task=task))
    for _ in range(12):
        trainer.train_epoch()
        trainer.lane_snapshots()
    assert not caplog.records, "what cannot be replayed is slow"
