"""Batch and layer normalization and residual connections train and predict as ``torch.nn``'s do."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, mse_loss

from engine.experiment import Experiment, edit_many
from engine.export.model import ExportedNetwork, exported_network
from engine.network import Layout
from engine.training.trainer import Trainer
from tests.engine.helpers import (
    bits,
    experiment,
    lane,
    mostly_replayed,
    row,
    trained,
    with_lanes,
    with_points,
)
from tests.engine.seeds import NEARLY_ALL, losses, of_seeds

NORMALIZATION, RESIDUAL = "lanes.0.network.normalization", "lanes.0.network.residual"
EVERY = [
    {"kind": kind, "position": position, "layers": layers}
    for kind in ("batch", "layer")
    for position in ("before", "after")
    for layers in ("all", [2])
]


def normalized(
    changes: dict[str, Any] | None = None, task: str = "classification", **kind: Any
) -> Experiment:
    return experiment(
        {
            "lanes.0.network.hidden": [6, 5, 5],
            "lanes.0.training.optimizer": "sgd",
            "lanes.0.training.learning_rate": 0.1,
            NORMALIZATION: kind or {"kind": "batch"},
            **(changes or {}),
        },
        task,
    )


def module_of(trainer: Trainer, name: str = "A") -> ExportedNetwork:
    run, data, flat = trainer.parameters(name)
    return exported_network(run.layout, run.lane.network.activation, data.scaling, flat)


def row_of(layers: nn.Module, layout: Layout) -> Tensor:
    """A module's numbers in the order of a flat row."""
    parts = list(layers.modules())
    linear = [part for part in parts if isinstance(part, nn.Linear)]
    norms = [part for part in parts if isinstance(part, nn.BatchNorm1d | nn.LayerNorm)]
    numbers = [part.weight.T.reshape(-1) for part in linear] + [part.bias for part in linear]
    numbers += [norm.weight for norm in norms] + [norm.bias for norm in norms]
    over_batch = [norm for norm in norms if isinstance(norm, nn.BatchNorm1d)]
    numbers += [norm.get_buffer("running_mean") for norm in over_batch]
    numbers += [norm.get_buffer("running_var") for norm in over_batch]
    flat = torch.cat(numbers).detach()
    assert len(flat) == layout.size
    return flat


def train_by_torch(trainer: Trainer, steps: int) -> tuple[Tensor, Tensor]:
    """Row and scaled outputs on all points after torch's own training of the same layers on the same batches.

    In float64, so that the roundings that differ from processor to processor are the engine's alone: where the
    deviation in a batch is small, they grow a thousandfold within three steps.
    """
    run, data, _ = trainer.parameters("A")
    layers, size = module_of(trainer).double().layers, run.lane.training.batch_size
    optimizer = torch.optim.SGD(layers.parameters(), run.lane.training.learning_rate)
    inputs, encoded = data.inputs.double(), data.encoded.double()
    layers.train()
    for rows in trainer.lanes.batches.order.split(size)[:steps]:
        answer = layers(inputs[rows])
        if data.task == "classification":
            loss = cross_entropy(answer, encoded[rows].argmax(1))
        else:
            loss = mse_loss(answer, encoded[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    layers.eval()
    with torch.no_grad():
        return row_of(layers, run.layout).float(), layers(inputs).float()


@pytest.mark.parametrize("residual", [False, True])
@pytest.mark.parametrize("kind", EVERY, ids=str)
@pytest.mark.parametrize("task", ["classification", "curve"])
def test_training_is_torchs(task: str, kind: dict[str, Any], residual: bool) -> None:
    # At high rates the first steps in a curve are wild, and tell the roundings of two programs apart.
    changes = {RESIDUAL: residual, "lanes.0.training.learning_rate": 0.02}
    way = mostly_replayed(EVERY.index(kind) + 2 * residual + (task == "curve"))
    trainer = Trainer(normalized(changes, task, **kind), way=way)
    expected, answers = train_by_torch(trainer, 3)
    for _ in range(3):
        trainer.step()
    torch.testing.assert_close(row(trainer), expected, rtol=1e-3, atol=1e-4)
    _, data, _ = trainer.parameters("A")
    group = trainer.lanes.stacks.running[0]
    with torch.no_grad():
        ours = group.network.forward(data.inputs[None])[0]
    torch.testing.assert_close(ours, answers, rtol=1e-3, atol=1e-4)


@settings(max_examples=40)
@given(
    st.lists(st.integers(1, 7), max_size=4),
    st.sampled_from(["batch", "layer"]),
    st.sampled_from(["before", "after"]),
    st.booleans(),
    st.sampled_from(["tanh", "relu", "sigmoid"]),
    st.integers(0, 9),
)
def test_any_shape_trains_as_torchs(
    hidden: list[int], kind: str, position: str, residual: bool, activation: str, number: int
) -> None:
    changes = {"lanes.0.network.hidden": hidden, "lanes.0.network.activation": activation, RESIDUAL: residual}
    trainer = Trainer(
        normalized({**changes, "lanes.0.training.learning_rate": 0.01}, kind=kind, position=position),
        way=mostly_replayed(number),
    )
    expected, _ = train_by_torch(trainer, 2)
    trainer.step()
    trainer.step()
    torch.testing.assert_close(row(trainer), expected, rtol=1e-3, atol=1e-4)


def test_running_moments_are_what_torch_counts_on() -> None:
    """Nine tenths of what they were, and one tenth of the batch's mean and unbiased variance."""
    trainer = Trainer(normalized({"lanes.0.network.hidden": [4], "lanes.0.training.learning_rate": 0.0}))
    run, data, flat = trainer.parameters("A")
    first = data.inputs[trainer.lanes.batches.order[:10]]
    z = first @ flat[:8].view(2, 4) + flat[16:20]
    trainer.step()
    after = row(trainer)
    (mean,), (variance,) = run.layout.running_slices()
    torch.testing.assert_close(after[mean], 0.9 * flat[mean] + 0.1 * z.mean(0))
    torch.testing.assert_close(after[variance], 0.9 * flat[variance] + 0.1 * z.var(0))
    assert torch.equal(after[: run.layout.parameters], flat[: run.layout.parameters])


def test_a_batch_of_one_is_normalized_with_the_running_moments() -> None:
    """Its own variance is 0; the running moments stay what they are."""
    one = normalized({"lanes.0.training.batch_size": 1, "lanes.0.training.learning_rate": 0.01})
    trainer = Trainer(one)
    run, _, before = trainer.parameters("A")
    trainer.train_epoch()
    after = row(trainer)
    assert after.isfinite().all()
    assert torch.equal(after[run.layout.parameters :], before[run.layout.parameters :])
    assert not torch.equal(after[: run.layout.parameters], before[: run.layout.parameters])


def test_batches_of_one_are_learned_from() -> None:
    """Of 100 seeds, 99 had a lower loss after 6 epochs."""
    settings = normalized({"lanes.0.training.batch_size": 1, "lanes.0.training.learning_rate": 0.01})
    trainer = Trainer(of_seeds(settings))
    before = losses(trainer)
    for _ in range(6):
        trainer.train_epoch()
    trainer.measure()
    assert (losses(trainer) < before).mean() >= NEARLY_ALL


@pytest.mark.parametrize("position", ["before", "after"])
@pytest.mark.parametrize("name", ["A", "B"])
def test_before_the_first_step_the_running_moments_are_those_of_the_training_points(
    position: str, name: str
) -> None:
    """So that ten layers with large weights show no gradient that nothing was ever normalized with."""
    deep = {"lanes.0.network.hidden": [6] * 10, "lanes.0.network.initializer": {"name": "normal", "std": 3.0}}
    settings = normalized(deep, position=position)
    other = edit_many(settings, {"lanes.0.name": "B", "lanes.0.seed": 7}).lanes[0]
    trainer = Trainer(with_lanes(settings, *settings.lanes, other))

    def assert_calibrated() -> None:
        run, data, flat = trainer.parameters(name)
        hidden = data.inputs[: data.training].double()
        for layer, (weight, bias) in enumerate(
            zip(run.layout.weight_slices()[:-1], run.layout.bias_slices()[:-1], strict=True)
        ):
            z = hidden @ flat[weight].view(run.layout.shapes[layer]).double() + flat[bias].double()
            seen = z if position == "before" else torch.tanh(z)
            mean, variance = (slices[layer] for slices in run.layout.running_slices())
            torch.testing.assert_close(flat[mean].double(), seen.mean(0), rtol=1e-3, atol=1e-4)
            torch.testing.assert_close(flat[variance].double(), seen.var(0), rtol=1e-3, atol=1e-4)
            normal = (seen - seen.mean(0)) / (seen.var(0, unbiased=False) + 1e-5).sqrt()
            hidden = torch.tanh(normal) if position == "before" else normal
        shown = next(lane for lane in trainer.lane_snapshots() if lane.name == name)
        assert shown.now.weight_gradient.max() < 100.0

    assert_calibrated()
    # Other points before the first step are other moments.
    trainer.set_experiment(with_points(with_lanes(settings, *settings.lanes, other), trainer.points[7:]))
    assert_calibrated()


def test_layers_of_one_neuron_stay_finite() -> None:
    for kind in ("batch", "layer"):
        trainer = trained(normalized({"lanes.0.network.hidden": [1, 1]}, kind=kind), 3)
        assert row(trainer).isfinite().all()


def test_without_hidden_layers_there_is_nothing_to_normalize() -> None:
    shape = {"lanes.0.network.hidden": []}
    with_it, without = (
        trained(normalized(shape), 3),
        trained(
            experiment({**shape, "lanes.0.training.optimizer": "sgd", "lanes.0.training.learning_rate": 0.1}),
            3,
        ),
    )
    assert torch.equal(row(with_it), row(without))


def test_residual_connections_join_equal_widths_only() -> None:
    layout = Layout((6, 6, 6, 5, 5, 2), residual=True)
    assert [layer for layer in range(1, 5) if layout.adds(layer)] == [2, 4]
    assert not any(Layout((6, 6, 6, 2)).adds(layer) for layer in range(1, 3))


def test_a_residual_layer_with_zero_weights_passes_on_what_it_gets() -> None:
    trainer = Trainer(
        experiment(
            {"lanes.0.network.hidden": [4, 4, 4], RESIDUAL: True, "lanes.0.network.activation": "relu"}
        )
    )
    group = trainer.lanes.stacks.running[0]
    for layer in (1, 2):
        group.network.flat[0, group.network.layout.weight_slices()[layer]] = 0.0
    trace: list[tuple[Tensor, Tensor]] = []
    group.network.forward(group.data.inputs[None], trace=trace)
    assert torch.equal(trace[0][1], trace[2][1])


@pytest.mark.parametrize("kind", EVERY, ids=str)
def test_a_lane_does_not_depend_on_its_neighbours(kind: dict[str, Any]) -> None:
    changes = {"network.normalization": kind, "network.residual": True, "network.hidden": [5, 5]}
    alone = trained(with_lanes(experiment(), lane("B", changes)), 4)
    others = [lane(str(number), {**changes, "seed": number}) for number in range(6)]
    together = trained(with_lanes(experiment(), *others, lane("B", changes), lane("C")), 4)
    assert bits(alone, "B") == bits(together, "B")


def test_early_stopping_brings_the_moments_back_too() -> None:
    changes = {
        "lanes.0.regularization.early_stopping": {"patience": 3},
        "lanes.0.training.learning_rate": 0.5,
    }
    trainer = Trainer(normalized(changes))
    rows = [row(trainer)]
    while trainer.can_train:
        trainer.train_epoch()
        rows.append(row(trainer))
    stop = trainer.runs[0].stop
    assert stop is not None
    assert stop.best_epoch is not None
    assert torch.equal(row(trainer), rows[stop.best_epoch])


def test_placement_is_shape_and_starts_the_lane_again() -> None:
    trainer = trained(normalized(), 2)
    trainer.set_experiment(normalized(position="after"))
    assert (trainer.runs[0].epoch, trainer.lanes.run_number) == (0, 2)
