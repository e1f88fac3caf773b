"""What a single neuron computes, as finely as the canvas shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.observation.observables.observable import Grid, Observable, ObservedStack
from engine.observation.snapshot import Extent


@dataclass(frozen=True, slots=True)
class NeuronGrid(Grid):
    """The options of ``NEURON``.

    Attributes
    ----------
    layer
        From 0 for the inputs to L for the outputs.
    index
        Of the input or neuron, from 0.
    """

    layer: int = 0
    index: int = 0


@dataclass(frozen=True, slots=True)
class Neuron:
    """What one input or neuron puts out over ``extent``; a lane without that neuron has none.

    Attributes
    ----------
    extent, layer, index
        As asked for.
    values : [rows, columns], or [columns] for a curve
        As ``values`` of ``LayerInside``; of an input, the scaled feature.
    """

    extent: Extent
    layer: int
    index: int
    values: NDArray[np.floating]


def _neurons(stack: ObservedStack, grid: NeuronGrid) -> Sequence[Neuron | None]:
    from engine.observation.inside import neurons

    return neurons(stack, grid)


NEURON = Observable(key="neuron", label="One neuron", value=Neuron, cost="grid", compute=_neurons)
