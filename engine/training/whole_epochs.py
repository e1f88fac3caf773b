"""Many whole epochs of a stack in one call, each with its measurement: what every way of training does."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.observation.measure import NUMBERS, Floats
from engine.training.step.feed import Feed
from engine.training.step.measuring import Measuring
from engine.training.step.step_state import StepState
from engine.training.step.stepper import Stepper


@dataclass(frozen=True, slots=True, eq=False)
class Ran:
    """What came of some epochs.

    Attributes
    ----------
    numbers : float64 [epochs, lanes, 9]
        What ``Measuring.numbers`` returns after each epoch.
    best : int64 [lanes]
        Which of the epochs has the lowest validation loss, if that is lower than what the lane had; else −1.
    rows : Tensor [lanes, size]
        The parameters after that epoch, in the processor's memory; whatever where there is none. Valid until the stack
        trains on.
    fine
        After how many epochs a look was first not finite. If it is less than ``epochs``, nothing else here counts, and
        neither does the memory of the stack.
    """

    numbers: Floats
    best: NDArray[np.int64]
    rows: Tensor
    fine: int


class WholeEpochs(Protocol):
    """Trains the whole epochs of a stack. Each way of training has one; what it does is the same."""

    def run(self, feed: Feed, first: int, epochs: int, lowest: Floats) -> Ran:
        """Train some epochs and measure the lanes after each of them.

        Parameters
        ----------
        feed
            It covers these epochs.
        first
            The index of the first step in the feed, which begins an epoch.
        epochs
            How many; 1 or more.
        lowest : [lanes]
            The lowest validation loss of each lane so far; infinite where there is none.

        Returns
        -------
        Ran
        """
        ...


def improved(numbers: Floats, lowest: Floats) -> NDArray[np.bool_]:
    """Return which lanes have a new best epoch.

    Parameters
    ----------
    numbers : [lanes, 9]
        What was measured after it. An epoch whose training loss is not finite is never the best.
    lowest : [lanes]
        The lowest validation losses so far.

    Returns
    -------
    bool [lanes]
    """
    better: NDArray[np.bool_] = (numbers[:, 1] < lowest) & np.isfinite(numbers[:, 0])
    return better


class SteppedEpochs:
    """Whole epochs, made of steps and measurings.

    Parameters
    ----------
    state, stepper, measuring
        Of the stack.
    lanes
        How many lanes there are; a single one may have two rows.
    """

    def __init__(self, state: StepState, stepper: Stepper, measuring: Measuring, lanes: int) -> None:
        self._flat, self._stepper, self._measuring, self._lanes = (
            state.network.flat,
            stepper,
            measuring,
            lanes,
        )
        self._looks = state.place.zeros(state.network.lanes)
        self._rows = torch.empty_like(self._flat)

    def run(self, feed: Feed, first: int, epochs: int, lowest: Floats) -> Ran:
        """See ``WholeEpochs``."""
        numbers = np.empty((epochs, self._lanes, NUMBERS))
        lowest, best = lowest.copy(), np.full(self._lanes, -1)
        self._looks.zero_()
        for epoch in range(epochs):
            start = first + epoch * feed.batches
            for index in range(start, start + feed.batches):
                self._looks.add_(self._stepper.train(feed, index))
            self._measuring.forget()
            if not isfinite(self._looks.sum().item()):
                return Ran(numbers[:epoch], best, self._rows, epoch)
            numbers[epoch] = self._measuring.numbers()[: self._lanes]
            for lane in np.flatnonzero(improved(numbers[epoch], lowest)):
                self._rows[lane] = self._flat[lane]
                lowest[lane], best[lane] = numbers[epoch, lane, 1], epoch
        return Ran(numbers, best, self._rows.cpu(), epochs)
