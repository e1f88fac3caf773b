"""Geometry of mouse paths."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_SOFTNESS = 0.45
"""Standard deviation of softly scattered points, in radii."""


class Walker:
    """Spaces positions along a path that arrives in pieces; the result does not depend on the pieces.

    Between two positions, the path's length times the density is 1.
    """

    def __init__(self) -> None:
        self._since_last = 0.0

    def advance(self, path: Floats, density: Floats | float) -> Floats:
        """Return the positions [m, 2] on the next piece of the path [n, 2]; ``density`` [n] is given at its corners."""
        dense = np.broadcast_to(np.asarray(density, dtype=np.float64), len(path))
        weights = np.hypot(*np.diff(path, axis=0).T) * (dense[1:] + dense[:-1]) / 2
        reached = np.concatenate(([0.0], np.cumsum(weights)))
        first = max(1.0 - self._since_last, 0.0)
        stops = np.arange(first, reached[-1], 1.0)
        self._since_last += reached[-1]
        if len(stops):
            self._since_last = reached[-1] - stops[-1]
        return np.column_stack([np.interp(stops, reached, path[:, axis]) for axis in (0, 1)])


def scatter(centres: Floats, radius: float, rng: np.random.Generator, soft: bool = False) -> Floats:
    """Return a random position in the disc around each of the centres [n, 2].

    The distribution is uniform, or with ``soft`` a Gaussian truncated at the disc's edge.
    """
    share, turn = rng.random((len(centres), 2)).T
    if soft:
        covered = 1 - np.exp(-0.5 / _SOFTNESS**2)
        distance = radius * _SOFTNESS * np.sqrt(-2 * np.log1p(-share * covered))
    else:
        distance = radius * np.sqrt(share)
    angle = 2 * np.pi * turn
    scattered: Floats = centres + np.column_stack((distance * np.cos(angle), distance * np.sin(angle)))
    return scattered


def along(path: Floats, shares: Floats) -> Floats:
    """Return the positions [m, 2] at these shares (0…1) of the length of the path [n, 2]."""
    lengths = np.hypot(*np.diff(path, axis=0).T)
    reached = np.concatenate(([0.0], np.cumsum(lengths)))
    return np.column_stack([np.interp(shares * reached[-1], reached, path[:, axis]) for axis in (0, 1)])


def near_path(xy: Floats, path: Floats, radius: float) -> NDArray[np.bool_]:
    """Return which positions [n, 2] lie within ``radius`` of any part of the path [m, 2]: bool [n]."""
    near = np.zeros(len(xy), dtype=np.bool_)
    low, high = path.min(axis=0) - radius, path.max(axis=0) + radius
    around = np.flatnonzero(((xy >= low) & (xy <= high)).all(axis=1))
    for start, end in pairwise(path):
        near[around] |= _near_segment(xy[around], start, end, radius)
    return near


def in_polygon(xy: Floats, corners: Floats) -> NDArray[np.bool_]:
    """Return which positions [n, 2] lie in the polygon [m, 2], by the even-odd rule: bool [n]."""
    odd = np.zeros(len(xy), dtype=np.bool_)
    x, y = xy.T
    for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if y0 != y1:
            odd ^= ((y0 > y) != (y1 > y)) & (x < (x1 - x0) * (y - y0) / (y1 - y0) + x0)
    return odd


def _near_segment(xy: Floats, start: Floats, end: Floats, radius: float) -> NDArray[np.bool_]:
    along = end - start
    length_squared = along @ along
    offset = xy - start
    if length_squared:
        offset = offset - np.clip(offset @ along / length_squared, 0.0, 1.0)[:, None] * along
    return np.asarray(np.einsum("ij,ij->i", offset, offset) <= radius * radius)
