"""What differs between two data sets."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.experiment import Points

Bools = NDArray[np.bool_]


def is_prefix(short: Points, long: Points) -> bool:
    """Whether ``long`` is ``short`` with points added behind."""
    n = len(short)
    return (
        n <= len(long)
        and np.array_equal(short.xy, long.xy[:n])
        and np.array_equal(short.target, long.target[:n])
        and np.array_equal(short.split, long.split[:n])
    )


def added_and_removed(before: Points, after: Points) -> tuple[Bools, Bools]:
    """Which of the points ``after`` are new, and which of those ``before`` are gone.

    All are, unless the others are the same ones in the same order: nothing that was hidden may come to the top.
    Of as many points before as after, those are both whose place in the order has another point now.
    """
    if len(before) == len(after):
        differ = (before.xy != after.xy).any(axis=1)
        differ |= (before.target != after.target) | (before.split != after.split)
        return differ, differ
    old, new = _keys(before), _keys(after)
    if len(after) < len(before):
        gone = ~np.isin(old, new)
        if _is_part(after, before, ~gone):
            return np.zeros(len(after), dtype=np.bool_), gone
    stayed_old, stayed_new = np.isin(old, new), np.isin(new, old)
    if before[stayed_old] != after[stayed_new]:
        return np.ones(len(after), dtype=np.bool_), np.ones(len(before), dtype=np.bool_)
    return ~stayed_new, ~stayed_old


def _is_part(part: Points, whole: Points, kept: Bools) -> bool:
    """Whether ``part`` is those points of the whole that are ``kept`` bool [n], in their order."""
    return (
        np.array_equal(whole.xy[kept], part.xy)
        and np.array_equal(whole.target[kept], part.target)
        and np.array_equal(whole.split[kept], part.split)
    )


def _keys(points: Points) -> NDArray[np.float64]:
    """One number a point that two different points hardly ever share."""
    # Not a matrix product: its rounding may depend on how many rows there are.
    xy, target, split = points.xy, points.target, points.split
    keys: NDArray[np.float64] = xy[:, 0] + np.pi * xy[:, 1] + np.e * target + np.sqrt(2) * split
    return keys
