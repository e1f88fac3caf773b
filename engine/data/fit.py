"""Points scaled so that they are seen."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.catalogue.features import CANVAS

Floats = NDArray[np.float64]

MARGIN = 1.0
"""Canvas units that stay free around points that were scaled to fit."""
LARGEST_VALUE = 1.0
"""The canvas has colours for values from −LARGEST_VALUE to LARGEST_VALUE."""


def fit_positions(xy: Floats) -> Floats:
    """Positions [n, 2] with both axes scaled so that they fill the sheet but for a margin."""
    return np.column_stack([_stretch(column, CANVAS - MARGIN) for column in xy.T]) if len(xy) else xy


def fit_values(values: Floats) -> Floats:
    """Values [n] scaled to −1 to 1."""
    return _stretch(values, LARGEST_VALUE)


def _stretch(values: Floats, reach: float) -> Floats:
    """Values [n] from −``reach`` to ``reach``; where they do not differ, 0."""
    if not len(values):
        return values
    # Halves, because the span of the largest numbers there are is larger than any of them.
    halves = values / 2
    low, span = halves.min(), np.ptp(halves)
    if span == 0:
        return np.zeros_like(values)
    stretched: Floats = np.clip((halves - low) / span * (2 * reach) - reach, -reach, reach)
    return stretched
