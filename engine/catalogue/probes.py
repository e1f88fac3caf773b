"""Probes: quantities measured for each layer. Layers count from 1 at the input; L is the output layer.

c is the loss of one training point, C the cost over the whole training split, without dropout; in regression, both
are those of scaled targets, which training minimizes. Means are over all points of the training split and all neurons
of the layer. z is the input of the activation, after a normalization before it; a is the input of the next layer, after
a normalization after the activation and a residual connection.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.catalogue.entry import Entry, Family

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, slots=True, eq=False)
class LayerState:
    """One layer of all lanes after a forward and a backward pass over the n points of the training split.

    ``weight`` and ``weight_gradient`` ∂C/∂W are [lanes, in, out], ``bias_gradient`` ∂C/∂b is [lanes, out], ``error``
    ∂C/∂z [lanes, n, out]. ``z`` and ``a`` are [lanes, n, out]; for the output layer they are None.
    """

    weight: Tensor
    weight_gradient: Tensor
    bias_gradient: Tensor
    error: Tensor
    z: Tensor | None
    a: Tensor | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe(Entry):
    """A quantity with one number per layer; NaN if it is undefined.

    Attributes
    ----------
    log
        Whether it is positive and plotted on a logarithmic axis.
    share
        Whether it is between 0 and 1.
    hidden
        Whether it is defined for hidden layers only.
    measure
        ``measure(layer)`` returns the numbers [lanes] of a ``LayerState``. None if ``engine.observation.probes``
        computes it for all layers at once, together with other probes.
    """

    log: bool = False
    share: bool = False
    hidden: bool = False
    measure: Callable[[LayerState], Tensor] | None = None


SATURATED_BELOW = 0.05
"""A neuron is saturated if its slope is below this share of the activation's largest slope."""
NEARLY_ALL = 0.95
"""A neuron that is saturated for this share of the training points hardly learns from any of them."""

PROBES: Family[Probe] = Family(
    "probe",
    [
        Probe(
            key="weight_gradient",
            label="Weight gradient",
            formula="‖∂C/∂Wₗ‖₂",
            tooltip="How strongly the cost pulls on a layer's weights, before clipping.",
            log=True,
        ),
        Probe(
            key="bias_gradient",
            label="Bias gradient",
            formula="‖∂C/∂bₗ‖₂",
            tooltip="A layer's speed of learning (Nielsen 2015): the norm of the mean gradient of its biases.",
            log=True,
        ),
        Probe(
            key="clipped_gradient",
            label="Clipped gradient",
            formula="‖∂C/∂Wₗ‖₂ after clipping",
            tooltip="The weight gradient after clipping, which the step follows. "
            "The proximal step of L1 is separate from it.",
            log=True,
        ),
        Probe(
            key="weight_gradient_rms",
            label="Weight gradient, RMS",
            formula="√(mean of (∂C/∂W)²)",
            tooltip="Root mean square of the gradient of one weight: it does not grow with the layer's size.",
            log=True,
        ),
        Probe(
            key="weight_gradient_mean_abs",
            label="Weight gradient, mean size",
            formula="mean of |∂C/∂W|",
            tooltip="Mean absolute value of the gradient of one weight.",
            log=True,
        ),
        Probe(
            key="activation_gradient",
            label="Activation gradient",
            formula="√(mean over points of ‖∂C/∂aₗ‖²)",
            tooltip="The error signal that reaches a layer's activations.",
            log=True,
            hidden=True,
        ),
        Probe(
            key="error",
            label="Error",
            formula="√(mean over points of ‖∂C/∂zₗ‖²)",
            tooltip="The error δ of a layer: how the loss reacts to its pre-activations.",
            log=True,
        ),
        Probe(
            key="backward_factor",
            label="Backward factor",
            formula="‖∂C/∂zₗ‖ / ‖∂C/∂zₗ₊₁‖",
            tooltip="The factor by which the error is multiplied on its way back from the layer above. "
            "Many factors below 1 make the gradient vanish, many above 1 make it explode.",
            log=True,
            hidden=True,
        ),
        Probe(
            key="update_ratio",
            label="Update ratio",
            formula="‖ΔWₗ‖ / ‖Wₗ‖",
            tooltip="How far the latest step moved the weights, relative to their size; about 10⁻³ is typical.",
            log=True,
        ),
        Probe(
            key="slope",
            label="Mean slope",
            formula="mean of σ′(zₗ)",
            tooltip="The share of the error that an activation passes back, on average; at most ¼ for a sigmoid.",
            hidden=True,
        ),
        Probe(
            key="saturated",
            label="Saturated share",
            formula="share of σ′(zₗ) < 5 % of its largest",
            tooltip="Share of outputs on the flat ends of a sigmoid, tanh or softsign, where hardly any gradient comes "
            "through.",
            share=True,
            hidden=True,
        ),
        Probe(
            key="dead",
            label="Dead share",
            formula="share of neurons with aₗ = 0 for all points",
            tooltip="Share of ReLU neurons that are zero on the whole training split and no longer learn; not defined "
            "where a residual connection bypasses them.",
            share=True,
            hidden=True,
        ),
        Probe(
            key="activation_mean",
            label="Activation mean",
            formula="mean of aₗ",
            tooltip="Mean output of a layer.",
            hidden=True,
        ),
        Probe(
            key="activation_spread",
            label="Activation spread",
            formula="mean over neurons of std(aₗ)",
            tooltip="How much a neuron's output differs from point to point (standard deviation); near 0 the layer "
            "gives the same output for all points.",
            log=True,
            hidden=True,
        ),
        Probe(
            key="weight_norm",
            label="Weight norm",
            formula="‖Wₗ‖₂",
            tooltip="How large a layer's weights are; L2 and weight decay keep it small.",
            log=True,
        ),
        Probe(
            key="zero_weights",
            label="Weights at zero",
            formula="share of W = 0",
            tooltip="Share of weights that are exactly zero; the proximal step of L1 produces them.",
            share=True,
        ),
    ],
)
