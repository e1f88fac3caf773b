"""Geometry of a mouse path."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Walker:
    """Places at equal distances along a path that arrives in pieces, however it is cut into pieces."""

    def __init__(self) -> None:
        self._since_last = 0.0

    def advance(self, path: Floats, spacing: float) -> Floats:
        """The places [m, 2] that lie on the next piece of the path [n, 2], ``spacing`` apart along it."""
        lengths = np.hypot(*np.diff(path, axis=0).T)
        reached = np.concatenate(([0.0], np.cumsum(lengths)))
        first = max(spacing - self._since_last, 0.0)
        stops = np.arange(first, reached[-1], spacing)
        self._since_last += reached[-1]
        if len(stops):
            self._since_last = reached[-1] - stops[-1]
        return np.column_stack([np.interp(stops, reached, path[:, axis]) for axis in (0, 1)])


def scatter(centres: Floats, radius: float, rng: np.random.Generator) -> Floats:
    """One place for each of the centres [n, 2], anywhere in the disc around it with equal chance."""
    share, turn = rng.random((len(centres), 2)).T
    distance = radius * np.sqrt(share)
    return centres + np.column_stack(
        (distance * np.cos(2 * np.pi * turn), distance * np.sin(2 * np.pi * turn))
    )


def near_path(xy: Floats, path: Floats, radius: float) -> NDArray[np.bool_]:
    """Which places [n, 2] lie within ``radius`` of any part of the path [m, 2]: bool [n]."""
    near = np.zeros(len(xy), dtype=np.bool_)
    for start, end in pairwise(path):
        along = end - start
        length_squared = along @ along
        share = (
            np.clip((xy - start) @ along / length_squared, 0.0, 1.0) if length_squared else np.zeros(len(xy))
        )
        offset = xy - start - share[:, None] * along
        near |= np.einsum("ij,ij->i", offset, offset) <= radius * radius
    return near
