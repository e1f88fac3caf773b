"""Random numbers that depend on their place alone: those of any epoch or step are reached directly.

A counter-based generator (Philox 4×64, Salmon et al. 2011) has no state. Its numbers depend on a key, here a seed and a
stream, and on a counter, here the number of an epoch or step; so they do not depend on which numbers were drawn before,
or on how many are drawn together.
"""

from __future__ import annotations

import numpy as np
from numpy.random import Philox
from numpy.typing import NDArray

ORDER, MOVES, NOISE = range(3)
"""Streams: whatever draws from one never changes the numbers of another."""
DROPOUT, UNCERTAINTY = 1 << 32, 2 << 32
"""The first of as many streams as there are layers: that of a layer is so many further on."""
_WORDS = 4
"""Numbers of 64 bits in a block of the generator; a float32 takes half of one."""

Raw = NDArray[np.uint64]
Singles = NDArray[np.float32]


def orders(seed: int, first: int, epochs: int, points: int) -> NDArray[np.int64]:
    """Draw a random order of the points for each of several epochs.

    Parameters
    ----------
    seed
        0 or more.
    first
        The first of the epochs.
    epochs, points
        How many there are.

    Returns
    -------
    int64 [epochs, points]
        Each row a permutation, which depends on seed, epoch and number of points alone.

    Examples
    --------
    >>> bool((orders(0, 5, 3, 20)[1] == orders(0, 6, 1, 20)[0]).all())
    True
    """
    return _raw(seed, ORDER, first, epochs, -(-points // _WORDS))[:, :points].argsort(1)


def uniforms(seed: int, stream: int, first: int, steps: int, count: int) -> Singles:
    """Draw ``count`` numbers for each of several steps.

    Parameters
    ----------
    seed
        0 or more.
    stream
        What they are for.
    first
        The first of the steps.
    steps, count
        How many there are.

    Returns
    -------
    float32 [steps, count]
        Uniform in [0, 1), multiples of 2⁻²⁴; those of a step depend on seed, stream, step and ``count`` alone.

    Examples
    --------
    >>> bool((uniforms(0, MOVES, 5, 3, 20)[1] == uniforms(0, MOVES, 6, 1, 20)[0]).all())
    True
    """
    words = _raw(seed, stream, first, steps, -(-count // (2 * _WORDS))).view(np.uint32)[:, :count]
    # In place: memory that is new costs more than the arithmetic. 24 bits are exact in single precision.
    np.right_shift(words, np.uint32(8), out=words)
    return np.multiply(words.view(np.int32), np.float32(2.0**-24), dtype=np.float32, casting="unsafe")


def normals(uniform: Singles) -> Singles:
    """Turn pairs of uniform numbers into pairs of standard normal ones (Box & Muller 1958).

    Parameters
    ----------
    uniform : float32 [n, 2, m]
        In [0, 1); contiguous.

    Returns
    -------
    float32 [n, 2, m]
    """
    radius = np.sqrt(-2.0 * np.log(1.0 - uniform[:, 0].astype(np.float64)))
    angle = 2.0 * np.pi * uniform[:, 1].astype(np.float64)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1).astype(np.float32)


def _raw(seed: int, stream: int, first: int, rows: int, blocks: int) -> Raw:
    """Numbers [rows, 4 · blocks] of 64 bits; row n has the blocks from (first + n) · blocks on."""
    generator = Philox(key=seed | stream << 64, counter=first * blocks)
    return generator.random_raw(rows * blocks * _WORDS).reshape(rows, blocks * _WORDS)
