"""The part of the legend that says which marker means which class."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from engine.experiment import TRAINING
from gui_app.canvas.markers import marker_look, marker_path, paint_marker
from gui_app.canvas.scene import Scene
from gui_app.theme import CLASS_MARKERS

_RADIUS, _GAP, _SPACE = 3.6, 6.0, 12.0
_LEAST = 24.0
"""Pixels below which a shortened name says nothing."""


def paint_class_names(painter: QPainter, scene: Scene, left: float, middle: float, right: float) -> float:
    """Marker and name of each class that fits between two places; returns where there is room again."""
    metrics = QFontMetricsF(painter.font())
    for number, name in enumerate(scene.names):
        # What a short name leaves is there for those that follow.
        room = (right - left) / (len(scene.names) - number)
        start = left + 2 * _RADIUS + _GAP
        words = metrics.elidedText(
            name, Qt.TextElideMode.ElideRight, max(room - 2 * _RADIUS - _GAP - _SPACE, _LEAST)
        )
        width = metrics.horizontalAdvance(words)
        if start + width > right:
            break
        path = marker_path(CLASS_MARKERS[number], _RADIUS).translated(QPointF(left + _RADIUS, middle + 0.5))
        paint_marker(
            painter, path, marker_look(scene.theme.classes[number], TRAINING, scene.theme, scene.paper)
        )
        painter.setPen(QColor(scene.theme.muted))
        painter.drawText(QRectF(start, middle - 8, width + 1, 16), Qt.AlignmentFlag.AlignVCenter, words)
        left = start + width + _SPACE
    return left
