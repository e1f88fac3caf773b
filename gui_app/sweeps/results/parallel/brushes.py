"""Brushes: a range on some of the axes; a run is selected where it lies in all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gui_app.sweeps.results.parallel.axes import Axis

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Brush:
    """A range in the axis's own scale, ends included; ``unknown`` takes in the runs whose value is not known."""

    low: float
    high: float
    unknown: bool = False

    def selects(self, at: NDArray[np.float64]) -> Mask:
        """Return which of these positions on the axis it selects."""
        inside: Mask = (at >= self.low) & (at <= self.high)
        return inside | np.isnan(at) if self.unknown else inside


def selected(axes: Sequence[Axis], brushes: Mapping[str, Brush]) -> Mask:
    """Return which runs lie in all brushes, bool [runs]; all of them without a brush."""
    chosen = np.ones(len(axes[0].at) if axes else 0, dtype=np.bool_)
    for axis in axes:
        if axis.key in brushes:
            chosen &= brushes[axis.key].selects(axis.at)
    return chosen
