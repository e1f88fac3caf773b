"""The map of trainability: its colours, its boundary, and the dimension of sets whose dimension is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from engine.sweep.trainability import boundary, box_counting_dimension, equalized


def test_ranks_are_even_and_the_two_kinds_apart():
    rng = np.random.default_rng(0)
    values = np.concatenate([-rng.lognormal(3.0, 4.0, 100), rng.lognormal(0.0, 4.0, 50), [np.nan]])
    shares = equalized(values.reshape(1, -1)).ravel()
    np.testing.assert_allclose(np.sort(shares[:100]), np.arange(-100, 0) / 100)
    np.testing.assert_allclose(np.sort(shares[100:150]), np.arange(1, 51) / 50)
    assert np.isnan(shares[150])
    assert shares[:100].argmin() == values[:100].argmin()


def test_equal_values_have_equal_ranks():
    assert equalized(np.array([-3.0, -3.0, -1.0, 2.0])).tolist() == pytest.approx([-1.0, -1.0, -1 / 3, 1.0])


def test_unknown_cells_are_no_boundary():
    values = np.array([[-1.0, np.nan, 1.0], [-1.0, -1.0, 1.0]])
    assert boundary(values).tolist() == [[False, False, False], [False, True, False]]


@pytest.mark.parametrize(
    ("mask", "dimension"),
    [
        (np.eye(256, dtype=bool), 1.0),
        (np.tile(np.arange(256) == 100, (256, 1)), 1.0),
        (np.ones((256, 256), dtype=bool), 2.0),
    ],
)
def test_lines_have_one_dimension_and_areas_two(mask, dimension):
    assert box_counting_dimension(mask).slope == pytest.approx(dimension, abs=1e-9)


def test_the_triangle_of_sierpinski_has_its_dimension():
    n = np.arange(512)
    # Pascal's triangle modulo 2.
    mask = (n[:, None] & n[None, :]) == 0
    found = box_counting_dimension(mask)
    assert found.slope == pytest.approx(math.log(3) / math.log(2), abs=1e-9)
    assert found.counts[0] == 3**9


def test_the_boundary_of_a_half_plane_is_a_line():
    x, y = np.meshgrid(np.arange(256), np.arange(256))
    found = box_counting_dimension(boundary(np.where(y > 0.7 * x + 20, 1.0, -1.0)))
    assert found.slope == pytest.approx(1.0, abs=0.06)


def test_nothing_has_no_dimension():
    assert math.isnan(box_counting_dimension(np.zeros((64, 64), dtype=bool)).slope)
    assert math.isnan(box_counting_dimension(np.ones((4, 4), dtype=bool)).slope)
