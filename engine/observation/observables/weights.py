"""All weights of a network, layer by layer, as a histogram counts them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.observation.observables.observable import Observable, ObservedStack

MOST_WEIGHTS = 2**16
"""Weights of a lane that are all sent. Of more, every k-th one is, in each layer."""


@dataclass(frozen=True, slots=True)
class LayerWeights:
    """The weights of one layer, without its biases.

    Attributes
    ----------
    count
        How many there are.
    zeros
        How many of them are exactly 0.
    values : float32 [n]
        All of them, or every k-th one of a large network. Cannot be written to.
    """

    count: int
    zeros: int
    values: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights of one lane.

    Attributes
    ----------
    layers
        Layer 1 to L, the output layer.
    """

    layers: tuple[LayerWeights, ...]


def _weights(stack: ObservedStack, options: None) -> Sequence[Weights]:
    layout = stack.network.layout
    stride = -(-layout.weights // MOST_WEIGHTS)
    # An odd one does not meet the same neurons again and again.
    stride += stride > 1 and stride % 2 == 0
    found = []
    for lane in range(len(stack.runs)):
        row = stack.network.flat[lane].detach().numpy()
        found.append(Weights(tuple(_layer(row[part], stride) for part in layout.weight_slices())))
    return found


def _layer(weights: NDArray[np.float32], stride: int) -> LayerWeights:
    values = weights[::stride].astype(np.float32)
    values.flags.writeable = False
    return LayerWeights(len(weights), int(np.count_nonzero(weights == 0.0)), values)


WEIGHTS = Observable(key="weights", label="Weights", value=Weights, cost="cheap", compute=_weights)
"""All weights of the lane, and how many of them are exactly 0."""
