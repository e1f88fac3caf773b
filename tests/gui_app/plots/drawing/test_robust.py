"""Ranges that few extreme values do not ruin, marks of what lies outside, and the automatic scale."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pytestqt.qtbot import QtBot

from gui_app.plots.drawing.mapping import Mapping
from gui_app.plots.drawing.outside import MOST, Line, outside_marks
from gui_app.plots.drawing.robust import NEAR, REACH, SHARE, prefers_log, robust_log_range, robust_range
from gui_app.theme.tokens import LIGHT

VALUES = st.integers(1, 200).flatmap(
    lambda rows: arrays(
        np.float64, rows, elements=st.floats(-1e12, 1e12) | st.just(math.nan) | st.just(math.inf)
    )
)
POSITIVE = st.integers(1, 200).flatmap(lambda rows: arrays(np.float64, rows, elements=st.floats(1e-30, 1e30)))


def share_within(values: np.ndarray, span: tuple[float, float]) -> float:
    finite = values[np.isfinite(values)]
    slack = 1e-9 * max(abs(span[0]), abs(span[1]))
    return float(((finite >= span[0] - slack) & (finite <= span[1] + slack)).mean())


@given(st.lists(VALUES, min_size=1, max_size=3))
def test_a_linear_range_shows_the_share_of_each_curve_and_zero(curves: list[np.ndarray]) -> None:
    span = robust_range(curves)
    finite = [values for values in curves if np.isfinite(values).any()]
    if not finite:
        assert span is None
        return
    assert span[0] <= 0.0 <= span[1]
    for values in finite:
        few = np.isfinite(values).sum()
        # A few values beyond each end, one of which may be alone.
        assert share_within(values, span) >= min(2.0 * SHARE - 1.0, 1.0 - 2.0 / few) - 1e-9
    everything = np.concatenate(finite)
    everything = everything[np.isfinite(everything)]
    assert min(everything.min(), 0.0) <= span[0]
    assert span[1] <= max(everything.max(), 0.0)


@given(POSITIVE)
def test_a_logarithmic_range_shows_the_share(values: np.ndarray) -> None:
    low, high = robust_log_range([values])
    assert (
        share_within(np.log10(values), (low, high)) >= min(2.0 * SHARE - 1.0, 1.0 - 2.0 / len(values)) - 1e-9
    )


@pytest.mark.parametrize("rows", [4, 20, 500])
def test_one_first_value_of_30_million_does_not_ruin_the_axis(rows: int) -> None:
    values = np.full(rows, 0.5)
    values[0] = 3e7
    assert robust_range([values]) == (0.0, NEAR * 0.5)
    assert robust_log_range([values])[1] < 1.0


def test_what_does_not_dwarf_the_others_is_shown() -> None:
    """An ordinary first fall, and a rise at the end."""
    falling = np.concatenate([np.linspace(0.7, 0.15, 10), np.full(400, 0.15)])
    rising = np.concatenate([np.full(400, 0.17), np.linspace(0.17, 0.70, 10)])
    assert robust_range([falling, rising]) == pytest.approx((0.0, 0.7))


@given(st.floats(1.0, 1e6), st.floats(1.0, 1.01))
def test_the_end_of_the_axis_does_not_jump(farthest: float, factor: float) -> None:
    ends = [robust_range([np.append(np.ones(99), last)])[1] for last in (farthest, farthest * factor)]
    assert abs(ends[1] - ends[0]) <= REACH * (factor - 1.0) * 1.1 + 1e-9
    assert NEAR <= max(ends[0], NEAR) <= REACH


def test_a_curve_of_zeros_and_one_without_values_change_nothing() -> None:
    assert robust_range([np.zeros(50)]) == (0.0, 0.0)
    assert robust_log_range([np.zeros(50)]) is None
    assert robust_range([np.full(3, np.nan)]) is None
    assert robust_range([]) is None


# -- marks of what lies outside

MAPPING = Mapping(400.0, 100.0, (0.0, 399.0), (0.0, 1.0))


def line_of(values: np.ndarray) -> Line:
    units = np.where(np.isfinite(values), values, np.nan)
    return Line(np.arange(len(values), dtype=float), values, units, LIGHT.training)


@given(arrays(np.float64, 400, elements=st.floats(-3.0, 4.0) | st.just(math.nan)))
def test_there_are_marks_exactly_where_something_is_outside(values: np.ndarray) -> None:
    marks = outside_marks([line_of(values)], (0.0, 1.0), MAPPING, LIGHT.text, LIGHT.panel)
    for above, beyond in ((True, values > 1.0 + 1e-9), (False, values < -1e-9)):
        found = [mark for mark in marks if mark.above == above]
        assert bool(found) == bool(beyond.any())
        assert len(found) <= MOST
        for mark in found:
            assert beyond[int(mark.x)]
            assert values[int(mark.x)] == mark.value
        if found:
            extreme = values[beyond].max() if above else values[beyond].min()
            assert extreme in [mark.value for mark in found], "the most extreme is always named"


def test_far_apart_values_have_marks_of_their_own_and_near_ones_share_one(qtbot: QtBot) -> None:
    values = np.full(400, 0.5)
    values[[0, 5, 200]] = 30.0, 40.0, 50.0
    marks = outside_marks([line_of(values)], (0.0, 1.0), MAPPING, LIGHT.text, LIGHT.panel)
    assert [(mark.x, mark.value) for mark in marks] == [(5.0, 40.0), (200.0, 50.0)]
    for mark in marks:
        assert MAPPING.bounds.contains(mark.box(float(MAPPING.x(mark.x)), MAPPING))


def test_a_zero_on_a_logarithmic_axis_lies_below_it() -> None:
    values = np.array([0.1, 0.0, 0.1])
    line = Line(np.arange(3.0), values, np.array([-1.0, -np.inf, -1.0]), LIGHT.training)
    (mark,) = outside_marks([line], (-2.0, 0.0), Mapping(400.0, 100.0, (0.0, 2.0), (-2.0, 0.0)), "", "")
    assert (mark.x, mark.value, mark.text, mark.above) == (1.0, 0.0, "0", False)


# -- the automatic scale


def test_overfitting_is_seen() -> None:
    rise = np.concatenate([np.geomspace(0.7, 0.17, 200), np.linspace(0.17, 0.70, 300)])
    assert not prefers_log(rise, 0.75)
    assert not prefers_log(rise[:200], 0.75), "at its best, too"


def test_a_loss_that_goes_far_down_is_seen() -> None:
    falling = np.geomspace(0.7, 1e-4, 400)
    assert prefers_log(falling, 0.7)
    risen = np.concatenate([falling, np.geomspace(1e-4, 0.3, 100)])
    assert not prefers_log(risen, 0.7), "risen to where a linear axis shows it"


def test_between_the_bounds_the_scale_stays() -> None:
    assert not prefers_log(np.geomspace(0.7, 0.08, 100), 0.7)
    assert prefers_log(np.concatenate([np.geomspace(0.7, 0.01, 100), np.full(50, 0.08)]), 0.7)


@given(
    arrays(np.float64, st.integers(0, 300), elements=st.floats(0.0, 1e6) | st.just(math.nan)),
    st.floats(0.0, 1e6),
)
def test_the_choice_depends_on_nothing_but_the_numbers(values: np.ndarray, top: float) -> None:
    assert prefers_log(values, top) == prefers_log(values.copy(), top)
    if not np.isfinite(values).any():
        assert not prefers_log(values, top)
