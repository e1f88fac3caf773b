"""The map of trainability: which settings converge, how fast, and how rough the boundary is.

After Sohl-Dickstein (2024), "The boundary of neural network trainability is fractal", arXiv:2402.06184.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.observation.sweep_measures import Floats
from engine.observation.sweep_table import SweepTable

Mask = NDArray[np.bool_]


class Dimension(NamedTuple):
    """How the number of boxes that hold a part of a set grows as they shrink.

    Attributes
    ----------
    slope
        The box-counting dimension: 1 for a smooth line, 2 for an area. NaN where it cannot be told.
    sizes : int64 [n]
        Sides of boxes, in cells.
    counts : int64 [n]
        Boxes of each side that hold a part of the set.
    """

    slope: float
    sizes: NDArray[np.int64]
    counts: NDArray[np.int64]


def equalized(convergence: Floats) -> Floats:
    """Spread the measure evenly over a scale of colours, networks that converged apart from those that did not.

    Parameters
    ----------
    convergence : float64 [...]
        Below 0 for networks that converged (−Σ loss), above 0 for others (Σ 1/loss); NaN where nothing is known.

    Returns
    -------
    float64 [...]
        From −1 to 0, by rank, for networks that converged and from 0 to 1 for others. The further from 0, the slower
        their loss fell or grew.

    Examples
    --------
    >>> equalized(np.array([-5.0, -1.0, 2.0, np.nan]))
    array([-1. , -0.5,  1. ,  nan])
    """
    shares = np.full(convergence.shape, np.nan)
    for sign in (-1.0, 1.0):
        inside = np.flatnonzero((convergence * sign > 0.0).ravel())
        sizes = np.abs(convergence.ravel()[inside])
        _, rank, counts = np.unique(sizes, return_inverse=True, return_counts=True)
        # Equal values have an equal rank: the last one of theirs.
        shares.ravel()[inside] = sign * np.cumsum(counts)[rank] / max(len(inside), 1)
    return shares


def boundary(convergence: Floats) -> Mask:
    """Find the cells from which the next one, to the right or below, ends the other way.

    Parameters
    ----------
    convergence : float64 [rows, columns]
        As for ``equalized``.

    Returns
    -------
    bool [rows, columns]
        Neighbours of which one is not known are no boundary.

    Examples
    --------
    >>> boundary(np.array([[-1.0, -1.0, 1.0], [-1.0, 1.0, 1.0]])).astype(int)
    array([[0, 1, 0],
           [1, 0, 0]])
    """
    sign = np.sign(np.nan_to_num(convergence, nan=0.0))
    found = np.zeros(sign.shape, dtype=np.bool_)
    found[:, :-1] |= sign[:, :-1] * sign[:, 1:] < 0.0
    found[:-1] |= sign[:-1] * sign[1:] < 0.0
    return found


def box_counting_dimension(mask: Mask) -> Dimension:
    """Measure the dimension of a set of cells: the slope of log(count) over log(1/side), by least squares.

    Parameters
    ----------
    mask : bool [rows, columns]
        The set. Boxes have sides of 1, 2, 4 … cells, up to a quarter of the shorter side of the picture;
        what is left after the last whole box of the largest side is left out.

    Returns
    -------
    Dimension
        Its slope is NaN for an empty set, and for a picture with fewer than 8 cells along a side.

    Examples
    --------
    >>> round(box_counting_dimension(np.ones((64, 64), dtype=bool)).slope, 6)
    2.0
    """
    sizes = []
    side = 1
    while side <= min(mask.shape) // 4:
        sizes.append(side)
        side *= 2
    if sizes:
        mask = mask[tuple(slice(length // sizes[-1] * sizes[-1]) for length in mask.shape)]
    counts = [_boxes(mask, size) for size in sizes]
    slope = np.nan
    if len(sizes) > 1 and counts[0]:
        slope = float(np.polyfit(-np.log(sizes), np.log(counts), 1)[0])
    return Dimension(slope, np.array(sizes, dtype=np.int64), np.array(counts, dtype=np.int64))


def map_dimension(table: SweepTable) -> Dimension | None:
    """Return the dimension of a map's boundary.

    Parameters
    ----------
    table
        Of any sweep.

    Returns
    -------
    Dimension or None
        None where the sweep has not two axes on a grid, or where all runs converged, or none did.
    """
    if len(table.axes) != 2 or not table.is_grid or "convergence" not in table.results:
        return None
    found = boundary(table.grid("convergence").median)
    return box_counting_dimension(found) if found.any() else None


def _boxes(mask: Mask, side: int) -> int:
    rows, columns = (length // side for length in mask.shape)
    return int(mask.reshape(rows, side, columns, side).any(axis=(1, 3)).sum())
