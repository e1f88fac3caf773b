"""From a generator's name, size, noise and seed to points with their splits."""

from __future__ import annotations

from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from engine.catalogue.generators import GENERATORS
from engine.catalogue.hyperparameters import NOISE, POINTS, SEED
from engine.data.split import stratified_split
from engine.experiment.points import Points

Array = NDArray[np.float64]


def generate(name: str, points: int, noise: float, seed: int) -> tuple[Array, Array]:
    """Positions float64 [points, 2] in canvas units and targets float64 [points], in random order.

    The same arguments give the same numbers; two generators draw different ones from one seed. KeyError for
    an unknown name, ValueError or TypeError for a number outside its range (see the catalogue).
    """
    generator = GENERATORS[name]
    for parameter, value in ((POINTS, points), (NOISE, noise), (SEED, seed)):
        parameter.check(value)
    rng = np.random.default_rng([seed, crc32(name.encode())])
    xy, target = generator.function(points, noise, rng)
    # Formulas make one class after another; batches in fixed order and drawing need them mixed.
    order = rng.permutation(points)
    return xy[order], target[order]


def make_points(
    name: str, points: int, noise: float, seed: int, validation: float, test: float, split_seed: int
) -> Points:
    """What ``generate`` makes, with the splits ``stratified_split`` gives it; errors as theirs."""
    xy, target = generate(name, points, noise, seed)
    split = stratified_split(target, GENERATORS[name].task, validation, test, split_seed)
    return Points(xy, target, split)
