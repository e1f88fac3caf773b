"""Brushes: points scattered in a disc that follows the mouse."""

from __future__ import annotations

from collections.abc import Sequence

from gui_app.canvas.tools.path import Walker, scatter
from gui_app.canvas.tools.preview import DRAWN, Preview
from gui_app.canvas.tools.tool import Position, Stroke, Tool
from gui_app.canvas.tools.tool_context import ToolContext


def _stroke(context: ToolContext) -> Stroke:
    walker, settings = Walker(), context.settings
    motion = yield None
    # The first point is not scattered: a click puts it exactly at the mouse.
    motion = yield context.append(motion.path[:1])
    while True:
        centres = walker.advance(motion.path, motion.pressure * settings.density)
        motion = yield context.append(scatter(centres, settings.radius, context.rng, settings.soft))


def preview(context: ToolContext, position: Position, trail: Sequence[Position]) -> Preview:
    """Return the disc that points are scattered in."""
    return Preview(position=position, radius=context.settings.radius, dashed=True, tint=DRAWN)


BRUSH = Tool(
    key="brush",
    label="Brush",
    tooltip="Scatter points along the mouse's path; a click makes one. A pen draws denser where it is pressed harder.",
    icon="brush",
    shortcut="B",
    tasks=("classification", "curve"),
    undo_text="Draw",
    stroke=_stroke,
    preview=preview,
    uses=frozenset({"radius", "density", "soft", "class_index"}),
    straightened=True,
)

VALUE_BRUSH = Tool(
    key="value_brush",
    label="Value brush",
    tooltip="Scatter points of the chosen value along the mouse's path; a click makes one.",
    icon="value-brush",
    shortcut="B",
    tasks=("surface",),
    undo_text="Draw",
    stroke=_stroke,
    preview=preview,
    uses=frozenset({"radius", "density", "soft", "value"}),
    straightened=True,
)
