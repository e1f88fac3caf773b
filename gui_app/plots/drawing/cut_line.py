"""Lines cut at the edges of a plot, by computing: not every vector format clips what is drawn."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
RIM = 0.5
"""Pixels by which a line may reach beyond the edges: rounding takes nothing of a line along an edge."""


def cut_line(x: Floats, y: Floats, width: float, height: float) -> tuple[Floats, Floats]:
    """Return the parts of the line through ``x``, ``y`` that lie in [0, width] × [0, height].

    Where it leaves and enters, there are corners at the edge. What is outside has NaN as its height, as gaps have.
    """
    x, y = _cut(x, y, height)
    y, x = _cut(y, x, width)
    return x, np.where(np.isfinite(x), y, np.nan)


def _cut(along: Floats, across: Floats, end: float) -> tuple[Floats, Floats]:
    """Cut a line where its second coordinate leaves [0, ``end``]."""
    edges = -RIM, end + RIM
    outside = (across < edges[0]) | (across > edges[1])
    if not outside.any():
        return along, across
    positions, alongs, acrosses = [np.arange(len(across), dtype=np.float64)], [along], [across.copy()]
    acrosses[0][outside] = np.nan
    before, after = across[:-1], across[1:]
    for edge in edges:
        rows = np.flatnonzero(((before < edge) != (after < edge)) & np.isfinite(before) & np.isfinite(after))
        share = (edge - before[rows]) / (after[rows] - before[rows])
        positions.append(rows + share)
        alongs.append(along[rows] + share * (along[rows + 1] - along[rows]))
        acrosses.append(np.full(len(rows), edge))
    order = np.argsort(np.concatenate(positions), kind="stable")
    return np.concatenate(alongs)[order], np.concatenate(acrosses)[order]
