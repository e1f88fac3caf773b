"""Early stopping: end training when the validation loss no longer improves."""

from __future__ import annotations

import math
from dataclasses import dataclass

from engine.experiment.settings import EarlyStoppingSettings


@dataclass(slots=True)
class BestEpoch:
    """The lowest validation loss so far. A loss counts as better when it is lower by more than ``min_delta``."""

    loss: float = math.inf
    epoch: int | None = None

    def improves(self, epoch: int, loss: float, min_delta: float = 0.0) -> bool:
        """Note the loss of an epoch; True when it is the new best. NaN never is."""
        if not loss < self.loss - min_delta:
            return False
        self.loss, self.epoch = loss, epoch
        return True

    def is_over(self, epoch: int, settings: EarlyStoppingSettings) -> bool:
        """Whether ``patience`` epochs have gone by since the best one."""
        return self.epoch is not None and epoch - self.epoch >= settings.patience
