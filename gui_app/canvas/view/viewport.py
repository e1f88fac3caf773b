"""Map data and sheet to pixels."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QPointF, QRectF

from engine.data.axes import HOME, Axes
from engine.observation.snapshot import CANVAS_EXTENT, Extent
from gui_app.canvas.view.margins import Margins

LOW, HIGH = CANVAS_EXTENT[:2]
SPAN = HIGH - LOW
EVEN = Margins()


@dataclass(frozen=True, slots=True)
class Viewport:
    """Maps data (y up) to pixels (y down) in a square of ``side`` pixels, and back.

    The square shows ``span`` units of the sheet in both directions, starting at ``x_low`` and ``y_low``; ``axes`` map
    the sheet to the data. Tools work on the ``sheet``, where circles are round.
    """

    left: float
    top: float
    side: float
    x_low: float = LOW
    y_low: float = LOW
    span: float = SPAN
    axes: Axes = HOME

    @classmethod
    def fitted(
        cls,
        width: float,
        height: float,
        view: Extent = CANVAS_EXTENT,
        margins: Margins = EVEN,
        axes: Axes = HOME,
    ) -> Viewport:
        """Return the largest square on whole pixels that leaves the margins, as near to the middle as they allow.

        ``view`` is the square part of the sheet that is shown.
        """
        across, up = width - margins.left - margins.right, height - margins.top - margins.bottom
        side = max(float(int(min(across, up))), 1.0)
        left = _between(margins.left, int((width - side) / 2), width - margins.right - side)
        top = _between(margins.top, int((height - side) / 2), height - margins.bottom - side)
        return cls(left, top, side, view[0], view[2], view[1] - view[0], axes)

    @property
    def sheet(self) -> Viewport:
        """The same view, for positions on the sheet instead of data."""
        return self if self.axes.is_default else replace(self, axes=HOME)

    @property
    def scale(self) -> float:
        """Pixels per unit of the sheet."""
        return self.side / self.span

    @property
    def extent(self) -> Extent:
        """The part of the data that the square shows."""
        if self.span == SPAN and self.x_low == self.y_low == LOW:
            return self.axes.extent(CANVAS_EXTENT)
        return self.axes.extent((self.x_low, self.x_low + self.span, self.y_low, self.y_low + self.span))

    @property
    def square(self) -> QRectF:
        return QRectF(self.left, self.top, self.side, self.side)

    def to_pixels(self, xy: ArrayLike) -> NDArray[np.float64]:
        """Convert data [..., 2] to pixels [..., 2]."""
        on_sheet = self.axes.to_sheet(np.asarray(xy, dtype=np.float64))
        from_corner = on_sheet - np.array((self.x_low, self.y_low + self.span))
        pixels: NDArray[np.float64] = from_corner * np.array((self.scale, -self.scale))
        pixels += np.array((self.left, self.top))
        return pixels

    def to_pixel(self, x: float, y: float) -> QPointF:
        axes = self.axes
        right, up = (x - axes.x_middle) / axes.x_unit, (y - axes.y_middle) / axes.y_unit
        down = self.y_low + self.span - up
        return QPointF(self.left + (right - self.x_low) * self.scale, self.top + down * self.scale)

    def to_data(self, pixel: QPointF) -> tuple[float, float]:
        """Convert a pixel, inside or outside the square, to data."""
        up = self.y_low + self.span - (pixel.y() - self.top) / self.scale
        right = self.x_low + (pixel.x() - self.left) / self.scale
        axes = self.axes
        return right * axes.x_unit + axes.x_middle, up * axes.y_unit + axes.y_middle


def _between(low: float, wanted: float, high: float) -> float:
    """``wanted``, or the end of the range that is nearest to it; wanted itself where the range is empty."""
    return float(int(min(max(wanted, low), high))) if low <= high else float(wanted)


def inside(xy: NDArray[np.float64], extent: Extent = CANVAS_EXTENT) -> NDArray[np.bool_]:
    """Return which positions [n, 2] lie in the extent or on its edge: bool [n]."""
    x, y = xy.T
    left, right, bottom, top = extent
    within: NDArray[np.bool_] = (x >= left) & (x <= right) & (y >= bottom) & (y <= top)
    return within
