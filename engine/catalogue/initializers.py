"""Initializers of the weights [fan_in, fan_out] and biases [fan_out] of a layer.

Variances are those of ``torch.nn.init`` with gain 1 (Glorot) and gain √2 (He): no truncation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

from engine.catalogue.entry import Entry, Family, Parameter

if TYPE_CHECKING:
    from torch import Generator, Tensor

Weights = tuple["Tensor", "Tensor"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Initializer(Entry):
    """``function(fan_in, fan_out, generator, **parameters)`` returns weights [fan_in, fan_out] and biases [fan_out]."""

    function: Callable[..., Weights]


def _uniform(fan_in: int, fan_out: int, bound: float, generator: Generator) -> Weights:
    import torch

    weight = torch.empty(fan_in, fan_out).uniform_(-bound, bound, generator=generator)
    return weight, torch.zeros(fan_out)


def _normal(fan_in: int, fan_out: int, std: float, generator: Generator) -> Weights:
    import torch

    return torch.empty(fan_in, fan_out).normal_(0.0, std, generator=generator), torch.zeros(fan_out)


def _glorot_uniform(fan_in: int, fan_out: int, generator: Generator) -> Weights:
    return _uniform(fan_in, fan_out, sqrt(6.0 / (fan_in + fan_out)), generator)


def _glorot_normal(fan_in: int, fan_out: int, generator: Generator) -> Weights:
    return _normal(fan_in, fan_out, sqrt(2.0 / (fan_in + fan_out)), generator)


def _he_uniform(fan_in: int, fan_out: int, generator: Generator) -> Weights:
    return _uniform(fan_in, fan_out, sqrt(6.0 / fan_in), generator)


def _he_normal(fan_in: int, fan_out: int, generator: Generator) -> Weights:
    return _normal(fan_in, fan_out, sqrt(2.0 / fan_in), generator)


def _lecun_normal(fan_in: int, fan_out: int, generator: Generator) -> Weights:
    return _normal(fan_in, fan_out, sqrt(1.0 / fan_in), generator)


def _torch_default(fan_in: int, fan_out: int, generator: Generator) -> Weights:
    bound = 1.0 / sqrt(fan_in)
    weight, bias = _uniform(fan_in, fan_out, bound, generator)
    return weight, bias.uniform_(-bound, bound, generator=generator)


def _playground(fan_in: int, fan_out: int, generator: Generator) -> Weights:
    weight, bias = _uniform(fan_in, fan_out, 0.5, generator)
    return weight, bias.fill_(0.1)


def _scaled_normal(fan_in: int, fan_out: int, generator: Generator, std: float) -> Weights:
    return _normal(fan_in, fan_out, std, generator)


def _orthogonal(fan_in: int, fan_out: int, generator: Generator) -> Weights:
    import torch

    weight = torch.empty(fan_in, fan_out)
    torch.nn.init.orthogonal_(weight, generator=generator)
    return weight, torch.zeros(fan_out)


def _zeros(fan_in: int, fan_out: int, generator: Generator) -> Weights:
    import torch

    return torch.zeros(fan_in, fan_out), torch.zeros(fan_out)


INITIALIZERS: Family[Initializer] = Family(
    "initializer",
    [
        Initializer(
            key="glorot_uniform",
            label="Glorot uniform",
            formula="W ~ U(±√(6 / (in + out)))",
            tooltip="Keeps the gradient's size from layer to layer for tanh and linear layers (Glorot & Bengio 2010).",
            function=_glorot_uniform,
        ),
        Initializer(
            key="glorot_normal",
            label="Glorot normal",
            formula="W ~ N(0, 2 / (in + out))",
            tooltip="As Glorot uniform, drawn from a normal distribution.",
            function=_glorot_normal,
        ),
        Initializer(
            key="he_uniform",
            label="He uniform",
            formula="W ~ U(±√(6 / in))",
            tooltip="Made for ReLU, which silences half of its inputs (He et al. 2015).",
            function=_he_uniform,
        ),
        Initializer(
            key="he_normal",
            label="He normal",
            formula="W ~ N(0, 2 / in)",
            tooltip="As He uniform, drawn from a normal distribution.",
            function=_he_normal,
        ),
        Initializer(
            key="lecun_normal",
            label="LeCun normal",
            formula="W ~ N(0, 1 / in)",
            tooltip="Keeps the spread of the activations; made for SELU (LeCun et al. 1998).",
            function=_lecun_normal,
        ),
        Initializer(
            key="torch_default",
            label="PyTorch's default",
            formula="W, b ~ U(±1/√in)",
            tooltip="What torch.nn.Linear starts with, biases too.",
            function=_torch_default,
        ),
        Initializer(
            key="playground",
            label="TensorFlow Playground's",
            formula="W ~ U(±0.5), b = 0.1",
            tooltip="What TensorFlow Playground starts with, whatever the layer's width.",
            function=_playground,
        ),
        Initializer(
            key="normal",
            label="Normal",
            formula="W ~ N(0, std²)",
            tooltip="One spread for every layer: too small and gradients vanish, too large and they explode.",
            parameters=(
                Parameter(
                    "std",
                    "Deviation",
                    1.0,
                    0.0,
                    100.0,
                    "Standard deviation of the weights.",
                    log=True,
                    slider=(0.01, 10.0),
                ),
            ),
            function=_scaled_normal,
        ),
        Initializer(
            key="orthogonal",
            label="Orthogonal",
            formula="W Wᵀ = I",
            tooltip="Neither stretches nor shrinks what passes through (Saxe et al. 2013).",
            function=_orthogonal,
        ),
        Initializer(
            key="zeros",
            label="Zeros",
            formula="W = 0",
            tooltip="All neurons of a layer stay identical forever: a lesson in why weights start at random.",
            function=_zeros,
        ),
    ],
)
