"""Experiments, trainers and independent references that several tests use."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from engine.catalogue.activations import ACTIVATIONS
from engine.experiment import Experiment, Lane, Points, edit_many, from_json
from engine.training.trainer import Trainer
from tests.engine.export.plain import TORCH_ACTIVATIONS

SMALL: dict[str, Any] = {"data.generator.points": 60, "lanes.0.network.hidden": [5, 4]}
FORMAT = "neural-sketchbook/4"


def experiment(changes: Mapping[str, Any] | None = None, task: str = "classification") -> Experiment:
    """A small experiment of a task with some settings changed."""
    start = from_json({"format": FORMAT, "data": {"task": task}})
    return edit_many(start, {**SMALL, **(changes or {})})


def lane(name: str, changes: Mapping[str, Any] | None = None) -> Lane:
    """A small lane; ``changes`` are paths below it, as in ``training.batch_size``."""
    below = {f"lanes.0.{path}": value for path, value in (changes or {}).items()}
    return experiment({"lanes.0.name": name, **below}).lanes[0]


def with_lanes(base: Experiment, *lanes: Lane) -> Experiment:
    return msgspec.structs.replace(base, lanes=lanes)


def with_points(base: Experiment, points: Points) -> Experiment:
    return msgspec.structs.replace(base, data=msgspec.structs.replace(base.data, points=points))


def trained(settings: Experiment, epochs: int, way: str = "auto") -> Trainer:
    trainer = Trainer(settings, way=way)
    for _ in range(epochs):
        trainer.train_epoch()
    trainer.measure()
    return trainer


def mostly_replayed(number: int) -> str:
    """The way of the case of this number: one of five is computed as in the window, the others are replayed.

    For tests of what any way computes. Compiling takes half a second a shape, and compiled programs are compared with
    eager ones in tests of their own (``training/step/test_compiled_*``).
    """
    return "replay" if number % 5 else "auto"


def row(trainer: Trainer, name: str = "A") -> Tensor:
    return trainer.parameters(name)[2]


def bits(trainer: Trainer, name: str = "A") -> tuple[bytes, ...]:
    """Everything of a lane that must not depend on anything but its settings: parameters, history, present numbers."""
    run = next(run for run in trainer.runs if run.lane.name == name)
    view = run.history.view()
    arrays = [
        view.epoch,
        view.step,
        view.loss,
        view.penalty,
        view.penalty_parts,
        view.score,
        view.layer_epoch,
        view.layers,
    ]
    return row(trainer, name).numpy().tobytes(), *(np.ascontiguousarray(array).tobytes() for array in arrays)


class Catalogued(nn.Module):
    """A catalogue activation as a module, where ``torch.nn`` has none that is known here."""

    def __init__(self, name: str, parameters: Mapping[str, float]) -> None:
        super().__init__()
        self._function, self._given = ACTIVATIONS[name].function, parameters

    def forward(self, z: Tensor) -> Tensor:
        return self._function(z, **self._given)


def torch_network(
    widths: tuple[int, ...], activation: str, flat: Tensor, **parameters: float
) -> nn.Sequential:
    """The same network as ``torch.nn`` layers, with the parameters of a flat row: all weights, then all biases."""
    layers: list[nn.Module] = []
    for fan_in, fan_out in pairwise(widths):
        make = TORCH_ACTIVATIONS.get(activation)
        layers += [
            nn.Linear(fan_in, fan_out),
            make(**parameters) if make else Catalogued(activation, parameters),
        ]
    network = nn.Sequential(*layers[:-1])
    linear = [layer for layer in network if isinstance(layer, nn.Linear)]
    start = 0
    with torch.no_grad():
        for layer in linear:
            size = layer.weight.numel()
            layer.weight.copy_(flat[start : start + size].view(layer.in_features, layer.out_features).T)
            start += size
        for layer in linear:
            layer.bias.copy_(flat[start : start + layer.out_features])
            start += layer.out_features
    assert start == len(flat)
    return network


def flat_of(network: nn.Sequential, what: str = "data") -> Tensor:
    """Parameters (or their ``grad``) in the order of a flat row."""
    linear = [layer for layer in network if isinstance(layer, nn.Linear)]
    weights = [getattr(layer.weight, what).T.reshape(-1) for layer in linear]
    return torch.cat([*weights, *(getattr(layer.bias, what) for layer in linear)]).detach()


def points_of(rows: list[tuple[float, float, float, int]]) -> Points:
    table = np.array(rows, dtype=np.float64).reshape(-1, 4)
    return Points(table[:, :2], table[:, 2], table[:, 3].astype(int))


def numpy_of(tensor: Tensor) -> NDArray[np.float64]:
    return tensor.detach().double().numpy()
