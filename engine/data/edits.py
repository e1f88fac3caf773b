"""Edits of a data set; the inverse of each restores all points bit for bit, in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.catalogue.texts import counted
from engine.experiment.points import Points

Indices = NDArray[np.int64]


@runtime_checkable
class Edit(Protocol):
    """A change of the points that can be undone: ``edit.inverse().apply(edit.apply(points)) == points``.

    Examples
    --------
    >>> points = Points([[0.0, 0.0], [1.0, 2.0]], [0.0, 1.0])
    >>> edit = remove_where(points, points.target == 0.0)
    >>> edit.apply(points).xy
    array([[1., 2.]])
    >>> edit.inverse().apply(edit.apply(points)) == points
    True
    """

    def apply(self, points: Points) -> Points:
        """Return the points after the edit.

        Parameters
        ----------
        points
            Those that the edit was made for.

        Returns
        -------
        Points
            New points; the given ones stay as they are.

        Raises
        ------
        ValueError
            If the edit was made for other points.
        """

    def inverse(self) -> Edit:
        """Return the edit that undoes this one."""


@dataclass(frozen=True, slots=True)
class Append:
    """Add the points ``block`` after the last point. Applies to any points."""

    block: Points

    def apply(self, points: Points) -> Points:
        return Points.concatenate([points, self.block])

    def inverse(self) -> Truncate:
        return Truncate(self.block)


@dataclass(frozen=True, slots=True)
class Truncate:
    """Remove the last points, which are ``block``; the inverse of ``Append``."""

    block: Points

    def apply(self, points: Points) -> Points:
        kept = len(points) - len(self.block)
        if kept < 0:
            raise ValueError(f"cannot remove {len(self.block)} of {counted(len(points), 'point')}")
        _require_same_points(points[kept:] == self.block)
        return points[:kept]

    def inverse(self) -> Append:
        return Append(self.block)


@dataclass(frozen=True, slots=True, eq=False)
class Remove:
    """Remove the points at ``index`` (int64 [k], ascending, no duplicates), which are ``rows``."""

    index: Indices
    rows: Points

    def __post_init__(self) -> None:
        object.__setattr__(self, "index", _ascending(self.index, self.rows))

    def apply(self, points: Points) -> Points:
        _require_index(self.index, len(points))
        _require_same_points(points[self.index] == self.rows)
        kept = np.ones(len(points), dtype=np.bool_)
        kept[self.index] = False
        return points[kept]

    def inverse(self) -> Insert:
        return Insert(self.index, self.rows)


@dataclass(frozen=True, slots=True, eq=False)
class Insert:
    """Insert ``rows``, so that they are at ``index`` (int64 [k], ascending) afterwards; the inverse of ``Remove``."""

    index: Indices
    rows: Points

    def __post_init__(self) -> None:
        object.__setattr__(self, "index", _ascending(self.index, self.rows))

    def apply(self, points: Points) -> Points:
        total = len(points) + len(self.index)
        _require_index(self.index, total)
        source = np.empty(total, dtype=np.int64)
        old = np.ones(total, dtype=np.bool_)
        old[self.index] = False
        source[old] = np.arange(len(points))
        source[self.index] = np.arange(len(points), total)
        return Points.concatenate([points, self.rows])[source]

    def inverse(self) -> Remove:
        return Remove(self.index, self.rows)


@dataclass(frozen=True, slots=True)
class Replace:
    """Replace all points, ``before``, by ``after``."""

    before: Points
    after: Points

    def apply(self, points: Points) -> Points:
        _require_same_points(points == self.before)
        return self.after

    def inverse(self) -> Replace:
        return Replace(self.after, self.before)


@dataclass(frozen=True, slots=True, eq=False)
class Rewrite:
    """Replace the points at ``index`` (int64 [k], ascending), which are ``before``, by ``after``: move, reclassify."""

    index: Indices
    before: Points
    after: Points

    def __post_init__(self) -> None:
        object.__setattr__(self, "index", _ascending(self.index, self.before))
        if len(self.after) != len(self.before):
            raise ValueError(
                f"{counted(len(self.after), 'point')} cannot replace {counted(len(self.before), 'point')}"
            )

    def apply(self, points: Points) -> Points:
        _require_index(self.index, len(points))
        _require_same_points(points[self.index] == self.before)
        xy, target, split = points.xy.copy(), points.target.copy(), points.split.copy()
        xy[self.index], target[self.index] = self.after.xy, self.after.target
        split[self.index] = self.after.split
        return Points(xy, target, split)

    def inverse(self) -> Rewrite:
        return Rewrite(self.index, self.after, self.before)


@dataclass(frozen=True, slots=True)
class Gesture:
    """Several ``edits``, applied in order and undone together."""

    edits: tuple[Edit, ...]

    def apply(self, points: Points) -> Points:
        for edit in self.edits:
            points = edit.apply(points)
        return points

    def inverse(self) -> Gesture:
        return Gesture(tuple(edit.inverse() for edit in reversed(self.edits)))


def remove_where(points: Points, mask: ArrayLike) -> Remove:
    """Make the edit that removes some of the points.

    Parameters
    ----------
    points
        All points.
    mask : bool [n]
        Which of them to remove.

    Returns
    -------
    Remove

    Examples
    --------
    >>> points = Points([[0.0, 0.0], [1.0, 1.0]], [0.0, 1.0])
    >>> remove_where(points, [True, False]).index
    array([0])
    """
    index = np.flatnonzero(np.asarray(mask, dtype=np.bool_))
    return Remove(index, points[index])


def _ascending(index: ArrayLike, rows: Points) -> Indices:
    """Return a read-only copy of ``index``; ValueError unless it is ascending and has one index for each row."""
    indices = np.array(index, dtype=np.int64).reshape(-1)
    if len(indices) != len(rows):
        raise ValueError(f"{len(indices)} indices for {counted(len(rows), 'point')}")
    if len(indices) and (indices[0] < 0 or (np.diff(indices) <= 0).any()):
        raise ValueError("indices must be ascending, at least 0 and each given once")
    indices.flags.writeable = False
    return indices


def _require_index(index: Indices, size: int) -> None:
    if len(index) and index[-1] >= size:
        raise ValueError(f"there is no point {index[-1]} among {counted(size, 'point')}")


def _require_same_points(same: bool) -> None:
    if not same:
        raise ValueError("this edit was made for other points")
