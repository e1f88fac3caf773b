"""Values of axes: what ranges give, what a person may write, and text that tells values apart."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.experiment import ExperimentError, default_experiment
from engine.experiment.sweeps.swept_settings import SweptSetting, swept_setting
from engine.experiment.sweeps.values import is_log, linear, listed, logarithmic, text_of, texts_of

ENDS = st.floats(1e-12, 1e12)
COUNTS = st.integers(2, 64)
START = default_experiment()


def setting(key: str) -> SweptSetting:
    return swept_setting(START, 0, key)


@given(st.floats(-1e12, 1e12), st.floats(1e-6, 1e12), COUNTS)
def test_a_linear_range_has_equal_distances(low: float, width: float, count: int) -> None:
    high = low + width
    if width < 1e-9 * abs(low):
        return
    values = linear(low, high, count)
    exact = np.linspace(low, high, count)
    assert (values[0], values[-1]) == (low, high)
    assert len(values) == count
    assert np.abs(np.array(values) - exact).max() <= 0.0101 * width / (count - 1)


@given(ENDS, ENDS, COUNTS)
def test_a_logarithmic_range_has_equal_ratios(low: float, high: float, count: int) -> None:
    if max(low, high) / min(low, high) < 1.01:
        return
    values = np.array(logarithmic(low, high, count))
    assert (values[0], values[-1], len(values)) == (low, high, count)
    step = np.log(high / low) / (count - 1)
    # A hundredth of the smaller distance either way.
    assert np.abs(np.diff(np.log(values)) - step).max() <= 0.021 * np.abs(step) * np.exp(np.abs(step))


@given(st.integers(1, 1000), st.integers(1, 1000), COUNTS, st.sampled_from([linear, logarithmic]))
def test_whole_numbers_come_once_and_in_order(low: int, high: int, count: int, spaced: object) -> None:
    if low == high:
        return
    values = spaced(low, high, count, whole=True)  # type: ignore[operator]
    assert (values[0], values[-1]) == (low, high)
    assert all(type(value) is int for value in values)
    assert sorted(set(values), reverse=high < low) == list(values)


def test_a_range_may_fall_and_may_have_one_value() -> None:
    assert linear(1.0, 0.0, 3) == (1.0, 0.5, 0.0)
    assert logarithmic(0.1, 0.001, 3) == (0.1, 0.01, 0.001)
    assert linear(0.3, 0.9, 1) == logarithmic(0.3, 0.9, 1) == (0.3,)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: logarithmic(0.0, 1.0, 3), "a logarithmic range begins and ends above 0, not at 0"),
        (lambda: logarithmic(-1.0, 1.0, 3), "above 0, not at -1"),
        (lambda: linear(1.0, 1.0, 3), "3 values need two ends that differ, not 1 twice"),
        (lambda: linear(0.0, 1.0, 0), "a range has at least 1 value, not 0"),
        (lambda: linear(0.0, float("inf"), 2), "the ends of a range must be finite numbers"),
        (lambda: listed(" , ;"), "write at least one value"),
        (lambda: listed("0.1 0.2 0.1"), "0.1 is there twice; leave one of them out"),
        (lambda: listed("0.1, much"), "“much” is no number"),
        (lambda: listed("nan"), "“nan” is no finite number"),
        (
            lambda: listed("0.5, 1.5", setting("regularization.dropout.rate")),
            "Dropout: p takes a number from 0 to 0.95",
        ),
        (lambda: listed("tanh, gelo", setting("network.activation")), "“gelo” is none of Linear, "),
        (
            lambda: listed("8.5", setting("network.width")),
            "Width takes a whole number from 1 to 512, not 8.5",
        ),
    ],
)
def test_what_is_no_range_or_list_is_refused_in_a_sentence(call: object, sentence: str) -> None:
    with pytest.raises(ExperimentError) as caught:
        call()  # type: ignore[operator]
    assert sentence in str(caught.value)
    assert caught.value.path == ""


def test_a_person_may_write_numbers_and_names_in_many_ways() -> None:
    assert listed("0; 1e-4  0.01,\n−1") == (0.0, 0.0001, 0.01, -1.0)
    assert listed("TANH, relu", setting("network.activation")) == ("tanh", "relu")
    assert listed("TensorFlow Playground's; he_normal", setting("network.initializer")) == (
        "playground",
        "he_normal",
    )
    assert listed("off, on", setting("network.residual")) == (False, True)
    widths = listed("4, 8.0", setting("network.width"))
    assert widths == (4, 8)
    assert all(type(width) is int for width in widths)


@given(
    st.lists(st.floats(allow_nan=False, allow_infinity=False).map(lambda x: x + 0.0), min_size=1, unique=True)
)
def test_texts_tell_values_apart_and_are_read_again(values: list[float]) -> None:
    assert len(set(texts_of(values))) == len(values)
    assert listed(", ".join(map(text_of, values))) == tuple(values)


@given(ENDS, st.floats(1.5, 100.0), st.integers(3, 20))
def test_the_spacing_is_found_out(low: float, ratio: float, count: int) -> None:
    assert is_log([low * ratio**k for k in range(count)])
    assert not is_log([low * (1.0 + k * ratio) for k in range(count)])


def test_names_and_negative_numbers_are_on_no_logarithmic_scale() -> None:
    assert not is_log(("tanh", "relu"))
    assert not is_log((False, True))
    assert not is_log((-1.0, 1.0, 10.0))
    assert not is_log((1.0,))
    assert is_log((0.0, 0.001, 0.1))
