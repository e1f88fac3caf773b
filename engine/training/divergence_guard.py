"""Whether all numbers of a stack are finite, looked at every few steps, and where they are not, since which step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite

import torch

from engine.training.step.feed import Feed
from engine.training.step.step_state import StepState
from engine.training.step.stepper import Stepper

MOST_UNCHECKED = 64
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
    """Makes the steps of a stack, and remembers those since the last check and the memory of before them.

    A lane diverges in the first step before which its parameters, or in which its losses are not finite. Each step's
    look (see ``StepRunner``) tells whether that may be so, and a check finds the step among those since the last one,
    by making them again. So it does not matter when somebody checks.
    """

    def __init__(self, state: StepState, stepper: Stepper) -> None:
        self._state, self._stepper = state, stepper
        self._before = torch.empty_like(state.memory)
        self._looks = state.place.zeros(state.network.lanes)
        """The sum of the looks since the last check [lanes]."""
        self._unchecked: list[tuple[Feed, int]] = []
        self._limit = 1

    @property
    def unchecked(self) -> int:
        """How many steps were made since the last check."""
        return len(self._unchecked)

    @property
    def room(self) -> int:
        """How many steps may be made before the next check, which is due where there is none."""
        return self._limit - len(self._unchecked)

    def remember(self) -> None:
        """Remember the memory there is; there must be no unchecked steps."""
        self._before.copy_(self._state.memory)

    def go_back(self) -> None:
        """Go back to the memory that was remembered."""
        self._state.memory.copy_(self._before)

    def train(self, feed: Feed, first: int, count: int) -> None:
        """Make ``count`` steps of a feed; there must be ``room`` for them."""
        if not self._unchecked:
            self.remember()
            self._looks.zero_()
        self._unchecked += [(feed, index) for index in range(first, first + count)]
        self._looks.add_(self._stepper.train_many(feed, first, count))

    def check(self) -> list[Diverged]:
        """Find the lanes that diverged in the steps since the last check.

        Returns
        -------
        list
            The lanes that diverged, whose parameters are worth nothing; their checkpoints hold those of before the
            step.
        """
        steps, self._unchecked = self._unchecked, []
        self._limit = min(2 * self._limit, MOST_UNCHECKED)
        if not steps or isfinite(self._looks.sum().item()):
            return []
        self.go_back()
        return list(self._find(steps))

    def _find(self, steps: list[tuple[Feed, int]]) -> Iterator[Diverged]:
        state = self._state
        fine = torch.ones(state.network.lanes, dtype=torch.bool, device=state.place.device)
        for count, (feed, index) in enumerate(steps):
            still_fine = fine & self._stepper.load(feed, index).finite_lanes()
            for row, (before, now) in enumerate(zip(fine.tolist(), still_fine.tolist(), strict=True)):
                if before and not now:
                    yield Diverged(row, len(steps) - count, feed.epoch(index))
            fine, checkpoint = still_fine, state.checkpoint.clone()
            self._stepper.train(feed, index)
            # Neither the parameters of a diverged lane are worth keeping nor those that it diverged from.
            state.checkpoint.copy_(torch.where(fine[:, None], state.checkpoint, checkpoint))
