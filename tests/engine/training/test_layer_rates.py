"""Layers with learning rates of their own: as the parameter groups of torch.optim, and each lane by itself."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from engine.catalogue.optimizers import OPTIMIZERS
from engine.training.trainer import Trainer
from tests.engine.helpers import bits, experiment, flat_of, lane, row, torch_network, trained, with_lanes
from tests.engine.training.step.test_optimizers import TORCH
from tests.engine.training.test_reference import batches, cross_entropy

BASE = experiment({"data.generator.points": 90})
RATES = (3.0, 0.5, 1.0)
EPOCHS = 8
EVERYTHING = {
    "regularization.weight_decay": 0.01,
    "regularization.l1": 0.002,
    "regularization.l1_update": "proximal",
    "training.schedule": "cosine",
    "network.normalization": {"kind": "batch"},
}


def grouped_loop(settings, epochs):
    """The first lane with torch.nn and torch.optim, a parameter group for each layer."""
    trainer = Trainer(settings)
    run, data, start = trainer.parameters("A")
    network = torch_network(run.layout.widths, run.lane.network.activation.name, start)
    training = run.lane.training
    linear = [layer for layer in network if isinstance(layer, nn.Linear)]
    groups = [
        {"params": list(layer.parameters()), "lr": training.learning_rate * factor}
        for layer, factor in zip(linear, training.layer_rates, strict=True)
    ]
    optimizer = TORCH[training.optimizer.name](
        groups, training.learning_rate, **training.optimizer.parameters
    )
    for rows in batches(trainer, training.batch_size, epochs):
        optimizer.zero_grad()
        cross_entropy(network(data.inputs[rows]), data.encoded[rows]).backward()
        optimizer.step()
    return flat_of(network)


@pytest.mark.parametrize("way", ["replay", "auto"])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_each_layer_has_the_rate_of_its_group_in_torch(name, way):
    one = lane("A", {"training.optimizer": name, "training.layer_rates": RATES, "training.batch_size": 9})
    settings = with_lanes(BASE, one)
    torch.testing.assert_close(
        row(trained(settings, EPOCHS, way)), grouped_loop(settings, EPOCHS), rtol=1e-3, atol=1e-4
    )


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_factor_of_all_layers_is_one_of_the_rate(name):
    """With everything that follows the rate: decay, proximal steps, schedule."""
    changes = {"training.optimizer": name, "training.learning_rate": 0.01, **EVERYTHING}
    layers = lane("A", {**changes, "training.layer_rates": (0.25,) * 3})
    whole = lane("A", {**changes, "training.learning_rate": 0.0025})
    one, other = (row(trained(with_lanes(BASE, each), 3, "replay")) for each in (layers, whole))
    torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_factors_of_one_change_no_bit(name):
    changes = {"training.optimizer": name, **EVERYTHING}
    ones = trained(with_lanes(BASE, lane("A", {**changes, "training.layer_rates": (1.0,) * 3})), 3)
    assert bits(ones) == bits(trained(with_lanes(BASE, lane("A", changes)), 3))


@pytest.mark.parametrize("way", ["eager", "replay", "auto"])
@pytest.mark.parametrize("name", ["sgd", "adam"])
def test_a_lane_has_the_same_bits_beside_others_with_other_rates(name, way):
    lanes = [
        lane("A", {"training.optimizer": name, "training.layer_rates": RATES}),
        lane("B", {"training.optimizer": name, "seed": 2}),
        lane("C", {"training.optimizer": name, "training.layer_rates": (0.0, 10.0, 1e-3)}),
    ]
    together = trained(with_lanes(BASE, *lanes), 4, way)
    for one in lanes:
        assert bits(together, one.name) == bits(trained(with_lanes(BASE, one), 4, way), one.name)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_layer_with_rate_zero_stays(name):
    changes = {"training.optimizer": name, **EVERYTHING, "training.layer_rates": (1.0, 0.0, 1.0)}
    settings = with_lanes(BASE, lane("A", changes))
    before, trainer = row(Trainer(settings)), trained(settings, 3, "replay")
    after, layout = row(trainer), trainer.runs[0].layout
    stays = torch.from_numpy(layout.by_parameter((0.0, 1.0, 0.0)) == 1.0)
    moved = (before != after)[: layout.parameters]
    assert not moved[stays].any()
    assert moved[~stays].float().mean() > 0.9


def test_rates_change_while_training_goes_on():
    """To others, from none and to none: the weights and the optimizer's state stay."""
    plain = lane("A", {"training.optimizer": "adam"})
    rates = [(1.0, 1.0, 1.0), (0.0, 1.0, 2.0), None]

    def edited(*following):
        trainer = trained(with_lanes(BASE, plain), 2, "replay")
        for layer_rates in following:
            trainer.set_lanes(
                [lane("A", {"training.optimizer": "adam", "training.layer_rates": layer_rates})]
            )
            before, layout = row(trainer), trainer.runs[0].layout
            trainer.train_epoch()
            if layer_rates == rates[1]:
                first = layout.weight_slices()[0]
                assert torch.equal(row(trainer)[first], before[first])
        return trainer

    torch.testing.assert_close(
        row(edited(rates[0], None)), row(trained(with_lanes(BASE, plain), 4, "replay"))
    )
    assert edited(*rates).runs[0].epoch == 5
    assert not torch.equal(row(edited(*rates)), row(edited(None, None, None)))
