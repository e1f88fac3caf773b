"""Which share of a scale a measured number is."""

from __future__ import annotations

import numpy as np
import pytest

from gui_app.sweeps.drawing.scale import MeasureScale


def test_a_logarithmic_scale_has_equal_shares_for_equal_factors():
    scale = MeasureScale.of(np.array([0.01, 0.1, 10.0, np.nan, np.inf]), log=True)
    assert (scale.log, scale.low, scale.high) == (True, pytest.approx(0.01), pytest.approx(10.0))
    np.testing.assert_allclose(scale.share(np.array([0.01, 0.1, 1.0, 10.0])), [0.0, 1 / 3, 2 / 3, 1.0])
    assert [text for _, text in scale.ticks(300.0)] == ["0.01", "0.1", "1", "10"]


def test_what_is_not_finite_has_no_share():
    scale = MeasureScale.of(np.array([1.0, 2.0]))
    assert np.isnan(scale.share(np.array([np.nan, np.inf, -np.inf]))).all()


def test_a_value_that_is_not_above_0_makes_a_scale_linear():
    scale = MeasureScale.of(np.array([0.0, 0.5, 1.0]), log=True)
    assert not scale.log
    np.testing.assert_allclose(scale.share(np.array([0.0, 0.25, 1.0])), [0.0, 0.25, 1.0])


def test_a_single_far_value_has_the_colour_of_the_end_and_the_scale_says_so():
    scale = MeasureScale.of(np.array([0.0, 0.1, 0.2, 0.3, 0.4, 1000.0]))
    assert scale.high < 3.0
    assert scale.beyond == (False, True)
    assert scale.share(np.array([1000.0]))[0] == 1.0


def test_equal_values_lie_in_the_middle_and_a_share_stays_within_its_range():
    scale = MeasureScale.of(np.full(4, 3.0))
    assert scale.share(np.array([3.0]))[0] == pytest.approx(0.5)
    score = MeasureScale.of(np.array([0.53, 0.99]), within=(0.0, 1.0))
    assert score.high <= 1.0
    assert score.low >= 0.5


def test_nothing_known_is_a_scale_from_0_to_1():
    assert MeasureScale.of(np.array([np.nan, np.inf])) == MeasureScale(0.0, 1.0)


@pytest.mark.parametrize("log", [False, True])
def test_small_changes_of_numbers_leave_the_scale_where_it_is(log):
    before = MeasureScale.of(np.array([0.123, 0.5, 0.877]), log)
    assert MeasureScale.of(np.array([0.1234, 0.51, 0.8765]), log) == before


def test_a_loss_that_explodes_leaves_the_others_their_colours():
    losses = np.array([0.05, 0.07, 0.1, 0.2, 0.3, 0.4, 0.6, 1e25])
    scale = MeasureScale.of(losses, log=True)
    assert (scale.high < 1e6, scale.beyond) == (True, (False, True))
    shares = scale.share(losses)
    assert shares[6] - shares[0] > 0.15
    assert shares[7] == 1.0


@pytest.mark.parametrize("log", [False, True])
def test_a_colour_bar_ends_where_the_values_do(log):
    values = np.array([0.123, 0.2, 0.5, 0.877])
    scale = MeasureScale.of(values, log)
    assert scale.low < 0.123
    assert scale.high > 0.877
    np.testing.assert_allclose(scale.drawn, scale.share(values[[0, -1]]))
    np.testing.assert_allclose(scale.places(values[[0, -1]]), [0.0, 1.0], atol=1e-12)
    numbers = [float(text) for _, text in scale.ticks(300.0)]
    assert len(numbers) > 1
    assert min(numbers) >= 0.123
    assert max(numbers) <= 0.877
    places = [place for place, _ in scale.ticks(300.0)]
    np.testing.assert_allclose(places, scale.places(np.array(numbers)), atol=1e-9)


def test_a_bar_of_close_values_has_ticks_and_one_of_equal_values_is_whole():
    close = MeasureScale.of(np.array([0.5001, 0.5003]), log=True)
    assert len(close.ticks(300.0)) > 1
    assert MeasureScale.of(np.full(3, 2.0)).drawn == (0.0, 1.0)
    assert MeasureScale.of(np.full(3, 2.0), log=True).drawn == (0.0, 1.0)


def test_a_value_far_away_is_at_the_end_of_the_bar():
    scale = MeasureScale.of(np.array([0.0, 0.1, 0.2, 0.3, 0.4, 1000.0]))
    assert scale.drawn[1] == 1.0
    assert scale.places(np.array([1000.0]))[0] == 1.0
