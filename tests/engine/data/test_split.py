"""Splits: exact counts, representative classes, one-by-one assignment."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.catalogue.tasks import TASKS
from engine.data import assign_new, keep_trained, stratified_split
from engine.experiment import Points
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


@given(CLASSES, shares(), SEEDS, st.sampled_from(list(TASKS)))
def test_totals_are_the_rounded_shares(
    target: list[float], held_out: tuple[float, float], seed: int, task: str
) -> None:
    split = stratified_split(target, task, *held_out, seed)
    assert split.dtype == np.uint8
    assert split.shape == (len(target),)
    assert not target or counts(split)[0] >= 1
    wanted = largest_remainder(len(target), *held_out)
    needy = (
        0 if task != "classification" else sum(needs_points(target.count(k), *held_out) for k in set(target))
    )
    assert sum(abs(got - total) for got, total in zip(counts(split), wanted, strict=True)) <= 4 * needy


def needs_points(size: int, validation: float, test: float) -> bool:
    """Whether a class has points where its share alone would round to none."""
    training, held_out, _ = (int(share) for share in exact(size, validation, test))
    return not training or (not held_out and validation > 0)


@given(CLASSES, shares(), SEEDS)
def test_each_class_is_within_one_point_of_its_share(
    target: list[float], held_out: tuple[float, float], seed: int
) -> None:
    """But for what the first two points of a class take from the test points."""
    split = stratified_split(target, "classification", *held_out, seed)
    for number in set(target):
        members = split[np.array(target) == number]
        got, wanted = counts(members), exact(len(members), *held_out)
        assert all(abs(count - share) <= 1 for count, share in zip(got[:2], wanted[:2], strict=True)) or (
            len(members) <= 2 or needs_points(len(members), *held_out)
        )
        assert -2 < got[2] - wanted[2] <= 1


@given(CLASSES, shares(), SEEDS)
def test_a_class_with_points_is_trained_on_and_then_validated(
    target: list[float], held_out: tuple[float, float], seed: int
) -> None:
    for split in (
        stratified_split(target, "classification", *held_out, seed),
        assign_new([], [], target, "classification", *held_out),
    ):
        for number in set(target):
            training, validation, _ = counts(split[np.array(target) == number])
            assert training >= 1
            assert validation >= 1 or target.count(number) < 2 or round(held_out[0] * 10**9) == 0


@pytest.mark.parametrize("seed", range(120))
def test_one_point_of_a_class_beside_many_of_another(seed: int) -> None:
    for many in range(1, 12):
        split = stratified_split([0.0] * many + [1.0], "classification", 0.25, 0.25, seed)
        assert split[-1] == 0
        assert 0 in split[:-1]
        two = stratified_split([0.0] * many + [1.0, 1.0], "classification", 0.25, 0.25, seed)
        assert sorted(two[-2:]) == [0, 1]


def test_the_first_point_of_a_class_goes_where_the_class_has_none() -> None:
    shares = (0.25, 0.25)
    assert assign_new([1], [1.0], [1.0], "classification", *shares).tolist() == [0]
    assert assign_new([0, 0], [1.0, 1.0], [1.0], "classification", *shares).tolist() == [1]
    assert assign_new([2, 2], [1.0, 1.0], [1.0, 1.0], "classification", *shares).tolist() == [0, 1]
    assert assign_new([0], [1.0], [1.0], "classification", 0.0, 0.25).tolist() == [0]


ROWS = st.lists(st.tuples(st.integers(0, 3).map(float), st.integers(0, 2)), min_size=1, max_size=30)


@given(ROWS, st.data(), st.sampled_from(["classification", "surface"]))
def test_what_takes_points_away_leaves_each_class_one_to_train_on(
    rows: list[tuple[float, int]], data: st.DataObject, task: str
) -> None:
    target, split = np.array(rows).T
    before = Points(np.zeros((len(rows), 2)), target, split.astype(np.uint8))
    if data.draw(st.booleans()):
        after = before[
            np.array(data.draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows))), dtype=bool)
        ]
    else:
        labels = data.draw(st.lists(st.integers(0, 3), min_size=len(rows), max_size=len(rows)))
        after = Points(before.xy, labels, before.split)
    edit = keep_trained(before, after, task)
    mended = after if edit is None else edit.apply(after)
    if edit is not None:
        assert edit.inverse().apply(mended) == after
    assert np.array_equal(mended.target, after.target)
    same_labels = len(after) == len(before) and np.array_equal(after.target, before.target)

    def mine(points: Points, number: float) -> np.ndarray:
        return points.split[(points.target == number) | (task != "classification")]

    for number in set(after.target.tolist()):
        was_bare = len(mine(before, number)) > 0 and 0 not in mine(before, number)
        if len(mine(after, number)) and not was_bare and not same_labels:
            assert 0 in mine(mended, number)
        elif 0 not in mine(after, number):
            assert np.array_equal(mine(mended, number), mine(after, number))


def test_a_test_point_is_spared_before_a_validation_point() -> None:
    before = Points(np.zeros((4, 2)), [0, 1, 1, 1], [0, 1, 2, 0])
    edit = keep_trained(before, before[np.arange(3)], "classification")
    assert edit is not None
    assert edit.apply(before[np.arange(3)]).split.tolist() == [0, 1, 0]
    by_hand = Points(before.xy, before.target, [0, 1, 2, 1])
    assert keep_trained(before, by_hand, "classification") is None


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
            training, validation, test = exact(size, *held_out)
            got = counts(members[:size])
            # The first two points are not those that the shares would choose: test points may be late by two.
            assert -1 <= got[0] - training <= 1
            assert -1 <= got[1] - validation <= 1
            assert -2 < got[2] - test <= 1


@given(CLASSES, shares(), st.data(), st.sampled_from(["classification", "curve"]))
def test_points_may_come_in_any_portions(
    target: list[float], held_out: tuple[float, float], data: st.DataObject, task: str
) -> None:
    cut = data.draw(st.integers(0, len(target)))
    whole = assign_new([], [], target, task, *held_out)
    head = assign_new([], [], target[:cut], task, *held_out)
    tail = assign_new(head, target[:cut], target[cut:], task, *held_out)
    assert np.array_equal(whole, np.concatenate([head, tail]))


@given(
    st.lists(st.integers(0, 2), max_size=60),
    st.integers(0, 60),
    shares(),
    st.sampled_from(["classification", "surface"]),
)
def test_new_points_follow_the_shares_wherever_the_split_brush_has_put_the_others(
    brushed: list[int], new: int, held_out: tuple[float, float], task: str
) -> None:
    split = assign_new(brushed, [1.0] * len(brushed), [1.0] * new, task, *held_out)
    for got, wanted in zip(counts(split), exact(new, *held_out), strict=True):
        # The first two may be what the class lacks, and a part of an order begins and ends anywhere.
        assert -4 < got - wanted < 4


def test_a_class_that_lacks_a_split_gets_it_first_and_no_more_of_it() -> None:
    new = assign_new([0] * 8, [1.0] * 8, [1.0] * 400, "classification", 0.25, 0.25)
    assert new[0] == 1
    assert counts(new[1:]) == [199, 100, 100]
    assert assign_new([1, 2], [0.0, 0.0], [0.0, 5.0], "classification", 0.25, 0.25).tolist() == [0, 0]


def test_strokes_after_the_split_brush_go_where_the_shares_say() -> None:
    split, target = [2] * 100, [0.0] * 100
    for _ in range(100):
        split += assign_new(split, target, [0.0], "classification", 0.25, 0.25).tolist()
        target.append(0.0)
    assert counts(np.array(split[100:])) == [50, 25, 25]


def test_regression_looks_at_all_points_together() -> None:
    new = assign_new([], [], np.linspace(-1, 1, 8), "surface", 0.25, 0.25)
    assert counts(new) == [4, 2, 2]
