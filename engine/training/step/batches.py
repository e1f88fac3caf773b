"""The order of the training points, and the seeds of their batches."""

from __future__ import annotations

import torch


class Batches:
    """The epochs and batches that all lanes share.

    The order of the points and the seed of a batch depend on the split's seed, the epoch and the batch alone.
    """

    def __init__(self) -> None:
        self.points = 0
        """How many training points there are."""
        self.epoch = 0
        """Whole epochs since ``start_over``."""
        self.number = 0
        """Batches of the current epoch that have been trained."""
        self.order = torch.empty(0, dtype=torch.long)
        """Indices of the training points [points] in the order of the current epoch; a new tensor in each epoch."""
        self._split_seed = 0
        self._generator = torch.Generator()

    def set_points(self, points: int, seed: int) -> None:
        """Begin the current epoch again, with ``points`` training points."""
        self.points, self._split_seed = points, seed
        self._begin_epoch()

    def start_over(self) -> None:
        """Go back to the first batch of the first epoch."""
        self.epoch = 0
        self._begin_epoch()

    @property
    def at_epoch_end(self) -> bool:
        """Whether no batch of the current epoch has been trained yet."""
        return self.number == 0

    def advance(self, smallest: int) -> bool:
        """Go on to the next batch; return True if the epoch is over for batches of ``smallest`` points."""
        self.number += 1
        if self.number * smallest < self.points:
            return False
        self.epoch += 1
        self._begin_epoch()
        return True

    def _begin_epoch(self) -> None:
        self.number = 0
        self.order = torch.randperm(self.points, generator=self._generator.manual_seed(self.seed_of(-1)))

    def seed_of(self, batch: int) -> int:
        """Return the seed of a batch in the current epoch."""
        return ((self._split_seed * 1_000_003 + self.epoch) * 1_000_003 + batch + 1) & (2**63 - 1)
