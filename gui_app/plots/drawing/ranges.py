"""Axis ranges that ease towards the data instead of jumping."""

from __future__ import annotations

import math

from gui_app.widgets.ticks import nice_step

Range = tuple[float, float]


class EasedRange:
    """The range of an axis, which moves a little with every update.

    Data outside the range widen it at once. The rest of the way to the goal, and the way back when the data shrink,
    take some updates. The goal has round ends and stays while it suits the data, so that noise moves nothing.
    """

    GROW, SHRINK = 0.35, 0.08
    """Shares of the remaining distance that one update covers."""

    def __init__(self, smallest: float) -> None:
        self.smallest = smallest
        self._goal: Range | None = None
        self._range: Range | None = None

    @property
    def range(self) -> Range | None:
        """The range shown; None before the first update."""
        return self._range

    @property
    def settled(self) -> bool:
        """Whether the range has reached its goal."""
        return self._range == self._goal

    def reset(self) -> None:
        """Forget range and goal, so that the next update jumps to its data."""
        self._goal = self._range = None

    def update(self, low: float, high: float) -> Range:
        """Move towards the data's range and return the axis's new range."""
        if not (math.isfinite(low) and math.isfinite(high) and low <= high):
            raise ValueError(f"A range needs finite ends in order, not {low} and {high}.")
        if self._goal is None or not self._fits(low, high):
            self._goal = self._round(low, high)
        if self._range is None:
            self._range = self._goal
        near = 0.004 * max(self._goal[1] - self._goal[0], high - low)
        start = -self._ease(-self._range[0], -self._goal[0], -low, near)
        self._range = start, self._ease(self._range[1], self._goal[1], high, near)
        return self._range

    def _ease(self, now: float, goal: float, data: float, near: float) -> float:
        """Return the next value of an upper end."""
        share = self.GROW if goal > now else self.SHRINK
        eased = max(now + share * (goal - now), data)
        return goal if abs(goal - eased) <= near else eased

    def _fits(self, low: float, high: float) -> bool:
        """Return whether the goal contains the data without being much larger."""
        start, end = self._goal or (math.inf, -math.inf)
        loose = end - start > max(high - low, self.smallest) + 5 * self._step(low, high)
        return start <= low and high <= end and not loose

    def _step(self, low: float, high: float) -> float:
        return nice_step(max(high - low, self.smallest) / 20)

    def _round(self, low: float, high: float) -> Range:
        """Return the data's range widened to round ends and to at least the smallest length."""
        step = self._step(low, high)
        missing = max(self.smallest - (high - low), 0.0) / 2
        start = math.floor((low - missing) / step + 1e-9) * step
        end = math.ceil((high + missing) / step - 1e-9) * step
        return min(start, low), max(end, high)
