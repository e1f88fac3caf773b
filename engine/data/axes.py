"""How the numbers of the data lie on the sheet: both axes at once, each in a unit of its own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.catalogue.features import CANVAS
from engine.data.fit import FEW, NARROWEST
from engine.experiment import Points

Floats = NDArray[np.float64]
Extent = tuple[float, float, float, float]
"""Left, right, bottom and top."""

REACH = CANVAS
FILLED = 0.9
"""How much of the sheet data fill that were fitted to it."""
_FINEST = 1e-12
"""Of a number's own size: finer differences are lost in rounding."""


@dataclass(frozen=True, slots=True)
class Axes:
    """Data are what the sheet says times the unit, from the middle on, for x and for y.

    On the sheet both axes are alike and go from −6 to 6: circles are circles there, whatever the units are. With the
    units of the usual axes, data and sheet are the same numbers.
    """

    x_middle: float = 0.0
    y_middle: float = 0.0
    x_unit: float = 1.0
    y_unit: float = 1.0

    @classmethod
    def fitted(cls, xy: Floats) -> Axes:
        """Such that the places [n, 2] fill the sheet but for a margin; n > 0."""
        # Halves, because the span of the largest numbers there are is larger than any of them.
        low, high = xy.min(axis=0) / 2, xy.max(axis=0) / 2
        middle, half = low + high, high - low
        half = np.where(half > 0, half, half.max() or REACH * FILLED)
        unit = np.maximum(half / (REACH * FILLED), np.abs(middle) * _FINEST)
        return cls(*middle.tolist(), *unit.tolist())

    @classmethod
    def showing(cls, xy: Floats) -> Axes:
        """The usual axes where the places [n, 2] are seen well on them, or else fitted ones."""
        if not len(xy):
            return cls()
        seen = (np.abs(xy) <= REACH).all() and (len(xy) < FEW or np.ptp(xy, axis=0).max() >= NARROWEST)
        return cls() if seen else cls.fitted(xy)

    @property
    def usual(self) -> bool:
        return self == HOME

    @property
    def units(self) -> Floats:
        return np.array((self.x_unit, self.y_unit))

    @property
    def middle(self) -> Floats:
        return np.array((self.x_middle, self.y_middle))

    def to_sheet(self, xy: Floats) -> Floats:
        """Places of the data [..., 2] on the sheet."""
        return xy if self.usual else (xy - self.middle) / self.units

    def to_data(self, xy: Floats) -> Floats:
        """Places of the sheet [..., 2] as data."""
        return xy if self.usual else xy * self.units + self.middle

    def points_on_sheet(self, points: Points, task: str) -> Points:
        """The points at their places on the sheet; a curve's targets are its heights."""
        xy = self.to_sheet(points.xy)
        return Points(xy, xy[:, 1] if task == "curve" else points.target, points.split)

    def moved(self, before: Floats, sheet: Floats) -> Floats:
        """Places of the sheet [n, 2] as data; those that have not moved are ``before``, to the bit."""
        return np.where(sheet == self.to_sheet(before), before, self.to_data(sheet))

    def extent(self, sheet: Extent) -> Extent:
        """What a part of the sheet shows of the data."""
        if self.usual:
            return sheet
        low, high = self.to_data(np.array((sheet[0::2], sheet[1::2]))).tolist()
        return low[0], high[0], low[1], high[1]


HOME = Axes()
