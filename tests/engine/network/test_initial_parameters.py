"""A lane's first parameters: its seed and shape alone decide."""

from __future__ import annotations

import pytest
import torch

from engine.catalogue.initializers import INITIALIZERS
from engine.experiment import edit
from engine.network import Layout, initial_parameters
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
