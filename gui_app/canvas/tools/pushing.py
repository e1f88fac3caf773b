"""The base of magnet, repel and jitter, which move the points within the circle while the button is held."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from gui_app.canvas.tools.path import Floats
from gui_app.canvas.tools.preview import Preview, touched_by_circle
from gui_app.canvas.tools.tool import MakePreview, Position, StartStroke, Stroke, Tool
from gui_app.canvas.tools.tool_context import ToolContext

Push = Callable[[ToolContext, Floats, float], Floats]
"""Function of offsets [k, 2] from the circle's middle, in radii, and of seconds; returns the pushed offsets."""

_CLICK = 0.05
"""Seconds that a press counts for, so that a click has an effect."""


def pushing_tool(*, key: str, label: str, tooltip: str, shortcut: str, push: Push, arrows: int) -> Tool:
    """Make a tool that pushes the points within its circle; ``arrows`` as in ``Preview``."""
    return Tool(
        key=key,
        label=label,
        tooltip=tooltip,
        icon=key,
        shortcut=shortcut,
        undo_text=label,
        stroke=_stroke_of(push),
        preview=_preview_with(arrows),
        uses=frozenset({"radius", "strength"}),
        held=True,
        straightened=True,
    )


def _stroke_of(push: Push) -> StartStroke:
    """Return a stroke that keeps pushing the points within the circle."""

    def stroke(context: ToolContext) -> Stroke:
        motion = yield None
        seconds = _CLICK
        while True:
            radius, middle = context.settings.radius, np.array(motion.position)
            index = np.flatnonzero(context.near(motion.path[-1:].repeat(2, axis=0)))
            before = context.xy[index]
            moved = push(context, (before - middle) / radius, seconds * context.settings.strength)
            motion = yield context.rewrite(index, xy=middle + moved * radius)
            seconds = motion.held

    return stroke


def _preview_with(arrows: int) -> MakePreview:
    """Return a preview of the circle with arrows, and of the points that it would push."""

    def preview(context: ToolContext, position: Position, trail: Sequence[Position]) -> Preview:
        touched = touched_by_circle(context, position)
        return Preview(position=position, radius=context.settings.radius, touched=touched, arrows=arrows)

    return preview
