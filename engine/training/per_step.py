"""Numbers of the optimizer that change with every step, computed for many steps at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from engine.catalogue.optimizers import Floats, PerStep

AHEAD = 128
"""Steps whose numbers are computed together."""


class StepNumbers:
    """``now[name]`` [lanes, 1] holds the numbers of one step; ``advance`` goes on to the next, in place."""

    def __init__(
        self, rule: PerStep | None, parameters: Mapping[str, Floats], updates: Sequence[int]
    ) -> None:
        """``parameters`` [lanes, 1] and how many updates each lane has had."""
        self._rule = rule
        self.now: dict[str, Tensor] = {}
        if rule is not None:
            names = list(rule(parameters, np.ones((len(updates), 1))))
            self._now = torch.zeros(len(names), len(updates), 1)
            self.now = dict(zip(names, self._now, strict=True))
            self.fill(parameters, updates)

    def __bool__(self) -> bool:
        """Whether there are any."""
        return self._rule is not None

    def fill(self, parameters: Mapping[str, Floats], updates: Sequence[int]) -> None:
        """Begin anew: the next ``advance`` leads to the first step after so many updates."""
        self._parameters = parameters
        self._fill(np.array(updates, dtype=np.float64)[:, None])

    def _fill(self, updates: Floats) -> None:
        self._updates = updates
        if self._rule is None:
            return
        numbers = np.stack(list(self._rule(self._parameters, updates + np.arange(1, AHEAD + 1)).values()))
        table = torch.from_numpy(numbers.astype(np.float32)).movedim(2, 0)[..., None].contiguous()
        self._rows, self._next = table.unbind(0), 0

    def advance(self) -> None:
        """Go on to the next step."""
        if self._next == AHEAD:
            self._fill(self._updates + AHEAD)
        self._now.copy_(self._rows[self._next])
        self._next += 1
