"""Painting of a tool's preview and of the selection."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, cos, pi, sin

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from gui_app.canvas.layers.markers import faded, marker_look, marker_path, paint_marker, value_look
from gui_app.canvas.layers.paths import polyline_path
from gui_app.canvas.layers.point_styles import marker_radius
from gui_app.canvas.layers.scene import Scene, small_font
from gui_app.canvas.tools.preview import DRAWN, Preview
from gui_app.canvas.tools.selection_frame import TURN, SelectionFrame
from gui_app.session.tool_settings import ToolSettings
from gui_app.theme.colour_maps import value_colour
from gui_app.theme.tokens import CLASS_MARKERS, Theme

Floats = NDArray[np.float64]

_DASHES = [3.5, 2.8]
_WIDTH = 1.3
_WIDEST_LABEL = 120
"""Largest width of the label beside the cursor, in pixels."""
_MOST_RINGS = 600
"""Largest number of points with a ring: more would cost time without a visible difference."""
_ARROW = 5.0
_THIN, _GAP = 1.1, 1.6
"""Width of a thin ring and its distance from the marker, in pixels."""
RING_GAP = 2.2
"""Distance of a selection's ring from the marker, in pixels."""


def preview_rect(scene: Scene, position: tuple[float, float], radius: float) -> QRect:
    """Return the part of the widget that a preview at ``position`` can touch, without its path and area."""
    middle, reach = (
        scene.viewport.sheet.to_pixel(*position),
        max(radius * scene.viewport.sheet.scale, 26.0) + 8,
    )
    # At high zoom, a circle is larger than the screen and than a QRect can represent.
    around = QRectF(middle.x() - reach, middle.y() - reach, 2 * reach + _WIDEST_LABEL, 2 * reach)
    return (around & QRectF(-10, -10, 20_000, 20_000)).toAlignedRect()


def paint_preview(painter: QPainter, scene: Scene, preview: Preview, settings: ToolSettings) -> None:
    """Paint all parts of the preview."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    drawn = drawing_colour(scene, settings)
    _paint_path(painter, scene, preview, drawn)
    touched = QPen(faded(scene.theme.boundary, 0.55), _THIN)
    paint_rings(painter, scene, preview.touched, (touched,))
    if preview.radius > 0:
        _paint_circle(painter, scene, preview, drawn)
    _paint_made(painter, scene, preview.made, drawn, settings)
    if preview.area is not None:
        _paint_area(painter, scene, preview.area)
    if preview.label:
        _paint_label(painter, scene, preview)


def paint_selection(painter: QPainter, scene: Scene, xy: Floats, frame: SelectionFrame | None) -> None:
    """Paint rings around the selected points at ``xy`` [n, 2], and the frame with its handles."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint_rings(painter, scene, xy, selection_pens(scene.theme), RING_GAP)
    if frame is None:
        return
    corners, handles = _pixels(scene, frame.corners()), frame.handles()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in (QPen(faded(scene.paper, 0.8), 3), QPen(QColor(scene.theme.boundary), 1)):
        painter.setPen(pen)
        painter.drawPolygon(corners)
        if TURN in handles:
            knob = scene.viewport.sheet.to_pixel(*handles[TURN])
            painter.drawLine(knob, QPointF(knob.x(), corners.boundingRect().top()))
    painter.setBrush(QColor(scene.theme.selection))
    painter.setPen(QPen(QColor(dark(scene.theme)), 1.2))
    for name, position in handles.items():
        middle = scene.viewport.sheet.to_pixel(*position)
        if name == TURN:
            painter.drawEllipse(middle, 4.5, 4.5)
        else:
            painter.drawRect(QRectF(middle.x() - 3.5, middle.y() - 3.5, 7, 7))


def drawing_colour(scene: Scene, settings: ToolSettings) -> str:
    """Return the colour of points drawn with these settings."""
    if scene.task == "classification":
        return scene.theme.classes[min(settings.class_index, scene.classes - 1)]
    if scene.task == "surface":
        return value_colour(settings.value, scene.theme)
    return scene.theme.muted


def _paint_circle(painter: QPainter, scene: Scene, preview: Preview, drawn: str) -> None:
    """Paint the circle: dashed if ``preview.dashed``, tinted in the drawing colour if the tool draws."""
    middle, reach = (
        scene.viewport.sheet.to_pixel(*preview.position),
        preview.radius * scene.viewport.sheet.scale,
    )
    draws = preview.tint == DRAWN
    pen = QPen(QColor(scene.theme.boundary), _WIDTH)
    if preview.dashed:
        pen.setDashPattern(_DASHES)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    painter.setBrush(faded(drawn, 0.14) if draws else faded(scene.theme.boundary, 0.1))
    painter.drawEllipse(middle, reach, reach)
    if preview.arrows:
        _paint_arrows(painter, scene, middle, reach, preview.arrows)


def _paint_arrows(painter: QPainter, scene: Scene, middle: QPointF, reach: float, arrows: int) -> None:
    """Paint four arrow heads on the diagonals: into the circle, out of it, or both."""
    painter.setPen(QPen(QColor(scene.theme.boundary), _WIDTH + 0.3))
    head = min(_ARROW, reach / 4)
    for number in range(4):
        angle = pi / 4 + number * pi / 2
        out = QPointF(cos(angle), sin(angle))
        aside = QPointF(-out.y(), out.x())
        for sign in (1, -1) if arrows == 2 else (arrows,):
            tip = middle + out * (reach * 0.62 + sign * head * (0.8 if arrows == 2 else 0.5))
            for side in (1, -1):
                painter.drawLine(tip, tip - out * (sign * head) + aside * (side * head))


def dark(theme: Theme) -> str:
    """Return the dark one of the colours that lines have."""
    return theme.backdrop if theme.is_dark else theme.boundary


def selection_pens(theme: Theme) -> tuple[QPen, ...]:
    """Return the pens of a selection's ring: a bright line on a dark one, of which one shows on any ground."""
    return QPen(QColor(dark(theme)), 3.4), QPen(QColor(theme.selection), 1.6)


def paint_rings(painter: QPainter, scene: Scene, xy: Floats, pens: Sequence[QPen], gap: float = _GAP) -> None:
    """Paint tight rings around the points at ``xy`` [n, 2] on the sheet, with one pen after the other."""
    reach = marker_radius(scene) + gap
    painter.setBrush(Qt.BrushStyle.NoBrush)
    pixels = [QPointF(x, y) for x, y in scene.viewport.sheet.to_pixels(xy[:_MOST_RINGS]).tolist()]
    for pen in pens:
        painter.setPen(pen)
        for position in pixels:
            painter.drawEllipse(position, reach, reach)


def _paint_made(painter: QPainter, scene: Scene, xy: Floats, colour: str, settings: ToolSettings) -> None:
    symbol = "o"
    if scene.task == "classification":
        symbol = CLASS_MARKERS[min(settings.class_index, scene.classes - 1)]
    look = (value_look if scene.task == "surface" else marker_look)(colour, 0, scene.theme, scene.paper)
    path = marker_path(symbol, marker_radius(scene))
    painter.save()
    painter.setOpacity(0.75)
    for x, y in scene.viewport.sheet.to_pixels(xy).tolist():
        paint_marker(painter, path.translated(x, y), look)
    painter.restore()


def _paint_path(painter: QPainter, scene: Scene, preview: Preview, drawn: str) -> None:
    """Paint the path on a band as wide as the scatter of its points."""
    if len(preview.path) < 2:
        return
    path = polyline_path(scene.viewport.sheet.to_pixels(preview.path))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    width = max(2 * preview.band * scene.viewport.sheet.scale, 3.0)
    pen = QPen(
        faded(drawn, 0.22), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
    )
    painter.strokePath(path, pen)
    painter.strokePath(path, QPen(QColor(drawn), 1.6))


def _paint_area(painter: QPainter, scene: Scene, area: Floats) -> None:
    painter.setBrush(faded(scene.theme.boundary, 0.1))
    corners = _pixels(scene, area)
    line = QColor(scene.theme.boundary)
    for pen in (QPen(faded(scene.paper, 0.8), 2.6), QPen(line, 1.2, Qt.PenStyle.DashLine)):
        painter.setPen(pen)
        painter.drawPolygon(corners)
        painter.setBrush(Qt.BrushStyle.NoBrush)


def _paint_label(painter: QPainter, scene: Scene, preview: Preview) -> None:
    """Paint a small label to the right of the circle."""
    font = small_font(painter.font())
    painter.setFont(font)
    right = scene.viewport.sheet.to_pixel(*preview.position) + QPointF(
        preview.radius * scene.viewport.sheet.scale + 12, 0
    )
    wide = min(QFontMetricsF(font).horizontalAdvance(preview.label) + 12, _WIDEST_LABEL)
    label = QRectF(right.x(), right.y() - 10, ceil(wide), 20)
    painter.setPen(QPen(QColor(scene.theme.border), 1))
    painter.setBrush(QColor(scene.theme.panel))
    painter.drawRoundedRect(label, 4, 4)
    painter.setPen(QColor(scene.theme.text))
    painter.drawText(label, Qt.AlignmentFlag.AlignCenter, preview.label)


def _pixels(scene: Scene, xy: Floats) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in scene.viewport.sheet.to_pixels(xy).tolist()])
