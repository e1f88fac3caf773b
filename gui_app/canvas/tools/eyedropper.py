"""The eyedropper."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gui_app.canvas.tools.preview import Preview
from gui_app.canvas.tools.tool import Place, Stroke, Tool
from gui_app.canvas.tools.tool_context import ToolContext

_REACH = 24
"""Pixels from the mouse within which a point is found."""


def _stroke(context: ToolContext) -> Stroke:
    settings = context.settings
    before, released = (settings.class_index, settings.value), False
    try:
        while True:
            motion = yield None
            released = motion.released
            _take(context, motion.place)
    finally:
        if not released:
            settings.class_index, settings.value = before


def _take(context: ToolContext, place: Place) -> None:
    number = context.nearest(place, _REACH * context.pixel)
    if number is None:
        return
    target = float(context.points.target[number])
    if context.task == "classification":
        context.settings.class_index = int(target)
    else:
        context.settings.value = target


def _preview(context: ToolContext, place: Place, trail: Sequence[Place]) -> Preview:
    number = context.nearest(place, _REACH * context.pixel)
    if number is None:
        return Preview(place=place)
    target = float(context.points.target[number])
    words = (
        f"class {int(target) + 1}" if context.task == "classification" else f"{target:+.2f}".replace("-", "−")
    )
    return Preview(place=place, touched=context.xy[np.array([number])], words=words)


EYEDROPPER = Tool(
    key="eyedropper",
    label="Eyedropper",
    tooltip="Pick the class or value of the point under the mouse to draw with.",
    icon="eyedropper",
    shortcut="I",
    tasks=("classification", "surface"),
    words="Pick a value",
    stroke=_stroke,
    preview=_preview,
    uses=frozenset({"class_index", "value"}),
)
