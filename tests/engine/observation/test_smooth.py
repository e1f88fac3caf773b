"""Running medians, fast enough for a hundred thousand rows while a person watches."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.observation.diagnosis.case import CHUNK, SMOOTHED, smooth

NUMBERS = st.floats(allow_nan=True, allow_infinity=True)


def by_sorting(values: np.ndarray) -> np.ndarray:
    return np.median(np.lib.stride_tricks.sliding_window_view(values, SMOOTHED), axis=-1)


def test_the_middle_of_seven_numbers_in_every_order() -> None:
    rows = np.array(list(permutations(range(SMOOTHED))), dtype=float)
    for row in rows:
        assert smooth(np.append(row, row[0]))[0] == 3.0


@given(st.lists(NUMBERS, min_size=SMOOTHED + 1, max_size=60))
def test_it_is_the_median_of_the_seven_rows_also_where_some_are_not_finite(values: list[float]) -> None:
    with np.errstate(invalid="ignore"):
        np.testing.assert_array_equal(smooth(np.array(values)), by_sorting(np.array(values)))


@pytest.mark.parametrize("rows", [CHUNK - 1, CHUNK, CHUNK + 5, CHUNK + 6, CHUNK + 7, 3 * CHUNK + 100])
def test_long_runs_are_smoothed_without_seams(rows: int) -> None:
    values = np.random.default_rng(rows).random(rows)
    assert smooth(values).tolist() == by_sorting(values).tolist()


@pytest.mark.parametrize("rows", [1, 2, SMOOTHED])
def test_a_few_rows_have_one_median(rows: int) -> None:
    values = np.arange(float(rows))
    assert smooth(values).tolist() == [float(np.median(values))]
