"""``torch.nn`` modules of catalogue entries, for exported models."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engine.catalogue.normalizations import EPS, NORMALIZATIONS, Normalization
from engine.experiment.choice import ActivationChoice
from engine.network import bind_activation


class ActivationModule(nn.Module):
    """An activation of the catalogue as a layer without parameters."""

    def __init__(self, choice: ActivationChoice) -> None:
        super().__init__()
        self._activate = bind_activation(choice)

    def forward(self, z: Tensor) -> Tensor:
        return self._activate(z)


class NormalizationModule(nn.Module):
    """A normalization of the catalogue that ``torch.nn`` lacks, as it computes in evaluation mode.

    ``weight`` is γ and ``bias`` is β. A normalization over the batch also has the buffers ``running_mean`` and
    ``running_var``.
    """

    def __init__(self, entry: Normalization, width: int) -> None:
        super().__init__()
        self._moments, self._over_batch = entry.moments, entry.over_batch
        self.weight, self.bias = nn.Parameter(torch.ones(width)), nn.Parameter(torch.zeros(width))
        if entry.over_batch:
            self.register_buffer("running_mean", torch.zeros(width))
            self.register_buffer("running_var", torch.ones(width))

    def forward(self, values: Tensor) -> Tensor:
        """Return the normalized values [n, width]."""
        if self._over_batch:
            mean, variance = self.get_buffer("running_mean"), self.get_buffer("running_var")
        else:
            mean, variance = (one[0] for one in self._moments(values[None]))
        return (values - mean) / (variance + EPS).sqrt() * self.weight + self.bias


def normalization_module(kind: str, width: int) -> nn.Module:
    """Make the normalization ``kind`` for a layer of ``width`` neurons."""
    entry = NORMALIZATIONS[kind]
    return entry.module(width) if entry.module is not None else NormalizationModule(entry, width)
