"""The fitted curve of the curve task."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from engine.observation.observables import Prediction
from engine.observation.snapshot import CANVAS_EXTENT, Extent
from gui_app.canvas.layers.paths import polyline_path
from gui_app.canvas.layers.scene import Scene
from gui_app.canvas.view.viewport import inside

Floats = NDArray[np.float64]

LINE_WIDTH = 2.5
HALO_WIDTH = 4.2
_PIECE = 30


def visible_curve(prediction: Prediction, extent: Extent = CANVAS_EXTENT) -> Floats:
    """Return the curve's positions [n, 2] in canvas units, cut at the edges of ``extent``; NaN out of view."""
    heights = prediction.values.astype(np.float64)
    x = np.linspace(*prediction.extent[:2], len(heights))
    for edge in extent[:2]:
        heights, x = _with_crossings(heights, x, edge)
    for edge in extent[2:]:
        x, heights = _with_crossings(x, heights, edge)
    positions = np.column_stack((x, heights))
    positions[~inside(positions, extent)] = np.nan
    return positions


def curve_paths(scene: Scene, prediction: Prediction) -> list[QPainterPath]:
    """Return the visible part of the fitted curve in pixels, as several paths, end to end.

    Qt strokes ten short paths some ten times faster than one long path.
    """
    positions = scene.viewport.to_pixels(visible_curve(prediction, scene.viewport.extent))
    return [
        polyline_path(positions[start : start + _PIECE + 1]) for start in range(0, len(positions) - 1, _PIECE)
    ]


def paint_curve(painter: QPainter, scene: Scene, paths: list[QPainterPath]) -> None:
    """Paint the curve with a halo that separates it from the points below, within the square.

    Beyond it, a former curve would stay: only the square is repainted.
    """
    painter.save()
    painter.setClipRect(scene.viewport.square, Qt.ClipOperation.IntersectClip)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    # Both are opaque: Qt strokes with a transparent pen ten times slower.
    for colour, width in ((scene.paper, HALO_WIDTH), (scene.theme.accent, LINE_WIDTH)):
        pen = QPen(QColor(colour), width * scene.theme.line_scale)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setJoinStyle(Qt.PenJoinStyle.BevelJoin)
        for path in paths:
            painter.strokePath(path, pen)
    painter.restore()


def _with_crossings(x: Floats, y: Floats, level: float) -> tuple[Floats, Floats]:
    """Return the polyline with a vertex added at each crossing of the level."""
    before, after = y[:-1] - level, y[1:] - level
    index = np.flatnonzero(before * after < 0)
    share = before[index] / (before[index] - after[index])
    crossing = x[index] + share * (x[index + 1] - x[index])
    return np.insert(x, index + 1, crossing), np.insert(y, index + 1, level)
