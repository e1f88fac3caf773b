"""How many points are measured at once. Knows no torch."""

from __future__ import annotations

BLOCK = 64
"""Points are measured in whole blocks, so that their tensors have few different shapes."""
MOST_VALUES = 2**18
"""The most activations of a lane that are measured at once, unless a block has more."""


def rows_at_once(neurons: int) -> int:
    """Return how many points are measured at once: whole blocks, as many for one lane as for 64.

    Parameters
    ----------
    neurons
        Whose activations are held for each point.

    Returns
    -------
    int
        A multiple of ``BLOCK``.

    Examples
    --------
    >>> rows_at_once(26), rows_at_once(64 * 512)
    (10048, 64)
    """
    return max(1, MOST_VALUES // max(neurons, 1) // BLOCK) * BLOCK
