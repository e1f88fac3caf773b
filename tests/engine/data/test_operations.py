"""Whole-set operations: undone to the bit, and with the counts, places and values that they promise."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.catalogue.tasks import TASKS
from engine.data import OPERATIONS, operate, operate_on_sheet
from engine.data.axes import HOME
from engine.experiment import Points
from tests.engine.data.strategies import arrays_of, bits

SEEDS = st.integers(0, 2**32 - 1)


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, str, Points, float | None, int]:
    name = draw(st.sampled_from(list(OPERATIONS)))
    entry = OPERATIONS[name]
    task = draw(st.sampled_from(entry.tasks))
    amount = entry.amount and draw(st.floats(entry.amount.low, entry.amount.high))
    return name, task, draw(arrays_of(task)), amount, draw(SEEDS)


def cloud(count: int, classes: int = 3, seed: int = 0) -> Points:
    rng = np.random.default_rng(seed)
    return Points(rng.normal(size=(count, 2)), rng.integers(0, classes, count), rng.integers(0, 3, count))


def fair(points: Points, task: str, classes: int) -> bool:
    """Whether these may be the points of an experiment."""
    if task == "classification":
        return bool((points.target >= 0).all() and (points.target < classes).all())
    return task == "surface" or np.array_equal(points.target, points.xy[:, 1])


@given(cases())
def test_every_operation_is_undone_to_the_bit(case: tuple[str, str, Points, float | None, int]) -> None:
    name, task, points, amount, seed = case
    # Whatever is done, a point that is near stays near; only what lies at the end of what is read may leave it.
    if max(np.abs(points.xy).max(initial=0), np.abs(points.target).max(initial=0)) > 1e99:
        with suppress(ValueError):
            operate(name, points, task, 10, amount, seed)
        return
    edit = operate(name, points, task, 10, amount, seed)
    after = edit.apply(points)
    assert fair(after, task, 10)
    assert bits(edit.inverse().apply(after)) == bits(points)
    again = operate(name, points, task, 10, amount, seed).apply(points)
    assert bits(again) == bits(after)


@given(st.integers(0, 300), st.floats(0, 1), st.integers(2, 10), SEEDS)
def test_exactly_the_share_of_labels_is_flipped(count: int, share: float, classes: int, seed: int) -> None:
    before = cloud(count, classes)
    after = operate("flip", before, "classification", classes, share, seed).apply(before)
    assert (after.target != before.target).sum() == round(share * count)
    assert fair(after, "classification", classes)
    assert np.array_equal(after.xy, before.xy)
    assert np.array_equal(after.split, before.split)


@given(st.integers(0, 300), st.integers(2, 10), SEEDS)
def test_balanced_classes_have_as_many_points_as_the_smallest_had(
    count: int, classes: int, seed: int
) -> None:
    before = cloud(count, classes)
    after = operate("balance", before, "classification", classes, None, seed).apply(before)
    smallest = np.unique(before.target, return_counts=True)[1].min(initial=count)
    assert set(np.unique(after.target, return_counts=True)[1]) <= {smallest}
    assert set(after.target) == set(before.target)


@given(st.integers(1, 300), st.floats(0.01, 1), SEEDS)
def test_a_subsample_keeps_the_share_and_the_order(count: int, share: float, seed: int) -> None:
    before = cloud(count)
    after = operate("subsample", before, "surface", 2, share, seed).apply(before)
    assert len(after) == max(round(share * count), 1)
    places = [before.xy.tolist().index(place) for place in after.xy.tolist()]
    assert places == sorted(places)


@pytest.mark.parametrize("task", TASKS)
def test_noise_has_the_deviation_that_was_asked_for(task: str) -> None:
    before = cloud(20_000) if task != "curve" else Points(cloud(20_000).xy, cloud(20_000).xy[:, 1])
    step = operate("noise", before, task, 3, 0.5).apply(before).xy - before.xy
    assert step.std(axis=0) == pytest.approx([0.5, 0.5], rel=0.03)
    assert step.mean(axis=0) == pytest.approx([0, 0], abs=0.02)


def test_noise_on_values_leaves_the_places_alone() -> None:
    before = cloud(20_000)
    after = operate("target_noise", before, "surface", 2, 0.5).apply(before)
    assert np.array_equal(after.xy, before.xy)
    assert (after.target - before.target).std() == pytest.approx(0.5, rel=0.03)
    curve = Points(before.xy, before.xy[:, 1])
    moved = operate("target_noise", curve, "curve", 2, 0.5).apply(curve)
    assert np.array_equal(moved.xy[:, 0], curve.xy[:, 0])
    assert (moved.target - curve.target).std() == pytest.approx(0.5, rel=0.03)


def test_noise_on_values_is_as_strong_in_any_extent_of_the_values() -> None:
    before = cloud(20_000)
    far = Points(before.xy, 300 + 30 * before.target, before.split)
    edit = operate_on_sheet("target_noise", far, "surface", 2, 0.5, 0, HOME, (270.0, 330.0))
    assert (edit.apply(far).target - far.target).std() == pytest.approx(15.0, rel=0.03)


@pytest.mark.parametrize("name", OPERATIONS)
def test_only_what_is_random_depends_on_the_seed(name: str) -> None:
    task = OPERATIONS[name].tasks[-1]
    points = cloud(60) if task != "curve" else Points(cloud(60).xy, cloud(60).xy[:, 1])
    outcomes = {operate(name, points, task, 3, None, seed).apply(points) for seed in range(5)}
    assert (len(outcomes) > 1) == OPERATIONS[name].random


def test_a_point_beyond_all_numbers_is_refused() -> None:
    largest = np.finfo(float).max
    far = Points([[largest, largest]], [0])
    with pytest.raises(ValueError, match="give the data larger units"):
        operate("rotate", far, "classification", 2, 45.0)
