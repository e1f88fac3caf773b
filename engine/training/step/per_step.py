"""Numbers of the optimizer that change with every step, computed for many steps at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Rule = Callable[[int, int], dict[str, NDArray[np.float64]]]
"""Takes ``first`` and ``count``; returns, by name, the numbers [lanes, count] of ``count`` steps from ``first`` on."""

AHEAD = 128
"""How many steps' numbers are computed together."""


class StepNumbers:
    """The numbers of one step, ``now[name]`` [lanes, 1]; ``advance`` replaces them by those of the next, in place."""

    def __init__(self, rule: Rule) -> None:
        first = rule(0, 1)
        self._now = torch.zeros(len(first), *(next(iter(first.values())).shape if first else (0, 1)))
        self.now: dict[str, Tensor] = dict(zip(first, self._now, strict=True))
        self.begin(rule)

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self.now)

    def begin(self, rule: Rule) -> None:
        """Follow another rule with the same names; the next ``advance`` goes to its first step."""
        self._rule, self._first, self._next = rule, -AHEAD, AHEAD

    def advance(self) -> None:
        """Go on to the next step."""
        if self._next == AHEAD:
            self._first += AHEAD
            numbers = np.stack(list(self._rule(self._first, AHEAD).values()))
            table = torch.from_numpy(numbers.astype(np.float32)).movedim(2, 0)[..., None].contiguous()
            self._rows, self._next = table.unbind(0), 0
        self._now.copy_(self._rows[self._next])
        self._next += 1
