"""Which part of the plane the canvas shows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from engine.observation.snapshot import CANVAS_EXTENT, Extent
from gui_app.canvas.viewport import LOW, SPAN, Viewport

SPAN_RANGE = (0.05, 1e9)
ZOOM_STEP = 1.2
"""One notch of the wheel shows so many times less, or more."""
_FARTHEST = 1e9
_ROOM = 1.08
"""How much more than the points themselves is shown where all of them are."""


class Camera(QObject):
    """``extent`` is what the canvas shows, as wide as it is high; ``changed`` tells that it is another one now."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.extent: Extent = CANVAS_EXTENT

    @property
    def at_home(self) -> bool:
        """Whether the usual square is shown."""
        return self.extent == CANVAS_EXTENT

    def viewport(self, width: float, height: float) -> Viewport:
        """The view on a widget of that size in pixels."""
        return Viewport.fitted(width, height, self.extent)

    def zoom(self, notches: float, at: tuple[float, float]) -> None:
        """Closer for notches above 0; the place ``at``, in canvas units, stays where it is on the screen."""
        left, right, bottom, _ = self.extent
        span = min(max((right - left) / ZOOM_STEP**notches, SPAN_RANGE[0]), SPAN_RANGE[1])
        share = span / (right - left)
        self._show(at[0] - (at[0] - left) * share, at[1] - (at[1] - bottom) * share, span)

    def pan(self, dx: float, dy: float) -> None:
        """Move what is shown by canvas units."""
        left, right, bottom, _ = self.extent
        self._show(left + dx, bottom + dy, right - left)

    def reset(self) -> None:
        """Show the usual square."""
        self._show(LOW, LOW, SPAN)

    def show_all(self, xy: NDArray[np.float64]) -> None:
        """Show the usual square, and as much more as it takes to see all places [n, 2]."""
        corners = np.vstack((xy, [[LOW, LOW], [LOW + SPAN, LOW + SPAN]]))
        low, high = corners.min(axis=0), corners.max(axis=0)
        needed = float((high - low).max())
        if needed <= SPAN:
            self.reset()
            return
        span = min(needed * _ROOM, SPAN_RANGE[1])
        left, bottom = ((low + high) / 2 - span / 2).tolist()
        self._show(left, bottom, span)

    def _show(self, left: float, bottom: float, span: float) -> None:
        left, bottom = (min(max(corner, -_FARTHEST), _FARTHEST) for corner in (left, bottom))
        extent = left, left + span, bottom, bottom + span
        if (left, bottom, span) == (LOW, LOW, SPAN):
            extent = CANVAS_EXTENT
        if extent != self.extent:
            self.extent = extent
            self.changed.emit()
