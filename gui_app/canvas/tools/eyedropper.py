"""The eyedropper."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gui_app.canvas.tools.preview import Preview
from gui_app.canvas.tools.tool import Position, Stroke, Tool
from gui_app.canvas.tools.tool_context import ToolContext

_REACH = 24
"""Largest distance of a point from the mouse, in pixels."""


def _stroke(context: ToolContext) -> Stroke:
    settings = context.settings
    before, released = (settings.class_index, settings.value), False
    try:
        while True:
            motion = yield None
            released = motion.released
            _take(context, motion.position)
    finally:
        if not released:
            settings.class_index, settings.value = before


def _take(context: ToolContext, position: Position) -> None:
    number = context.nearest(position, _REACH * context.pixel)
    if number is None:
        return
    target = float(context.points.target[number])
    if context.task == "classification":
        context.settings.class_index = int(target)
    else:
        context.choose_value(target)


def _preview(context: ToolContext, position: Position, trail: Sequence[Position]) -> Preview:
    number = context.nearest(position, _REACH * context.pixel)
    if number is None:
        return Preview(position=position)
    target = float(context.points.target[number])
    label = f"class {int(target) + 1}" if context.task == "classification" else context.value_text(target)
    return Preview(position=position, touched=context.xy[np.array([number])], label=label)


EYEDROPPER = Tool(
    key="eyedropper",
    label="Eyedropper",
    tooltip="Pick the class of the point under the mouse to draw with.",
    in_regression="Pick the value of the point under the mouse to draw with.",
    icon="eyedropper",
    shortcut="I",
    tasks=("classification", "surface"),
    undo_text="Pick a value",
    stroke=_stroke,
    preview=_preview,
    uses=frozenset({"class_index", "value"}),
)
