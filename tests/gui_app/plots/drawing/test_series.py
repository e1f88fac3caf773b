import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gui_app.plots.drawing.series import MOST_DECADES, log_span, nearest, thin, to_log10, value_span

NUMBERS = st.floats(-1e9, 1e9, allow_subnormal=False)


def test_log_of_zero_and_below_lies_on_the_floor():
    assert to_log10(np.array([0.0, -3.0, 1e-9, 0.01, 1.0, 1000.0]), -4.0).tolist() == [-4, -4, -4, -2, 0, 3]


def test_log_of_what_is_not_finite_is_a_gap():
    assert np.isnan(to_log10(np.array([np.nan, np.inf, -np.inf]), -4.0)).all()


@given(arrays(float, st.integers(0, 30), elements=st.floats(allow_nan=True, allow_infinity=True)))
def test_log_never_leaves_the_axis_and_never_fails(values):
    exponents = to_log10(values, -6.0)
    finite = np.isfinite(values)
    assert np.isnan(exponents[~finite]).all()
    assert (exponents[finite] >= -6.0).all()


def test_spans_look_only_at_numbers_they_can_show():
    values = np.array([np.nan, 0.0, 0.01, 10.0, np.inf, -1.0])
    assert value_span(values) == (-1.0, 10.0)
    assert log_span(values) == pytest.approx((-2.0, 1.0))
    assert log_span(np.array([0.0, np.nan])) is None
    assert value_span(np.array([np.inf])) is None


def test_log_span_is_bounded_below():
    assert log_span(np.array([1e-300, 1.0])) == (-MOST_DECADES, 0.0)


def test_short_curves_stay_as_they_are():
    x, y = thin(np.arange(20), np.arange(20.0), 10)
    assert x.tolist() == list(range(20))
    assert y.tolist() == list(range(20))


@given(arrays(float, st.integers(0, 400), elements=NUMBERS), st.integers(1, 50))
def test_thinning_keeps_extremes_ends_and_order(values, pixels):
    epochs = np.arange(len(values)) * 3
    x, y = thin(epochs, values, pixels)
    assert len(x) == len(y) <= max(2 * pixels, 0)
    assert (np.diff(x) >= 0).all()
    assert set(y) <= set(values)
    if len(values):
        assert (y.min(), y.max()) == (values.min(), values.max())
        assert (x[0], x[-1]) == (epochs[0], epochs[-1])


@given(arrays(float, st.tuples(st.integers(1, 200), st.integers(1, 5)), elements=NUMBERS), st.integers(1, 20))
def test_thinning_many_curves_is_thinning_each(values, pixels):
    epochs = np.arange(len(values))
    _, together = thin(epochs, values, pixels)
    for index in range(values.shape[1]):
        assert together[:, index].tolist() == thin(epochs, values[:, index], pixels)[1].tolist()


@given(arrays(float, st.integers(1, 300), elements=st.sampled_from([1.0, 2.0, np.nan, np.inf])))
def test_thinning_shows_every_number_beside_gaps(values):
    _, y = thin(np.arange(len(values)), values, 7)
    numbers = values[np.isfinite(values)]
    assert not np.isinf(y).any()
    if len(numbers):
        assert (np.nanmin(y), np.nanmax(y)) == (numbers.min(), numbers.max())


def test_thinning_places_a_spike_within_its_pixel():
    values = np.zeros(1000)
    values[613] = 9.0
    x, y = thin(np.arange(1000), values, 50)
    assert abs(x[y.argmax()] - 613) <= 20


@pytest.mark.parametrize(
    ("place", "row"), [(-5, 0), (0, 0), (4, 0), (5, 0), (6, 1), (14, 1), (16, 2), (99, 2)]
)
def test_nearest_row(place, row):
    assert nearest(np.array([0, 10, 20]), place) == row
