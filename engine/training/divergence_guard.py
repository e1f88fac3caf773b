"""Whether all numbers of a stack are finite, looked at every few steps, and where they are not, since which step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch

from engine.training.step.step_runner import StepState
from engine.training.step.stepper import StackBatch, Stepper

MOST_UNCHECKED = 32
"""Steps after which a stack makes sure that all numbers are finite, at the latest."""


@dataclass(frozen=True, slots=True)
class Diverged:
    """A lane whose numbers are no longer finite: its ``row`` in the stack, how many of its latest steps count no
    more, and the ``epoch`` of the step that diverged.
    """

    row: int
    steps_lost: int
    epoch: int


class DivergenceGuard:
    """Remembers the steps since the last check, and the memory of before them.

    When a check finds numbers that are not finite, it goes through those steps again, one by one, to find the lanes and
    the step.
    """

    def __init__(self, state: StepState, stepper: Stepper) -> None:
        self._state, self._stepper = state, stepper
        self._before = torch.empty_like(state.memory)
        self._unchecked: list[StackBatch] = []
        self._limit = 1

    @property
    def unchecked(self) -> int:
        """How many steps were made since the last check."""
        return len(self._unchecked)

    @property
    def due(self) -> bool:
        """Whether it is time to check."""
        return len(self._unchecked) == self._limit

    def note(self, batch: StackBatch) -> None:
        """Note the step that follows, before it is made."""
        if not self._unchecked:
            self._before.copy_(self._state.memory)
        self._unchecked.append(batch)

    def check(self, rewind: Callable[[StackBatch], None]) -> list[Diverged]:
        """Find the lanes that diverged in the steps since the last check.

        Parameters
        ----------
        rewind
            Called with the first of these steps' batches before they are made again, to set back the numbers that
            change from step to step.

        Returns
        -------
        list
            The lanes that diverged, whose parameters are worth nothing; their checkpoints hold those of before the
            step.
        """
        steps, self._unchecked = self._unchecked, []
        self._limit = min(2 * self._limit, MOST_UNCHECKED)
        if not steps or steps[-1].runner.looks_finite:
            return []
        self._state.memory.copy_(self._before)
        rewind(steps[0])
        return list(self._find(steps))

    def _find(self, steps: list[StackBatch]) -> Iterator[Diverged]:
        state, fine = self._state, torch.ones(self._state.network.lanes, dtype=torch.bool)
        for count, batch in enumerate(steps):
            self._stepper.load(batch)
            still_fine = fine & batch.runner.finite_lanes()
            for row, (before, now) in enumerate(zip(fine.tolist(), still_fine.tolist(), strict=True)):
                if before and not now:
                    yield Diverged(row, len(steps) - count, batch.epoch)
            fine, checkpoint = still_fine, state.checkpoint.clone()
            self._stepper.train(batch)
            # Neither the parameters of a diverged lane are worth keeping nor those that it diverged from.
            state.checkpoint.copy_(torch.where(fine[:, None], state.checkpoint, checkpoint))
