"""The learning rate of each step: the schedule's factor, and what a plateau has taken away."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from engine.catalogue.schedules import SCHEDULES, Floats
from engine.experiment.choice import ScheduleChoice

IMPROVEMENT = 1e-4
"""A loss counts as improved when it is lower by this share, as in ``torch.optim.lr_scheduler.ReduceLROnPlateau``."""


@dataclass(slots=True)
class Plateau:
    """Counts the epochs in which the loss has not improved, and how often the rate was reduced for it."""

    loss: float = math.inf
    epochs: int = 0
    reductions: int = 0

    def note(self, loss: float, patience: float) -> bool:
        """Note an epoch's loss; True when that reduces the rate."""
        if loss < self.loss * (1.0 - IMPROVEMENT):
            self.loss, self.epochs = loss, 0
            return False
        self.epochs += 1
        if self.epochs <= patience:
            return False
        self.epochs = 0
        self.reductions += 1
        return True


@dataclass(frozen=True, slots=True)
class Rate:
    """A lane's learning rate as a function of its epochs, after ``reductions`` by a plateau."""

    learning_rate: float
    schedule: ScheduleChoice
    reductions: int = 0

    @property
    def is_constant(self) -> bool:
        return self.schedule.name == "constant"

    def at(self, epochs: Floats) -> Floats:
        """The rate of steps [n] before which the lane has trained for ``epochs`` [n]."""
        entry, parameters = SCHEDULES[self.schedule.name], self.schedule.parameters
        rate = self.learning_rate * entry.factor(epochs, parameters)
        return rate * parameters["factor"] ** self.reductions if entry.reduces else rate


def epochs_before(epoch: int, batch: int, batches: int, steps: int) -> Floats:
    """Epochs trained before each of ``steps`` steps, the first of which is on batch number ``batch`` of ``batches``.

    The same step has the same number, to the bit, whichever step the count begins with.
    """
    whole, part = np.divmod(batch + np.arange(steps), batches)
    epochs: Floats = (epoch + whole) + part / batches
    return epochs
