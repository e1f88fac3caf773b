"""A lane's network as a plain ``torch.nn`` module and its ``state_dict`` file."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from itertools import count
from pathlib import Path

import torch
from torch import Tensor, nn

from engine.data.files import atomic_write
from engine.data.scaling import Scaling
from engine.experiment.choice import ActivationChoice
from engine.network import Layout, bind_activation


class Activation(nn.Module):
    """An activation of the catalogue as a layer without parameters."""

    def __init__(self, choice: ActivationChoice) -> None:
        super().__init__()
        self._activate = bind_activation(choice)

    def forward(self, z: Tensor) -> Tensor:
        return self._activate(z)


class ExportedNetwork(nn.Module):
    """Input scaling, layers and output scaling in one module.

    ``forward`` takes unscaled features [n, features] and returns outputs [n, outputs]: logits for classification
    (before softmax or tanh), values in the user's own units for regression.
    """

    input_shift: Tensor
    input_scale: Tensor
    output_shift: Tensor
    output_scale: Tensor

    def __init__(self, layout: Layout, activation: ActivationChoice, scaling: Scaling) -> None:
        super().__init__()
        self.register_buffer("input_shift", torch.tensor(scaling.input_shift, dtype=torch.float32))
        self.register_buffer("input_scale", torch.tensor(scaling.input_scale, dtype=torch.float32))
        self.register_buffer("output_shift", torch.tensor(scaling.target_shift, dtype=torch.float32))
        self.register_buffer("output_scale", torch.tensor(scaling.target_scale, dtype=torch.float32))
        layers: list[nn.Module] = []
        for fan_in, fan_out in layout.shapes:
            layers += [nn.Linear(fan_in, fan_out), Activation(activation)]
        self.layers = nn.Sequential(*layers[:-1])

    def forward(self, features: Tensor) -> Tensor:
        scaled = (features - self.input_shift) / self.input_scale
        answer: Tensor = self.layers(scaled) * self.output_scale + self.output_shift
        return answer


def exported_network(
    layout: Layout, activation: ActivationChoice, scaling: Scaling, row: Tensor
) -> ExportedNetwork:
    """The module with the parameters of a flat ``row`` [parameters]."""
    network = ExportedNetwork(layout, activation, scaling)
    linear = [layer for layer in network.layers if isinstance(layer, nn.Linear)]
    with torch.no_grad():
        for layer, shape, weight, bias in zip(
            linear, layout.shapes, layout.weight_slices(), layout.bias_slices(), strict=True
        ):
            layer.weight.copy_(row[weight].view(shape).T)
            layer.bias.copy_(row[bias])
    return network


def write_model(network: ExportedNetwork, path: Path) -> None:
    """Write a plain ``state_dict`` that ``torch.load(..., weights_only=True)`` reads. Raises OSError."""
    buffer = io.BytesIO()
    torch.save(network.state_dict(), buffer)
    atomic_write(path, buffer.getvalue())


def file_names(names: Iterable[str]) -> list[str]:
    """Lanes' names as parts of file names on any system, each its own even where case does not count."""
    chosen: list[str] = []
    taken: set[str] = set()
    for name in names:
        plain = re.sub(r"[^\w.-]+", "_", name).strip(".") or "_"
        numbered = (plain if number == 1 else f"{plain}-{number}" for number in count(1))
        chosen.append(next(free for free in numbered if free.casefold() not in taken))
        taken.add(chosen[-1].casefold())
    return chosen
