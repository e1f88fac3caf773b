"""Where axes, runs and values are in a picture of parallel coordinates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF

from gui_app.sweeps.results.parallel.axes import Axis
from gui_app.theme.text import line_height

GRIP = 14.0
"""Pixels beside an axis where the mouse takes hold of it."""
NEAR = 8.0
"""Pixels from a line at which the mouse finds it."""


@dataclass(frozen=True, slots=True)
class Geometry:
    """Axes in a rectangle, evenly spaced; what is not known lies on a line of its own below them."""

    rect: QRectF
    axes: tuple[Axis, ...]
    has_unknown: bool

    @property
    def top(self) -> float:
        return self.rect.top() + 2 * line_height() + 8

    @property
    def bottom(self) -> float:
        return self.rect.bottom() - (2.2 * line_height() if self.has_unknown else 10.0)

    @property
    def unknown(self) -> float:
        """The height of what is not known."""
        return self.rect.bottom() - line_height() * 0.8

    @property
    def spacing(self) -> float:
        """Pixels from one axis to the next."""
        return self._width / max(len(self.axes) - 1, 1)

    @property
    def _left(self) -> float:
        return self.rect.left() + 24.0

    @property
    def _width(self) -> float:
        # Ticks stand to the right of their axis, also of the last one.
        return max(self.rect.width() - 24.0 - 84.0, 1.0)

    def x(self, index: int) -> float:
        """Return where an axis stands."""
        return self._left + self.spacing * index

    def heights(self, axis: Axis, rows: NDArray[np.intp] | None = None) -> NDArray[np.float64]:
        """Return where runs cross an axis: array [runs] in pixels."""
        shares = axis.shares if rows is None else axis.shares[rows]
        found: NDArray[np.float64] = self.bottom - shares * (self.bottom - self.top)
        return np.where(np.isnan(found), self.unknown, found)

    def height(self, axis: Axis, at: float) -> float:
        """Return where one value of an axis is."""
        share = (at - axis.low) / (axis.high - axis.low)
        return self.bottom - share * (self.bottom - self.top)

    def at(self, axis: Axis, y: float) -> float:
        """Return the value of an axis at a height; at its ends beyond them."""
        share = min(max((self.bottom - y) / max(self.bottom - self.top, 1.0), 0.0), 1.0)
        return axis.low + share * (axis.high - axis.low)

    def is_unknown(self, y: float) -> bool:
        """Return whether a height is that of what is not known."""
        return self.has_unknown and y > (self.bottom + self.unknown) / 2

    def axis_near(self, point: QPointF) -> int | None:
        """Return the index of the axis that the mouse takes hold of, if any."""
        if not self.axes or point.y() < self.top - 6:
            return None
        index = self._nearest(point)
        return index if abs(self.x(index) - point.x()) <= GRIP else None

    def title_at(self, point: QPointF) -> int | None:
        """Return the index of the axis whose title is there, if any."""
        if not self.axes or point.y() > self.top - 6:
            return None
        index = self._nearest(point)
        return index if abs(self.x(index) - point.x()) <= self.spacing / 2 else None

    def run_near(self, point: QPointF, rows: NDArray[np.intp]) -> int | None:
        """Return the run of ``rows`` whose line is nearest to a point, if it is near."""
        if len(self.axes) < 2 or not len(rows):
            return None
        place = (point.x() - self._left) / self.spacing
        if not 0 <= place <= len(self.axes) - 1:
            return None
        first = min(int(place), len(self.axes) - 2)
        share = place - first
        before, after = (self.heights(self.axes[index], rows) for index in (first, first + 1))
        # Of a steep line the distance across it counts.
        slope = (after - before) / self.spacing
        away = np.abs(before + (after - before) * share - point.y()) / np.hypot(1.0, slope)
        nearest = int(np.argmin(away))
        return int(rows[nearest]) if away[nearest] <= NEAR else None

    def _nearest(self, point: QPointF) -> int:
        index = round((point.x() - self._left) / self.spacing) if self.spacing else 0
        return min(max(index, 0), len(self.axes) - 1)


def geometry(rect: QRectF, axes: Sequence[Axis]) -> Geometry:
    """Return where axes are in a rectangle."""
    return Geometry(rect, tuple(axes), any(bool(np.isnan(axis.at).any()) for axis in axes))
