"""The scale of the colours of a measured number."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from gui_app.widgets.ticks import Ticks, linear_ticks, log_ticks, nice_step

Floats = NDArray[np.float64]
PARTS = 10
"""Ends lie at this many parts of a decade or of a span, so that colours do not flicker with every number."""
FAR = 4.0
"""Values further from the quartiles than this many times their distance do not stretch a scale."""
FAR_DECADES = 1.5
"""Nearer than this they always count on a logarithmic one."""
_THINNEST = 1e-6
"""Share of a scale that a colour bar can show."""


@dataclass(frozen=True, slots=True)
class MeasureScale:
    """A linear or logarithmic scale from ``low`` to ``high``; what lies beyond an end has the colour of the end."""

    low: float
    high: float
    log: bool = False
    beyond: tuple[bool, bool] = (False, False)
    """Whether there are values below and above it."""
    drawn: tuple[float, float] = field(default=(0.0, 1.0), compare=False)
    """From which share to which one its values reach: what a colour bar shows."""

    @classmethod
    def of(cls, values: Floats, log: bool = False, within: tuple[float, float] | None = None) -> MeasureScale:
        """Return the scale of values; only finite ones count. ``within`` are the ends of what there can be at all.

        It is linear where a value is not above 0.
        """
        finite = values[np.isfinite(values)]
        if not finite.size:
            return cls(0.0, 1.0)
        if log and float(finite.min()) > 0.0:
            return cls._of_logarithms(np.log10(finite))
        least, most = float(finite.min()), float(finite.max())
        low, high = _round_ends(*_near(finite, 0.0))
        if within is not None:
            low, high = max(low, within[0]), min(high, within[1])
        return cls(low, high, False, (least < low, most > high))._drawn_for(least, most)

    @classmethod
    def _of_logarithms(cls, exponents: Floats) -> MeasureScale:
        least, most = float(exponents.min()), float(exponents.max())
        near = _near(exponents, FAR_DECADES)
        low = math.floor(near[0] * PARTS + 1e-9) / PARTS
        high = max(math.ceil(near[1] * PARTS - 1e-9) / PARTS, low + 1 / PARTS)
        scale = cls(10.0**low, 10.0**high, True, (least < low - 1e-9, most > high + 1e-9))
        return scale._drawn_for(10.0**least, 10.0**most)

    def _drawn_for(self, least: float, most: float) -> MeasureScale:
        """The same scale for values between two; a single value is drawn as the whole scale."""
        low, high = self.share(np.array([least, most])).tolist()
        return replace(self, drawn=(low, high)) if high - low > _THINNEST else self

    def share(self, values: Floats) -> Floats:
        """Return where values lie, from 0 at the low end to 1 at the high one; NaN where they are not finite."""
        known = np.where(np.isfinite(values), values, np.nan)
        if self.log:
            with np.errstate(divide="ignore", invalid="ignore"):
                known, low, high = np.log10(known), math.log10(self.low), math.log10(self.high)
        else:
            low, high = self.low, self.high
        with np.errstate(invalid="ignore"):
            return np.clip((known - low) / (high - low), 0.0, 1.0)

    def places(self, values: Floats) -> Floats:
        """Return where values lie on the colour bar, from 0 at its low end to 1; NaN where they are not finite."""
        low, high = self.drawn
        return np.clip((self.share(values) - low) / (high - low), 0.0, 1.0)

    def ticks(self, height: float, least: float = 36.0) -> Ticks:
        """Return ticks, as places on a colour bar of ``height`` pixels, with their texts."""
        most = max(int(height / least), 2)
        ends = (math.log10(self.low), math.log10(self.high)) if self.log else (self.low, self.high)
        # Those of the whole scale stay where they are when values move a little.
        kept = self._on_bar(self._ticks_between(*ends, most), ends)
        if len(kept) > 1:
            return kept
        low, high = (ends[0] + share * (ends[1] - ends[0]) for share in self.drawn)
        return self._on_bar(self._ticks_between(low, high, most), ends)

    def _ticks_between(self, low: float, high: float, most: int) -> Ticks:
        return log_ticks(low, high, most) if self.log else linear_ticks(low, high, most)

    def _on_bar(self, ticks: Ticks, ends: tuple[float, float]) -> Ticks:
        low, high = (ends[0] + share * (ends[1] - ends[0]) for share in self.drawn)
        found = (((at - low) / (high - low), text) for at, text in ticks)
        return tuple((min(max(place, 0.0), 1.0), text) for place, text in found if -1e-9 <= place <= 1 + 1e-9)


def _near(values: Floats, least_reach: float) -> tuple[float, float]:
    """The ends of what is not far from the quartiles."""
    lower, upper = np.quantile(values, [0.25, 0.75]).tolist()
    least, most = float(values.min()), float(values.max())
    reach = max(FAR * (upper - lower), least_reach)
    return (max(least, lower - reach), min(most, upper + reach)) if reach > 0.0 else (least, most)


def _round_ends(low: float, high: float) -> tuple[float, float]:
    """The ends at round numbers around two values."""
    if high - low <= 1e-12 * max(abs(low), abs(high)):
        half = 0.5 * abs(low) or 0.5
        return low - half, high + half
    step = nice_step((high - low) / PARTS)
    return math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
