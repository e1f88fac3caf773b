"""The eraser."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.data import remove_where
from gui_app.canvas.tools.preview import Preview, touched_by_circle
from gui_app.canvas.tools.tool import Position, Stroke, Tool
from gui_app.canvas.tools.tool_context import ToolContext


def _stroke(context: ToolContext) -> Stroke:
    motion = yield None
    while True:
        near = context.near(motion.path)
        if motion.shift:
            near &= _of_class(context)
        motion = yield remove_where(context.points, near) if near.any() else None


def _of_class(context: ToolContext) -> NDArray[np.bool_]:
    """Return which points [n] have the chosen class; all points if the task has no classes."""
    if context.task != "classification":
        return np.ones(len(context.points), dtype=np.bool_)
    same: NDArray[np.bool_] = context.points.target == context.drawn_class
    return same


def _preview(context: ToolContext, position: Position, trail: Sequence[Position]) -> Preview:
    touched = touched_by_circle(context, position, _of_class(context) if context.shift else None)
    return Preview(position=position, radius=context.settings.radius, touched=touched)


ERASER = Tool(
    key="eraser",
    label="Eraser",
    tooltip="Remove points; with Shift, only those of the chosen class. The right mouse button always erases.",
    in_regression="Remove points. The right mouse button always erases.",
    icon="eraser",
    shortcut="E",
    undo_text="Erase",
    stroke=_stroke,
    preview=_preview,
    uses=frozenset({"radius", "class_index"}),
)
