"""Dropout: how many, where, how scaled, and never when evaluating."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from engine.experiment.dropout_rates import dropout_rates
from engine.network import LaneNetwork
from engine.network.draws import DROPOUT
from engine.network.dropout import draw_masks, draw_uniforms
from engine.training.trainer import Trainer
from tests.engine.helpers import experiment, lane, row, torch_network, trained


def rates_of(**dropout: Any) -> list[float]:
    settings = {"rate": 0.5, "layers": "last", "input_rate": 0.0, **dropout}
    return dropout_rates(lane("A", {"network.hidden": [4, 5, 6], "regularization.dropout": settings}))


@pytest.mark.parametrize(
    ("dropout", "expected"),
    [
        ({}, [0.0, 0.0, 0.0, 0.5]),
        ({"layers": "all"}, [0.0, 0.5, 0.5, 0.5]),
        ({"layers": [1, 3]}, [0.0, 0.5, 0.0, 0.5]),
        ({"rates": [0.1, 0.0, 0.7], "layers": "all"}, [0.0, 0.1, 0.0, 0.7]),
        ({"input_rate": 0.2, "rate": 0.0}, [0.2, 0.0, 0.0, 0.0]),
        ({"input_rate": 0.2, "layers": "all", "rate": 0.3}, [0.2, 0.3, 0.3, 0.3]),
    ],
)
def test_layers_are_chosen_by_name_or_number(dropout: dict[str, Any], expected: list[float]) -> None:
    assert rates_of(**dropout) == expected


def test_a_network_without_hidden_layers_drops_inputs_only() -> None:
    settings = {"rate": 0.5, "layers": "all", "input_rate": 0.1}
    assert dropout_rates(lane("A", {"network.hidden": [], "regularization.dropout": settings})) == [0.1]


def masks_of(
    *rates: float, batch: int = 4000, widths: tuple[int, ...] = (5, 7, 2), seed: int = 0
) -> torch.Tensor:
    """Masks [lanes, batch, width] of the first layer, for lanes with these rates."""
    column = torch.tensor(rates).view(-1, 1, 1)
    drawn = draw_uniforms([None, column], widths, seed, DROPOUT, 0, (1, batch))
    masks = draw_masks([None, column], widths, torch.from_numpy(drawn[0]))
    assert masks[0] is None
    assert masks[1] is not None
    return masks[1]


@pytest.mark.parametrize("rate", [0.0, 0.1, 0.5, 0.95])
def test_a_share_p_is_dropped_and_the_rest_scaled_up(rate: float) -> None:
    mask = masks_of(rate)
    assert mask.shape == (1, 4000, 7)
    assert (mask == 0).float().mean().item() == pytest.approx(rate, abs=0.01)
    assert mask[mask != 0].unique().tolist() == pytest.approx([1 / (1 - rate)])
    assert mask.mean().item() == pytest.approx(1.0, abs=0.03 if rate < 0.9 else 0.1)


def test_lanes_share_their_random_numbers() -> None:
    weak, strong, same = masks_of(0.2, 0.6, 0.2)
    assert torch.equal(weak, same)
    assert (strong[weak == 0] == 0).all()
    assert ((weak != 0) & (strong == 0)).any()


def test_neurons_points_and_batches_drop_independently() -> None:
    mask = masks_of(0.5)[0]
    correlation = torch.corrcoef((mask != 0).float().T)
    assert (correlation - torch.eye(7)).abs().max() < 0.06
    assert not torch.equal(mask, masks_of(0.5, seed=1)[0])


def test_training_drops_and_evaluation_does_not() -> None:
    changes = {"lanes.0.regularization.dropout": {"rate": 0.5, "layers": "all", "input_rate": 0.2}}
    trainer = trained(experiment(changes), 2)
    run, data, flat = trainer.parameters("A")
    network = torch_network(run.layout.widths, "tanh", flat)
    with torch.no_grad():
        output = network(data.inputs)
    expected = torch.nn.functional.cross_entropy(output[: data.training], data.encoded[: data.training])
    assert trainer.lane_snapshots()[0].now.loss[0] == pytest.approx(expected.item(), rel=1e-5)
    assert not torch.equal(flat, row(trained(experiment(), 2)))


def test_a_step_takes_the_gradient_through_the_masks() -> None:
    """One SGD step by hand, with the same masks."""
    changes = {
        "lanes.0.regularization.dropout": {"rate": 0.5, "layers": "all", "input_rate": 0.3},
        "lanes.0.training.optimizer": "sgd",
        "lanes.0.training.learning_rate": 0.1,
    }
    trainer = Trainer(experiment(changes))
    batches = trainer.lanes.batches
    run, data, flat = trainer.parameters("A")
    rows = batches.order[:10]
    column = [torch.tensor(rate).view(1, 1, 1) for rate in dropout_rates(run.lane)]
    drawn = draw_uniforms(column, run.layout.widths, batches.seed, DROPOUT, 0, (1, 10))
    masks = draw_masks(column, run.layout.widths, torch.from_numpy(drawn[0]))
    network = LaneNetwork(run.layout, run.lane.network.activation, flat[None].clone())
    output = network.forward(data.inputs[rows][None], masks)
    gradient = network.gradients(
        torch.nn.functional.cross_entropy(output[0], data.encoded[rows]), torch.tensor(1.0)
    )
    trainer.step()
    torch.testing.assert_close(row(trainer), flat - 0.1 * gradient[0])
    assert not gradient.isclose(torch.zeros(1)).all()


def test_a_layers_numbers_do_not_depend_on_where_else_something_is_dropped() -> None:
    rate, widths = torch.full((1, 1, 1), 0.5), (2, 5, 4, 3)
    both = draw_uniforms([rate, None, rate], widths, 0, DROPOUT, 3, (2, 6))
    last = draw_uniforms([None, None, rate], widths, 0, DROPOUT, 3, (2, 6))
    assert both.shape == (2, 6, 6)
    assert (both[..., 2:] == last).all()
