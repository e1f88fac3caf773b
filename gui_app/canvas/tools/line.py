"""Lines and curves: a path is drawn first, points follow it when the button is let go."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from gui_app.canvas.tools.path import Floats, Walker, scatter
from gui_app.canvas.tools.preview import DRAWN, Preview
from gui_app.canvas.tools.tool import Place, Stroke, Tool
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
    places = Walker().advance(path, np.concatenate(pressure) * settings.density)
    yield context.append(scatter(np.vstack((path[:1], places)), settings.scatter, context.rng, settings.soft))


def _preview(context: ToolContext, place: Place, trail: Sequence[Place]) -> Preview:
    if not trail:
        return Preview(
            place=place, radius=context.settings.scatter, dashed=True, tint=DRAWN, made=np.array([place])
        )
    return Preview(place=place, path=_corners(trail), band=context.settings.scatter, tint=DRAWN)


def _corners(trail: Sequence[Place]) -> Floats:
    """The trail [n, 2] without places that follow themselves."""
    return np.array([trail[0], *(after for before, after in pairwise(trail) if after != before)])


LINE = Tool(
    key="line",
    label="Line",
    tooltip="Draw a path; points follow it when you let go. Shift makes it straight.",
    icon="line",
    shortcut="L",
    words="Line",
    stroke=_stroke,
    preview=_preview,
    uses=frozenset({"density", "scatter", "soft", "class_index", "value"}),
    straightened=True,
)
