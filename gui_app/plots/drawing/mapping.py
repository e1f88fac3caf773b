"""The mapping from axis units to pixels, and the protocol of marks that paint with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from gui_app.plots.drawing.ranges import Range

Values = TypeVar("Values", float, NDArray[np.float64])


@dataclass(frozen=True, slots=True)
class Mapping:
    """Mapping from axis units to pixels. ``exact`` is set for exports, which use real pens, not fast approximations."""

    width: float
    height: float
    x_range: Range
    y_range: Range
    exact: bool = False
    pixel_ratio: float = 1.0

    def x(self, values: Values) -> Values:
        """Pixels from the left."""
        start, end = self.x_range
        return (values - start) * (self.width / (end - start))

    def y(self, values: Values) -> Values:
        """Pixels from the top."""
        start, end = self.y_range
        return (end - values) * (self.height / (end - start))

    def x_value(self, pixel: float) -> float:
        """Return the x value at a pixel."""
        start, end = self.x_range
        return start + pixel / max(self.width, 1.0) * (end - start)

    def y_value(self, pixel: float) -> float:
        """Return the y value at a pixel."""
        start, end = self.y_range
        return end - pixel / max(self.height, 1.0) * (end - start)

    @property
    def bounds(self) -> QRectF:
        return QRectF(0.0, 0.0, self.width, self.height)


class Mark(Protocol):
    """Something drawn on the plotting area."""

    def paint(self, painter: QPainter, mapping: Mapping) -> None:
        """Draw it."""
