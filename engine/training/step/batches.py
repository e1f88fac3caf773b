"""The order of the training points in each epoch."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.network import draws

AHEAD = 64
"""Epochs whose orders are drawn together."""
MOST_AHEAD = 2**18
"""Numbers of orders that are drawn together, unless one epoch has more."""


class Batches:
    """The epochs and batches that all lanes share.

    The order of the points depends on the split's ``seed`` and the epoch alone.
    """

    def __init__(self) -> None:
        self.points = 0
        """How many training points there are."""
        self.seed = 0
        """The split's, of which all random numbers of training are made."""
        self.epoch = 0
        """Whole epochs since ``start_over``."""
        self.number = 0
        """Batches of the current epoch that have been trained."""
        self._drawn: NDArray[np.int64] = np.empty((0, 0), dtype=np.int64)
        self._first = 0

    @property
    def order(self) -> Tensor:
        """Indices of the training points [points] in the order of the current epoch."""
        return torch.from_numpy(self.orders(self.epoch, 1)[0])

    def orders(self, first: int, epochs: int) -> NDArray[np.int64]:
        """Indices of the training points [epochs, points] in the orders of these epochs."""
        start = first - self._first
        if not 0 <= start <= len(self._drawn) - epochs:
            together = max(epochs, min(AHEAD, MOST_AHEAD // max(self.points, 1)))
            self._drawn = draws.orders(self.seed, first, together, self.points)
            self._first, start = first, 0
        return self._drawn[start : start + epochs]

    def set_points(self, points: int, seed: int) -> None:
        """Begin the current epoch again, with ``points`` training points."""
        self.points, self.seed, self.number = points, seed, 0
        self._drawn = self._drawn[:0]

    def start_over(self) -> None:
        """Go back to the first batch of the first epoch."""
        self.epoch = self.number = 0

    def go_on(self, epoch: int, number: int) -> None:
        """Go on with a batch of an epoch."""
        self.epoch, self.number = epoch, number

    def skip(self, epochs: int) -> None:
        """Go on by whole epochs, from the end of one."""
        self.epoch += epochs

    @property
    def at_epoch_end(self) -> bool:
        """Whether no batch of the current epoch has been trained yet."""
        return self.number == 0

    def advance(self, smallest: int, count: int = 1) -> bool:
        """Go on by ``count`` batches; return True if the epoch is over for batches of ``smallest`` points."""
        self.number += count
        if self.number * smallest < self.points:
            return False
        self.epoch, self.number = self.epoch + 1, 0
        return True
