"""The camera: which part of the data the canvas shows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from engine.data.axes import HOME, Axes
from engine.observation.snapshot import CANVAS_EXTENT, Extent
from gui_app.canvas.view.margins import Margins
from gui_app.canvas.view.viewport import EVEN, LOW, SPAN, Viewport, inside

SPAN_RANGE = (0.05, 1e9)
ZOOM_STEP = 1.2
"""The factor by which one notch of the wheel zooms."""
_FARTHEST = 1e9


class Camera(QObject):
    """Zooms and pans the view.

    ``view`` is the square part of the sheet that is shown, and ``axes`` map the sheet to the data. ``changed`` is
    emitted when either changes.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.view: Extent = CANVAS_EXTENT
        self.axes = HOME
        self._home = HOME
        """The axes of the default view of the current data set."""

    @property
    def extent(self) -> Extent:
        """The part of the data that is shown."""
        return self.axes.extent(self.view)

    @property
    def at_home(self) -> bool:
        """Whether the default view is shown."""
        return self.view == CANVAS_EXTENT and self.axes == self._home

    def starts_from(self, axes: Axes) -> bool:
        """Return whether the default view has these axes."""
        return self._home == axes

    def viewport(self, width: float, height: float, margins: Margins = EVEN) -> Viewport:
        """Return the viewport of a widget of this size, with these margins, in pixels."""
        return Viewport.fitted(width, height, self.view, margins, self.axes)

    def look_at(self, view: Extent, axes: Axes) -> None:
        """Show this part of the sheet, with these axes."""
        self._show(view[0], view[2], view[1] - view[0], axes)

    def start(self, axes: Axes) -> None:
        """Make these axes the default view, and show it."""
        self._home = axes
        self.reset()

    def zoom(self, notches: float, at: tuple[float, float]) -> None:
        """Zoom in for notches above 0; the position ``at`` on the sheet stays fixed on the screen."""
        left, right, bottom, _ = self.view
        span = min(max((right - left) / ZOOM_STEP**notches, SPAN_RANGE[0]), SPAN_RANGE[1])
        share = span / (right - left)
        self._show(at[0] - (at[0] - left) * share, at[1] - (at[1] - bottom) * share, span)

    def pan(self, dx: float, dy: float) -> None:
        """Move the view by units of the sheet."""
        left, right, bottom, _ = self.view
        self._show(left + dx, bottom + dy, right - left)

    def reset(self) -> None:
        """Show the default view."""
        self._show(LOW, LOW, SPAN, self._home)

    def show_all(self, xy: NDArray[np.float64], aspect: str = "free") -> None:
        """Show the default view, or fit the axes to the positions [n, 2], with this aspect, if some lie outside it."""
        all_visible = inside(xy, self._home.extent(CANVAS_EXTENT)).all()
        self._show(LOW, LOW, SPAN, self._home if all_visible else Axes.fitted(xy).with_aspect(aspect))

    def _show(self, left: float, bottom: float, span: float, axes: Axes | None = None) -> None:
        left, bottom = (min(max(corner, -_FARTHEST), _FARTHEST) for corner in (left, bottom))
        view = left, left + span, bottom, bottom + span
        if (left, bottom, span) == (LOW, LOW, SPAN):
            view = CANVAS_EXTENT
        axes = self.axes if axes is None else axes
        if (view, axes) != (self.view, self.axes):
            self.view, self.axes = view, axes
            self.changed.emit()
