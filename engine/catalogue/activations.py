"""Activation functions a = σ(z), applied element by element to a tensor of any shape."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.catalogue.code import Code
from engine.catalogue.entry import Entry, Family, Parameter

if TYPE_CHECKING:
    from torch import Tensor


def _never(**parameters: float) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Activation(Entry):
    """``function(z, **parameters)`` returns σ(z) in the shape of z.

    Its ``code`` is a module in PyTorch and what a layer takes as its ``activation`` in Keras and scikit-learn.

    ``largest_slope`` is the largest σ′ of one that saturates, None elsewhere. ``dies(**parameters)`` says whether it
    is flat at 0 for z < 0, so that a neuron can be 0 for all points and learn no more.
    ``index_invariant`` says whether PyTorch gives an element the same bits at any index of a tensor. Some of its
    functions compute the last elements, which fill no whole vector register, with other instructions.
    """

    function: Callable[..., Tensor]
    largest_slope: float | None = None
    dies: Callable[..., bool] = _never
    index_invariant: bool = False


def _linear(z: Tensor) -> Tensor:
    return z


def _sigmoid(z: Tensor) -> Tensor:
    return z.sigmoid()


def _tanh(z: Tensor) -> Tensor:
    return z.tanh()


def _relu(z: Tensor) -> Tensor:
    return z.relu()


def _leaky_relu(z: Tensor, slope: float) -> Tensor:
    from torch.nn.functional import leaky_relu

    return leaky_relu(z, slope)


def _elu(z: Tensor, alpha: float) -> Tensor:
    from torch.nn.functional import elu

    return elu(z, alpha)


def _selu(z: Tensor) -> Tensor:
    from torch.nn.functional import selu

    return selu(z)


def _gelu(z: Tensor) -> Tensor:
    from torch.nn.functional import gelu

    return gelu(z)


def _silu(z: Tensor) -> Tensor:
    from torch.nn.functional import silu

    return silu(z)


def _softplus(z: Tensor) -> Tensor:
    from torch.nn.functional import softplus

    return softplus(z)


def _softsign(z: Tensor) -> Tensor:
    from torch.nn.functional import softsign

    return softsign(z)


def _sine(z: Tensor) -> Tensor:
    return z.sin()


_SINE_MODULE = """\
class Sine(nn.Module):
    def forward(self, z):
        return torch.sin(z)
"""

ACTIVATIONS: Family[Activation] = Family(
    "activation",
    [
        Activation(
            key="linear",
            label="Linear",
            formula="σ(z) = z",
            tooltip="No bend at all: any depth collapses to one linear map.",
            function=_linear,
            index_invariant=True,
            code=Code(torch="nn.Identity()", keras='"linear"', sklearn='"identity"'),
        ),
        Activation(
            key="sigmoid",
            label="Sigmoid",
            formula="σ(z) = 1 / (1 + e⁻ᶻ)",
            tooltip="Squashes to 0…1; its slope is at most ¼, so gradients vanish in deep networks.",
            function=_sigmoid,
            largest_slope=0.25,
            code=Code(torch="nn.Sigmoid()", keras='"sigmoid"', sklearn='"logistic"'),
        ),
        Activation(
            key="tanh",
            label="tanh",
            formula="σ(z) = tanh z",
            tooltip="Squashes to −1…1, centred on zero; saturates for large |z|.",
            function=_tanh,
            largest_slope=1.0,
            index_invariant=True,
            code=Code(torch="nn.Tanh()", keras='"tanh"', sklearn='"tanh"'),
        ),
        Activation(
            key="relu",
            label="ReLU",
            formula="σ(z) = max(0, z)",
            tooltip="Slope 1 for z > 0: cures vanishing gradients, but can explode and neurons can die.",
            function=_relu,
            dies=lambda: True,
            index_invariant=True,
            code=Code(torch="nn.ReLU()", keras='"relu"', sklearn='"relu"'),
        ),
        Activation(
            key="leaky_relu",
            label="Leaky ReLU",
            formula="σ(z) = z if z > 0 else slope·z",
            tooltip="A ReLU that keeps a small slope for z < 0, so that no neuron dies; with slope 0 it is a ReLU.",
            parameters=(Parameter("slope", "Slope", 0.01, 0.0, 1.0, "Slope for z < 0.", slider=(0.0, 0.5)),),
            function=_leaky_relu,
            dies=lambda slope: slope == 0.0,
            index_invariant=True,
            code=Code(torch="nn.LeakyReLU({slope})", keras="keras.layers.LeakyReLU({slope})"),
        ),
        Activation(
            key="elu",
            label="ELU",
            formula="σ(z) = z if z > 0 else α(eᶻ − 1)",
            tooltip="A smooth ReLU with negative values (Clevert et al. 2015).",
            parameters=(Parameter("alpha", "α", 1.0, 0.0, 10.0, "Value −α is approached for z → −∞."),),
            function=_elu,
            dies=lambda alpha: alpha == 0.0,
            code=Code(torch="nn.ELU({alpha})", keras="keras.layers.ELU({alpha})"),
        ),
        Activation(
            key="selu",
            label="SELU",
            formula="σ(z) = 1.0507·(z if z > 0 else 1.6733·(eᶻ − 1))",
            tooltip="Self-normalizing with LeCun normal weights (Klambauer et al. 2017).",
            function=_selu,
            code=Code(torch="nn.SELU()", keras='"selu"'),
        ),
        Activation(
            key="gelu",
            label="GELU",
            formula="σ(z) = z·Φ(z)",
            tooltip="z weighted by the normal distribution function (Hendrycks & Gimpel 2016).",
            function=_gelu,
            code=Code(torch="nn.GELU()", keras='"gelu"'),
        ),
        Activation(
            key="silu",
            label="SiLU",
            formula="σ(z) = z / (1 + e⁻ᶻ)",
            tooltip="Also called swish: a smooth ReLU with a small dip below zero.",
            function=_silu,
            code=Code(torch="nn.SiLU()", keras='"silu"'),
        ),
        Activation(
            key="softplus",
            label="Softplus",
            formula="σ(z) = ln(1 + eᶻ)",
            tooltip="A smooth, always positive ReLU.",
            function=_softplus,
            code=Code(torch="nn.Softplus()", keras='"softplus"'),
        ),
        Activation(
            key="softsign",
            label="Softsign",
            formula="σ(z) = z / (1 + |z|)",
            tooltip="Like tanh, but saturates more slowly.",
            function=_softsign,
            largest_slope=1.0,
            index_invariant=True,
            code=Code(torch="nn.Softsign()", keras='"softsign"'),
        ),
        Activation(
            key="sine",
            label="Sine",
            formula="σ(z) = sin z",
            tooltip="Periodic: good for waves (Sitzmann et al. 2020).",
            function=_sine,
            index_invariant=True,
            code=Code(torch="Sine()", keras="keras.ops.sin", definitions={"torch": _SINE_MODULE}),
        ),
    ],
)
