"""Which part of the data the canvas shows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from engine.data.axes import HOME, Axes
from engine.observation.snapshot import CANVAS_EXTENT, Extent
from gui_app.canvas.view.viewport import LOW, SPAN, Viewport, inside

SPAN_RANGE = (0.05, 1e9)
ZOOM_STEP = 1.2
"""The factor by which one notch of the wheel zooms."""
_FARTHEST = 1e9


class Camera(QObject):
    """``view`` is the part of the sheet that is shown, as wide as it is high, and ``axes`` are the data on it.

    ``changed`` reports another view.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.view: Extent = CANVAS_EXTENT
        self.axes = HOME
        self._home = HOME
        """The axes that the data set was begun with."""

    @property
    def extent(self) -> Extent:
        """What is shown of the data."""
        return self.axes.extent(self.view)

    @property
    def at_home(self) -> bool:
        """Whether the usual view of these data is shown."""
        return self.view == CANVAS_EXTENT and self.axes == self._home

    def starts_from(self, axes: Axes) -> bool:
        """Whether the usual view of these data is one of those axes."""
        return self._home == axes

    def viewport(self, width: float, height: float) -> Viewport:
        """The view on a widget of that size in pixels."""
        return Viewport.fitted(width, height, self.view, axes=self.axes)

    def start(self, axes: Axes) -> None:
        """Begin with another data set, all of which is seen on these axes."""
        self._home = axes
        self.reset()

    def zoom(self, notches: float, at: tuple[float, float]) -> None:
        """Closer for notches above 0; the position ``at``, on the sheet, stays where it is on the screen."""
        left, right, bottom, _ = self.view
        span = min(max((right - left) / ZOOM_STEP**notches, SPAN_RANGE[0]), SPAN_RANGE[1])
        share = span / (right - left)
        self._show(at[0] - (at[0] - left) * share, at[1] - (at[1] - bottom) * share, span)

    def pan(self, dx: float, dy: float) -> None:
        """Move what is shown by units of the sheet."""
        left, right, bottom, _ = self.view
        self._show(left + dx, bottom + dy, right - left)

    def reset(self) -> None:
        """Show the usual view."""
        self._show(LOW, LOW, SPAN, self._home)

    def show_all(self, xy: NDArray[np.float64]) -> None:
        """Show the usual view, or where that has not all positions [n, 2], these alone: both axes fit them."""
        seen = inside(xy, self._home.extent(CANVAS_EXTENT)).all()
        self._show(LOW, LOW, SPAN, self._home if seen else Axes.fitted(xy))

    def _show(self, left: float, bottom: float, span: float, axes: Axes | None = None) -> None:
        left, bottom = (min(max(corner, -_FARTHEST), _FARTHEST) for corner in (left, bottom))
        view = left, left + span, bottom, bottom + span
        if (left, bottom, span) == (LOW, LOW, SPAN):
            view = CANVAS_EXTENT
        axes = self.axes if axes is None else axes
        if (view, axes) != (self.view, self.axes):
            self.view, self.axes = view, axes
            self.changed.emit()
