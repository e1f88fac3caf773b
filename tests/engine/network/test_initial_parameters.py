"""A lane's first parameters: its seed and shape alone decide."""

from __future__ import annotations

import pytest
import torch

from engine.catalogue.initializers import INITIALIZERS
from engine.experiment import edit
from engine.network import Layout, initial_parameters, penalty
from engine.network.penalty import add_penalty_gradient
from tests.engine.helpers import experiment


def first_row(changes: dict[str, object]) -> torch.Tensor:
    settings = experiment(changes)
    lane = settings.lanes[0]
    return initial_parameters(lane, Layout.of(lane, settings.data))


@pytest.mark.parametrize("name", INITIALIZERS)
def test_the_seed_and_nothing_but_shape_and_initializer_decide(name: str) -> None:
    base = {"lanes.0.network.initializer": name, "lanes.0.seed": 3}
    row = first_row(base)
    same = {
        **base,
        "lanes.0.name": "other",
        "lanes.0.training.learning_rate": 0.5,
        "lanes.0.network.activation": "relu",
        "lanes.0.regularization.l2": 0.1,
        "data.generator.seed": 9,
    }
    assert torch.equal(row, first_row(same))
    assert name == "zeros" or not torch.equal(row, first_row({**base, "lanes.0.seed": 4}))


def test_each_layer_starts_by_its_own_fans() -> None:
    lane = experiment({"lanes.0.network.hidden": [400, 300]}).lanes[0]
    layout = Layout((2, 400, 300, 2))
    row = initial_parameters(edit(experiment(), "lanes.0", lane).lanes[0], layout)
    for place, (fan_in, fan_out) in zip(layout.weight_slices(), layout.shapes, strict=True):
        bound = (6 / (fan_in + fan_out)) ** 0.5
        assert 0.97 * bound < row[place].abs().max().item() <= bound
    assert not row[layout.weights :].any()


def test_the_penalty_is_that_of_the_lecture_and_its_gradient_that_of_autograd() -> None:
    generator = torch.Generator().manual_seed(0)
    weights = torch.randn(3, 20, generator=generator)
    l1, l2 = torch.tensor([[0.0], [0.3], [0.1]]), torch.tensor([[0.2], [0.0], [0.4]])
    w = weights.clone().requires_grad_()
    cost = torch.stack([l1[i] * w[i].abs().sum() + l2[i] * (w[i] ** 2).sum() for i in range(3)]).flatten()
    torch.testing.assert_close(penalty(weights, l1, l2), cost)
    gradient = torch.zeros(3, 20)
    add_penalty_gradient(gradient, weights, l1, l2)
    torch.testing.assert_close(gradient, torch.autograd.grad(cost.sum(), w)[0])


def test_a_weight_at_zero_feels_no_l1() -> None:
    gradient = torch.zeros(1, 3)
    add_penalty_gradient(gradient, torch.tensor([[0.0, -2.0, 2.0]]), torch.tensor([[0.5]]), None)
    assert gradient.tolist() == [[0.0, -0.5, 0.5]]
