"""The split brush."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.experiment import SPLITS
from gui_app.canvas.tools.preview import Preview, touched_by_circle
from gui_app.canvas.tools.tool import Position, Stroke, Tool
from gui_app.canvas.tools.tool_context import ToolContext


def _stroke(context: ToolContext) -> Stroke:
    motion = yield None
    while True:
        index = np.flatnonzero(context.near(motion.path))
        motion = yield context.rewrite(index, split=context.settings.split)


def _preview(context: ToolContext, position: Position, trail: Sequence[Position]) -> Preview:
    split = context.settings.split
    touched = touched_by_circle(context, position, context.points.split != split)
    return Preview(position=position, radius=context.settings.radius, touched=touched, label=SPLITS[split])


SPLIT_BRUSH = Tool(
    key="split_brush",
    label="Split brush",
    tooltip="Put the points under the circle into training, validation or test.",
    icon="split-brush",
    shortcut="T",
    undo_text="Change split",
    stroke=_stroke,
    preview=_preview,
    uses=frozenset({"radius", "split"}),
    straightened=True,
)
