"""How much time watching may take from training, and how finely that lets the window see."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Clock = Callable[[], float]
"""Seconds from any moment on."""
EFFORT: Clock | None = None if sys.platform == "win32" else time.thread_time
"""Measures what the processor does in this thread; on Windows such clocks are too coarse."""


class Budget:
    """Limits how often something is done, by the time that it takes.

    After c seconds of work the pause is c · (1 / share − 1) seconds.

    Parameters
    ----------
    share
        The share of the time that it may take, above 0 and at most 1.
    interval
        The shortest time from one beginning to the next, in seconds.
    clock
        Returns seconds from any moment on.
    effort
        Measures the time that it takes, in seconds; without it, ``clock`` does. Processor time does not count what
        other processes take meanwhile, so that a busy machine does not make the pauses longer than the share asks for.

    Examples
    --------
    >>> seconds = iter([0.0, 1.0, 3.9, 4.0])
    >>> budget = Budget(0.25, clock=lambda: next(seconds))
    >>> with budget.spending():
    ...     pass
    >>> budget.cost, budget.allows, budget.allows
    (1.0, False, True)
    """

    def __init__(
        self,
        share: float,
        interval: float = 0.0,
        clock: Clock = time.perf_counter,
        effort: Clock | None = None,
    ) -> None:
        self.share = share
        self._interval = interval
        self._clock, self._effort = clock, effort
        self._began = self._ended = float("-inf")
        self.cost = 0.0
        """Seconds that it took the last time."""

    @property
    def waited(self) -> float:
        """Seconds since it last ended; infinite before the first time."""
        return self._clock() - self._ended

    @property
    def allows(self) -> bool:
        """Whether it may begin now."""
        now = self._clock()
        return now - self._began >= self._interval and now - self._ended >= self.cost * (1 / self.share - 1)

    @contextmanager
    def spending(self) -> Iterator[None]:
        """Measure the time of a ``with`` block."""
        self._began = self._clock()
        before = self._effort() if self._effort is not None else self._began
        try:
            yield
        finally:
            self._ended = self._clock()
            self.cost = (self._effort() if self._effort is not None else self._ended) - before


SIZES = (1.0, 0.75, 0.5, 0.35, 0.25)
"""Grid sizes, as shares of the one that is asked for."""
SMALLEST = 16
"""The fewest cells along a side; fewer gain no time."""
SLOW, FAST = 4, 30
"""How many grids in a row must be too slow, or fast enough to be finer, before the size changes."""


class GridSize:
    """Chooses how many cells a grid has, so that pictures come often enough.

    A grid becomes coarser after ``SLOW`` slow pictures in a row, and finer after ``FAST`` of which each would have been
    fast enough with more cells.

    Parameters
    ----------
    seconds
        The longest time that a picture with its grid should take.

    Examples
    --------
    >>> size = GridSize(0.04)
    >>> for _ in range(SLOW):
    ...     size.note(rest=0.01, grid=0.05)
    >>> size.of(100)
    75
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._level = self._slow = self._fast = 0

    def of(self, asked: int) -> int:
        """The cells along a side of a grid for which somebody asked for ``asked`` cells."""
        return min(asked, max(SMALLEST, round(asked * SIZES[self._level])))

    def note(self, rest: float, grid: float) -> None:
        """Take the seconds that a ``grid`` took, and those that the ``rest`` of the picture took."""
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
