"""Decision boundaries as line segments: marching squares over whole arrays."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from engine.observation.snapshot import Extent

Kind = TypeVar("Kind", bound=np.generic)

Floats = NDArray[np.float64]
_CORNERS = np.array([(0, 0), (0, 1), (1, 1), (1, 0)])
"""Row and column offsets of a cell's corners, in order around the cell."""


def class_boundaries(probabilities: NDArray[np.float32], extent: Extent) -> Floats:
    """Return the lines along which the most probable class changes: segments [m, 2 ends, 2] in canvas units.

    ``probabilities`` [rows, columns, classes] are given at the centres of equal cells over ``extent``, row 0 at low y.
    Between corners of classes a and b, a cell's side is crossed at p_a = p_b. A line joins two crossings of a cell;
    three or four are each joined to the mean of the crossings.
    """
    classes = _padded(probabilities)
    best = _best(classes)
    cells = _cells_with_border(best)
    corners = cells[:, None, :] + _CORNERS
    label = best[corners[..., 0], corners[..., 1]]
    crossings = _crossings(classes, corners, label, extent)
    crossed = label != _next(label)
    known = np.isfinite(crossings).all(axis=(1, 2))
    return _joined(crossings[known], crossed[known])


MIN_PROBABILITY = np.float32(1e-30)
"""Smaller probabilities are raised to this value before their logarithm is taken."""


def log_probabilities(probabilities: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return logarithms [rows, columns, classes]: between cells, log odds are closer to linear than probabilities,
    which jump from 0 to 1 in a confident network.
    """
    logarithms: NDArray[np.floating] = np.log(np.maximum(probabilities, MIN_PROBABILITY))
    return logarithms


def _padded(probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
    """Extrapolate by half a cell to the edge of the extent: [classes, rows + 2, columns + 2]."""
    # The difference of two infinities would be NaN.
    probabilities = np.where(np.isfinite(probabilities), probabilities, np.float32(np.nan))
    rows, columns, count = probabilities.shape
    padded = np.empty((count, rows + 2, columns + 2), dtype=np.float32)
    padded[:, 1:-1, 1:-1] = np.moveaxis(probabilities, 2, 0)
    for grid, cells in ((padded[:, :, 1:-1].swapaxes(0, 1), rows), (padded.transpose(2, 0, 1), columns)):
        inner = min(2, cells)
        grid[0] = 1.5 * grid[1] - 0.5 * grid[inner]
        grid[-1] = 1.5 * grid[-2] - 0.5 * grid[-1 - inner]
    return padded


def _best(classes: NDArray[np.float32]) -> NDArray[np.int8]:
    """Return the most probable class, the first one of equals; faster than argmax for a few large arrays."""
    top, best = classes[0].copy(), np.zeros(classes.shape[1:], dtype=np.int8)
    for k in range(1, len(classes)):
        better = classes[k] > top
        best[better] = k
        np.copyto(top, classes[k], where=better)
    return best


def _cells_with_border(best: NDArray[np.int8]) -> NDArray[np.int64]:
    """Return row and column [cells, 2] of the cells whose corners differ in class."""
    corner = best[:-1, :-1]
    border = (corner != best[:-1, 1:]) | (corner != best[1:, 1:]) | (corner != best[1:, :-1])
    return np.argwhere(border)


def _next(corners: NDArray[Kind]) -> NDArray[Kind]:
    """Return the values at the other end of each side: [cells, 4, …] rotated by one corner."""
    return corners[:, [1, 2, 3, 0]]


def _crossings(
    classes: NDArray[np.float32], corners: NDArray[np.int64], label: NDArray[np.int8], extent: Extent
) -> Floats:
    """Return the crossing of each cell side: [cells, 4, 2] in canvas units; arbitrary for a side without one."""

    def lead(at: NDArray[np.int64]) -> NDArray[np.float32]:
        row, column = at[..., 0], at[..., 1]
        ahead: NDArray[np.float32] = classes[label, row, column] - classes[_next(label), row, column]
        return ahead

    here, there = lead(corners), lead(_next(corners))
    fall = here - there
    share = np.where(fall > 0, here / np.where(fall > 0, fall, 1.0), 0.5)
    share = np.where(np.isfinite(fall), share, np.nan)[..., None]
    x, y = _positions(classes.shape[2], *extent[:2]), _positions(classes.shape[1], *extent[2:])
    positions = np.stack((x[corners[..., 1]], y[corners[..., 0]]), axis=-1)
    return positions + share * (_next(positions) - positions)


def _joined(crossings: Floats, crossed: NDArray[np.bool_]) -> Floats:
    simple = crossed.sum(axis=1) == 2
    cell, side = np.nonzero(crossed & simple[:, None])
    lines = crossings[cell, side].reshape(-1, 2, 2)
    weight = (crossed & ~simple[:, None])[..., None]
    middle = (crossings * weight).sum(axis=1) / np.maximum(weight.sum(axis=1), 1)
    cell, side = np.nonzero(weight[..., 0])
    return np.concatenate((lines, np.stack((crossings[cell, side], middle[cell]), axis=1)))


def _positions(padded: int, low: float, high: float) -> Floats:
    """Return the positions of the columns (or rows) of a padded grid."""
    cells = padded - 2
    return np.concatenate(([low], low + (np.arange(cells) + 0.5) * (high - low) / cells, [high]))
