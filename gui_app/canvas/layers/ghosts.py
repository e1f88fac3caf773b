"""Ghosts: the augmented points of the latest batch."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from engine.experiment import Points
from engine.observation.observables import Ghosts
from gui_app.canvas.layers.point_styles import marker_radius, style, style_numbers
from gui_app.canvas.layers.scene import Scene
from gui_app.canvas.view.viewport import inside

OPACITY = 0.55
WIDTH = 1.4
MOST = 500
"""Largest number of points shown of a batch."""


def message_for(ghosts: Ghosts | None) -> str:
    """Return a hint for how to get ghosts; empty if there are some."""
    return "" if ghosts is not None else "Augmented points need data augmentation: switch it on"


def paint_ghosts(painter: QPainter, scene: Scene, ghosts: Ghosts | None) -> None:
    """Paint a ring in the colour of each point in view."""
    if ghosts is None:
        return
    shown = np.flatnonzero(inside(ghosts.xy.astype(np.float64)))[:MOST]
    points = Points(ghosts.xy[shown], ghosts.target[shown])
    radius = marker_radius(scene) + 1.0
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setOpacity(OPACITY)
    positions = scene.viewport.to_pixels(points.xy)
    for position, number in zip(positions, style_numbers(points, scene).tolist(), strict=True):
        painter.setPen(QPen(QColor(style(number, scene)[1].fill), WIDTH))
        painter.drawEllipse(QPointF(*position), radius, radius)
    painter.setOpacity(1.0)
