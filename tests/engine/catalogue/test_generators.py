"""Every generator against its formula, and what all of them promise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.catalogue.canvas import CANVAS
from engine.catalogue.generators import BUMPS, GENERATORS, Array, Made
from engine.catalogue.tasks import TASKS

KEYS = [
    *("circle", "xor", "gaussians", "spiral", "moons", "three_spirals", "checkerboard"),
    *("sine", "step", "x_sin_x", "quartic", "noisy_line"),
    *("plane", "bumps"),
]
CURVES = [key for key, entry in GENERATORS.items() if entry.task == "curve"]
BALANCED = ["gaussians", "spiral", "moons", "three_spirals", "checkerboard"]


def make(key: str, points: int = 500, noise: float = 0.0, seed: int = 0) -> Made:
    return GENERATORS[key].function(points, noise, np.random.default_rng(seed))


def distance(xy: Array) -> Array:
    return np.hypot(xy[:, 0], xy[:, 1])


def wrapped(angle: Array) -> Array:
    """Angles moved to [-π, π)."""
    return (angle + np.pi) % (2 * np.pi) - np.pi


def test_keys_are_in_the_documents_order() -> None:
    assert list(GENERATORS) == KEYS
    assert {entry.task for entry in GENERATORS.values()} == set(TASKS)


@pytest.mark.parametrize("key", KEYS)
def test_entries_are_described(key: str) -> None:
    entry = GENERATORS[key]
    assert entry.key == key
    assert entry.label
    assert entry.formula
    assert entry.tooltip.endswith(".")
    assert "\n" not in entry.formula


@given(st.sampled_from(KEYS), st.integers(2, 300), st.floats(0, 1), st.integers(0, 2**32 - 1))
def test_counts_shapes_and_numbers(key: str, points: int, noise: float, seed: int) -> None:
    xy, target = make(key, points, noise, seed)
    assert xy.shape == (points, 2)
    assert target.shape == (points,)
    assert xy.dtype == target.dtype == np.float64
    assert np.isfinite(xy).all()
    assert np.isfinite(target).all()
    if GENERATORS[key].task == "classification":
        assert set(target) <= set(range(GENERATORS[key].classes))
    if GENERATORS[key].task == "curve":
        assert np.array_equal(target, xy[:, 1])


@given(st.sampled_from(BALANCED), st.integers(2, 300), st.floats(0, 1))
def test_classes_get_their_fair_share(key: str, points: int, noise: float) -> None:
    counts = np.bincount(make(key, points, noise)[1].astype(int), minlength=GENERATORS[key].classes)
    assert counts.max() - counts.min() <= 1


@given(st.integers(2, 300))
def test_the_noiseless_circle_is_half_and_half(points: int) -> None:
    assert np.bincount(make("circle", points)[1].astype(int)).tolist() == [(points + 1) // 2, points // 2]


@pytest.mark.parametrize("key", KEYS)
def test_the_same_rng_gives_the_same_bits(key: str) -> None:
    first, second = make(key, noise=0.3, seed=7), make(key, noise=0.3, seed=7)
    assert first[0].tobytes() == second[0].tobytes()
    assert first[1].tobytes() == second[1].tobytes()
    assert not np.array_equal(first[0], make(key, noise=0.3, seed=8)[0])


@pytest.mark.parametrize("key", KEYS)
def test_data_fills_the_canvas_and_stays_in_it(key: str) -> None:
    xy, _ = make(key, 2000, 0.1)
    assert np.abs(xy).max() <= CANVAS
    assert (np.ptp(xy, axis=0) > 4).all()


def test_circle_is_a_disc_and_a_ring() -> None:
    xy, target = make("circle", 2001)
    inside, ring = distance(xy[target == 0]), distance(xy[target == 1])
    assert inside.max() < 2.5
    assert ring.min() >= 3.5
    assert ring.max() < 5
    assert inside.min() < 0.1
    assert inside.max() > 2.4
    assert ring.min() < 3.55
    assert ring.max() > 4.95


def test_circle_noise_flips_classes_and_leaves_positions() -> None:
    (still, before), (same, after) = make("circle", 4000), make("circle", 4000, 0.5)
    assert np.array_equal(still, same)
    changed = before != after
    assert 0.1 < changed.mean() < 0.5
    # A point moves by up to 2.5 on each axis, so nothing flips beyond 2.5 + 2.5·√2 from the origin.
    small = make("circle", 4000, 0.1)[1] != before
    assert np.abs(distance(still[small]) - 2.5).max() <= 0.5 * np.sqrt(2)


def test_xor_keeps_off_the_axes_and_follows_the_sign() -> None:
    xy, target = make("xor", 2001)
    assert np.abs(xy).min() >= 0.3
    assert np.abs(xy).max() <= 5.3
    assert np.array_equal(target, (xy[:, 0] * xy[:, 1] < 0).astype(float))


def test_xor_noise_flips_near_the_axes_only() -> None:
    xy, target = make("xor", 4000, 0.1)
    flipped = target != (xy[:, 0] * xy[:, 1] < 0)
    assert flipped.any()
    assert np.abs(xy[flipped]).min(axis=1).max() <= 0.5


@pytest.mark.parametrize(("noise", "variance"), [(0.0, 0.5), (0.25, 2.25), (0.5, 4.0)])
def test_gaussians_have_their_centres_and_variances(noise: float, variance: float) -> None:
    xy, target = make("gaussians", 40_000, noise)
    for number, centre in ((0, 2.0), (1, -2.0)):
        cloud = xy[target == number]
        assert np.allclose(cloud.mean(axis=0), centre, atol=0.06)
        assert np.allclose(cloud.var(axis=0), variance, rtol=0.05)


@pytest.mark.parametrize(("key", "classes", "turns"), [("spiral", 2, 1.75), ("three_spirals", 3, 1.25)])
@pytest.mark.parametrize("points", [2, 7, 500, 501])
def test_spirals_have_their_radius_and_angle(key: str, classes: int, turns: float, points: int) -> None:
    xy, target = make(key, points)
    for number in range(classes):
        arm = xy[target == number]
        share = np.arange(len(arm)) / (points / classes)
        angle = turns * 2 * np.pi * share + number * 2 * np.pi / classes
        assert np.allclose(distance(arm), 5 * share)
        assert np.allclose(arm, (5 * share * np.array([np.sin(angle), np.cos(angle)])).T)
        assert np.allclose(wrapped(np.arctan2(arm[1:, 0], arm[1:, 1]) - angle[1:]), 0, atol=1e-9)


def test_spiral_noise_moves_points_by_at_most_itself() -> None:
    moved = make("spiral", 2000, 0.5)[0] - make("spiral", 2000)[0]
    assert 0.49 < np.abs(moved).max() <= 0.5


def test_moons_are_half_circles() -> None:
    xy, target = make("moons", 501)
    for number, sign in ((0, 1), (1, -1)):
        moon = sign * xy[target == number] + 3.3 * np.array([0.5, 0.25])
        assert np.allclose(distance(moon), 3.3)
        assert moon[:, 1].min() >= 0


def test_checkerboard_follows_its_formula() -> None:
    xy, target = make("checkerboard", 3001)
    cell = np.floor(xy / 2.5)
    assert np.array_equal(cell.sum(axis=1) % 2, target)
    assert len(np.unique(cell, axis=0)) == 16


@pytest.mark.parametrize("key", CURVES)
def test_curves_without_noise_lie_on_their_formula(key: str) -> None:
    xy, _ = make(key, 1000)
    x = xy[:, 0]
    expected = {
        "sine": 4 * np.sin(x),
        "step": np.where(x < 0, -3, 3),
        "x_sin_x": x * np.sin(x),
        "quartic": (x**2 - 14) ** 2 / 40 + x / 5 - 3,
        "noisy_line": 0.6 * x,
    }[key]
    assert np.allclose(xy[:, 1], expected)
    assert -5.5 <= x.min() < -5.4
    assert 5.4 < x.max() <= 5.5


@pytest.mark.parametrize("key", CURVES)
def test_curve_noise_scatters_y_in_proportion_to_its_span(key: str) -> None:
    (still, _), (noisy, _) = make(key, 40_000), make(key, 40_000, 0.1)
    assert np.array_equal(still[:, 0], noisy[:, 0])
    deviation = (noisy - still)[:, 1].std() / np.ptp(still[:, 1])
    assert deviation == pytest.approx(0.06 if key == "noisy_line" else 0.03, rel=0.1)


def test_quartic_has_two_minima() -> None:
    x = np.linspace(-5.5, 5.5, 2001)
    rising = np.diff((x**2 - 14) ** 2 / 40 + x / 5 - 3) > 0
    assert (~rising[:-1] & rising[1:]).sum() == 2


def test_plane_is_exact_and_its_noise_moves_the_value() -> None:
    xy, value = make("plane", 2000)
    assert np.allclose(value, (xy[:, 0] + xy[:, 1]) / 10, atol=1e-15)
    same, noisy = make("plane", 2000, 0.5)
    assert np.array_equal(xy, same)
    assert 0.3 < np.abs(noisy - value).max() <= 0.6


def test_bumps_are_exact() -> None:
    xy, value = make("bumps", 2000)
    for (x1, x2), got in zip(xy, value, strict=True):
        expected = 0.0
        for centre1, centre2, sign in BUMPS:
            height = sign * min(1.0, max(0.0, 1 - float(np.hypot(x1 - centre1, x2 - centre2)) / 2))
            if abs(height) > abs(expected):
                expected = height
        assert got == pytest.approx(expected, abs=1e-12)
    assert value.min() < -0.8
    assert value.max() > 0.8
    assert (value == 0).any()
    assert not np.signbit(value[value == 0]).any()


def test_bumps_stand_where_the_playground_has_them() -> None:
    signs = {(x1, x2): sign for x1, x2, sign in BUMPS.tolist()}
    assert signs == {
        (-4, 2.5): 1, (0, 2.5): -1, (4, 2.5): 1, (-4, -2.5): -1, (0, -2.5): 1, (4, -2.5): -1
    }  # fmt: skip
