"""What each neuron computes, and what the latest step did to each weight: all that a diagram of the network draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.observation.observables.observable import Grid, Observable, ObservedStack
from engine.observation.snapshot import Extent

Singles = NDArray[np.float32]
Flags = NDArray[np.bool_]

MOST_NEURONS = 160
"""Hidden neurons that are all shown, as those of ten layers of 16. Of a network with more, each layer shows as many of
its first neurons as its share of them."""


@dataclass(frozen=True, slots=True)
class InsideGrid(Grid):
    """The options of ``INSIDE`` for large networks; a ``Grid`` will do for others.

    Attributes
    ----------
    chosen
        Layer, from 1, and index, from 0, of hidden neurons that are shown whatever the size of the network. They take
        the places of the last of those that would be shown.
    """

    chosen: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class LayerInside:
    """One layer of a lane: k of its neurons are shown, and k₀ of the neurons or inputs before it.

    Gradients are those whose norms the plots of gradients show: of the cost, penalty included, over all training points
    at these weights, before clipping, in regression for scaled targets. They are 0 where there is nothing to train on.

    Attributes
    ----------
    neurons
        How many there are.
    shown : int64 [k]
        Which of them are shown, from 0, ascending: all of them unless the network is large.
    values : [k, rows, columns], or [k, columns] for a curve
        What a neuron puts out over the grid, in evaluation mode: float32 a_l, that is what the next layer gets. Of the
        output layer float32 probabilities of the classes, or float64 values in the data's units.
    weight, weight_gradient, weight_update : float32 [k₀, k]
        From those shown before to those shown here.
    bias, bias_gradient, bias_update : float32 [k]
        The update is what the latest step has added; 0 before the first one, and where a person has set the number
        since. The step met the number minus its update.
    silenced : bool [neurons]
        Which of them dropout silenced in the latest step, for the first point of its batch.
    dead : bool [neurons]
        Which of them are 0 for all training points and cannot learn any more, as the probe "dead" counts them.
    saturated : bool [neurons]
        Which of them have, for nearly all training points, a slope as small as the probe "saturated" asks for.
    """

    neurons: int
    shown: NDArray[np.int64]
    values: NDArray[np.floating]
    weight: Singles
    bias: Singles
    weight_gradient: Singles
    bias_gradient: Singles
    weight_update: Singles
    bias_update: Singles
    silenced: Flags
    dead: Flags
    saturated: Flags


@dataclass(frozen=True, slots=True)
class Inside:
    """The inside of one lane over ``extent``. No array can be written to.

    A large network is sent in part. Beyond ``MOST_NEURONS`` hidden neurons, each layer shows its first ones, and those
    that ``InsideGrid`` names; weights are those between shown neurons. Grids have fewer cells where that takes too
    many values or products (see ``engine.observation.inside``), so that a lane takes 2 MB at most.

    Attributes
    ----------
    extent
        What the grids cover, laid out as those of ``Prediction``: row 0 at y low.
    inputs : float32 [features, rows, columns], or [features, columns] for a curve
        The scaled features, which layer 1 gets.
    layers
        Layer 1 to L, the output layer.
    silenced_inputs : bool [features]
        As ``silenced`` of a layer.
    """

    extent: Extent
    inputs: Singles
    layers: tuple[LayerInside, ...]
    silenced_inputs: Flags


def _insides(stack: ObservedStack, grid: Grid) -> Sequence[Inside]:
    from engine.observation.inside import insides

    return insides(stack, grid)


INSIDE = Observable(key="inside", label="Inside of the network", value=Inside, cost="grid", compute=_insides)
