"""Edits: apply and undo are bit-identical, and merged edits do the same as the single ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data import (
    Append,
    Edit,
    Gesture,
    Insert,
    Remove,
    Replace,
    Rewrite,
    Truncate,
    gather,
    merge,
    remove_where,
)
from engine.experiment.points import Points
from tests.engine.data.strategies import arrays_of, bits

POINTS = arrays_of("surface")
KIND = st.sampled_from(["append", "remove", "replace", "rewrite"])
KINDS = st.lists(KIND, min_size=1, max_size=6)


def draw_edit(data: st.DataObject, kind: str, points: Points) -> Edit:
    if kind == "append":
        return Append(data.draw(POINTS))
    if kind == "replace":
        return Replace(points, data.draw(POINTS))
    mask = data.draw(st.lists(st.booleans(), min_size=len(points), max_size=len(points)))
    if kind == "rewrite":
        index = np.flatnonzero(mask)
        rows = st.lists(st.sampled_from(range(len(points))), min_size=len(index), max_size=len(index))
        return Rewrite(index, points[index], points[data.draw(rows)] if len(index) else Points.empty())
    return remove_where(points, mask)


@given(POINTS, KIND, st.data())
def test_an_edit_is_undone_and_done_again_to_the_bit(points: Points, kind: str, data: st.DataObject) -> None:
    edit = draw_edit(data, kind, points)
    assert isinstance(edit, Edit)
    assert isinstance(edit.inverse(), Edit)
    after = edit.apply(points)
    before = edit.inverse().apply(after)
    assert bits(before) == bits(points)
    assert bits(edit.inverse().inverse().apply(before)) == bits(after)


@given(POINTS, KINDS, st.data())
def test_a_gesture_is_undone_to_the_bit(points: Points, kinds: list[str], data: st.DataObject) -> None:
    edits: list[Edit] = []
    after = points
    for kind in kinds:
        edits.append(draw_edit(data, kind, after))
        after = edits[-1].apply(after)
    for gesture in (Gesture(tuple(edits)), gather(edits)):
        assert bits(gesture.apply(points)) == bits(after)
        assert bits(gesture.inverse().apply(after)) == bits(points)
        assert bits(gesture.inverse().inverse().apply(points)) == bits(after)


@given(POINTS, KIND, st.data())
def test_two_edits_of_one_kind_merge(points: Points, kind: str, data: st.DataObject) -> None:
    first = draw_edit(data, kind, points)
    middle = first.apply(points)
    second = draw_edit(data, kind, middle)
    both = merge(first, second)
    assert type(both) is type(first)
    assert bits(both.apply(points)) == bits(second.apply(middle))
    assert bits(both.inverse().apply(second.apply(middle))) == bits(points)


def test_edits_of_different_kinds_do_not_merge() -> None:
    points = Points([[0, 0], [1, 1]], [0, 1])
    append, remove = Append(points), remove_where(points, [True, False])
    assert merge(append, remove) is None
    assert isinstance(gather([append, remove, append]), Gesture)


def test_gathering_a_stroke_makes_one_edit() -> None:
    dots = [Append(Points([[x, 0.0]], [0])) for x in range(5)]
    stroke = gather(dots)
    assert isinstance(stroke, Append)
    assert stroke.block.xy[:, 0].tolist() == [0, 1, 2, 3, 4]
    assert gather([dots[0]]) == dots[0]
    assert gather([]).apply(stroke.block) is stroke.block


def test_remove_where_keeps_index_and_rows() -> None:
    points = Points([[0, 0], [1, 1], [2, 2]], [5, 6, 7], [0, 1, 2])
    edit = remove_where(points, np.array([True, False, True]))
    assert edit.index.tolist() == [0, 2]
    assert not edit.index.flags.writeable
    assert edit.rows.target.tolist() == [5, 7]
    assert edit.rows.split.tolist() == [0, 2]
    assert edit.apply(points).target.tolist() == [6]


ONE, TWO = Points([[0, 0]], [0]), Points([[1, 1], [2, 2]], [0, 1])


@pytest.mark.parametrize(
    ("edit", "points"),
    [
        (Truncate(TWO), ONE),
        (Truncate(ONE), TWO),
        (Remove(np.array([1]), ONE), ONE),
        (Remove(np.array([0]), ONE), TWO),
        (Insert(np.array([3]), ONE), TWO),
        (Replace(ONE, TWO), TWO),
        (Rewrite(np.array([1]), ONE, ONE), ONE),
        (Rewrite(np.array([1]), ONE, ONE), TWO),
    ],
)
def test_an_edit_for_other_points_is_refused(edit: Edit, points: Points) -> None:
    before = bits(points)
    with pytest.raises(ValueError, match="point"):
        edit.apply(points)
    assert bits(points) == before


@pytest.mark.parametrize("index", [[1, 0], [0, 0], [-1, 0], [0], [0, 1, 2]])
def test_indices_must_be_ascending_and_fit(index: list[int]) -> None:
    with pytest.raises(ValueError, match="indices"):
        Remove(np.array(index), TWO)
    with pytest.raises(ValueError, match="indices"):
        Insert(np.array(index), TWO)


def test_a_rewrite_has_a_new_point_for_every_old_one() -> None:
    with pytest.raises(ValueError, match="2 points cannot replace 1"):
        Rewrite(np.array([0]), ONE, TWO)


def test_many_rewrites_of_a_gesture_are_one_that_knows_first_and_last() -> None:
    points = Points([[0, 0], [1, 1], [2, 2]], [0, 1, 0])
    moved = points
    edits = []
    for index in ([0, 1], [1, 2], [1]):
        before = moved[index]
        edits.append(Rewrite(np.array(index), before, Points(before.xy + 1, before.target, before.split)))
        moved = edits[-1].apply(moved)
    whole = gather(edits)
    assert isinstance(whole, Rewrite)
    assert whole.index.tolist() == [0, 1, 2]
    assert whole.before == points
    assert whole.after.xy[:, 0].tolist() == [1, 4, 3]
