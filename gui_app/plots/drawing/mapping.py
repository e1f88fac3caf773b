"""The mapping from axis units to pixels, and the protocol of marks that paint with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from gui_app.plots.drawing.epoch_scale import LINEAR, EpochScale, Numbers
from gui_app.plots.drawing.ranges import Range


@dataclass(frozen=True, slots=True)
class Mapping:
    """Mapping from axis units to pixels. ``exact`` is set for exports, which use real pens, not fast approximations.

    Along an axis of epochs, ``x`` counts epochs and ``x_scale`` says where they lie.
    """

    width: float
    height: float
    x_range: Range
    y_range: Range
    exact: bool = False
    pixel_ratio: float = 1.0
    x_scale: EpochScale = LINEAR

    def x(self, values: Numbers) -> Numbers:
        """Pixels from the left."""
        start, end = self._x_units
        pixels: Numbers = (self.x_scale.units(values) - start) * (self.width / (end - start))
        return pixels

    def y(self, values: Numbers) -> Numbers:
        """Pixels from the top."""
        start, end = self.y_range
        return (end - values) * (self.height / (end - start))

    def x_value(self, pixel: float) -> float:
        """Return the x value at a pixel."""
        start, end = self._x_units
        return float(self.x_scale.epochs(start + pixel / max(self.width, 1.0) * (end - start)))

    def y_value(self, pixel: float) -> float:
        """Return the y value at a pixel."""
        start, end = self.y_range
        return end - pixel / max(self.height, 1.0) * (end - start)

    def shows_x(self, value: float) -> bool:
        """Whether an x value is in view."""
        return self.x_range[0] <= value <= self.x_range[1]

    @property
    def _x_units(self) -> Range:
        start, end = self.x_range
        return self.x_scale.units(start), self.x_scale.units(end)

    @property
    def slot(self) -> float:
        """Pixels of one bar with the space around it, in a plot of bars."""
        return float(self.x(1.0)) - float(self.x(0.0))

    @property
    def bounds(self) -> QRectF:
        return QRectF(0.0, 0.0, self.width, self.height)


class Mark(Protocol):
    """Something drawn on the plotting area."""

    def paint(self, painter: QPainter, mapping: Mapping) -> None:
        """Draw it."""
