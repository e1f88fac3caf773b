"""Observables that the app does not have. Unpickling their options registers them, in whatever process that is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray

from engine.observation.observables import OBSERVABLES, Grid, Observable, ObservedStack

LARGE = 20_000
"""Numbers of a value that does not go through a pipe."""


@dataclass(frozen=True, slots=True)
class Sum:
    """A lane's parameters added up, any number of times, after ``step`` updates.

    ``call`` counts the calls in this process, each of which is for ``lanes``; ``cells`` are those of the grid.
    """

    step: int
    values: NDArray[np.float64]
    call: int
    lanes: tuple[str, ...]
    cells: int | None = None


@dataclass(frozen=True, slots=True)
class Times:
    """How many times the sum is wanted."""

    times: int = 1


@dataclass(frozen=True, slots=True)
class TimesOnGrid(Grid):
    """A grid, and what else an observable may be told."""

    times: int = 1


def _sums() -> Callable[[ObservedStack, Times | TimesOnGrid], Sequence[Sum]]:
    calls = count(1)

    def sums(stack: ObservedStack, options: Times | TimesOnGrid) -> Sequence[Sum]:
        call, names = next(calls), tuple(run.lane.name for run in stack.runs)
        cells = options.size if isinstance(options, Grid) else None
        totals = stack.network.flat.detach().double().sum(1).tolist()
        return [
            Sum(run.step, np.full(options.times, total), call, names, cells)
            for run, total in zip(stack.runs, totals, strict=False)
        ]

    return sums


SUM = Observable(key="sum", label="Sum of parameters", value=Sum, cost="cheap", compute=_sums())
SUM_ON_GRID = Observable(key="sum_on_grid", label="The same", value=Sum, cost="grid", compute=_sums())

OBSERVABLES |= {SUM.key: SUM, SUM_ON_GRID.key: SUM_ON_GRID}
