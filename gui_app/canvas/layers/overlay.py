"""The overlay: the tool's preview, the selection, and the mark at the value to draw."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QRegion

from gui_app.canvas.input.pointer import Pointer
from gui_app.canvas.layers.colour_bar import BAR_GAP, paint_value_mark, value_bar
from gui_app.canvas.layers.preview import paint_preview, paint_selection, preview_rect
from gui_app.canvas.layers.scene import Scene
from gui_app.canvas.layers.wrong_points import paint_found
from gui_app.canvas.reading.finder import PointFinder
from gui_app.canvas.tools import LINE, SELECT, ToolContext
from gui_app.canvas.tools.select import frame_of


class Overlay:
    """Paints the overlay, without a cache; ``refresh`` returns the part of the widget to repaint."""

    def __init__(self, context: ToolContext, pointer: Pointer, finder: PointFinder) -> None:
        self._context, self._pointer, self._finder = context, pointer, finder
        self._painted = QRect()

    def refresh(self, scene: Scene) -> QRegion:
        """Return the region to repaint: that of the previous overlay and that of the current one."""
        before, self._painted = self._painted, self._reach(scene)
        region = QRegion(before) | QRegion(self._painted)
        if scene.task == "surface":
            region |= QRegion(value_bar(scene).adjusted(-BAR_GAP - 1, -5, 0, 5).toAlignedRect())
        return region

    def paint(self, painter: QPainter, scene: Scene) -> None:
        context, pointer = self._context, self._pointer
        tool = pointer.tool
        if scene.task == "surface" and not scene.bare:
            paint_value_mark(painter, scene, context.settings.value)
        chosen = context.selection.index
        if len(chosen) and chosen[-1] < len(context.points):
            frame = frame_of(context) if tool is SELECT else None
            paint_selection(painter, scene, context.xy[chosen], frame)
        if pointer.position is not None:
            preview = tool.preview(context, pointer.position, pointer.gesture.trail)
            paint_preview(painter, scene, preview, context.settings)
            if pointer.position == self._finder.found:
                paint_found(painter, scene, np.array([pointer.position]))

    def _reach(self, scene: Scene) -> QRect:
        """Return the rectangle that the overlay can touch: everything, if it has a path or a frame."""
        pointer = self._pointer
        anywhere = len(self._context.selection) > 0 or pointer.gesture.tool in (LINE, SELECT)
        if anywhere:
            return QRect(0, 0, 1 << 14, 1 << 14)
        if pointer.position is None:
            return QRect()
        return preview_rect(scene, pointer.position, self._context.settings.radius)
