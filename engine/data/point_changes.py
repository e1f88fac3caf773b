"""Find the points in which two data sets differ."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.experiment import Points

Bools = NDArray[np.bool_]


def is_prefix(short: Points, long: Points) -> bool:
    """Whether points were only added at the end.

    Parameters
    ----------
    short, long
        The points before and after.

    Returns
    -------
    bool
        True if ``long`` begins with all of ``short``, bit for bit; also if both are equal.
    """
    n = len(short)
    return (
        n <= len(long)
        and np.array_equal(short.xy, long.xy[:n])
        and np.array_equal(short.target, long.target[:n])
        and np.array_equal(short.split, long.split[:n])
    )


def added_and_removed(before: Points, after: Points) -> tuple[Bools, Bools]:
    """Find new and removed points, in the order in which they are drawn.

    If the points in both sets are not in the same order, all points count as new and as removed, because the drawing
    order changed. If both sets have the same length, points that differ at the same index are both new and removed.

    Parameters
    ----------
    before, after
        The points before and after an edit, in the order in which they are drawn.

    Returns
    -------
    added : bool [len(after)]
    removed : bool [len(before)]

    Examples
    --------
    >>> before = Points([[0.0, 0.0], [1.0, 1.0]], [0.0, 1.0])
    >>> added_and_removed(before, before[1:])
    (array([False]), array([ True, False]))
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
    """Whether ``part`` has exactly the points of ``whole`` whose ``kept`` (bool [n]) is true, in their order."""
    return (
        np.array_equal(whole.xy[kept], part.xy)
        and np.array_equal(whole.target[kept], part.target)
        and np.array_equal(whole.split[kept], part.split)
    )


def _keys(points: Points) -> NDArray[np.float64]:
    """Return a number for each point; two different points hardly ever share it."""
    # Not a matrix product, whose rounding may depend on the number of rows.
    xy, target, split = points.xy, points.target, points.split
    keys: NDArray[np.float64] = xy[:, 0] + np.pi * xy[:, 1] + np.e * target + np.sqrt(2) * split
    return keys
