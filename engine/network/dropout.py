"""Dropout masks: in each step, ignore a random share of the neurons (Srivastava et al. 2014, inverted scaling)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from torch import Tensor

from engine.network import draws
from engine.network.draws import Singles

Rates = Sequence[Tensor | None]
"""Dropout rates [lanes, 1, 1] of the inputs and of each hidden layer, None where no lane has any."""


def draw_masks(rates: Rates, widths: Sequence[int], uniform: Tensor) -> list[Tensor | None]:
    """Random masks that multiply the inputs and the activations of hidden layers.

    All lanes share one set of uniform numbers, so that a difference between lanes comes from their rates alone.

    Parameters
    ----------
    rates
        The rates p of the inputs and of each hidden layer, [lanes, 1, 1]; None where no lane drops anything.
    widths
        Neurons from the input features to the outputs, [L + 1].
    uniform : Tensor [batch, dropped(rates, widths)]
        Uniform numbers in [0, 1) of each point of the batch, as ``draw_uniforms`` makes them.

    Returns
    -------
    list
        Masks [lanes, batch, width]: 0, or 1 / (1 − p) with probability 1 − p. None where the rate is None.
    """
    drawn = iter(uniform.split([width for _, width in _layers(rates, widths)], 1))
    return [None if rate is None else (next(drawn) >= rate) / (1.0 - rate) for rate in rates]


def dropped(rates: Rates, widths: Sequence[int]) -> int:
    """Return how many inputs and neurons there are in the layers in which any lane drops some.

    Parameters
    ----------
    rates, widths
        As for ``draw_masks``.

    Returns
    -------
    int
    """
    return sum(width for _, width in _layers(rates, widths))


def draw_uniforms(
    rates: Rates, widths: Sequence[int], seed: int, stream: int, first: int, shape: tuple[int, int]
) -> Singles:
    """Draw the uniform numbers that ``draw_masks`` takes, for several steps.

    Each layer has a stream of its own, so that its numbers do not depend on the layers in which other lanes drop
    something.

    Parameters
    ----------
    rates, widths
        As for ``draw_masks``.
    seed, stream
        As for ``engine.network.draws.uniforms``; ``DROPOUT`` or ``UNCERTAINTY``.
    first
        The first of the steps.
    shape
        How many steps, and how many points in the batch of each.

    Returns
    -------
    float32 [steps, batch, dropped(rates, widths)]
    """
    steps, batch = shape
    return np.concatenate(
        [
            draws.uniforms(seed, stream + layer, first, steps, batch * width).reshape(steps, batch, width)
            for layer, width in _layers(rates, widths)
        ],
        axis=2,
    )


def _layers(rates: Rates, widths: Sequence[int]) -> list[tuple[int, int]]:
    """Number, from 0 for the inputs, and width of each layer in which any lane drops something."""
    return [
        (layer, width)
        for layer, (rate, width) in enumerate(zip(rates, widths[:-1], strict=True))
        if rate is not None
    ]
