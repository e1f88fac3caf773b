"""New seeds."""

from __future__ import annotations

from random import randrange

SEEDS = 10_000
"""New seeds are smaller than this, so that they are short to read out."""


def new_seed(old: int) -> int:
    """A short random seed that differs from the old one."""
    seed = randrange(SEEDS - 1)
    return seed if seed < old else seed + 1
