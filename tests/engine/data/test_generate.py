"""generate and make_points: the same arguments give the same points."""

from __future__ import annotations

import numpy as np
import pytest

from engine.catalogue.generators import GENERATORS
from engine.data import generate, make_points, stratified_split
from tests.engine.data.strategies import bits


@pytest.mark.parametrize("name", GENERATORS)
def test_the_same_arguments_give_the_same_bits(name: str) -> None:
    first, second = generate(name, 101, 0.2, 5), generate(name, 101, 0.2, 5)
    assert first[0].tobytes() == second[0].tobytes()
    assert first[1].tobytes() == second[1].tobytes()
    assert not np.array_equal(first[0], generate(name, 101, 0.2, 6)[0])


def test_generators_differ_at_one_seed() -> None:
    curves = [key for key, entry in GENERATORS.items() if entry.task == "curve"]
    assert len({generate(name, 50, 0.0, 0)[0][:, 0].tobytes() for name in curves}) == len(curves)


def test_classes_come_mixed() -> None:
    target = generate("spiral", 500, 0.0, 0)[1]
    assert 150 < (np.diff(target) != 0).sum() < 350


# Saved experiments hold only the generator and its seed, so a version that draws other points breaks them.
FIRST_POINTS = {
    "circle": (1.8354172922, 1.21007379745, 0),
    "xor": (-4.73378423723, -5.06368649275, 0),
    "gaussians": (2.44101142187, 3.76252363391, 0),
    "spiral": (-0.0473177643958, 0.0208944820926, 0),
    "moons": (1.03917845396, 0.810856010075, 0),
    "three_spirals": (-0.0526620431094, -0.0332868892923, 0),
    "checkerboard": (3.77326984888, -1.94864073378, 0),
    "sine": (-4.96685474143, 3.65587756438, 3.65587756438),
    "step": (-2.3126675897, -3.2436601246, -3.2436601246),
    "x_sin_x": (4.81352078261, -4.77000217752, -4.77000217752),
    "quartic": (1.99903794194, 0.0301144351723, 0.0301144351723),
    "noisy_line": (-3.24249934978, -2.01972453222, -2.01972453222),
    "plane": (-1.78068417356, 2.5134409007, -0.00863409198455),
    "bumps": (5.50425847579, 5.80034383265, 0),
}


@pytest.mark.parametrize("name", GENERATORS)
def test_a_seed_keeps_its_points_from_version_to_version(name: str) -> None:
    xy, target = generate(name, 3, 0.1, 42)
    assert (*xy[0], target[0]) == pytest.approx(FIRST_POINTS[name], abs=1e-9)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("triangle", 10, 0.0, 0), KeyError),
        (("circle", 1, 0.0, 0), ValueError),
        (("circle", 10.5, 0.0, 0), ValueError),
        (("circle", 10, 1.5, 0), ValueError),
        (("circle", 10, float("nan"), 0), ValueError),
        (("circle", 10, 0.0, -1), ValueError),
        (("circle", "10", 0.0, 0), TypeError),
    ],
)
def test_arguments_out_of_range_are_refused(arguments: tuple[str, int, float, int], error: type) -> None:
    with pytest.raises(error):
        generate(*arguments)


@pytest.mark.parametrize("name", GENERATORS)
def test_make_points_splits_what_generate_makes(name: str) -> None:
    points = make_points(name, 200, 0.1, 3, 0.25, 0.25, 4)
    xy, target = generate(name, 200, 0.1, 3)
    assert points.xy.tobytes() == xy.tobytes()
    assert points.target.tobytes() == target.tobytes()
    task = GENERATORS[name].task
    assert np.array_equal(points.split, stratified_split(target, task, 0.25, 0.25, 4))
    assert points.counts() == (100, 50, 50)
    assert bits(points) == bits(make_points(name, 200, 0.1, 3, 0.25, 0.25, 4))
