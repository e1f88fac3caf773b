"""Which axis lies beside the square at a pixel."""

from __future__ import annotations

from PySide6.QtCore import QPointF

from gui_app.canvas.view.viewport import Viewport

REACH = 60
"""Pixels beside the square that belong to an axis."""


def axis_at(viewport: Viewport, task: str, pixel: QPointF) -> str | None:
    """Return the axis whose ticks and name are at a pixel: "x", "y" or, of a surface's values, "value"; else None."""
    square, x, y = viewport.square, pixel.x(), pixel.y()
    if square.left() <= x <= square.right():
        return "x" if 0 < y - square.bottom() <= REACH else None
    if not square.top() <= y <= square.bottom():
        return None
    if 0 < square.left() - x <= REACH:
        return "y"
    return "value" if task == "surface" and 0 < x - square.right() <= REACH else None
