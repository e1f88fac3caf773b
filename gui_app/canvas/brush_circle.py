"""The circle that shows where and how far a tool reaches."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from gui_app.canvas.prediction_layer import value_colour
from gui_app.canvas.scene import Scene
from gui_app.canvas.tool_settings import ToolSettings
from gui_app.canvas.tools import Tool

_DASHES = [3.5, 2.8]
_WIDTH = 1.3


def circle_rect(scene: Scene, place: tuple[float, float], radius: float) -> QRect:
    """The part of the widget that the circle touches; place and radius in canvas units."""
    middle, reach = scene.viewport.to_pixel(*place), radius * scene.viewport.scale + 3
    left, top, side = int(middle.x() - reach), int(middle.y() - reach), ceil(2 * reach) + 2
    return QRect(left, top, side, side)


def paint_circle(
    painter: QPainter, scene: Scene, tool: Tool, place: tuple[float, float], radius: float, colour: str
) -> None:
    """Dashed and tinted with ``colour`` for a tool that makes points, solid for one that takes them away."""
    middle: QPointF = scene.viewport.to_pixel(*place)
    reach = radius * scene.viewport.scale
    fill = QColor(colour if tool.creates else scene.theme.boundary)
    fill.setAlphaF(0.14 if tool.creates else 0.1)
    pen = QPen(QColor(scene.theme.boundary), _WIDTH)
    if tool.creates:
        pen.setDashPattern(_DASHES)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(pen)
    painter.setBrush(fill)
    painter.drawEllipse(middle, reach, reach)


def drawing_colour(scene: Scene, settings: ToolSettings) -> str:
    """The colour of the points that would be drawn now."""
    if scene.task == "classification":
        return scene.theme.classes[min(settings.class_index, scene.classes - 1)]
    if scene.task == "surface":
        return value_colour(settings.value, scene.theme)
    return scene.theme.muted
