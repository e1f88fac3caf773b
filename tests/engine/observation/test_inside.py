"""The inside of a network: against plain torch.nn, against autograd, and against what the latest step really did."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from engine.catalogue.activations import ACTIVATIONS
from engine.catalogue.probes import SATURATED_BELOW
from engine.catalogue.tasks import TASKS
from engine.experiment import Experiment, to_json
from engine.network import draws
from engine.network.dropout import draw_uniforms
from engine.observation.observables import (
    INSIDE,
    NEURON,
    PREDICTION,
    Grid,
    Inside,
    InsideGrid,
    Neuron,
    NeuronGrid,
)
from engine.observation.observables.inside import MOST_NEURONS
from engine.observation.predict import cell_centres, curve_grid
from engine.training.models import export_lane
from engine.training.trainer import Trainer
from tests.engine.export.plain import PlainModel
from tests.engine.helpers import experiment, lane, points_of, row, trained, with_lanes, with_points
from tests.observing import observed

EXTENT = (-3.0, 5.0, -2.0, 8.0)
SIZE = 6
WAYS = ("eager", "replay", "auto")
ALL_FEATURES = ["x1", "x2", "x1_squared", "x2_squared", "x1_x2", "sin_x1", "sin_x2"]


def inside(trainer: Trainer, name: str = "A", grid: Grid | None = None) -> Inside:
    return observed(trainer, INSIDE, grid or Grid(SIZE, EXTENT))[name]


def neuron(trainer: Trainer, layer: int, index: int, name: str = "A") -> Neuron:
    return observed(trainer, NEURON, NeuronGrid(SIZE, EXTENT, layer, index))[name]


def plain_model(trainer: Trainer, settings: Experiment, number: int = 0) -> PlainModel:
    """The lane's exported model, read with torch.nn alone."""
    name = settings.lanes[number].name
    network = to_json(settings)["lanes"][number]["network"]
    return PlainModel(network, export_lane(trainer, name).state_dict())


def places(task: str) -> Tensor:
    xy = curve_grid(SIZE, EXTENT) if task == "curve" else cell_centres(SIZE, EXTENT)
    return torch.from_numpy(xy)


def check_values(trainer: Trainer, settings: Experiment, number: int = 0) -> None:
    """All activations, weights and biases, and single neurons, against the exported model."""
    name, task = settings.lanes[number].name, settings.data.task
    model, found = plain_model(trainer, settings, number), inside(trainer, name)
    with torch.no_grad():
        output = model(places(task))
    cells = (SIZE,) if task == "curve" else (SIZE, SIZE)
    if task == "classification":
        single = output.shape[1] == 1
        output = (output.tanh() + 1.0) / 2.0 if single else output.softmax(1)
    assert found.extent == EXTENT
    assert len(found.layers) == len(model.linear)
    for number, (layer, linear, values) in enumerate(
        zip(found.layers, model.linear, [*model.a, output], strict=True), 1
    ):
        assert layer.values.shape == (layer.neurons, *cells)
        expected = values.detach().numpy().T.reshape(layer.neurons, *cells)
        np.testing.assert_allclose(layer.values, expected, rtol=1e-4, atol=1e-5)
        np.testing.assert_array_equal(layer.weight, linear.weight.detach().numpy().T)
        np.testing.assert_array_equal(layer.bias, linear.bias.detach().numpy())
        assert layer.shown.tolist() == list(range(layer.neurons))
        one = neuron(trainer, number, layer.neurons - 1, name)
        np.testing.assert_allclose(one.values, layer.values[-1], rtol=1e-4, atol=1e-5)
    for index, values in enumerate(found.inputs):
        np.testing.assert_array_equal(neuron(trainer, 0, index, name).values, values)


def variants() -> list[Any]:
    """Settings that differ in everything that decides what neurons put out."""
    network = "lanes.0.network"
    cases: list[tuple[str, dict[str, Any]]] = [
        ("classification", {f"{network}.activation": key}) for key in ACTIVATIONS
    ]
    cases += [(task, {}) for task in TASKS]
    for kind in ("batch", "layer"):
        for position in ("before", "after"):
            settings = {"kind": kind, "position": position}
            cases.append(("classification", {f"{network}.normalization": settings}))
    cases += [
        ("surface", {f"{network}.hidden": [5, 5, 4, 4], f"{network}.residual": True}),
        (
            "surface",
            {
                f"{network}.hidden": [4, 4],
                f"{network}.residual": True,
                f"{network}.normalization": {"kind": "batch", "position": "after"},
            },
        ),
        ("classification", {f"{network}.features": ALL_FEATURES, f"{network}.input_scaling": "standardize"}),
        ("classification", {f"{network}.input_scaling": "none"}),
        ("curve", {f"{network}.input_scaling": "standardize"}),
        ("classification", {"lanes.0.training.loss": "playground"}),
        ("classification", {f"{network}.hidden": []}),
    ]
    return [pytest.param(task, changes, id=f"{task}-{changes}") for task, changes in cases]


@pytest.mark.parametrize(("task", "changes"), variants())
def test_what_neurons_put_out_is_what_the_exported_model_computes(
    task: str, changes: Mapping[str, Any]
) -> None:
    settings = experiment(changes, task=task)
    check_values(trained(settings, 1, way="replay"), settings)


def test_in_the_windows_way_it_is_the_same() -> None:
    settings = experiment(task="surface")
    check_values(trained(settings, 1), settings)


def test_row_0_is_at_y_low_and_column_0_at_x_low() -> None:
    settings = experiment({"lanes.0.network.input_scaling": "none"}, task="surface")
    x1, x2 = inside(Trainer(settings, way="replay"), grid=Grid(3, (0.0, 3.0, 0.0, 3.0))).inputs
    assert x1.tolist() == [[0.5, 1.5, 2.5]] * 3
    assert x2.tolist() == [[0.5] * 3, [1.5] * 3, [2.5] * 3]


def test_lanes_of_one_stack_have_each_their_own() -> None:
    shapes = [{"seed": 1}, {"seed": 2}, {"seed": 3, "network.hidden": [3]}, {"seed": 4}]
    settings = with_lanes(experiment(), *(lane("ABCD"[n], changes) for n, changes in enumerate(shapes)))
    trainer = trained(settings, 1, way="replay")
    for number in range(4):
        check_values(trainer, settings, number)
    both, alone = observed(trainer, INSIDE, Grid(SIZE)), observed(trainer, INSIDE, Grid(SIZE), [3])
    assert {*both} == set("ABCD")
    assert [*alone] == ["D"]
    for one, other in zip(both["D"].layers, alone["D"].layers, strict=True):
        np.testing.assert_allclose(one.values, other.values, rtol=1e-5, atol=1e-6)
        np.testing.assert_array_equal(one.weight_update, other.weight_update)


def test_a_neuron_that_is_not_there_has_no_value() -> None:
    trainer = Trainer(experiment({"lanes.0.network.hidden": [3]}), way="replay")
    for layer, index in ((3, 0), (1, 3), (0, 2), (-1, 0), (1, -1)):
        assert observed(trainer, NEURON, NeuronGrid(SIZE, EXTENT, layer, index)) == {}


def test_nothing_that_it_sends_can_be_written_to() -> None:
    found = inside(Trainer(experiment(), way="replay"))
    arrays = [found.inputs, found.silenced_inputs, neuron(Trainer(experiment()), 1, 0).values]
    for layer in found.layers:
        arrays += [part for name in layer.__slots__ if isinstance(part := getattr(layer, name), np.ndarray)]
    assert len(arrays) == 3 + 3 * 11
    assert not any(array.flags.writeable for array in arrays)


# -- gradients


@pytest.mark.parametrize("way", WAYS)
def test_gradients_are_those_of_the_cost_over_all_training_points(way: str) -> None:
    penalties = {"lanes.0.regularization.l1": 0.003, "lanes.0.regularization.l2": 0.01}
    settings = experiment(penalties)
    trainer = trained(settings, 1, way=way)
    model = plain_model(trainer, settings)
    points = trainer.points.of_split(0)
    loss = nn.functional.cross_entropy(model(torch.tensor(points.xy)), torch.tensor(points.target).long())
    weights = [linear.weight for linear in model.linear]
    penalty = sum(0.003 * weight.abs().sum() + 0.01 * weight.square().sum() for weight in weights)
    (loss + penalty).backward()
    found = inside(trainer)
    for layer, linear in zip(found.layers, model.linear, strict=True):
        np.testing.assert_allclose(layer.weight_gradient, linear.weight.grad.numpy().T, rtol=2e-4, atol=1e-6)
        np.testing.assert_allclose(layer.bias_gradient, linear.bias.grad.numpy(), rtol=2e-4, atol=1e-6)


def test_their_norms_are_those_that_the_plots_show() -> None:
    trainer = trained(experiment(task="curve"), 3, way="replay")
    (shown,) = trainer.lane_snapshots()
    for layer, norm, bias_norm in zip(
        inside(trainer).layers, shown.now.weight_gradient, shown.now.bias_gradient, strict=True
    ):
        np.testing.assert_allclose(np.linalg.norm(layer.weight_gradient), norm, rtol=1e-5)
        np.testing.assert_allclose(np.linalg.norm(layer.bias_gradient), bias_norm, rtol=1e-5)


def test_before_the_first_step_there_are_gradients_and_no_updates() -> None:
    for layer in inside(Trainer(experiment(), way="replay")).layers:
        assert layer.weight_gradient.any()
        assert not layer.weight_update.any()
        assert not layer.bias_update.any()
        assert not layer.silenced.any()


def test_without_training_points_gradients_are_0() -> None:
    trainer = Trainer(with_points(experiment(), points_of([])), way="replay")
    assert trainer.training_points == 0
    assert not any(layer.weight_gradient.any() for layer in inside(trainer).layers)


# -- the latest step


@pytest.mark.parametrize("way", WAYS)
def test_updates_are_what_the_latest_step_has_added(way: str) -> None:
    settings = experiment({"lanes.0.training.batch_size": 7})
    late, early = Trainer(settings, way=way), Trainer(settings, way=way)
    # One makes whole epochs in a burst, the other one batch after another.
    late.train(2)
    while early.runs[0].step < late.runs[0].step - 1:
        early.step()
    moved = (row(late) - row(early)).numpy()
    found = inside(late).layers
    parts = [layer.weight_update.ravel() for layer in found] + [layer.bias_update for layer in found]
    np.testing.assert_array_equal(np.concatenate(parts), moved)


SILENCING = {
    "lanes.0.training.optimizer": "sgd",
    "lanes.0.training.learning_rate": 0.1,
    "lanes.0.training.batch_size": 1,
    "lanes.0.regularization.dropout": {"rate": 0.5, "layers": "all", "input_rate": 0.4},
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("together", [True, False])
def test_silenced_neurons_are_those_that_the_latest_step_left_out(way: str, together: bool) -> None:
    """With batches of one point and plain gradient descent, exactly the weights of silenced neurons have not moved."""
    # Where all inputs are silenced, biases of 0 would keep the weights after them where they are.
    trainer = trained(experiment(SILENCING), 1, way=way)
    seen = np.zeros(2, dtype=bool)
    for _ in range(4):
        if together:
            trainer.train(1)
        else:
            trainer.step()
        found = inside(trainer)
        silenced = [found.silenced_inputs, *(layer.silenced for layer in found.layers)]
        for before, here, layer in zip(silenced, silenced[1:], found.layers, strict=False):
            np.testing.assert_array_equal(layer.bias_update == 0.0, here)
            moved = layer.weight_update != 0.0
            np.testing.assert_array_equal(moved, ~before[:, None] & ~here[None, :])
        seen |= [silenced[0].any(), silenced[1].any()]
        assert not silenced[-1].any(), "outputs are never dropped"
    assert seen.all()


@pytest.mark.parametrize("way", ["replay", "auto"])
def test_of_a_batch_they_are_those_of_its_first_point(way: str) -> None:
    changes = {**SILENCING, "lanes.0.training.batch_size": 10, "lanes.0.training.optimizer": "adam"}
    settings = experiment(changes)
    trainer = trained(settings, 2, way=way)
    step, widths = trainer.runs[0].step - 1, trainer.runs[0].layout.widths
    rates = [torch.full((1, 1, 1), rate) for rate in (0.4, 0.5, 0.5)]
    drawn = draw_uniforms(rates, widths, settings.data.split.seed, draws.DROPOUT, step, (1, 10))[0, 0]
    found = inside(trainer)
    expected = np.split(drawn, np.cumsum(widths[:-1])[:-1])
    for silenced, uniform, rate in zip(
        [found.silenced_inputs, *(layer.silenced for layer in found.layers)],
        expected,
        (0.4, 0.5, 0.5),
        strict=False,
    ):
        np.testing.assert_array_equal(silenced, uniform < np.float32(rate))


def test_they_stay_those_of_the_latest_step_when_the_rate_is_edited_after_it() -> None:
    settings = experiment(SILENCING)
    trainer = trained(settings, 1, way="replay")
    before = [layer.silenced.tolist() for layer in inside(trainer).layers]
    other = {"rate": 0.95, "layers": "all", "input_rate": 0.4}
    trainer.set_experiment(experiment({**SILENCING, "lanes.0.regularization.dropout": other}))
    assert [layer.silenced.tolist() for layer in inside(trainer).layers] == before
    trainer.step()
    assert sum(layer.silenced.sum() for layer in inside(trainer).layers) > sum(map(sum, before))


def test_each_lane_of_a_stack_has_its_own_rate() -> None:
    rates = [{"regularization.dropout": {"rate": rate, "layers": "all"}} for rate in (0.0, 0.9)]
    settings = with_lanes(experiment(), *(lane(name, one) for name, one in zip("AB", rates, strict=True)))
    trainer = trained(settings, 1, way="replay")
    silent = {name: sum(layer.silenced.sum() for layer in inside(trainer, name).layers) for name in "AB"}
    assert silent["A"] == 0 < silent["B"]


def test_while_nobody_asks_nothing_is_drawn_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def drawn(*arguments: object) -> None:
        raise AssertionError("masks are made although nobody asks")

    monkeypatch.setattr("engine.training.step.stepper.draw_masks", drawn)
    trainer = trained(experiment(SILENCING), 2, way="replay")
    observed(trainer, PREDICTION, Grid(SIZE))
    with pytest.raises(AssertionError, match="although nobody asks"):
        inside(trainer)


# -- neurons that do not learn


def test_dead_neurons_are_0_for_all_training_points_and_counted_by_the_probe() -> None:
    settings = experiment({"lanes.0.network.activation": "relu"})
    trainer = Trainer(settings, way="replay")
    stack, _ = trainer.lanes.stacks.find("A")
    stack.network.biases[0].data[0, 0, [1, 3]] = -100.0
    stack.measuring.forget()
    found, (shown,) = inside(trainer), trainer.lane_snapshots()
    model = plain_model(trainer, settings)
    model(torch.tensor(trainer.points.of_split(0).xy))
    for layer, a in zip(found.layers, model.a, strict=False):
        np.testing.assert_array_equal(layer.dead, (a == 0.0).all(0).numpy())
    assert found.layers[0].dead[[1, 3]].all()
    assert not found.layers[-1].dead.any()
    shares = [layer.dead.mean() for layer in found.layers[:-1]]
    np.testing.assert_allclose(shares, shown.now.probe("dead")[:-1])


@pytest.mark.parametrize("way", ["replay", "auto"])
def test_saturated_neurons_have_hardly_any_slope_on_nearly_all_training_points(way: str) -> None:
    settings = experiment({"data.generator.points": 100})
    trainer = Trainer(settings, way=way)
    stack, _ = trainer.lanes.stacks.find("A")
    stack.network.biases[0].data[0, 0, [0, 2]] = torch.tensor([30.0, -30.0])
    stack.network.biases[0].data[0, 0, 4] = 1.0
    stack.measuring.forget()
    model = plain_model(trainer, settings)
    model(torch.tensor(trainer.points.of_split(0).xy))
    found = inside(trainer)
    for layer, a in zip(found.layers, model.a, strict=False):
        share = (1.0 - a.square() < SATURATED_BELOW).float().mean(0)
        np.testing.assert_array_equal(layer.saturated, (share >= 0.95).numpy())
    assert found.layers[0].saturated.tolist() == [True, False, True, False, False]
    assert not any(layer.dead.any() for layer in found.layers)


# -- large networks


def test_of_a_large_network_each_layer_shows_its_first_neurons_and_those_that_are_named() -> None:
    settings = experiment({"lanes.0.network.hidden": [100, 70, 30], "data.generator.points": 20})
    trainer = Trainer(settings, way="replay")
    plain = inside(trainer)
    share = MOST_NEURONS // 3
    assert [len(layer.shown) for layer in plain.layers] == [share, share, 30, 2]
    assert [layer.neurons for layer in plain.layers] == [100, 70, 30, 2]
    named = inside(trainer, grid=InsideGrid(SIZE, EXTENT, ((1, 99), (2, 0), (2, 700), (9, 1))))
    assert named.layers[0].shown.tolist() == [*range(share - 1), 99]
    assert named.layers[1].shown.tolist() == list(range(share))
    stack, _ = trainer.lanes.stacks.find("A")
    first, second = named.layers[:2]
    np.testing.assert_array_equal(first.values[-1], neuron(trainer, 1, 99).values)
    weights = stack.network.weights[1][0].detach().numpy()
    np.testing.assert_array_equal(second.weight, weights[first.shown][:, second.shown])
    assert second.weight_gradient.shape == second.weight.shape
    assert (len(first.dead), len(first.saturated), len(first.silenced)) == (100, 100, 100)


def test_what_is_sent_of_a_large_network_is_bounded() -> None:
    settings = experiment({"lanes.0.network.hidden": [512, 512], "data.generator.points": 20})
    found = inside(Trainer(settings, way="replay"), grid=Grid(200))
    assert len(pickle.dumps(found)) < 2_000_000
    assert found.layers[0].values.shape[1:] == found.layers[-1].values.shape[1:] == found.inputs.shape[1:]
    assert found.inputs.shape[1] < 200
