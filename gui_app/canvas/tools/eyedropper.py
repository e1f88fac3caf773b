"""The eyedropper."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gui_app.canvas.tools.preview import Preview
from gui_app.canvas.tools.tool import Place, Stroke, Tool
from gui_app.canvas.tools.tool_context import Bench

_REACH = 24
"""Pixels from the mouse within which a point is found."""


def _stroke(bench: Bench) -> Stroke:
    settings = bench.settings
    before, released = (settings.class_index, settings.value), False
    try:
        while True:
            motion = yield None
            released = motion.released
            _take(bench, motion.place)
    finally:
        if not released:
            settings.class_index, settings.value = before


def _take(bench: Bench, place: Place) -> None:
    number = bench.nearest(place, _REACH * bench.pixel)
    if number is None:
        return
    target = float(bench.points.target[number])
    if bench.task == "classification":
        bench.settings.class_index = int(target)
    else:
        bench.settings.value = target


def _preview(bench: Bench, place: Place, trail: Sequence[Place]) -> Preview:
    number = bench.nearest(place, _REACH * bench.pixel)
    if number is None:
        return Preview(place=place)
    target = float(bench.points.target[number])
    words = (
        f"class {int(target) + 1}" if bench.task == "classification" else f"{target:+.2f}".replace("-", "−")
    )
    return Preview(place=place, touched=bench.xy[np.array([number])], words=words)


EYEDROPPER = Tool(
    key="eyedropper",
    label="Eyedropper",
    tooltip="Take the class or value of the point under the mouse, to draw with it.",
    icon="eyedropper",
    shortcut="I",
    tasks=("classification", "surface"),
    words="Take a value",
    stroke=_stroke,
    preview=_preview,
    uses=frozenset({"class_index", "value"}),
)
