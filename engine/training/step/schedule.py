"""The learning rate of each step: the schedule's factor, and reductions on plateaus."""

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
    """Counts epochs without improvement of the loss, and the reductions of the rate that followed."""

    loss: float = math.inf
    epochs: int = 0
    reductions: int = 0

    def note(self, loss: float, patience: float) -> bool:
        """Note the loss of an epoch.

        Parameters
        ----------
        loss
            The loss that should fall; NaN counts as no improvement.
        patience
            Epochs without improvement after which the next one reduces the rate.

        Returns
        -------
        bool
            Whether this epoch reduces the rate.

        Examples
        --------
        >>> plateau = Plateau()
        >>> [plateau.note(loss, patience=1) for loss in (0.5, 0.5, 0.5)]
        [False, False, True]
        """
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
    """A lane's learning rate as a function of its epochs, after ``reductions`` on plateaus."""

    learning_rate: float
    schedule: ScheduleChoice
    reductions: int = 0

    @property
    def is_constant(self) -> bool:
        return self.schedule.name == "constant"

    def at(self, epochs: Floats) -> Floats:
        """Return the learning rates [n] after ``epochs`` [n] of training, fractions included."""
        entry, parameters = SCHEDULES[self.schedule.name], self.schedule.parameters
        rate = self.learning_rate * entry.factor(epochs, parameters)
        return rate * parameters["factor"] ** self.reductions if entry.reduces else rate


def epochs_before(epoch: int, batch: int, batches: int, steps: int) -> Floats:
    """Return how many epochs have been trained before each of several steps.

    The result for a step does not depend, even in its last bit, on the first step asked for.

    Parameters
    ----------
    epoch, batch
        Whole epochs before the first of the steps, and the number of its batch, from 0.
    batches
        Batches of an epoch.
    steps
        How many steps.

    Returns
    -------
    float64 [steps]

    Examples
    --------
    >>> epochs_before(epoch=2, batch=1, batches=2, steps=3)
    array([2.5, 3. , 3.5])
    """
    whole, part = np.divmod(batch + np.arange(steps), batches)
    epochs: Floats = (epoch + whole) + part / batches
    return epochs
