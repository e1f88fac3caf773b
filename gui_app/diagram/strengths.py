"""How strongly each connection is drawn: its width, its colour, and what the legend says about both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.catalogue import Entry, Family
from gui_app.diagram.contract import Inside, LayerInside
from gui_app.theme.tokens import Theme, layer_colours

Floats = NDArray[np.floating]
VANISHES = 0.004
"""Shares of the full width below this one are not drawn."""
DECADES = 6.0
"""Powers of ten that a logarithmic width spans."""
LARGEST_RATIO = -1.0
"""Power of ten of the update ratio with the full width."""


@dataclass(frozen=True, slots=True, eq=False)
class Strength:
    """``share`` [in, out] and ``bias`` [out]: shares of the full width, with the signs that decide the colours."""

    share: Floats
    bias: Floats
    sign: Floats
    bias_sign: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity(Entry):
    """What connections show: ``share(sizes, largest)`` returns the shares of the full width for what is measured.

    ``largest`` is the largest size in the network. The colour says the sign where it is ``signed``, else the layer.
    """

    measure: Callable[[LayerInside], tuple[Floats, Floats]]
    share: Callable[[Floats, float], Floats]
    signed: bool = False


def _weights(layer: LayerInside) -> tuple[Floats, Floats]:
    return layer.weight, layer.bias


def _gradients(layer: LayerInside) -> tuple[Floats, Floats]:
    return layer.weight_gradient, layer.bias_gradient


def _ratios(layer: LayerInside) -> tuple[Floats, Floats]:
    return _ratio(layer.weight_update, layer.weight), _ratio(layer.bias_update, layer.bias)


def _ratio(update: Floats, value: Floats) -> Floats:
    ratio: Floats = np.divide(update, value, out=np.zeros_like(update), where=value != 0)
    return ratio


def _saturating(sizes: Floats, largest: float) -> Floats:
    """Half the full width at 1, whatever the largest is: a weight looks the same in every network."""
    share: Floats = sizes / (sizes + 1)
    return np.where(share < VANISHES, 0.0, share)


def _below_largest(sizes: Floats, largest: float) -> Floats:
    """Logarithmic, from the largest of the network down."""
    return _logarithmic(sizes, np.log10(largest) if largest > 0 else 0.0)


def _of_ratios(sizes: Floats, largest: float) -> Floats:
    return _logarithmic(sizes, LARGEST_RATIO)


def _logarithmic(sizes: Floats, full: float) -> Floats:
    with np.errstate(divide="ignore"):
        share = 1 + (np.log10(sizes) - full) / DECADES
    return np.where(sizes > 0, np.clip(share, 0.02, 1.0), 0.0)


QUANTITIES: Family[Quantity] = Family(
    "quantity",
    [
        Quantity(
            key="weights",
            label="Weights",
            formula="W",
            tooltip="Width: size of the weight. Colour: its sign. A weight of 0 is not drawn.",
            measure=_weights,
            share=_saturating,
            signed=True,
        ),
        Quantity(
            key="gradient",
            label="Gradient",
            formula="|∂C/∂W|",
            tooltip="How strongly the cost pulls at each weight, on a logarithmic scale. Where lines get thinner "
            "towards the inputs, the gradient vanishes.",
            measure=_gradients,
            share=_below_largest,
        ),
        Quantity(
            key="update_ratio",
            label="Update ratio",
            formula="|ΔW| / |W|",
            tooltip="How much of each weight the latest step changed, on a logarithmic scale. About 0.001 is usual.",
            measure=_ratios,
            share=_of_ratios,
        ),
    ],
)


def strengths_of(inside: Inside, key: str) -> tuple[Strength, ...]:
    """Return the strengths of the layers 1 … L."""
    quantity = QUANTITIES[key]
    measured = [quantity.measure(layer) for layer in inside.layers]
    sizes = [tuple(np.nan_to_num(np.abs(part), posinf=0.0) for part in layer) for layer in measured]
    largest = max(float(part.max(initial=0.0)) for layer in sizes for part in layer)
    return tuple(
        Strength(
            quantity.share(weight, largest),
            quantity.share(bias, largest),
            np.sign(weights),
            np.sign(biases),
        )
        for (weight, bias), (weights, biases) in zip(sizes, measured, strict=True)
    )


def colours_of(key: str, layer: int, layers: int, theme: Theme) -> tuple[str, str]:
    """Return the colours of values below 0 and above 0 in a layer."""
    if QUANTITIES[key].signed:
        return theme.low, theme.high
    colour = layer_colours(theme, layers)[layer - 1]
    return colour, colour
