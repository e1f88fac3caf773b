"""The selection tool: it selects points, and moves, scales and rotates the selected ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gui_app.canvas.tools.path import Floats, in_polygon
from gui_app.canvas.tools.preview import Preview
from gui_app.canvas.tools.selection_frame import SelectionFrame
from gui_app.canvas.tools.tool import Motion, Position, Stroke, Tool
from gui_app.canvas.tools.tool_context import ToolContext

_GRIP = 8
"""Largest distance from the mouse to a handle or point that it grabs, in pixels."""


def frame_of(context: ToolContext) -> SelectionFrame | None:
    """Return the frame around the selected points; None if there are none."""
    index = context.selection.index
    return SelectionFrame.around(context.xy[index], context.pixel) if len(index) else None


def _stroke(context: ToolContext) -> Stroke:
    motion = yield None
    frame = frame_of(context)
    grip = frame.grip(motion.position, _GRIP * context.pixel) if frame else None
    if frame and grip:
        yield from _transform(context, frame, grip, motion.position)
    else:
        yield from _choose(context, motion)


def _transform(context: ToolContext, frame: SelectionFrame, grip: str, start: Position) -> Stroke:
    index = context.selection.index
    first = context.xy[index]
    edit = None
    while True:
        motion = yield edit
        edit = context.rewrite(index, xy=frame.dragged(first, grip, start, motion.position, motion.shift))


def _choose(context: ToolContext, motion: Motion) -> Stroke:
    """Select the points in an outlined area, or the one at a click; Shift adds them to the selection."""
    trail, start = [motion.path[:1]], motion.position
    try:
        while not motion.released:
            motion = yield None
            trail.append(motion.path[1:])
            path = np.concatenate(trail)
            context.selection.area = path if context.settings.lasso else _rectangle(start, motion.position)
        found = _found(context, start, np.concatenate(trail), motion.shift)
        context.select(found)
        yield None
    finally:
        context.selection.area = None


def _found(context: ToolContext, start: Position, path: Floats, add: bool) -> Floats:
    """Return the indices of the points that a finished outline selects."""
    area = context.selection.area
    if area is None or np.ptp(path, axis=0).max() < _GRIP / 2 * context.pixel:
        number = context.nearest(start, _GRIP * context.pixel)
        found = np.array([] if number is None else [number])
    else:
        found = np.flatnonzero(in_polygon(context.xy, area))
    return np.concatenate((context.selection.index, found)) if add else found


def _rectangle(start: Position, end: Position) -> Floats:
    (left, top), (right, bottom) = start, end
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)])


def _preview(context: ToolContext, position: Position, trail: Sequence[Position]) -> Preview:
    return Preview(position=position, area=context.selection.area)


SELECT = Tool(
    key="select",
    label="Select",
    tooltip="Outline points to select them; Shift adds. Drag the frame to move them, a handle to scale them, "
    "the knob above it to rotate them. Ctrl selects with any tool.",
    icon="select",
    shortcut="S",
    undo_text="Move",
    stroke=_stroke,
    preview=_preview,
    uses=frozenset({"lasso", "class_index", "value"}),
)
