"""What the tools share that move points within their circle, for as long as the button is held."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from gui_app.canvas.tools.path import Floats
from gui_app.canvas.tools.preview import Preview, touched_by_circle
from gui_app.canvas.tools.tool import MakePreview, Place, StartStroke, Stroke
from gui_app.canvas.tools.tool_context import Bench

Push = Callable[[Bench, Floats, float], Floats]
"""Where points go whose places from the circle's middle are [k, 2], in radii, after a push of some seconds."""

_CLICK = 0.05
"""Seconds that a press counts for, so that a click does something too."""


def pushing(push: Push) -> StartStroke:
    """A stroke that pushes the points within the circle, all the time."""

    def stroke(bench: Bench) -> Stroke:
        motion = yield None
        seconds = _CLICK
        while True:
            radius, middle = bench.settings.radius, np.array(motion.place)
            index = np.flatnonzero(bench.near(motion.path[-1:].repeat(2, axis=0)))
            before = bench.xy[index]
            moved = push(bench, (before - middle) / radius, seconds * bench.settings.strength)
            motion = yield bench.rewrite(index, xy=middle + moved * radius)
            seconds = motion.held

    return stroke


def pushing_preview(arrows: int) -> MakePreview:
    """The circle with arrows, and the points that it would push."""

    def preview(bench: Bench, place: Place, trail: Sequence[Place]) -> Preview:
        touched = touched_by_circle(bench, place)
        return Preview(place=place, radius=bench.settings.radius, touched=touched, arrows=arrows)

    return preview
