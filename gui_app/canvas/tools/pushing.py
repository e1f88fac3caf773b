"""What the tools share that move points within their circle, for as long as the button is held."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from gui_app.canvas.tools.path import Floats
from gui_app.canvas.tools.preview import Preview, touched_by_circle
from gui_app.canvas.tools.tool import MakePreview, Place, StartStroke, Stroke
from gui_app.canvas.tools.tool_context import ToolContext

Push = Callable[[ToolContext, Floats, float], Floats]
"""Where points go whose places from the circle's middle are [k, 2], in radii, after a push of some seconds."""

_CLICK = 0.05
"""Seconds that a press counts for, so that a click does something too."""


def pushing(push: Push) -> StartStroke:
    """A stroke that pushes the points within the circle, all the time."""

    def stroke(context: ToolContext) -> Stroke:
        motion = yield None
        seconds = _CLICK
        while True:
            radius, middle = context.settings.radius, np.array(motion.place)
            index = np.flatnonzero(context.near(motion.path[-1:].repeat(2, axis=0)))
            before = context.xy[index]
            moved = push(context, (before - middle) / radius, seconds * context.settings.strength)
            motion = yield context.rewrite(index, xy=middle + moved * radius)
            seconds = motion.held

    return stroke


def pushing_preview(arrows: int) -> MakePreview:
    """The circle with arrows, and the points that it would push."""

    def preview(context: ToolContext, place: Place, trail: Sequence[Place]) -> Preview:
        touched = touched_by_circle(context, place)
        return Preview(place=place, radius=context.settings.radius, touched=touched, arrows=arrows)

    return preview
