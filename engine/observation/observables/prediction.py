"""What a network answers on a grid over the canvas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.observation.observables.observable import Grid, Observable, ObservedStack
from engine.observation.snapshot import Extent


@dataclass(frozen=True)
class Prediction:
    """What the network answers on a grid over ``extent``.

    ``values``: class probabilities float32 [rows, columns, classes] for classification, values float64 [rows, columns]
    for surface (row 0 at y low, column 0 at x low; grid points at the centres of rows × columns equal cells), and
    heights float64 [columns] for curve (first at x low, last at x high).
    """

    extent: Extent
    values: NDArray[np.floating]


def predictions(stack: ObservedStack, grid: Grid) -> Sequence[Prediction]:
    """Compute what each lane of a stack answers on a grid.

    Parameters
    ----------
    stack
        The lanes, those of one shape.
    grid
        The grid.

    Returns
    -------
    sequence of Prediction
        In the order of the lanes.
    """
    from engine.observation.predict import predict

    return [
        Prediction(grid.extent, values)
        for values in predict(stack.network, stack.data, grid.size, grid.extent, stack.way)
    ]


PREDICTION = Observable(
    key="prediction", label="Prediction", value=Prediction, cost="grid", compute=predictions
)
