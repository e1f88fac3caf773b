"""Where the canvas units lie on the screen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QPointF, QRectF

from engine.observation.snapshot import CANVAS_EXTENT

LOW, HIGH = CANVAS_EXTENT[:2]
SPAN = HIGH - LOW
MARGIN = 32
"""Pixels around the square: room for tick labels, the legend and the colour bar."""


@dataclass(frozen=True, slots=True)
class Viewport:
    """Maps canvas units ([-6, 6]², y up) to pixels (y down) in a square of ``side`` pixels, and back."""

    left: float
    top: float
    side: float

    @classmethod
    def fitted(cls, width: float, height: float, margin: float = MARGIN) -> Viewport:
        """The largest square with a margin on every side, in the middle and on whole pixels."""
        side = max(float(int(min(width, height) - 2 * margin)), 1.0)
        return cls(float(int((width - side) / 2)), float(int((height - side) / 2)), side)

    @property
    def scale(self) -> float:
        """Pixels per canvas unit."""
        return self.side / SPAN

    @property
    def square(self) -> QRectF:
        return QRectF(self.left, self.top, self.side, self.side)

    def to_pixels(self, xy: ArrayLike) -> NDArray[np.float64]:
        """Canvas units [..., 2] to pixels [..., 2]."""
        from_corner = np.asarray(xy, dtype=np.float64) - np.array((LOW, HIGH))
        return from_corner * np.array((self.scale, -self.scale)) + np.array((self.left, self.top))

    def to_pixel(self, x: float, y: float) -> QPointF:
        return QPointF(self.left + (x - LOW) * self.scale, self.top + (HIGH - y) * self.scale)

    def to_canvas(self, pixel: QPointF) -> tuple[float, float]:
        """A pixel's place in canvas units; it may lie outside the square."""
        return LOW + (pixel.x() - self.left) / self.scale, HIGH - (pixel.y() - self.top) / self.scale


def inside(xy: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which of the places [n, 2] the canvas shows: bool [n]."""
    x, y = xy.T
    return (x >= LOW) & (x <= HIGH) & (y >= LOW) & (y <= HIGH)
