"""Networks of NumPy alone, for tests of how they are drawn."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.catalogue.features import FEATURES
from engine.experiment import Experiment, default_experiment, edit_many, switch_task
from engine.observation.observables import INSIDE, Inside, LayerInside
from engine.observation.report import NO_HISTORY
from engine.observation.snapshot import LaneSnapshot, Measurement, Observed, Snapshot, layer_block
from gui_app.diagram.model import NetworkValues
from gui_app.session.looked_at import Unit
from gui_app.session.network_shape import NetworkShape

Floats = NDArray[np.float64]
EXTENT = (-6.0, 6.0, -6.0, 6.0)


def sketch(
    hidden: tuple[int, ...] = (4, 3), task: str = "classification", **below_lane: object
) -> Experiment:
    """An experiment of a task with one lane of this shape; ``network__features`` is ``network.features``."""
    experiment = default_experiment()
    if task != experiment.data.task:
        experiment = switch_task(experiment, task)
    changes = {f"lanes.0.{path.replace('__', '.')}": value for path, value in below_lane.items()}
    return edit_many(experiment, {"lanes.0.network.hidden": hidden, **changes})


def shape_of(experiment: Experiment) -> NetworkShape:
    return NetworkShape.of(experiment.lanes[0], experiment.data)


def positions(task: str, size: int = 16) -> tuple[Floats, Floats]:
    """x1 and x2 of a grid over the canvas."""
    centres = (np.arange(size) + 0.5) / size * 12 - 6
    return (centres, centres) if task == "curve" else tuple(np.meshgrid(centres, centres))  # type: ignore[return-value]


def _singles(random: np.random.Generator, *shape: int) -> NDArray[np.float32]:
    return random.normal(size=shape).astype(np.float32)


def values_of(experiment: Experiment, seed: int = 0, size: int = 16) -> NetworkValues:
    """What a tanh network with random weights says of its inside."""
    shape, random = shape_of(experiment), np.random.default_rng(seed)
    x1, x2 = positions(shape.task, size)
    inputs = np.stack([FEATURES[key].function(x1, x2) / FEATURES[key].bound for key in shape.features])
    a, layers = inputs, []
    for layer, (before, neurons) in enumerate(zip(shape.widths, shape.widths[1:], strict=False), 1):
        weight, bias = _singles(random, before, neurons), _singles(random, neurons)
        z = np.tensordot(weight, a, (0, 0)) + bias.reshape(-1, *[1] * (a.ndim - 1))
        a = np.tanh(z) if layer < shape.layers else _answers(z, shape.task)
        gradient, none = _singles(random, *weight.shape), np.zeros(neurons, dtype=bool)
        layers.append(
            LayerInside(
                neurons, np.arange(neurons), a.astype(np.float32), weight, bias, gradient, gradient[0],
                -0.01 * gradient, -0.01 * gradient[0], none, none, none,
            )
        )  # fmt: skip
    no_inputs = np.zeros(len(inputs), dtype=bool)
    return about(Inside(EXTENT, inputs.astype(np.float32), tuple(layers), no_inputs))


def about(inside: Inside) -> NetworkValues:
    """With the numbers of the layers."""
    layers = inside.layers
    return NetworkValues(
        inside,
        np.array([np.linalg.norm(layer.weight) for layer in layers]),
        np.array([(layer.weight == 0).mean() for layer in layers]),
        np.array([np.linalg.norm(layer.weight_gradient) for layer in layers]),
        np.array([layer.dead.mean() for layer in layers]),
    )


def snapshot_of(experiment: Experiment, network: NetworkValues | None) -> Snapshot:
    """A snapshot of the network as the engine sends it."""
    layers = layer_block(
        weight_norm=[network.weight_norm], zero_weights=[network.zero_weights],
        weight_gradient=[network.gradient], dead=[network.dead],
    )[0] if network is not None else layer_block(weight_norm=[[1.0]])[0]  # fmt: skip
    now = Measurement(epoch=0, step=0, loss=np.zeros(3), penalty=0.0, score=np.zeros(3), layers=layers)
    observed = Observed.of({} if network is None else {INSIDE.key: network.inside})
    lane = LaneSnapshot("A", "training", None, None, now, NO_HISTORY, observed)
    data = experiment.data
    return Snapshot(
        serial=1, run=1, acknowledged=0, task=data.task, classes=data.classes, playing=False, epoch=0, step=0,
        steps_per_second=0.0, training_points=250, lanes=(lane,),
    )  # fmt: skip


def with_layer(network: NetworkValues, layer: int, **changes: Any) -> NetworkValues:
    """The same network, with other arrays in a layer."""
    layers = list(network.inside.layers)
    layers[layer - 1] = replace(layers[layer - 1], **changes)
    return about(replace(network.inside, layers=tuple(layers)))


def with_values(network: NetworkValues, unit: Unit, computes: object) -> NetworkValues:
    """The same network, in which this neuron computes something and the others of its layer 0."""
    grids = np.zeros_like(network.inside.layers[unit.layer - 1].values)
    grids[unit.index] = computes
    return with_layer(network, unit.layer, values=grids)


def _answers(z: NDArray[Any], task: str) -> NDArray[Any]:
    return np.exp(z) / np.exp(z).sum(0) if task == "classification" else z
