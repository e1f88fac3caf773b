"""Initializers of the weights [fan_in, fan_out] and biases [fan_out] of a layer.

Variances are those of ``torch.nn.init`` with gain 1 (Glorot) and gain √2 (He): no truncation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

from engine.catalogue.code import Code
from engine.catalogue.entry import Entry, Family, Parameter

if TYPE_CHECKING:
    from torch import Generator, Tensor

Weights = tuple["Tensor", "Tensor"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Initializer(Entry):
    """``function(fan_in, fan_out, generator, **parameters)`` returns weights [fan_in, fan_out] and biases [fan_out].

    Its ``code`` is statements about a linear ``layer`` in PyTorch, and in Keras the initializer of its weights.
    """

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


def _code(torch: str, keras: str) -> Code:
    """Of an initializer whose biases are 0."""
    return Code(torch=f"{torch}\nnn.init.zeros_(layer.bias)", keras=keras)


def _normal_in_keras(scale: float, mode: str) -> str:
    """The names of Keras, such as ``he_normal``, cut the distribution."""
    return f'keras.initializers.VarianceScaling({scale}, "{mode}", "untruncated_normal")'


INITIALIZERS: Family[Initializer] = Family(
    "initializer",
    [
        Initializer(
            key="glorot_uniform",
            label="Glorot uniform",
            formula="W ~ U(±√(6 / (in + out)))",
            tooltip="Keeps the gradient's size from layer to layer for tanh and linear layers (Glorot & Bengio 2010).",
            function=_glorot_uniform,
            code=_code("nn.init.xavier_uniform_(layer.weight)", keras='"glorot_uniform"'),
        ),
        Initializer(
            key="glorot_normal",
            label="Glorot normal",
            formula="W ~ N(0, 2 / (in + out))",
            tooltip="As Glorot uniform, drawn from a normal distribution.",
            function=_glorot_normal,
            code=_code("nn.init.xavier_normal_(layer.weight)", keras=_normal_in_keras(1.0, "fan_avg")),
        ),
        Initializer(
            key="he_uniform",
            label="He uniform",
            formula="W ~ U(±√(6 / in))",
            tooltip="Made for ReLU, which silences half of its inputs (He et al. 2015).",
            function=_he_uniform,
            code=_code('nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu")', keras='"he_uniform"'),
        ),
        Initializer(
            key="he_normal",
            label="He normal",
            formula="W ~ N(0, 2 / in)",
            tooltip="As He uniform, drawn from a normal distribution.",
            function=_he_normal,
            code=_code(
                'nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")',
                keras=_normal_in_keras(2.0, "fan_in"),
            ),
        ),
        Initializer(
            key="lecun_normal",
            label="LeCun normal",
            formula="W ~ N(0, 1 / in)",
            tooltip="Keeps the spread of the activations; made for SELU (LeCun et al. 1998).",
            function=_lecun_normal,
            code=_code(
                'nn.init.kaiming_normal_(layer.weight, nonlinearity="linear")',
                keras=_normal_in_keras(1.0, "fan_in"),
            ),
        ),
        Initializer(
            key="torch_default",
            label="PyTorch's default",
            formula="W, b ~ U(±1/√in)",
            tooltip="What torch.nn.Linear starts with, biases too.",
            function=_torch_default,
            code=Code(
                torch="layer.reset_parameters()",
                keras='keras.initializers.VarianceScaling(1 / 3, "fan_in", "uniform")',
                notes={"keras": "PyTorch draws the biases, too; here they begin at 0"},
            ),
        ),
        Initializer(
            key="playground",
            label="TensorFlow Playground's",
            formula="W ~ U(±0.5), b = 0.1",
            tooltip="What TensorFlow Playground starts with, whatever the layer's width.",
            function=_playground,
            code=Code(
                torch="nn.init.uniform_(layer.weight, -0.5, 0.5)\nnn.init.constant_(layer.bias, 0.1)",
                keras="keras.initializers.RandomUniform(-0.5, 0.5)",
                notes={"keras": "the biases begin at 0, not at 0.1"},
            ),
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
            code=_code(
                "nn.init.normal_(layer.weight, std={std})",
                keras="keras.initializers.RandomNormal(stddev={std})",
            ),
        ),
        Initializer(
            key="orthogonal",
            label="Orthogonal",
            formula="W Wᵀ = I",
            tooltip="Neither stretches nor shrinks what passes through (Saxe et al. 2013).",
            function=_orthogonal,
            code=_code("nn.init.orthogonal_(layer.weight)", keras='"orthogonal"'),
        ),
        Initializer(
            key="zeros",
            label="Zeros",
            formula="W = 0",
            tooltip="All neurons of a layer stay identical forever: a lesson in why weights start at random.",
            function=_zeros,
            code=_code("nn.init.zeros_(layer.weight)", keras='"zeros"'),
        ),
    ],
)
