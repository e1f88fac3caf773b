"""What is kept of the losses of many networks while they train: what measures of a sweep need, and no curve."""

from __future__ import annotations

from math import nan

import numpy as np
from numpy.typing import NDArray

from engine.observation.sweep_measures import LAST, OF_THRESHOLDS, Floats, Threshold

SCORES = 4
"""Where scores begin among the numbers of an epoch; losses are the first three."""


class Trace:
    """Convergence and the epochs to a threshold, from the numbers of one epoch after another.

    Parameters
    ----------
    networks
        How many.
    threshold
        What is to be reached; None for nothing.
    """

    def __init__(self, networks: int, threshold: Threshold | None = None) -> None:
        self._epochs, self._counts = np.zeros((2, networks), dtype=np.int64)
        self._first, self._sums, self._inverse = np.zeros((3, networks))
        self._latest = np.zeros((networks, LAST))
        self._threshold = threshold
        self.reached = np.full(networks, nan)
        """The first epoch in which the threshold was reached; NaN where it was not."""

    def note(self, networks: NDArray[np.int64], numbers: Floats) -> None:
        """Note the next epochs of some networks.

        Parameters
        ----------
        networks : int64 [k]
            Their numbers, from 0.
        numbers : float64 [epochs, k, 9]
            Losses, penalty, scores, parts of the penalty. But for those before training, epochs whose training loss
            is not finite do not count.
        """
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            for epoch in numbers:
                counted = np.isfinite(epoch[:, 0]) | (self._epochs[networks] == 0)
                self._note(networks[counted], epoch[counted])
                self._epochs[networks] += 1

    def _note(self, own: NDArray[np.int64], numbers: Floats) -> None:
        counts, loss = self._counts[own], numbers[:, 0]
        begins = counts == 0
        self._first[own[begins]] = loss[begins]
        relative = loss / self._first[own]
        relative[~np.isfinite(relative)] = np.inf
        self._sums[own] += relative
        self._inverse[own] += 1.0 / relative
        self._latest[own, counts % LAST] = relative
        self._counts[own] += 1
        if self._threshold is not None:
            kind, split = OF_THRESHOLDS[self._threshold.measure]
            values = numbers[:, split if kind == "loss" else SCORES + split]
            at = values <= self._threshold.value if kind == "loss" else values >= self._threshold.value
            first = own[at & np.isnan(self.reached[own])]
            self.reached[first] = self._epochs[first]

    def convergence(self, diverged: NDArray[np.bool_]) -> Floats:
        """Return what ``engine.observation.sweep_measures.convergence`` returns of each network.

        Parameters
        ----------
        diverged : bool [networks]
            Whether its next loss was not finite.

        Returns
        -------
        float64 [networks]
        """
        among = np.arange(LAST) < np.minimum(self._counts, LAST)[:, None]
        # Of few epochs, the first is not among the latest ones.
        among[:, 0] &= self._counts > LAST
        with np.errstate(invalid="ignore", divide="ignore"):
            latest = np.where(among, self._latest, 0.0).sum(axis=1) / np.minimum(self._counts - 1, LAST)
        found: Floats = np.where(~diverged & (latest < 1.0), -self._sums, self._inverse)
        found[(self._counts < 2) | ~(self._first > 0.0)] = nan
        return found
