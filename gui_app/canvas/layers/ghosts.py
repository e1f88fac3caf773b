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

WIDTH, HALO = 2.2, 4.4
"""Widths, in pixels, of the coloured ring and of the line below it, which shows the ring on a ground of its colour."""
GAP = 2.6
"""Distance of the ring from the size of a marker."""
MOST = 500
"""Largest number of points shown of a batch."""


def message_for(ghosts: Ghosts | None, augments: bool) -> str:
    """Return a hint for how to get ghosts of a lane that ``augments`` its points or not; empty if there are some."""
    if ghosts is not None:
        return ""
    if augments:
        return "Augmented points appear with the first step of training"
    return "Augmented points need data augmentation: switch it on"


def paint_ghosts(painter: QPainter, scene: Scene, ghosts: Ghosts | None) -> None:
    """Paint a large ring in the colour of each point in view, which is found among many markers."""
    if ghosts is None:
        return
    shown = np.flatnonzero(inside(ghosts.xy.astype(np.float64), scene.viewport.extent))[:MOST]
    points = Points(ghosts.xy[shown], ghosts.target[shown])
    radius = marker_radius(scene) + GAP
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    halo = QPen(QColor(scene.theme.boundary), HALO)
    positions = scene.viewport.to_pixels(points.xy)
    for position, number in zip(positions, style_numbers(points, scene).tolist(), strict=True):
        for pen in (halo, QPen(QColor(style(number, scene)[1].fill), WIDTH)):
            painter.setPen(pen)
            painter.drawEllipse(QPointF(*position), radius, radius)
