"""A lane's network as a plain ``torch.nn`` module and its ``state_dict`` file."""

from __future__ import annotations

import io
from pathlib import Path

import torch
from torch import Tensor, nn

from engine.data.files import atomic_write
from engine.data.scaling import Scaling
from engine.experiment.choice import ActivationChoice
from engine.export.modules import ActivationModule, normalization_module
from engine.network import Layout, Normalized


class Residual(nn.Sequential):
    """Layers whose output is added to their input."""

    def forward(self, input: Tensor) -> Tensor:
        output = input
        for layer in self:
            output = layer(output)
        return input + output


class ExportedNetwork(nn.Module):
    """Input scaling, layers and output scaling in one module. Batch normalization needs ``eval()`` first.

    The layers are float32, as they were trained; shifts and scales are float64.

    Parameters
    ----------
    layout
        The shape of one lane's network.
    activation
        Of all hidden layers.
    scaling
        Of inputs and targets.
    """

    input_shift: Tensor
    input_scale: Tensor
    output_shift: Tensor
    output_scale: Tensor

    def __init__(self, layout: Layout, activation: ActivationChoice, scaling: Scaling) -> None:
        super().__init__()
        self.register_buffer("input_shift", torch.tensor(scaling.input_shift, dtype=torch.float64))
        self.register_buffer("input_scale", torch.tensor(scaling.input_scale, dtype=torch.float64))
        self.register_buffer("output_shift", torch.tensor(scaling.target_shift, dtype=torch.float64))
        self.register_buffer("output_scale", torch.tensor(scaling.target_scale, dtype=torch.float64))
        layers: list[nn.Module] = []
        self.normalizations: list[nn.Module] = []
        """Those among the layers, input side first."""
        for layer, (fan_in, fan_out) in enumerate(layout.shapes[:-1], 1):
            block = [
                nn.Linear(fan_in, fan_out),
                *self._activation(layout.normalized, layer, fan_out, activation),
            ]
            layers += [Residual(*block)] if layout.adds(layer) else block
        self.layers = nn.Sequential(*layers, nn.Linear(*layout.shapes[-1]))

    def _activation(
        self, normalized: Normalized | None, layer: int, width: int, activation: ActivationChoice
    ) -> list[nn.Module]:
        """The activation of a hidden layer, and its normalization where it has one."""
        if normalized is None or layer not in normalized.layers:
            return [ActivationModule(activation)]
        norm = normalization_module(normalized.kind, width)
        self.normalizations.append(norm)
        return [norm if step == "normalize" else ActivationModule(activation) for step in normalized.steps]

    def forward(self, features: Tensor) -> Tensor:
        """Compute the outputs.

        Parameters
        ----------
        features : Tensor [n, features]
            Unscaled. They should be float64: where they share a large offset, such as points in time, single precision
            keeps the offset and loses the differences.

        Returns
        -------
        Tensor [n, outputs]
            In the precision of ``features``: logits for classification (before softmax or tanh), values in the user's
            own units for regression.
        """
        scaled = (features.double() - self.input_shift) / self.input_scale
        answer: Tensor = self.layers(scaled.float()).double() * self.output_scale + self.output_shift
        return answer.to(features.dtype)


def exported_network(
    layout: Layout, activation: ActivationChoice, scaling: Scaling, row: Tensor
) -> ExportedNetwork:
    """Return a lane's network as a module.

    Parameters
    ----------
    layout, activation, scaling
        As for ``ExportedNetwork``.
    row : Tensor [size]
        The lane's numbers, as ``layout`` arranges them; copied.

    Returns
    -------
    ExportedNetwork
        In evaluation mode.
    """
    network = ExportedNetwork(layout, activation, scaling).eval()
    parts = list(network.layers.modules())
    linear = [part for part in parts if isinstance(part, nn.Linear)]
    norms = network.normalizations
    with torch.no_grad():
        for norm, scale, shift in zip(norms, *layout.normalization_slices(), strict=True):
            norm.get_parameter("weight").copy_(row[scale])
            norm.get_parameter("bias").copy_(row[shift])
        for norm, mean, variance in zip(norms, *layout.running_slices(), strict=False):
            norm.get_buffer("running_mean").copy_(row[mean])
            norm.get_buffer("running_var").copy_(row[variance])
        for layer, shape, weight, bias in zip(
            linear, layout.shapes, layout.weight_slices(), layout.bias_slices(), strict=True
        ):
            layer.weight.copy_(row[weight].view(shape).T)
            layer.bias.copy_(row[bias])
    return network


def write_model(network: ExportedNetwork, path: Path) -> None:
    """Write the ``state_dict`` of a network, which ``torch.load(..., weights_only=True)`` reads.

    Parameters
    ----------
    network
        It may be training or not.
    path
        A file there is replaced in one step or left as it was.

    Raises
    ------
    OSError
        With a sentence, if the file cannot be written.
    """
    buffer = io.BytesIO()
    torch.save(network.state_dict(), buffer)
    atomic_write(path, buffer.getvalue())
