import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui_app.plots.drawing.ranges import EasedRange
from gui_app.widgets.ticks import nice_step

ENDS = st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)).map(sorted)


@given(st.lists(ENDS, min_size=1, max_size=40), st.sampled_from([1e-6, 0.6, 10.0]))
def test_data_are_always_inside(spans, smallest):
    eased = EasedRange(smallest)
    for low, high in spans:
        start, end = eased.update(low, high)
        assert start <= low <= high <= end
        assert eased.range == (start, end)


@given(st.lists(ENDS, max_size=10), ENDS)
def test_it_comes_to_rest_close_around_the_data(spans, last):
    eased = EasedRange(1.0)
    for low, high in [*spans, *[last] * 400]:
        settled = eased.update(low, high)
    assert eased.update(*last) == settled
    assert settled[1] - settled[0] <= 1.6 * max(last[1] - last[0], 1.0)


def test_first_data_are_shown_at_once_on_round_numbers():
    assert EasedRange(1.0).update(0.0, 1284.0) == (0.0, 1300.0)


def test_growth_is_eased_but_never_clips():
    eased = EasedRange(1.0)
    eased.update(0.0, 10.0)
    ends = [eased.update(0.0, 20.0)[1] for _ in range(3)]
    assert ends[0] == 20.0
    assert ends == sorted(ends)


def test_it_shrinks_slowly_and_in_one_direction():
    eased = EasedRange(1.0)
    eased.update(0.0, 100.0)
    ends = [eased.update(0.0, 10.0)[1] for _ in range(100)]
    assert ends[0] > 90.0
    assert ends == sorted(ends, reverse=True)
    assert ends[-1] == 10.0


def test_noise_moves_nothing():
    eased = EasedRange(1.0)
    start = eased.update(-3.0, 0.0)
    assert {eased.update(-3.0 + 0.01 * (index % 7), -0.02 * (index % 5)) for index in range(50)} == {start}


def test_equal_ends_still_give_a_range():
    start, end = EasedRange(0.6).update(2.0, 2.0)
    assert end - start >= 0.6
    assert start < 2.0 < end


def test_reset_forgets_the_past():
    eased = EasedRange(1.0)
    eased.update(0.0, 1000.0)
    eased.reset()
    assert eased.range is None
    assert eased.update(0.0, 10.0) == (0.0, 10.0)


@pytest.mark.parametrize("ends", [(math.nan, 1.0), (0.0, math.inf), (2.0, 1.0)])
def test_what_is_no_range_is_refused(ends):
    with pytest.raises(ValueError, match="range"):
        EasedRange(1.0).update(*ends)


@given(st.floats(1e-12, 1e12))
def test_steps_are_round_and_no_smaller_than_asked(rough):
    step = nice_step(rough)
    assert rough * (1 - 1e-6) <= step <= 2.5001 * rough
    assert f"{step:.3e}"[:5] in ("1.000", "2.000", "5.000")
