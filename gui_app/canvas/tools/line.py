"""The line tool: a path is drawn first; its points come when the button is released."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from gui_app.canvas.tools.path import Floats, Walker, scatter
from gui_app.canvas.tools.preview import DRAWN, Preview
from gui_app.canvas.tools.tool import Position, Stroke, Tool
from gui_app.canvas.tools.tool_context import ToolContext


def _stroke(context: ToolContext) -> Stroke:
    motion = yield None
    trail, pressure = [motion.path[:1]], [motion.pressure[:1]]
    while not motion.released:
        motion = yield None
        trail.append(motion.path[1:])
        pressure.append(motion.pressure[1:])
    settings = context.settings
    path = np.concatenate(trail)
    positions = Walker().advance(path, np.concatenate(pressure) * settings.density)
    yield context.append(
        scatter(np.vstack((path[:1], positions)), settings.scatter, context.rng, settings.soft)
    )


def _preview(context: ToolContext, position: Position, trail: Sequence[Position]) -> Preview:
    if not trail:
        return Preview(
            position=position,
            radius=context.settings.scatter,
            dashed=True,
            tint=DRAWN,
            made=np.array([position]),
        )
    return Preview(position=position, path=_corners(trail), band=context.settings.scatter, tint=DRAWN)


def _corners(trail: Sequence[Position]) -> Floats:
    """Return the trail [n, 2] without consecutive duplicates."""
    return np.array([trail[0], *(after for before, after in pairwise(trail) if after != before)])


LINE = Tool(
    key="line",
    label="Line",
    tooltip="Draw a path; points follow it when you let go. Shift makes it straight.",
    icon="line",
    shortcut="L",
    undo_text="Line",
    stroke=_stroke,
    preview=_preview,
    uses=frozenset({"density", "scatter", "soft", "class_index", "value"}),
    straightened=True,
)
