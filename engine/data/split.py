"""Sharing points out to training, validation and test."""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.data.edits import Rewrite
from engine.experiment.points import SPLITS, TEST, TRAINING, VALIDATION, Points

Splits = NDArray[np.uint8]
Indices = NDArray[np.intp]

_WHOLE = 10**9  # shares are counted in billionths, so that rounding is exact
_MAX_QUANTILES = 20


def stratified_split(target: ArrayLike, task: str, validation: float, test: float, seed: int) -> Splits:
    """A split uint8 [n] for targets [n], random but the same for the same arguments.

    A class's first point is for training and its second for validation, if validation has a share. Beyond that, totals
    are n times the shares, rounded by largest remainder, with at least one training point, and within each class
    (classification) or quantile of the target (regression) the counts are within one point of its share. ValueError
    unless the shares are at least 0 and add up to less than 1.
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
    """A split uint8 [k] for points drawn one after another beside existing ones; nothing is random.

    Each goes where most is missing compared with the shares, within its class (classification) or over all points
    (regression); but a class without a training point, then one without a validation point, gets that first.
    ValueError as in ``stratified_split``.
    """
    shares = _shares(validation, test)
    old_split = np.asarray(existing_split, dtype=np.uint8).reshape(-1)
    old_class, new_class = _class_of(existing_target, task), _class_of(new_target, task)
    split = np.zeros(len(new_class), dtype=np.uint8)
    for number in np.unique(new_class):
        counts = np.bincount(old_split[old_class == number], minlength=len(SPLITS)).tolist()
        chosen = new_class == number
        split[chosen] = _fill(counts, shares, int(chosen.sum()))
    return split


def _shares(validation: float, test: float) -> tuple[int, int, int]:
    """Shares of training, validation and test in billionths."""
    if 0 <= validation < 1 and 0 <= test < 1:
        held_out = round(validation * _WHOLE), round(test * _WHOLE)
        if sum(held_out) < _WHOLE:
            return _WHOLE - sum(held_out), *held_out
    raise ValueError(
        f"validation and test shares must be at least 0 and together less than 1, not {validation} and {test}"
    )


def _strata(target: NDArray[np.float64], task: str, rng: np.random.Generator) -> list[Indices]:
    """Groups of indices that are split alike, smallest first, each in random order."""
    shuffled = rng.permutation(len(target))
    if task == "classification":
        groups = [shuffled[target[shuffled] == number] for number in sorted(set(target.tolist()))]
        return sorted(groups, key=len)
    ranked = shuffled[np.argsort(target[shuffled], kind="stable")]
    quantiles = min(_MAX_QUANTILES, max(1, len(target) // 10))
    return sorted((rng.permutation(part) for part in np.array_split(ranked, quantiles)), key=len)


def _counts_per_stratum(sizes: Sequence[int], shares: tuple[int, int, int], classes: bool) -> list[list[int]]:
    """How many points of each stratum each split takes: rows add up to ``sizes``, and columns to the totals, but where
    small ``classes`` need points that they would not get.
    """
    floors = [[size * share // _WHOLE for share in shares] for size in sizes]
    counts = [
        _with_needed(size, row, shares) if classes else list(row)
        for size, row in zip(sizes, floors, strict=True)
    ]
    missing = [
        total - sum(column)
        for total, column in zip(_totals(sum(sizes), shares), zip(*counts, strict=True), strict=True)
    ]
    for size, row, floor in zip(sizes, counts, floors, strict=True):
        # Serving the split that misses most always works out (Gale and Ryser); ties follow the remainders. What was
        # given a point already for its class's sake comes last.
        wanting = sorted(
            (row[s] > floor[s], -missing[s], -(size * share % _WHOLE), s) for s, share in enumerate(shares)
        )
        for *_, s in wanting[: size - sum(row)]:
            row[s] += 1
            missing[s] -= 1
    return counts


def _with_needed(size: int, floor: Sequence[int], shares: tuple[int, int, int]) -> list[int]:
    """``floor`` with a point for training and, of two or more, one for validation, taken where most are if need be."""
    row = list(floor)
    row[TRAINING] = max(row[TRAINING], min(size, 1))
    if shares[VALIDATION]:
        row[VALIDATION] = max(row[VALIDATION], min(size - 1, 1), 0)
    while sum(row) > size:
        row[max(range(len(row)), key=lambda s: row[s] - (s != TEST))] -= 1
    return row


def _totals(points: int, shares: tuple[int, int, int]) -> list[int]:
    """``points`` times the shares, rounded by largest remainder; training gets one point if there is any."""
    totals = [points * share // _WHOLE for share in shares]
    by_remainder = sorted(range(len(shares)), key=lambda s: -(points * shares[s] % _WHOLE))
    if totals[TRAINING] == 0:
        by_remainder.sort(key=lambda s: s != TRAINING)
    for s in by_remainder[: points - sum(totals)]:
        totals[s] += 1
    return totals


def _class_of(target: ArrayLike, task: str) -> NDArray[np.float64]:
    targets = np.asarray(target, dtype=np.float64).reshape(-1)
    return targets if task == "classification" else np.zeros_like(targets)


def _fill(counts: list[int], shares: tuple[int, int, int], new: int) -> list[int]:
    """Splits for ``new`` points of one class that has ``counts`` already, which this brings up to date."""
    chosen = []
    total = sum(counts)
    for after in range(total + 1, total + new + 1):
        lacking = [after * share - count * _WHOLE for share, count in zip(shares, counts, strict=True)]
        split = _needed(counts, shares)
        if split is None:
            split = lacking.index(max(lacking))
        counts[split] += 1
        chosen.append(split)
    return chosen


def _needed(counts: Sequence[int], shares: tuple[int, int, int]) -> int | None:
    """The split that a class must have a point of first, if it has none yet."""
    if not counts[TRAINING]:
        return TRAINING
    return VALIDATION if shares[VALIDATION] and not counts[VALIDATION] else None


def keep_trained(before: Points, after: Points, task: str) -> Rewrite | None:
    """The edit that lets each class of ``after`` keep a point to train on; None where nothing is to be done.

    It is for edits that take points away or give them another class: where such an edit from ``before`` leaves a class
    (in regression, all points) without a training point, one of its test points, or else validation points, becomes
    one. A class that was without one before, or lost it because the split itself was edited, stays as it is.
    """
    if len(after) > len(before) or (
        len(after) == len(before) and np.array_equal(before.target, after.target)
    ):
        return None
    classes = _class_of(after.target, task)
    bare = _untrained(classes, after.split)
    if bare:
        bare -= _untrained(_class_of(before.target, task), before.split)
    index = [_spare(np.flatnonzero(classes == number), after.split) for number in sorted(bare)]
    if not index:
        return None
    chosen = np.sort(np.array(index, dtype=np.int64))
    rows = after[chosen]
    return Rewrite(chosen, rows, Points(rows.xy, rows.target, np.full(len(rows), TRAINING, dtype=np.uint8)))


def _untrained(classes: NDArray[np.float64], split: Splits) -> set[int]:
    """Classes that have points, and none to train on."""
    numbers = classes.astype(np.int64)
    there = np.bincount(numbers)
    trained = np.bincount(numbers[split == TRAINING], minlength=len(there))
    return set(np.flatnonzero((there > 0) & (trained == 0)).tolist())


def _spare(members: Indices, split: Splits) -> int:
    """The point of a class that can best be spared: the first test point, or the first of all."""
    spare = members[split[members] == TEST]
    return int(spare[0] if len(spare) else members[0])
