"""Split points into training, validation and test."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from threading import Lock
from zlib import crc32

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.experiment.points import SPLITS, TEST, TRAINING, VALIDATION

Splits = NDArray[np.uint8]
Indices = NDArray[np.intp]

_WHOLE = 10**9  # shares are counted in billionths, so that rounding is exact
_MAX_QUANTILES = 20


def stratified_split(target: ArrayLike, task: str, validation: float, test: float, seed: int) -> Splits:
    """Split points at random, in equal shares within each class or range of targets.

    - Each class gets a training point first, then a validation point if validation has a share.
    - Otherwise the totals are n times the shares, rounded by largest remainder, with at least one training point.
    - Within each class (classification) or quantile of the target (regression), counts are within one point of the
      shares.

    Parameters
    ----------
    target : array-like [n]
        Class numbers or values.
    task : str
        Whether targets are classes.
    validation, test : float
        Shares, at least 0 and together less than 1. Training has the rest.
    seed : int
        Equal arguments give equal splits.

    Returns
    -------
    uint8 [n]
        Indices of ``SPLITS``.

    Raises
    ------
    ValueError
        For shares out of range.

    Examples
    --------
    >>> split = stratified_split([0, 0, 0, 0, 1, 1, 1, 1], "classification", 0.25, 0.25, seed=0)
    >>> np.bincount(split[:4]), np.bincount(split[4:])
    (array([2, 1, 1]), array([2, 1, 1]))
    """
    shares = _shares(validation, test)
    targets = np.asarray(target, dtype=np.float64).reshape(-1)
    split = np.zeros(len(targets), dtype=np.uint8)
    if not len(targets):
        return split
    rng = np.random.default_rng([seed, crc32(b"split")])
    strata = _strata(targets, task, rng)
    counts = _counts_per_stratum([len(members) for members in strata], shares, task == "classification")
    for members, count in zip(strata, counts, strict=True):
        split[members] = np.repeat(np.arange(len(SPLITS), dtype=np.uint8), count)
    return split


def assign_new(
    existing_split: ArrayLike,
    existing_target: ArrayLike,
    new_target: ArrayLike,
    task: str,
    validation: float,
    test: float,
) -> Splits:
    """Split new points, one after another, so that they follow the shares.

    The splits of a class (classification) or of all points (regression) come in a fixed order, in which each part
    follows the shares; the number of existing points says where in this order the new ones begin. Where a person has
    put the existing points is not made up for. A class without a training point gets one first, then a validation
    point. Nothing is random.

    Parameters
    ----------
    existing_split, existing_target : array-like [n]
        Splits and targets of the existing points.
    new_target : array-like [k]
        Targets of the new points, in order.
    task, validation, test
        As for ``stratified_split``.

    Returns
    -------
    uint8 [k]
        Indices of ``SPLITS``.

    Raises
    ------
    ValueError
        For shares out of range.

    Examples
    --------
    >>> assign_new([], [], [0, 0, 0, 0], "classification", 0.25, 0.25)
    array([0, 1, 2, 0], dtype=uint8)
    >>> assign_new([0, 1, 2, 2, 2, 2, 2, 2], [0] * 8, [0, 0, 0, 0], "classification", 0.25, 0.25)
    array([0, 1, 2, 0], dtype=uint8)
    """
    shares = _shares(validation, test)
    old_split = np.asarray(existing_split, dtype=np.uint8).reshape(-1)
    old_class, new_class = classes_of(existing_target, task), classes_of(new_target, task)
    split = np.zeros(len(new_class), dtype=np.uint8)
    for number in np.unique(new_class):
        old, chosen = old_split[old_class == number], new_class == number
        order = _order(shares).part(len(old), len(old) + int(chosen.sum()))
        split[chosen] = _with_first(order, np.bincount(old, minlength=len(SPLITS)).tolist(), shares)
    return split


def _shares(validation: float, test: float) -> tuple[int, int, int]:
    """Return the shares of training, validation and test in billionths; ValueError if they are out of range."""
    if 0 <= validation < 1 and 0 <= test < 1:
        held_out = round(validation * _WHOLE), round(test * _WHOLE)
        if sum(held_out) < _WHOLE:
            return _WHOLE - sum(held_out), *held_out
    raise ValueError(
        f"validation and test shares must be at least 0 and together less than 1, not {validation} and {test}"
    )


def _strata(target: NDArray[np.float64], task: str, rng: np.random.Generator) -> list[Indices]:
    """Return groups of indices that are split in equal shares, the smallest first, each in random order."""
    shuffled = rng.permutation(len(target))
    if task == "classification":
        groups = [shuffled[target[shuffled] == number] for number in sorted(set(target.tolist()))]
        return sorted(groups, key=len)
    ranked = shuffled[np.argsort(target[shuffled], kind="stable")]
    quantiles = min(_MAX_QUANTILES, max(1, len(target) // 10))
    return sorted((rng.permutation(part) for part in np.array_split(ranked, quantiles)), key=len)


def _counts_per_stratum(sizes: Sequence[int], shares: tuple[int, int, int], classes: bool) -> list[list[int]]:
    """Return how many points of each stratum go to each split [strata, splits].

    Rows sum to ``sizes``. Columns sum to ``_totals``, unless small ``classes`` need more points than their shares.
    """
    floors = [[size * share // _WHOLE for share in shares] for size in sizes]
    counts = [
        _with_needed(size, row, shares) if classes else list(row)
        for size, row in zip(sizes, floors, strict=True)
    ]
    deficits = [
        total - sum(column)
        for total, column in zip(_totals(sum(sizes), shares), zip(*counts, strict=True), strict=True)
    ]
    for size, row, floor in zip(sizes, counts, floors, strict=True):
        # Giving each point to the split with the largest deficit reaches the totals (Gale–Ryser theorem). Ties go by
        # remainder; a split that got an extra point for its class comes last.
        by_deficit = sorted(
            (row[s] > floor[s], -deficits[s], -(size * share % _WHOLE), s) for s, share in enumerate(shares)
        )
        for *_, s in by_deficit[: size - sum(row)]:
            row[s] += 1
            deficits[s] -= 1
    return counts


def _with_needed(size: int, floor: Sequence[int], shares: tuple[int, int, int]) -> list[int]:
    """Return ``floor`` with at least one training point and, of two or more points, one validation point.

    If there are too few points, the largest count is reduced.
    """
    row = list(floor)
    row[TRAINING] = max(row[TRAINING], min(size, 1))
    if shares[VALIDATION]:
        row[VALIDATION] = max(row[VALIDATION], min(size - 1, 1), 0)
    while sum(row) > size:
        row[max(range(len(row)), key=lambda s: row[s] - (s != TEST))] -= 1
    return row


def _totals(points: int, shares: tuple[int, int, int]) -> list[int]:
    """Return ``points`` times the shares, rounded by largest remainder, with a training point if there are points."""
    totals = [points * share // _WHOLE for share in shares]
    by_remainder = sorted(range(len(shares)), key=lambda s: -(points * shares[s] % _WHOLE))
    if totals[TRAINING] == 0:
        by_remainder.sort(key=lambda s: s != TRAINING)
    for s in by_remainder[: points - sum(totals)]:
        totals[s] += 1
    return totals


def classes_of(target: ArrayLike, task: str) -> NDArray[np.float64]:
    """Return the class of each target [n]; in regression all points are one class, 0."""
    targets = np.asarray(target, dtype=np.float64).reshape(-1)
    return targets if task == "classification" else np.zeros_like(targets)


class _Order:
    """The splits of points that come one after another, each in the split with the largest deficit.

    It grows as far as it is asked for, because a stroke asks for a few points in each frame.
    """

    def __init__(self, shares: tuple[int, int, int]) -> None:
        self._shares = shares
        self._counts = [0] * len(SPLITS)
        self._splits = bytearray()
        # Window and engine may be threads of one process.
        self._lock = Lock()

    def part(self, start: int, stop: int) -> list[int]:
        """Return the splits of the points from ``start`` to before ``stop``."""
        with self._lock:
            while len(self._splits) < stop:
                self._splits.append(self._next())
            return list(self._splits[start:stop])

    def _next(self) -> int:
        split = _needed(self._counts, self._shares)
        if split is None:
            after, both = len(self._splits) + 1, zip(self._shares, self._counts, strict=True)
            deficits = [after * share - count * _WHOLE for share, count in both]
            split = deficits.index(max(deficits))
        self._counts[split] += 1
        return split


@lru_cache(maxsize=16)
def _order(shares: tuple[int, int, int]) -> _Order:
    return _Order(shares)


def _with_first(order: list[int], counts: list[int], shares: tuple[int, int, int]) -> list[int]:
    """Return the splits with those first that a class with these ``counts`` still needs."""
    for index in range(min(2, len(order))):
        split = _needed(counts, shares)
        if split is not None:
            order[index] = split
        counts[order[index]] += 1
    return order


def _needed(counts: Sequence[int], shares: tuple[int, int, int]) -> int | None:
    """Return the split in which a class still needs its first point, or None."""
    if not counts[TRAINING]:
        return TRAINING
    return VALIDATION if shares[VALIDATION] and not counts[VALIDATION] else None
