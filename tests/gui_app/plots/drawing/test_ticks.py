import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.observation.texts import value_text
from gui_app.plots.drawing.layers import layer_name, layer_ticks
from gui_app.plots.drawing.picture import LEFT_AXIS, RIGHT_MARGIN
from gui_app.plots.drawing.text import text_width
from gui_app.plots.drawing.ticks import count_text, epoch_ticks, linear_ticks, log_ticks, tick_text


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


def test_layers_have_names():
    assert [layer_name(layer, 3) for layer in (1, 2, 3)] == ["layer 1", "layer 2", "output"]
    assert layer_name(1, 1) == "output"


@pytest.mark.parametrize("layers", [1, 2, 5, 8, 20, 65])
def test_layer_ticks_name_the_output_and_stand_below_their_bars(layers):
    ticks = layer_ticks(layers, 390.0)
    assert ticks[-1][0] == layers - 0.5
    assert ticks[-1][1] in ("output", "out")
    assert all(text.removeprefix("layer ") == str(round(place + 0.5)) for place, text in ticks[:-1])
    assert len(ticks) <= 20


@pytest.mark.parametrize(("layers", "width"), [(11, 400), (11, 300), (10, 240), (8, 200), (4, 150)])
def test_every_bar_has_its_number_where_there_is_room(layers, width):
    assert [place for place, _ in layer_ticks(layers, width)] == [
        layer - 0.5 for layer in range(1, layers + 1)
    ]


@pytest.mark.parametrize("layers", range(1, 66))
def test_numbers_of_layers_are_painted_and_thinned_evenly(qapp, layers):
    for width in range(110, 620, 30):
        ticks = layer_ticks(layers, width)
        numbers = [round(place + 0.5) for place, _ in ticks]
        assert (numbers[0], numbers[-1]) == (1, layers)
        steps = np.diff(numbers)[1:-1]
        assert len(set(steps.tolist())) <= 1
        assert not len(steps) or np.diff(numbers)[-1] < 3 * steps[0]
        taken = -float(LEFT_AXIS)
        for place, text in ticks:
            left = min(
                place * width / layers - text_width(text) / 2, width + RIGHT_MARGIN / 3 - text_width(text)
            )
            assert left >= taken, (layers, width, text)
            taken = left + text_width(text) + 8


def test_where_a_span_is_larger_than_any_number_there_are_no_ticks():
    assert linear_ticks(-1e308, 1e308, 5) == ()
