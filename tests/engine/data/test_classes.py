"""Classes taken away: points counted, other classes and their looks where they belong, undone to the bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data import delete_class, merge_class, resolve_points, without_class
from engine.experiment import (
    ExperimentError,
    class_labels,
    edit_many,
    file_labels,
    from_json,
    switch_classes,
    switch_generator,
    with_colour,
    with_name,
)
from tests.engine.data.strategies import arrays_of, bits

THREE = from_json({"format": "neural-sketchbook/4", "data": {"generator": {"name": "three_spirals"}}})
NAMED = edit_many(
    THREE, {"data.class_names": ("cat", None, "eel"), "data.class_colours": (None, "#112233", "#445566")}
)
PLACES = st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda pair: pair[0] != pair[1])


@given(arrays_of("classification"), PLACES)
def test_merging_loses_no_point_and_is_undone_to_the_bit(points, places):
    gone, into = places
    edit = merge_class(points, gone, into)
    after = edit.apply(points)
    assert len(after) == len(points)
    expected = [t - (t > gone) for t in np.where(points.target == gone, into, points.target)]
    assert after.target.tolist() == expected
    assert bits(edit.inverse().apply(after)) == bits(points)


@given(arrays_of("classification"), st.integers(0, 9))
def test_deleting_takes_these_points_only_and_is_undone_to_the_bit(points, gone):
    edit = delete_class(points, gone)
    after = edit.apply(points)
    kept = points.target[points.target != gone]
    assert after.target.tolist() == [t - (t > gone) for t in kept]
    assert bits(edit.inverse().apply(after)) == bits(points)


def test_a_class_is_not_merged_into_itself():
    with pytest.raises(ValueError, match="itself"):
        merge_class(resolve_points(THREE.data), 1, 1)


@pytest.mark.parametrize(("into", "counts"), [(None, [167, 166]), (0, [334, 166]), (2, [167, 333])])
def test_names_and_colours_go_with_their_class(into, counts):
    after = without_class(NAMED, resolve_points(NAMED.data), 1, into)
    assert after.data.classes == 2
    assert np.bincount(after.data.points.target.astype(int)).tolist() == counts
    assert after.data.class_names == ("cat", "eel")
    assert after.data.class_colours == (None, "#445566")
    assert from_json({"format": "neural-sketchbook/4"}).data.class_names is None


def test_an_empty_last_class_leaves_generated_points_alone():
    wide = switch_classes(THREE, 4)
    after = without_class(wide, resolve_points(wide.data), 3)
    assert after.data.points is None
    assert after.data.classes == 3


def test_two_classes_are_the_least():
    two = from_json({"format": "neural-sketchbook/4"})
    with pytest.raises(ExperimentError, match="at least 2"):
        without_class(two, resolve_points(two.data), 1)


def test_looks_follow_the_number_of_classes():
    assert switch_classes(NAMED, 4).data.class_names == ("cat", None, "eel", None)
    assert switch_classes(switch_classes(THREE, 4), 3).data.class_names is None
    assert switch_generator(NAMED, "three_spirals").data.class_names == ("cat", None, "eel")
    assert switch_generator(NAMED, "moons").data.class_colours is None


def test_labels():
    assert class_labels(NAMED.data) == ("cat", "2", "eel")
    assert file_labels(NAMED.data) == ("cat", "2", "eel")
    assert file_labels(THREE.data) == ()
    data = with_name(NAMED.data, 0, None)
    assert class_labels(with_name(data, 2, None)) == ("1", "2", "3")
    assert with_name(data, 2, None).class_names is None
    odd = edit_many(THREE, {"data.class_names": ("2", None, "class 2")}).data
    assert class_labels(odd) == ("2", "class class 2", "class 2")
    assert with_colour(data, 1, None).class_colours == (None, None, "#445566")
