"""The trainer against a plain PyTorch training loop on the same batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from engine.catalogue.optimizers import OPTIMIZERS
from engine.experiment import Experiment
from engine.training.step.batches import Batches
from engine.training.trainer import Trainer
from tests.engine.helpers import experiment, flat_of, lane, row, torch_network, trained, with_lanes
from tests.engine.training.step.test_optimizers import TORCH

EPOCHS = 12


def batches(trainer: Trainer, size: int, epochs: int) -> Iterator[Tensor]:
    """Rows of every batch: each point once an epoch, the last batch whatever is left."""
    shared = Batches()
    shared.set_points(trainer.training_points, trainer.lanes.data.split.seed)
    for epoch in range(epochs):
        order = torch.from_numpy(shared.orders(epoch, 1)[0])
        yield from order.split(size)


def plain_loop(
    settings: Experiment, name: str, loss: Callable[[Tensor, Tensor], Tensor], epochs: int
) -> Tensor:
    """Parameters after training with torch.nn, torch.optim and autograd."""
    trainer = Trainer(settings)
    run, data, start = trainer.parameters(name)
    network = torch_network(run.layout.widths, run.lane.network.activation.name, start)
    training, penalties = run.lane.training, run.lane.regularization
    choice = training.optimizer
    optimizer = TORCH[choice.name](network.parameters(), training.learning_rate, **choice.parameters)
    for rows in batches(trainer, training.batch_size, epochs):
        optimizer.zero_grad()
        weights = [layer.weight for layer in network if isinstance(layer, nn.Linear)]
        cost = loss(network(data.inputs[rows]), data.encoded[rows])
        cost = cost + sum(penalties.l1 * w.abs().sum() + penalties.l2 * (w**2).sum() for w in weights)
        cost.backward()
        optimizer.step()
    return flat_of(network)


def cross_entropy(output: Tensor, encoded: Tensor) -> Tensor:
    return nn.functional.cross_entropy(output, encoded)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_lanes_of_one_batch_equal_their_own_torch_runs(name: str) -> None:
    """More than 100 updates, each lane with its own rate."""
    base = experiment({"data.generator.points": 90})
    lanes = [
        lane(
            str(rate), {"training.optimizer": name, "training.learning_rate": rate, "training.batch_size": 4}
        )
        for rate in (0.002, 0.01, 0.03)
    ]
    settings = with_lanes(base, *lanes)
    trainer = trained(settings, EPOCHS)
    assert trainer.runs[0].step == EPOCHS * 12 > 100
    for one in lanes:
        torch.testing.assert_close(
            row(trainer, one.name),
            plain_loop(settings, one.name, cross_entropy, EPOCHS),
            rtol=1e-3,
            atol=2e-4,
        )


@pytest.mark.parametrize(("l1", "l2"), [(0.0, 0.0), (0.01, 0.0), (0.0, 0.02), (0.01, 0.02)])
def test_the_cost_is_loss_plus_both_penalties(l1: float, l2: float) -> None:
    changes = {
        "lanes.0.regularization.l1": l1,
        "lanes.0.regularization.l2": l2,
        "lanes.0.training.optimizer": "sgd",
        "lanes.0.training.learning_rate": 0.05,
    }
    settings = experiment(changes)
    torch.testing.assert_close(
        row(trained(settings, EPOCHS)), plain_loop(settings, "A", cross_entropy, EPOCHS), rtol=1e-4, atol=1e-5
    )


def sum_of_squares(output: Tensor, encoded: Tensor) -> Tensor:
    return ((output.softmax(1) - encoded) ** 2).sum(1).mean()


@pytest.mark.parametrize(
    ("task", "loss", "reference"),
    [
        ("classification", "squared", sum_of_squares),
        ("curve", "squared", nn.functional.mse_loss),
        ("surface", "huber", nn.functional.huber_loss),
        ("curve", "playground", lambda output, encoded: 0.5 * nn.functional.mse_loss(output, encoded)),
    ],
)
@pytest.mark.parametrize("scaling", ["none", "unit", "standardize"])
def test_every_task_trains_as_in_torch(
    task: str, loss: str, reference: Callable[[Tensor, Tensor], Tensor], scaling: str
) -> None:
    changes = {"lanes.0.training.loss": loss, "lanes.0.network.input_scaling": scaling}
    settings = experiment(changes, task=task)
    torch.testing.assert_close(
        row(trained(settings, EPOCHS)), plain_loop(settings, "A", reference, EPOCHS), rtol=1e-3, atol=2e-4
    )


@pytest.mark.parametrize("size", [1, 7, 10, 15, 30, 31, 100_000])
def test_every_batch_size_sees_each_point_once_an_epoch(size: int) -> None:
    changes: dict[str, Any] = {"lanes.0.training.batch_size": size, "lanes.0.training.optimizer": "sgd"}
    settings = experiment(changes)
    trainer = trained(settings, 3)
    assert trainer.training_points == 30
    assert trainer.runs[0].step == 3 * -(-30 // size)
    torch.testing.assert_close(
        row(trainer), plain_loop(settings, "A", cross_entropy, 3), rtol=1e-4, atol=1e-5
    )
    for epoch in range(3):
        steps = trainer.runs[0].step // 3
        seen = torch.cat(list(batches(trainer, size, epoch + 1))[-steps:])
        assert sorted(seen.tolist()) == list(range(30))


def test_every_epoch_has_an_order_of_its_own() -> None:
    trainer = Trainer(experiment())
    orders = [tuple(rows.tolist()) for rows in batches(trainer, 30, 5)]
    assert len(set(orders)) == 5
