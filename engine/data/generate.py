"""Generate points with their splits from a generator's name, size, noise and seed."""

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
    """Generate a data set in random order.

    Parameters
    ----------
    name : str
        Key of ``GENERATORS``.
    points : int
        How many; ``POINTS`` has the range.
    noise : float
        A share from 0 to 1.
    seed : int
        Equal arguments give equal numbers; two generators draw different numbers from one seed.

    Returns
    -------
    xy : float64 [points, 2]
        Positions in canvas units.
    target : float64 [points]
        Class numbers, or values.

    Raises
    ------
    KeyError
        For an unknown name.
    ValueError, TypeError
        For a number out of range.
    """
    generator = GENERATORS[name]
    for parameter, value in ((POINTS, points), (NOISE, noise), (SEED, seed)):
        parameter.check(value)
    rng = np.random.default_rng([seed, crc32(name.encode())])
    xy, target = generator.function(points, noise, rng)
    # Generators make one class after another; batches in a fixed order need the classes mixed.
    order = rng.permutation(points)
    return xy[order], target[order]


def make_points(
    name: str, points: int, noise: float, seed: int, validation: float, test: float, split_seed: int
) -> Points:
    """Generate points and split them.

    Parameters
    ----------
    name, points, noise, seed
        As for ``generate``.
    validation, test, split_seed
        As for ``engine.data.split.stratified_split``, whose ``seed`` is ``split_seed``.

    Returns
    -------
    Points [points]
        In random order.

    Raises
    ------
    KeyError, ValueError, TypeError
        As ``generate`` raises them.

    Examples
    --------
    >>> make_points("circle", 10, 0.0, 0, 0.2, 0.2, 0).counts()
    (6, 2, 2)
    """
    xy, target = generate(name, points, noise, seed)
    split = stratified_split(target, GENERATORS[name].task, validation, test, split_seed)
    return Points(xy, target, split)
