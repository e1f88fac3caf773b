"""The relabel brush."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gui_app.canvas.tools.preview import DRAWN, Preview, touched_by_circle
from gui_app.canvas.tools.tool import Position, Stroke, Tool
from gui_app.canvas.tools.tool_context import ToolContext


def _stroke(context: ToolContext) -> Stroke:
    motion = yield None
    while True:
        index = np.flatnonzero(context.near(motion.path))
        motion = yield context.rewrite(index, target=context.targets(context.points.xy[index]))


def _preview(context: ToolContext, position: Position, trail: Sequence[Position]) -> Preview:
    others = context.points.target != context.targets(np.zeros((1, 2)))
    touched = touched_by_circle(context, position, others)
    return Preview(position=position, radius=context.settings.radius, tint=DRAWN, touched=touched)


RELABEL = Tool(
    key="relabel",
    label="Relabel brush",
    tooltip="Give the points under the circle the chosen class; they stay where they are.",
    in_regression="Give the points under the circle the chosen value; they stay where they are.",
    icon="relabel",
    shortcut="R",
    tasks=("classification", "surface"),
    undo_text="Relabel",
    stroke=_stroke,
    preview=_preview,
    uses=frozenset({"radius", "class_index", "value"}),
    straightened=True,
)
