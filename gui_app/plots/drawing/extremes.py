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
    """The lowest and highest finite value of each whole block, NaN where a block has none; ``shape`` is a row's."""

    def __init__(self, shape: tuple[int, ...] = ()) -> None:
        self._low, self._high = np.empty((0, *shape)), np.empty((0, *shape))
        self._count = self._empty = 0

    def has_numbers(self, values: Floats) -> bool:
        """Return whether any of ``values`` is a number or infinite; only rows not known to be NaN are looked at."""
        if not np.isnan(values[self._empty : self._empty + 1]).all():
            return True
        numbers = ~np.isnan(values[self._empty :])
        found = np.flatnonzero(numbers.any(axis=tuple(range(1, numbers.ndim))))
        self._empty += int(found[0]) if len(found) else len(numbers)
        return len(found) > 0

    def of(self, values: Floats) -> tuple[Floats, Floats]:
        """Return the extremes of the whole blocks of ``values`` [r, …]; only new blocks are looked at."""
        blocks = len(values) // BLOCK
        if blocks > self._count:
            self._take(values, blocks)
        return self._low[:blocks], self._high[:blocks]

    def _take(self, values: Floats, blocks: int) -> None:
        if blocks > len(self._low):
            room = max(blocks, 2 * len(self._low))
            self._low, self._high = (
                np.resize(kept, (room, *kept.shape[1:])) for kept in (self._low, self._high)
            )
        first = self._count
        new = values[first * BLOCK : blocks * BLOCK].reshape(-1, BLOCK, *values.shape[1:])
        new = np.where(np.isfinite(new), new, np.nan)
        self._low[first:blocks] = np.fmin.reduce(new, axis=1)
        self._high[first:blocks] = np.fmax.reduce(new, axis=1)
        self._count = blocks


def extremes_of(values: Floats) -> tuple[Floats, Floats]:
    """Return the lowest and highest finite values of the whole blocks of a history's ``values`` [r, …]."""
    return _found(values).of(values)


def has_numbers(values: Floats) -> bool:
    """Return whether any of a history's ``values`` [r, …] is not NaN."""
    return _found(values).has_numbers(values)


def _found(values: Floats) -> Extremes:
    """Return what was found of a history's values; it is kept as long as the memory that they lie in is in use."""
    owner = values if values.base is None else values.base
    key = id(owner), values.__array_interface__["data"][0], values.strides, values.shape[1:]
    known = _known.get(key)
    if known is None or known[0]() is not owner:
        for old in [old for old, (owned, _) in _known.items() if owned() is None]:
            del _known[old]
        known = _known[key] = weakref.ref(owner), Extremes(values.shape[1:])
    return known[1]


_Shape = tuple[int, ...]
_known: dict[tuple[int, int, _Shape, _Shape], tuple[weakref.ref[object], Extremes]] = {}


def coarse(values: Floats) -> tuple[Floats, Floats]:
    """Return the lowest and highest finite values of a history's ``values`` [r, …], first of blocks, then of each row.

    NaN where there is none.
    """
    low, high = extremes_of(values)
    rest = values[len(high) * BLOCK :]
    rest = np.where(np.isfinite(rest), rest, np.nan)
    return np.concatenate([low, rest]), np.concatenate([high, rest])


def highest(values: Floats) -> float:
    """Return the highest finite value of a history's ``values`` [r, …], NaN where there is none."""
    return float(np.fmax.reduce(coarse(values)[1], axis=None, initial=np.nan))
