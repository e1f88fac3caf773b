"""What differs between two data sets, point by point."""

import numpy as np

from engine.data.point_changes import added_and_removed, is_prefix
from engine.experiment import Points


def some_points(n, seed=0, classes=10):
    rng = np.random.default_rng(seed)
    xy = rng.uniform(-6.5, 6.5, (n, 2))
    return Points(xy, rng.integers(0, classes, n), rng.integers(0, 3, n))


def test_what_came_and_went():
    points = some_points(50)
    mask = np.arange(50) % 7 == 0
    added, removed = added_and_removed(points, points[~mask])
    assert not added.any()
    assert np.array_equal(removed, mask)
    added, removed = added_and_removed(points[~mask], points)
    assert np.array_equal(added, mask)
    assert not removed.any()


def test_other_orders_and_equal_points_are_all_new():
    points = some_points(50)
    for before, after in ((points, points[::-1]), (points[[0, 0, 1]], points[[0, 1]])):
        added, removed = added_and_removed(before, after)
        assert added.all()
        assert removed.all()


def test_a_prefix():
    points = some_points(50)
    assert is_prefix(points[:30], points)
    assert is_prefix(Points.empty(), points)
    assert not is_prefix(points, points[:30])
    assert not is_prefix(points[1:30], points)
    assert not is_prefix(Points(points.xy, points.target + 1, points.split), points)
