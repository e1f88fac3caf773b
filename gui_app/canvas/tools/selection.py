"""Which points are selected, and the frame around them by which they are moved, scaled and turned."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QObject, Signal

from engine.data.point_changes import is_prefix
from engine.experiment import Points

Indices = NDArray[np.int64]
_NONE: Indices = np.empty(0, dtype=np.int64)


class Selection(QObject):
    """``index`` int64 [k], ascending: indices of points of the document. ``changed`` reports another selection.

    ``area`` [n, 2] is the outline that is being drawn to select what lies in it; None when none is.
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
        """Leave only those selected where ``mask`` bool [n] is true."""
        self._put(self.index[mask[self.index]])

    def follow(self, points: Points) -> None:
        """The document has other points now: stay with the same ones, or select none where they may be gone."""
        before, self._points = self._points, points
        if len(self.index) and len(points) != len(before) and not is_prefix(before, points):
            self.clear()

    def _put(self, index: Indices) -> None:
        if not np.array_equal(index, self.index):
            self.index = index
            self.changed.emit()
