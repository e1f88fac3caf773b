"""Sharing points out to training, validation and test."""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.experiment.points import SPLITS, TRAINING

Splits = NDArray[np.uint8]
Indices = NDArray[np.intp]

_WHOLE = 10**9  # shares are counted in billionths, so that rounding is exact
_MAX_QUANTILES = 20


def stratified_split(target: ArrayLike, task: str, validation: float, test: float, seed: int) -> Splits:
    """A split uint8 [n] for targets [n], random but the same for the same arguments.

    Totals are n times the shares, rounded by largest remainder, with at least one training point. Within each
    class (classification) or quantile of the target (regression) the counts are within one point of its
    share. ValueError unless the shares are at least 0 and add up to less than 1.
    """
    shares = _shares(validation, test)
    targets = np.asarray(target, dtype=np.float64).reshape(-1)
    split = np.zeros(len(targets), dtype=np.uint8)
    if not len(targets):
        return split
    rng = np.random.default_rng([seed, crc32(b"split")])
    strata = _strata(targets, task, rng)
    counts = _counts_per_stratum([len(members) for members in strata], shares)
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

    Each goes where most is missing compared with the shares, within its class (classification) or over all
    points (regression); the first point of a class goes to training. ValueError as in ``stratified_split``.
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
        groups = [shuffled[target[shuffled] == number] for number in np.unique(target)]
        return sorted(groups, key=len)
    ranked = shuffled[np.argsort(target[shuffled], kind="stable")]
    quantiles = min(_MAX_QUANTILES, max(1, len(target) // 10))
    return sorted((rng.permutation(part) for part in np.array_split(ranked, quantiles)), key=len)


def _counts_per_stratum(sizes: Sequence[int], shares: tuple[int, int, int]) -> list[list[int]]:
    """How many points of each stratum each split takes: rows add up to ``sizes``, columns to the totals."""
    counts = [[size * share // _WHOLE for share in shares] for size in sizes]
    missing = [
        total - sum(column)
        for total, column in zip(_totals(sum(sizes), shares), zip(*counts, strict=True), strict=True)
    ]
    for size, row in zip(sizes, counts, strict=True):
        # Serving the split that misses most always works out (Gale and Ryser); ties follow the remainders.
        wanting = sorted((-missing[s], -(size * share % _WHOLE), s) for s, share in enumerate(shares))
        for _, _, s in wanting[: size - sum(row)]:
            row[s] += 1
            missing[s] -= 1
    return counts


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
        split = TRAINING if after == 1 else lacking.index(max(lacking))
        counts[split] += 1
        chosen.append(split)
    return chosen
