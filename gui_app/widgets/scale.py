"""The scale of a slider: linear or logarithmic, with round values."""

from __future__ import annotations

import math
from dataclasses import dataclass

from engine.catalogue import Parameter

STEPS = 100
"""Approximate number of key presses from one end of a slider to the other."""
LOG_DIGITS = 2
"""Significant digits of the values on a logarithmic slider."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Map between values from ``low`` to ``high`` and positions from 0 to 1; ``log`` requires a positive ``low``."""

    low: float
    high: float
    log: bool = False
    integer: bool = False

    @classmethod
    def of(cls, parameter: Parameter) -> Scale:
        """Return the scale of a parameter's slider."""
        low, high = parameter.slider_range
        return cls(low, high, parameter.log, parameter.integer)

    def position(self, value: float) -> float:
        """Return the position of a value, from 0 to 1; values out of range are clipped."""
        value = min(max(value, self.low), self.high)
        if self.log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def value(self, position: float) -> float:
        """Return the round value nearest to a position."""
        position = min(max(position, 0.0), 1.0)
        if self.log:
            raw = self.low * (self.high / self.low) ** position
        else:
            raw = self.low + position * (self.high - self.low)
        return min(max(self._round(raw), self.low), self.high)

    def step(self, value: float, steps: float) -> float:
        """Return the value ``steps`` hundredths of the slider away; it differs from ``value`` except at an end."""
        start = self.position(value)
        for more in range(STEPS + 1):
            moved = self.value(start + (steps + math.copysign(more, steps)) / STEPS)
            if (moved - value) * steps > 0:
                return moved
        return self.high if steps > 0 else self.low

    def _round(self, raw: float) -> float:
        if self.integer:
            return float(round(raw))
        if not self.log:
            unit = _nice((self.high - self.low) / STEPS)
            return _clean(round(raw / unit) * unit)
        return float(f"{raw:.{LOG_DIGITS - 1}e}")


def _nice(size: float) -> float:
    """Return the largest of 1, 2 and 5 times a power of ten that is at most ``size``."""
    power = 10.0 ** math.floor(math.log10(size) + 1e-9)
    return next(factor * power for factor in (5, 2, 1) if factor * power <= size * (1 + 1e-9))


def _clean(value: float) -> float:
    """Round away floating-point errors: 0.30000000000000004 becomes 0.3."""
    return float(f"{value:.12g}")
