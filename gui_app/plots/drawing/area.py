"""A filled area between two curves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pyqtgraph.functions import arrayToQPolygonF
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter

from gui_app.plots.drawing.mapping import Mapping

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Area:
    """The area from ``low`` up to ``high`` along ``x``, in axis units; NaN are gaps."""

    name: str
    x: Floats
    low: Floats
    high: Floats
    colour: str
    opacity: float = 0.35

    def paint(self, painter: QPainter, mapping: Mapping) -> None:
        """Fill the area, cut at the edges of the plot."""
        fill = QColor(self.colour)
        fill.setAlphaF(self.opacity)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        known = np.isfinite(self.low) & np.isfinite(self.high)
        edges = np.flatnonzero(np.diff(known, prepend=False, append=False))
        for first, last in zip(edges[::2], edges[1::2], strict=True):
            x, low, high = (values[first:last] for values in (self.x, self.low, self.high))
            corners_x, corners_y = outline(mapping.x(x), mapping.y(low), mapping.y(high), mapping)
            if len(corners_x) > 3:
                painter.drawPolygon(arrayToQPolygonF(corners_x, corners_y))


def outline(x: Floats, low: Floats, high: Floats, mapping: Mapping) -> tuple[Floats, Floats]:
    """Return the corners of the area between two lines of pixels, within the plot; none if it is out of view."""
    ends = np.clip([x[0], x[-1]], 0.0, mapping.width)
    if ends[0] >= ends[1]:
        return np.empty(0), np.empty(0)
    inside = (x > ends[0]) & (x < ends[1])
    along = np.concatenate([ends[:1], x[inside], ends[1:]])
    lines = []
    for line in (low, high):
        first, last = np.interp(ends, x, line).tolist()
        lines.append(np.clip(np.concatenate([[first], line[inside], [last]]), 0.0, mapping.height))
    return np.concatenate([along, along[::-1]]), np.concatenate([lines[0], lines[1][::-1]])
