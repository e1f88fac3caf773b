"""Numbers of the optimizer that change with every step, computed for many steps at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.tape.placement import PROCESSOR, Placement

Rule = Callable[[int, int], dict[str, NDArray[np.float64]]]
"""Takes ``first`` and ``count``; returns, by name, the numbers [lanes, count] of ``count`` steps from ``first`` on."""


class StepNumbers:
    """Fixed memory for the numbers of one step, ``now[name]`` [lanes, 1], which ``load`` fills.

    Parameters
    ----------
    rule
        What gives their names and how many lanes there are.
    place
        Where the memory lies.
    """

    def __init__(self, rule: Rule, place: Placement = PROCESSOR) -> None:
        first = rule(0, 1)
        lanes = len(next(iter(first.values()))) if first else 0
        self._place, self.memory = place, place.zeros(len(first), lanes, 1)
        """[names, lanes, 1]"""
        self.now: dict[str, Tensor] = dict(zip(first, self.memory, strict=True))

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self.now)

    def of(self, rule: Rule, steps: int) -> Tensor:
        """The numbers [steps, names, lanes, 1] of the first steps by a rule with the same names."""
        if not self.now:
            return self._place.zeros(steps, *self.memory.shape)
        numbers = np.stack(list(rule(0, steps).values())).astype(self._place.precision)
        return torch.from_numpy(numbers.transpose(2, 0, 1).copy()).to(self._place.device)[..., None]

    def load(self, numbers: Tensor) -> None:
        """Fill the memory with the numbers [names, lanes, 1] of a step."""
        self.memory.copy_(numbers)
