"""Random seeds that are short enough to read aloud."""

from __future__ import annotations

from random import randrange

SEEDS = 10_000
"""New seeds are less than this."""


def new_seed(old: int) -> int:
    """Return a short random seed that differs from the old one."""
    seed = randrange(SEEDS - 1)
    return seed if seed < old else seed + 1
