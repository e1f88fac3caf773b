"""Rings around the points that the network takes for another class, and around the one that was looked for."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QPainter, QPen

from gui_app.canvas.layers.preview import dark, paint_rings, selection_pens
from gui_app.canvas.layers.scene import Scene

Floats = NDArray[np.float64]

GAP, FOUND_GAP = 4.4, 9.0
"""Distance of the rings from the marker, in pixels; those of a selection lie closer."""


def paint_wrong(painter: QPainter, scene: Scene, xy: Floats) -> None:
    """Paint a dark ring on a bright one around the points at ``xy`` [n, 2] in view, on the sheet."""
    painter.save()
    painter.setClipRect(scene.viewport.square)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    light = scene.theme.boundary if scene.theme.is_dark else scene.theme.window
    paint_rings(painter, scene, xy, (QPen(QColor(light), 3.4), QPen(QColor(dark(scene.theme)), 1.5)), GAP)
    painter.restore()


def paint_found(painter: QPainter, scene: Scene, xy: Floats) -> None:
    """Paint a wide ring around the point at ``xy`` [1, 2] on the sheet."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint_rings(painter, scene, xy, selection_pens(scene.theme), FOUND_GAP)
