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
MOST_BLOCKS = 8
"""How many such blocks are remembered: lanes that differ in their epochs ask for different ones in turn."""


class Batches:
    """How far training has come, in epochs and batches, and the orders of the points.

    All lanes train the batch of the same ``number`` at a time, each of its own epoch. The order of the points depends
    on the split's ``seed`` and that epoch alone.
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
        self._blocks: dict[int, list[tuple[int, NDArray[np.int64]]]] = {}
        """Orders that were drawn latest by number of points, each block with its first epoch."""

    @property
    def order(self) -> Tensor:
        """Indices of the training points [points] in the order of the current epoch."""
        return torch.from_numpy(self.orders(self.epoch, 1)[0])

    def orders(self, first: int, epochs: int, points: int | None = None) -> NDArray[np.int64]:
        """Indices of the training points [epochs, points] in the orders of these epochs.

        Lanes with data of their own may have another number of ``points``.
        """
        points = self.points if points is None else points
        blocks = self._blocks.get(points, [])
        for start, drawn in blocks:
            if 0 <= first - start <= len(drawn) - epochs:
                return drawn[first - start : first - start + epochs]
        together = max(epochs, min(AHEAD, MOST_AHEAD // max(points, 1)))
        drawn = draws.orders(self.seed, first, together, points)
        self._blocks[points] = [(first, drawn), *blocks[: MOST_BLOCKS - 1]]
        return drawn[:epochs]

    def set_points(self, points: int, seed: int) -> None:
        """Begin the current epoch again, with ``points`` training points."""
        self.points, self.seed, self.number = points, seed, 0
        self._blocks = {}

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

    def advance(self, count: int) -> None:
        """Go on by ``count`` batches of the current epoch."""
        self.number += count

    def end_epoch(self) -> None:
        """Go on to the first batch of the next epoch."""
        self.epoch, self.number = self.epoch + 1, 0
