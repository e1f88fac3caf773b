"""The point tool: single points."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.data import Append, Edit
from gui_app.canvas.tools.preview import DRAWN, Preview
from gui_app.canvas.tools.tool import Position, Stroke, Tool
from gui_app.canvas.tools.tool_context import ToolContext

PIXELS_PER_VALUE = 100
"""Vertical drag, in pixels, that raises the value by 1."""


def _stroke(context: ToolContext) -> Stroke:
    motion = yield None
    position = motion.position
    made = context.append(motion.path[:1])
    if made is not None and context.task == "surface":
        yield from _value_by_height(context, position, made)
    while True:
        yield made
        made = None


def _value_by_height(context: ToolContext, position: Position, made: Append) -> Stroke:
    """Set the value of a surface's point, and the value to draw, by dragging up or down."""
    number, start = len(context.points), context.settings.value
    edit: Edit | None = made
    released = False
    try:
        while True:
            motion = yield edit
            released = motion.released
            rise = (motion.position[1] - position[1]) / context.pixel / PIXELS_PER_VALUE
            context.settings.value = round(start + rise, 2)
            edit = context.rewrite([number], target=[context.drawn_value])
    finally:
        if not released:
            context.settings.value = start


def _preview(context: ToolContext, position: Position, trail: Sequence[Position]) -> Preview:
    at = np.array(trail[:1] or [position])
    label = context.value_text(context.drawn_value) if context.task == "surface" else ""
    return Preview(position=position, made=context.visible(at), tint=DRAWN, label=label)


POINT = Tool(
    key="point",
    label="Point",
    tooltip="One click, one point, exactly there. On a surface, drag up or down before letting go to set its value.",
    icon="point",
    shortcut="P",
    undo_text="Point",
    stroke=_stroke,
    preview=_preview,
    uses=frozenset({"class_index", "value"}),
)
