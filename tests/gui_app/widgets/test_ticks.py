import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.catalogue.texts import value_text
from gui_app.widgets.ticks import count_text, epoch_ticks, linear_ticks, log_ticks, tick_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"), (1e-3, "1e-3"), (5e-4, "5e-4"), (0.01, "0.01"), (0.02, "0.02"), (0.1, "0.1"), (1.0, "1"),
        (10.0**-2, "0.01"), (1200.0, "1,200"), (10000.0, "10,000"), (1e5, "1e5"), (2e12, "2e12"), (0.3000000001, "0.3"),
    ],
)  # fmt: skip
def test_tick_texts(value, text):
    assert tick_text(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"), (0.0312, "0.0312"), (0.00312, "0.0031"), (0.693147, "0.693"), (3.14159, "3.14"), (31.4, "31.4"),
        (3140.0, "3,140"), (3.1e-5, "3.1e-5"), (2.5e7, "2.5e7"), (math.nan, "–"), (math.inf, "∞"), (-math.inf, "−∞"),
    ],
)  # fmt: skip
def test_value_texts(value, text):
    assert value_text(value) == text


def test_counts_have_thousands():
    assert count_text(1234567) == "1,234,567"


def test_decades_get_ticks():
    assert log_ticks(-4.2, 0.1, 8) == ((-4, "1e-4"), (-3, "1e-3"), (-2, "0.01"), (-1, "0.1"), (0, "1"))


def test_a_short_logarithmic_axis_gets_ticks_between_decades():
    assert [text for _, text in log_ticks(-1.4, -0.2, 8)] == ["0.05", "0.1", "0.2", "0.5"]


def test_a_low_plot_gets_fewer_of_them():
    texts = {most: [text for _, text in log_ticks(-2.7, -0.9, most)] for most in (2, 4, 6)}
    assert texts == {
        2: ["0.01", "0.1"],
        4: ["3e-3", "0.01", "0.03", "0.1"],
        6: ["2e-3", "5e-3", "0.01", "0.02", "0.05", "0.1"],
    }


def test_a_piece_of_a_decade_has_ticks_too():
    assert [text for _, text in log_ticks(-0.5, -0.1, 3)] == ["0.4", "0.6"]


@given(st.floats(-30, 30), st.floats(0.1, 40), st.integers(2, 12))
def test_logarithmic_ticks_lie_on_the_axis_and_are_few(low, span, most):
    ticks = log_ticks(low, low + span, most)
    assert all(low - 1e-6 <= place <= low + span + 1e-6 for place, _ in ticks)
    assert len(ticks) <= max(most + 1, 7)


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(1, 12))
def test_linear_ticks_lie_on_the_axis_and_are_few(low, span, most):
    ticks = linear_ticks(low, low + span, most)
    assert all(low - 1e-6 * span <= place <= low + span * (1 + 1e-6) for place, _ in ticks)
    assert len(ticks) <= most + 1


def test_an_axis_without_length_has_no_ticks():
    assert linear_ticks(1.0, 1.0, 5) == ()


def test_the_first_epoch_tick_says_what_is_counted():
    assert [text for _, text in epoch_ticks(0.0, 1300.0, 400)] == ["epoch 0", "500", "1,000"]


@given(st.integers(0, 10**7), st.floats(1, 10**7), st.floats(10, 2000))
def test_epoch_ticks_are_whole_numbers(low, span, width):
    assert all(place == int(place) >= low for place, _ in epoch_ticks(low, low + span, width))


def test_where_a_span_is_larger_than_any_number_there_are_no_ticks():
    assert linear_ticks(-1e308, 1e308, 5) == ()
