"""Edits of a data set that can be undone to the bit, order included."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.experiment.points import Points

Indices = NDArray[np.int64]


@runtime_checkable
class Edit(Protocol):
    """``edit.inverse().apply(edit.apply(points))`` is ``points``, bit for bit.

    ``apply`` raises ValueError when the points are not those the edit was made for.
    """

    def apply(self, points: Points) -> Points: ...

    def inverse(self) -> Edit: ...


@dataclass(frozen=True, slots=True)
class Append:
    """Adds ``block`` behind the last point."""

    block: Points

    def apply(self, points: Points) -> Points:
        return Points.concatenate([points, self.block])

    def inverse(self) -> Truncate:
        return Truncate(self.block)


@dataclass(frozen=True, slots=True)
class Truncate:
    """Takes away the last points, which are ``block``: what undoes an Append."""

    block: Points

    def apply(self, points: Points) -> Points:
        kept = len(points) - len(self.block)
        if kept < 0:
            raise ValueError(f"cannot take {len(self.block)} points away from {len(points)}")
        _require(points[kept:] == self.block)
        return points[:kept]

    def inverse(self) -> Append:
        return Append(self.block)


@dataclass(frozen=True, slots=True, eq=False)
class Remove:
    """Takes away the points at ``index`` int64 [k], ascending and each once; they are ``rows``."""

    index: Indices
    rows: Points

    def __post_init__(self) -> None:
        object.__setattr__(self, "index", _ascending(self.index, self.rows))

    def apply(self, points: Points) -> Points:
        _require_inside(self.index, len(points))
        _require(points[self.index] == self.rows)
        kept = np.ones(len(points), dtype=np.bool_)
        kept[self.index] = False
        return points[kept]

    def inverse(self) -> Insert:
        return Insert(self.index, self.rows)


@dataclass(frozen=True, slots=True, eq=False)
class Insert:
    """Puts ``rows`` in, so that they end up at ``index`` int64 [k], ascending: what undoes a Remove."""

    index: Indices
    rows: Points

    def __post_init__(self) -> None:
        object.__setattr__(self, "index", _ascending(self.index, self.rows))

    def apply(self, points: Points) -> Points:
        total = len(points) + len(self.index)
        _require_inside(self.index, total)
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
    """Puts the whole data set ``after`` in the place of ``before``: moves, new classes, generated data."""

    before: Points
    after: Points

    def apply(self, points: Points) -> Points:
        _require(points == self.before)
        return self.after

    def inverse(self) -> Replace:
        return Replace(self.after, self.before)


@dataclass(frozen=True, slots=True, eq=False)
class Rewrite:
    """Puts ``after`` in the place of ``before``, the points at ``index`` int64 [k], ascending: moves, new classes."""

    index: Indices
    before: Points
    after: Points

    def __post_init__(self) -> None:
        object.__setattr__(self, "index", _ascending(self.index, self.before))
        if len(self.after) != len(self.before):
            raise ValueError(f"{len(self.after)} points cannot take the places of {len(self.before)} points")

    def apply(self, points: Points) -> Points:
        _require_inside(self.index, len(points))
        _require(points[self.index] == self.before)
        xy, target, split = points.xy.copy(), points.target.copy(), points.split.copy()
        xy[self.index], target[self.index] = self.after.xy, self.after.target
        split[self.index] = self.after.split
        return Points(xy, target, split)

    def inverse(self) -> Rewrite:
        return Rewrite(self.index, self.after, self.before)


@dataclass(frozen=True, slots=True)
class Gesture:
    """Several edits, one after another, that are undone together."""

    edits: tuple[Edit, ...]

    def apply(self, points: Points) -> Points:
        for edit in self.edits:
            points = edit.apply(points)
        return points

    def inverse(self) -> Gesture:
        return Gesture(tuple(edit.inverse() for edit in reversed(self.edits)))


def remove_where(points: Points, mask: ArrayLike) -> Remove:
    """The edit that takes away the points where ``mask`` bool [n] is true."""
    index = np.flatnonzero(np.asarray(mask, dtype=np.bool_))
    return Remove(index, points[index])


def merge(first: Edit, second: Edit) -> Edit | None:
    """One edit that does what ``first`` and then ``second`` do, or None where there is no simpler one."""
    match first, second:
        case Append(), Append():
            return Append(Points.concatenate([first.block, second.block]))
        case Remove(), Remove():
            return _merge_removals(first, second)
        case Replace(), Replace():
            return Replace(first.before, second.after)
        case Rewrite(), Rewrite():
            return _merge_rewrites([first, second])
    return None


def gather(edits: Iterable[Edit]) -> Edit:
    """All edits of one gesture, in order, as one edit; neighbours are merged where ``merge`` can."""
    gathered: list[Edit] = []
    for kind, neighbours in groupby(edits, key=type):
        run = list(neighbours)
        if kind is Append:
            blocks = [edit.block for edit in run if isinstance(edit, Append)]
            gathered.append(Append(Points.concatenate(blocks)))
        elif kind is Rewrite:
            gathered.append(_merge_rewrites([edit for edit in run if isinstance(edit, Rewrite)]))
        else:
            gathered.extend(_merge_neighbours(run))
    return gathered[0] if len(gathered) == 1 else Gesture(tuple(gathered))


def _merge_neighbours(edits: Iterable[Edit]) -> list[Edit]:
    merged: list[Edit] = []
    for edit in edits:
        both = merge(merged[-1], edit) if merged else None
        merged[-1:] = [both] if both is not None else [*merged[-1:], edit]
    return merged


def _merge_removals(first: Remove, second: Remove) -> Remove:
    # The j-th index of the first moved every later point down: undo that for the second's indices.
    gaps = first.index - np.arange(len(first.index))
    index = np.concatenate([first.index, second.index + np.searchsorted(gaps, second.index, side="right")])
    order = np.argsort(index)
    return Remove(index[order], Points.concatenate([first.rows, second.rows])[order])


def _merge_rewrites(run: Sequence[Rewrite]) -> Rewrite:
    """Each point as it was before the first of them that has it, and as it is after the last."""
    index = np.concatenate([edit.index for edit in run])
    before = Points.concatenate([edit.before for edit in run])
    after = Points.concatenate([edit.after for edit in run])
    places, first = np.unique(index, return_index=True)
    last = len(index) - 1 - np.unique(index[::-1], return_index=True)[1]
    return Rewrite(places, before[first], after[last])


def _ascending(index: ArrayLike, rows: Points) -> Indices:
    """A read-only copy of ``index``; ValueError unless it is ascending and has one place for each row."""
    places = np.array(index, dtype=np.int64).reshape(-1)
    if len(places) != len(rows):
        raise ValueError(f"{len(places)} places for {len(rows)} points")
    if len(places) and (places[0] < 0 or (np.diff(places) <= 0).any()):
        raise ValueError("places must be ascending, at least 0 and each given once")
    places.flags.writeable = False
    return places


def _require_inside(index: Indices, size: int) -> None:
    if len(index) and index[-1] >= size:
        raise ValueError(f"there is no point {index[-1]} among {size} points")


def _require(same: bool) -> None:
    if not same:
        raise ValueError("these are not the points this edit was made for")
