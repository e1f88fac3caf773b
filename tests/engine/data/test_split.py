"""Splits: exact counts, representative classes, one-by-one assignment."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data import assign_new, stratified_split
from tests.engine.data.strategies import NUMBERS, shares

CLASSES = st.lists(st.integers(0, 9).map(float), max_size=200)
SEEDS = st.integers(0, 2**32 - 1)


def counts(split: np.ndarray) -> list[int]:
    found: list[int] = np.bincount(split, minlength=3).tolist()
    return found


def exact(points: int, validation: float, test: float) -> list[Fraction]:
    """Unrounded counts, for shares in billionths as the split takes them."""
    held_out = [Fraction(round(share * 10**9), 10**9) for share in (validation, test)]
    training = Fraction(1) - held_out[0] - held_out[1]
    return [points * share for share in (training, *held_out)]


def largest_remainder(points: int, validation: float, test: float) -> list[int]:
    wanted = exact(points, validation, test)
    totals = [int(share) for share in wanted]
    order = sorted(range(3), key=lambda s: (not (s == 0 and totals[0] == 0), totals[s] - wanted[s]))
    for s in order[: points - sum(totals)]:
        totals[s] += 1
    return totals


@given(CLASSES, shares(), SEEDS, st.sampled_from(["classification", "curve", "surface"]))
def test_totals_are_the_rounded_shares(
    target: list[float], held_out: tuple[float, float], seed: int, task: str
) -> None:
    split = stratified_split(target, task, *held_out, seed)
    assert split.dtype == np.uint8
    assert split.shape == (len(target),)
    assert counts(split) == largest_remainder(len(target), *held_out)
    assert not target or counts(split)[0] >= 1


@given(CLASSES, shares(), SEEDS)
def test_each_class_is_within_one_point_of_its_share(
    target: list[float], held_out: tuple[float, float], seed: int
) -> None:
    split = stratified_split(target, "classification", *held_out, seed)
    for number in set(target):
        members = split[np.array(target) == number]
        for got, wanted in zip(counts(members), exact(len(members), *held_out), strict=True):
            assert abs(got - wanted) <= 1


@given(st.lists(NUMBERS, min_size=10, max_size=300), SEEDS)
def test_regression_splits_cover_the_range(target: list[float], seed: int) -> None:
    """Cut anywhere, the points below hold each split's share up to some points."""
    split = stratified_split(target, "surface", 0.25, 0.25, seed)[np.argsort(target, kind="stable")]
    if len(set(target)) == len(target):
        below = np.cumsum(np.eye(3)[split], axis=0) - np.outer(
            np.arange(1, len(split) + 1), [0.5, 0.25, 0.25]
        )
        assert np.abs(below).max() <= 3 + len(target) / 20


def test_a_split_is_seeded_and_random() -> None:
    target = np.arange(100) % 2
    first = stratified_split(target, "classification", 0.3, 0.2, 1)
    assert np.array_equal(first, stratified_split(target, "classification", 0.3, 0.2, 1))
    assert not np.array_equal(first, stratified_split(target, "classification", 0.3, 0.2, 2))
    later = [stratified_split(target, "classification", 0.3, 0.2, seed) == 1 for seed in range(400)]
    assert np.abs(np.mean(later, axis=0) - 0.3).max() < 0.1


@pytest.mark.parametrize(("validation", "test"), [(0.0, 0.0), (0.9, 0.0), (0.0, 0.9), (0.45, 0.5)])
def test_training_is_never_empty(validation: float, test: float) -> None:
    for points in range(1, 12):
        split = stratified_split(np.zeros(points), "classification", validation, test, 0)
        assert counts(split)[0] >= 1
    assert len(stratified_split([], "classification", validation, test, 0)) == 0


@pytest.mark.parametrize(
    ("validation", "test"),
    [(0.5, 0.5), (1.0, 0.0), (-0.1, 0.5), (0.0, float("nan")), (float("inf"), 0.0), (0.9, 0.2)],
)
def test_shares_that_leave_nothing_to_train_on_are_refused(validation: float, test: float) -> None:
    with pytest.raises(ValueError, match="together less than 1"):
        stratified_split([0.0, 1.0], "classification", validation, test, 0)
    with pytest.raises(ValueError, match="together less than 1"):
        assign_new([], [], [0.0], "classification", validation, test)


@given(CLASSES, shares())
def test_new_points_track_the_shares_of_their_class(
    target: list[float], held_out: tuple[float, float]
) -> None:
    split = assign_new([], [], target, "classification", *held_out)
    for number in set(target):
        members = split[np.array(target) == number]
        assert members[0] == 0
        for size in range(1, len(members) + 1):
            wanted = exact(size, *held_out)
            assert all(abs(got - w) <= 1 for got, w in zip(counts(members[:size]), wanted, strict=True))


@given(CLASSES, shares(), st.data(), st.sampled_from(["classification", "curve"]))
def test_points_may_come_in_any_portions(
    target: list[float], held_out: tuple[float, float], data: st.DataObject, task: str
) -> None:
    cut = data.draw(st.integers(0, len(target)))
    whole = assign_new([], [], target, task, *held_out)
    head = assign_new([], [], target[:cut], task, *held_out)
    tail = assign_new(head, target[:cut], target[cut:], task, *held_out)
    assert np.array_equal(whole, np.concatenate([head, tail]))


def test_new_points_fill_the_largest_gap() -> None:
    assert assign_new([0] * 8, [1.0] * 8, [1.0] * 4, "classification", 0.25, 0.25).tolist() == [1, 2, 1, 2]
    assert assign_new([1, 2], [0.0, 0.0], [0.0, 5.0], "classification", 0.25, 0.25).tolist() == [0, 0]


def test_regression_looks_at_all_points_together() -> None:
    new = assign_new([], [], np.linspace(-1, 1, 8), "surface", 0.25, 0.25)
    assert counts(new) == [4, 2, 2]
