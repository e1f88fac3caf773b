"""How far a network's answers scatter when dropout stays on (Monte Carlo dropout)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.observation.observables.observable import Grid, Observable, ObservedStack
from engine.observation.snapshot import Extent

COARSER = 2
"""Each of its cells is as wide as this many of the grid that it is asked for, because it takes many passes."""


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """The standard deviation over passes with dropout, on a grid over ``extent`` that is laid out as ``Prediction``'s.

    ``deviations``: of values in the user's own units, [rows, columns] or for a curve [columns]; for classification of
    the probability of the class where it is largest, [rows, columns].
    """

    extent: Extent
    deviations: NDArray[np.float32]


def _uncertainties(stack: ObservedStack, grid: Grid) -> Sequence[Uncertainty | None]:
    from engine.observation.predict import uncertainties

    size = max(1, grid.size // COARSER)
    found = uncertainties(stack.network, stack.data, stack.dropout_rates, size, grid.extent)
    return [None if deviations is None else Uncertainty(grid.extent, deviations) for deviations in found]


UNCERTAINTY = Observable(
    key="uncertainty", label="Uncertainty (dropout)", value=Uncertainty, cost="grid", compute=_uncertainties
)
