"""How strongly each connection is drawn: what is measured, as a share of the full width."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.catalogue import Entry, Family
from engine.catalogue.texts import setting_text
from engine.observation.observables import Inside, LayerInside
from gui_app.theme.tokens import Theme, layer_colours

Floats = NDArray[np.floating]
VANISHES = 0.004
"""Shares of the full width below this one are not drawn."""
DECADES = 6
"""Powers of ten that a logarithmic width spans."""
THINNEST = 0.02
"""The share of whatever is too small for a logarithmic width, but not 0."""
LARGEST_RATIO = -1
"""Power of ten of the update ratio with the full width."""


@dataclass(frozen=True, slots=True, eq=False)
class Strength:
    """``share`` [in, out] and ``bias`` [out]: shares of the full width, with the signs that decide the colours."""

    share: Floats
    bias: Floats
    sign: Floats
    bias_sign: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Strengths:
    """The strengths of the layers 1 … L; ``full`` is the power of ten with the full width on a logarithmic scale."""

    layers: tuple[Strength, ...]
    full: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity(Entry):
    """What connections show.

    ``measure(layer)`` returns it for weights and biases, ``share(sizes, full)`` the shares of the full width. The
    colour says the sign where it is ``signed``, else the layer. ``full`` is the power of ten with the full width; None
    for that of the largest in the network.
    """

    measure: Callable[[LayerInside], tuple[Floats, Floats]]
    share: Callable[[Floats, int], Floats]
    signed: bool = False
    full: int | None = None


def _weights(layer: LayerInside) -> tuple[Floats, Floats]:
    return layer.weight, layer.bias


def _gradients(layer: LayerInside) -> tuple[Floats, Floats]:
    return layer.weight_gradient, layer.bias_gradient


def _ratios(layer: LayerInside) -> tuple[Floats, Floats]:
    return _ratio(layer.weight_update, layer.weight), _ratio(layer.bias_update, layer.bias)


def _ratio(update: Floats, value: Floats) -> Floats:
    """Return the update as a share of what the step met; 0 where that was 0."""
    with np.errstate(invalid="ignore", over="ignore"):
        met = value - update
        ratio: Floats = np.divide(update, met, out=np.zeros_like(update), where=met != 0)
    return ratio


def saturating(sizes: Floats, full: int = 0) -> Floats:
    """Return half the full width at 1, in every network alike, and 0 for next to nothing."""
    share: Floats = sizes / (sizes + 1)
    return np.where(share < VANISHES, 0.0, share)


def logarithmic(sizes: Floats, full: int) -> Floats:
    """Return the full width at 10 to the power of ``full``, and 0 for 0."""
    with np.errstate(divide="ignore"):
        share = 1 + (np.log10(sizes) - full) / DECADES
    return np.where(sizes > 0, np.clip(share, THINNEST, 1.0), 0.0)


QUANTITIES: Family[Quantity] = Family(
    "quantity",
    [
        Quantity(
            key="weights",
            label="Weights",
            formula="W",
            tooltip="Width: how large a weight is. Colour: its sign. A weight of 0 is not drawn.",
            measure=_weights,
            share=saturating,
            signed=True,
            full=0,
        ),
        Quantity(
            key="gradient",
            label="Gradient",
            formula="|∂C/∂W|",
            tooltip="How strongly the cost pulls at each weight, on a logarithmic scale. Where lines get thinner "
            "towards the inputs, the gradient vanishes.",
            measure=_gradients,
            share=logarithmic,
        ),
        Quantity(
            key="update_ratio",
            label="Update ratio",
            formula="|ΔW| / |W|",
            tooltip="The share of each weight that the latest step changed, on a logarithmic scale. "
            "About 0.001 is typical. A weight that was set by hand has none until the next step.",
            measure=_ratios,
            share=logarithmic,
            full=LARGEST_RATIO,
        ),
    ],
)


def strengths_of(inside: Inside, key: str) -> Strengths:
    """Return how strongly the connections of a network are drawn for a quantity."""
    quantity = QUANTITIES[key]
    measured = [quantity.measure(layer) for layer in inside.layers]
    sizes = [(_sizes(weights), _sizes(biases)) for weights, biases in measured]
    full = (
        _power_above([part for layer in sizes for part in layer]) if quantity.full is None else quantity.full
    )
    layers = tuple(
        Strength(quantity.share(weight, full), quantity.share(bias, full), np.sign(weights), np.sign(biases))
        for (weight, bias), (weights, biases) in zip(sizes, measured, strict=True)
    )
    return Strengths(layers, full)


def _sizes(values: Floats) -> Floats:
    """Return sizes; 0 for what is not finite."""
    sizes: Floats = np.abs(values)
    return sizes if np.isfinite(sizes).all() else np.nan_to_num(sizes, posinf=0.0)


def _power_above(sizes: Sequence[Floats]) -> int:
    """Return the whole power of ten above all sizes, so that the scale seldom moves."""
    largest = max(float(part.max(initial=0.0)) for part in sizes)
    return int(np.ceil(np.log10(largest))) if largest > 0 else 0


def colours_of(key: str, layer: int, layers: int, theme: Theme) -> tuple[str, str]:
    """Return the colours of values below 0 and above 0 in a layer."""
    if QUANTITIES[key].signed:
        return theme.low, theme.high
    colour = layer_colours(theme, layers)[layer - 1]
    return colour, colour


def sample_sizes(key: str, full: int) -> tuple[tuple[str, float], ...]:
    """Return some sizes as text, with their shares of the full width, for the legend."""
    if QUANTITIES[key].signed:
        return tuple((setting_text(size), float(saturating(np.array(size)))) for size in (0.1, 1.0, 10.0))
    powers = (full - 4, full - 2, full)
    return tuple(
        (setting_text(10.0**power), float(logarithmic(np.array(10.0**power), full))) for power in powers
    )
