"""How much time watching may take from training, and how finely that lets the window see."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Clock = Callable[[], float]
"""Seconds from any moment on."""


class Budget:
    """Limits an activity to a ``share`` of the time, and to once in ``interval`` seconds.

    The pause follows from the latest cost c: c · (1 / share − 1) seconds.
    """

    def __init__(self, share: float, interval: float = 0.0, clock: Clock = time.perf_counter) -> None:
        self.share = share
        self._interval = interval
        self._clock = clock
        self._began = self._ended = float("-inf")
        self.cost = 0.0
        """Seconds that the activity took the last time."""

    @property
    def waited(self) -> float:
        """Seconds since the activity last ended."""
        return self._clock() - self._ended

    @property
    def allows(self) -> bool:
        """Whether the activity may begin now."""
        now = self._clock()
        return now - self._began >= self._interval and now - self._ended >= self.cost * (1 / self.share - 1)

    @contextmanager
    def spending(self) -> Iterator[None]:
        """Measure the activity in a ``with`` block."""
        self._began = self._clock()
        try:
            yield
        finally:
            self._ended = self._clock()
            self.cost = self._ended - self._began


SIZES = (1.0, 0.75, 0.5, 0.35, 0.25)
"""Grid sizes, as shares of the one that is asked for."""
SMALLEST = 16
"""The fewest cells along a side; fewer gain no time."""
SLOW, FAST = 4, 30
"""How many grids in a row must be too slow, or fast enough to be finer, before the size changes."""


class GridSize:
    """How many cells a grid may have, so that pictures come often enough: coarser when it is slow, but not at once,
    and finer again only when that is sure to last.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._level = self._slow = self._fast = 0

    def of(self, asked: int) -> int:
        """Cells along a side."""
        return min(asked, max(SMALLEST, round(asked * SIZES[self._level])))

    def note(self, rest: float, grid: float) -> None:
        """A grid took ``grid`` seconds, and the rest of the picture ``rest``."""
        too_slow = rest + grid > self._seconds and grid > rest / 4
        finer = grid * (SIZES[self._level - 1] / SIZES[self._level]) ** 2 if self._level else 0.0
        fast_enough = self._level > 0 and rest + finer < 0.8 * self._seconds
        self._slow = self._slow + 1 if too_slow else 0
        self._fast = self._fast + 1 if fast_enough else 0
        if self._slow == SLOW and self._level < len(SIZES) - 1:
            self._change(1)
        elif self._fast == FAST:
            self._change(-1)

    def _change(self, by: int) -> None:
        self._level += by
        self._slow = self._fast = 0
