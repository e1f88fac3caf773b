"""Counter-based random numbers: any of them is reached directly, and they are as random as they should be."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from engine.network.draws import DROPOUT, MOVES, NOISE, normals, orders, uniforms

Floats = NDArray[np.floating]


def excess(counts: NDArray[np.int64]) -> float:
    """By how many standard deviations χ² is above its mean, where all counts should be alike."""
    expected, degrees = counts.mean(), counts.size - 1
    return (((counts - expected) ** 2 / expected).sum() - degrees) / sqrt(2.0 * degrees)


def distance(drawn: Floats, distribution: Callable[[Floats], Floats]) -> float:
    """Kolmogorov's distance from a distribution, times √n: above 2.2 once in 8,000 times."""
    ranks, values = np.arange(drawn.size + 1) / drawn.size, distribution(np.sort(drawn.ravel()))
    return max((ranks[1:] - values).max(), (values - ranks[:-1]).max()) * sqrt(drawn.size)


SEEDS = st.integers(0, 2**63 - 1)


@given(SEEDS, st.integers(0, 10**9), st.integers(1, 9), st.integers(0, 9), st.integers(0, 70))
def test_an_order_depends_on_seed_and_epoch_alone(
    seed: int, first: int, epochs: int, offset: int, points: int
) -> None:
    drawn, offset = orders(seed, first, epochs, points), min(offset, epochs - 1)
    assert drawn.shape == (epochs, points)
    assert (np.sort(drawn, 1) == np.arange(points)).all()
    np.testing.assert_array_equal(drawn[offset], orders(seed, first + offset, 1, points)[0])


@given(SEEDS, st.integers(0, 10**9), st.integers(1, 9), st.integers(0, 9), st.integers(0, 70))
def test_a_step_has_the_same_numbers_however_the_steps_are_cut(
    seed: int, first: int, steps: int, offset: int, count: int
) -> None:
    drawn, offset = uniforms(seed, MOVES, first, steps, count), min(offset, steps - 1)
    assert drawn.shape == (steps, count)
    assert drawn.dtype == np.float32
    np.testing.assert_array_equal(drawn[offset], uniforms(seed, MOVES, first + offset, 1, count)[0])


@given(st.integers(0, 2**63 - 1), st.integers(1, 12), st.integers(1, 12), st.integers(1, 40))
def test_normal_numbers_do_not_depend_on_how_many_are_made_together(
    seed: int, steps: int, cut: int, count: int
) -> None:
    uniform = uniforms(seed, NOISE, 0, steps, 2 * count).reshape(steps, 2, count)
    cut = min(cut, steps)
    parts = [normals(part) for part in (uniform[:cut], uniform[cut:])]
    np.testing.assert_array_equal(normals(uniform), np.concatenate(parts))


def test_every_place_in_an_order_is_equally_likely() -> None:
    points, epochs = 10, 20_000
    drawn = orders(1, 0, epochs, points)
    for place in range(points):
        assert excess(np.bincount(drawn[:, place], minlength=points)) < 5.0
    after = (drawn[:, :-1] * points + drawn[:, 1:]).ravel()
    counts = np.bincount(after, minlength=points**2).reshape(points, points)
    assert excess(counts[~np.eye(points, dtype=bool)]) < 5.0


def test_uniform_numbers_are_uniform_and_independent() -> None:
    drawn = uniforms(0, DROPOUT, 0, 2000, 101)
    assert 0.0 <= drawn.min() < 1e-4
    assert 1.0 - 1e-4 < drawn.max() < 1.0
    assert distance(drawn, lambda values: values) < 2.2
    for other in (drawn[:-1, :-1], drawn[1:, 1:], drawn[1:, :-1]):
        assert abs(np.corrcoef(drawn[:-1, 1:].ravel(), other.ravel())[0, 1]) < 0.01


def test_normal_numbers_are_normal() -> None:
    drawn = normals(uniforms(3, NOISE, 0, 1000, 202).reshape(1000, 2, 101))
    assert np.isfinite(drawn).all()
    assert distance(drawn, np.vectorize(NormalDist().cdf)) < 2.2
    assert abs(np.corrcoef(drawn[:, 0].ravel(), drawn[:, 1].ravel())[0, 1]) < 0.01


@pytest.mark.parametrize("other", [(1, DROPOUT), (0, MOVES), (0, NOISE)])
def test_seeds_and_streams_have_numbers_of_their_own(other: tuple[int, int]) -> None:
    one, another = uniforms(0, DROPOUT, 0, 100, 100), uniforms(*other, 0, 100, 100)
    assert (one == another).mean() < 1e-3
    assert abs(np.corrcoef(one.ravel(), another.ravel())[0, 1]) < 0.04
