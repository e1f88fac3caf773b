"""The selection: the indices of the selected points."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QObject, Signal

from engine.data.point_changes import is_prefix
from engine.experiment import Points

Indices = NDArray[np.int64]
_NONE: Indices = np.empty(0, dtype=np.int64)


class Selection(QObject):
    """Ascending indices ``index`` int64 [k] of points of the document. ``changed`` reports another selection.

    ``area`` [n, 2] is the outline of the points to select, while it is being drawn; else None.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.index = _NONE
        self.area: NDArray[np.float64] | None = None
        self._points = Points.empty()

    def __len__(self) -> int:
        return len(self.index)

    def choose(self, points: Points, index: ArrayLike) -> None:
        """Select the points at these indices, and no others."""
        self._points = points
        self._put(np.unique(np.asarray(index, dtype=np.int64)))

    def clear(self) -> None:
        self._put(_NONE)

    def keep(self, mask: NDArray[np.bool_]) -> None:
        """Deselect the points where ``mask`` bool [n] is false."""
        self._put(self.index[mask[self.index]])

    def follow(self, points: Points) -> None:
        """Take over the document's new points: keep indices that still mean the same points, else select none."""
        before, self._points = self._points, points
        if len(self.index) and len(points) != len(before) and not is_prefix(before, points):
            self.clear()

    def _put(self, index: Indices) -> None:
        if not np.array_equal(index, self.index):
            self.index = index
            self.changed.emit()
