"""Extremes of blocks of rows of a history, so that a long curve is drawn without a look at all its rows.

The arrays of a history only grow, and their rows never change: what has been found of a block stays true.
"""

from __future__ import annotations

import weakref

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

BLOCK = 32
"""Rows in a block."""


class Extremes:
    """The lowest and highest finite value of each whole block, NaN where a block has none."""

    def __init__(self) -> None:
        self._low, self._high = np.empty(0), np.empty(0)
        self._count = 0

    def of(self, values: Floats) -> tuple[Floats, Floats]:
        """Return the extremes of the whole blocks of ``values`` [r]; only new blocks are looked at."""
        blocks = len(values) // BLOCK
        if blocks > self._count:
            self._take(values, blocks)
        return self._low[:blocks], self._high[:blocks]

    def _take(self, values: Floats, blocks: int) -> None:
        if blocks > len(self._low):
            room = max(blocks, 2 * len(self._low))
            self._low, self._high = (np.resize(kept, room) for kept in (self._low, self._high))
        first = self._count
        new = values[first * BLOCK : blocks * BLOCK].reshape(-1, BLOCK)
        new = np.where(np.isfinite(new), new, np.nan)
        self._low[first:blocks] = np.fmin.reduce(new, axis=1)
        self._high[first:blocks] = np.fmax.reduce(new, axis=1)
        self._count = blocks


def extremes_of(values: Floats) -> tuple[Floats, Floats]:
    """Return the lowest and highest finite values of the whole blocks of ``values`` [r].

    ``values`` are a history's: what was found is kept for the memory that they lie in, for as long as it is in use.
    """
    owner = values if values.base is None else values.base
    key = id(owner), values.__array_interface__["data"][0], values.strides
    known = _known.get(key)
    if known is None or known[0]() is not owner:
        for old in [old for old, (owned, _) in _known.items() if owned() is None]:
            del _known[old]
        known = _known[key] = weakref.ref(owner), Extremes()
    return known[1].of(values)


_known: dict[tuple[int, int, tuple[int, ...]], tuple[weakref.ref[object], Extremes]] = {}


def coarse(values: Floats) -> tuple[Floats, Floats]:
    """Return the lowest and highest finite values of a history's ``values`` [r], first of blocks, then of each row.

    NaN where there is none.
    """
    low, high = extremes_of(values)
    rest = values[len(high) * BLOCK :]
    rest = np.where(np.isfinite(rest), rest, np.nan)
    return np.concatenate([low, rest]), np.concatenate([high, rest])


def highest(values: Floats) -> float:
    """Return the highest finite value of a history's ``values`` [r], NaN where there is none."""
    return float(np.fmax.reduce(coarse(values)[1], initial=np.nan))
