"""Where the canvas units lie on the screen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QPointF, QRectF

from engine.observation.snapshot import CANVAS_EXTENT, Extent

LOW, HIGH = CANVAS_EXTENT[:2]
SPAN = HIGH - LOW
MARGIN = 32
"""Pixels around the square: room for tick labels, the legend and the colour bar."""


@dataclass(frozen=True, slots=True)
class Viewport:
    """Maps canvas units (y up) to pixels (y down) in a square of ``side`` pixels, and back.

    The square shows ``span`` canvas units in both directions, from ``x_low`` and ``y_low`` on.
    """

    left: float
    top: float
    side: float
    x_low: float = LOW
    y_low: float = LOW
    span: float = SPAN

    @classmethod
    def fitted(
        cls, width: float, height: float, extent: Extent = CANVAS_EXTENT, margin: float = MARGIN
    ) -> Viewport:
        """The largest square with a margin on every side, in the middle and on whole pixels.

        ``extent`` is as wide as it is high.
        """
        side = max(float(int(min(width, height) - 2 * margin)), 1.0)
        left, top = float(int((width - side) / 2)), float(int((height - side) / 2))
        return cls(left, top, side, extent[0], extent[2], extent[1] - extent[0])

    @property
    def scale(self) -> float:
        """Pixels per canvas unit."""
        return self.side / self.span

    @property
    def extent(self) -> Extent:
        """What the square shows, in canvas units."""
        if self.span == SPAN and self.x_low == self.y_low == LOW:
            return CANVAS_EXTENT
        return self.x_low, self.x_low + self.span, self.y_low, self.y_low + self.span

    @property
    def square(self) -> QRectF:
        return QRectF(self.left, self.top, self.side, self.side)

    def to_pixels(self, xy: ArrayLike) -> NDArray[np.float64]:
        """Canvas units [..., 2] to pixels [..., 2]."""
        from_corner = np.asarray(xy, dtype=np.float64) - np.array((self.x_low, self.y_low + self.span))
        return from_corner * np.array((self.scale, -self.scale)) + np.array((self.left, self.top))

    def to_pixel(self, x: float, y: float) -> QPointF:
        down = self.y_low + self.span - y
        return QPointF(self.left + (x - self.x_low) * self.scale, self.top + down * self.scale)

    def to_canvas(self, pixel: QPointF) -> tuple[float, float]:
        """A pixel's place in canvas units; it may lie outside the square."""
        up = self.y_low + self.span - (pixel.y() - self.top) / self.scale
        return self.x_low + (pixel.x() - self.left) / self.scale, up


def inside(xy: NDArray[np.float64], extent: Extent = CANVAS_EXTENT) -> NDArray[np.bool_]:
    """Which of the places [n, 2] lie in the extent, its edge included: bool [n]."""
    x, y = xy.T
    left, right, bottom, top = extent
    return (x >= left) & (x <= right) & (y >= bottom) & (y <= top)
