"""The relabel brush."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gui_app.canvas.tools.preview import DRAWN, Preview, touched_by_circle
from gui_app.canvas.tools.tool import Place, Stroke, Tool
from gui_app.canvas.tools.tool_context import Bench


def _stroke(bench: Bench) -> Stroke:
    motion = yield None
    while True:
        index = np.flatnonzero(bench.near(motion.path))
        motion = yield bench.rewrite(index, target=bench.targets(bench.points.xy[index]))


def _preview(bench: Bench, place: Place, trail: Sequence[Place]) -> Preview:
    others = bench.points.target != bench.targets(np.zeros((1, 2)))
    touched = touched_by_circle(bench, place, others)
    return Preview(place=place, radius=bench.settings.radius, tint=DRAWN, touched=touched)


RELABEL = Tool(
    key="relabel",
    label="Relabel brush",
    tooltip="Give the points that the circle passes the chosen class or value; they stay where they are.",
    icon="relabel",
    shortcut="R",
    tasks=("classification", "surface"),
    words="Relabel",
    stroke=_stroke,
    preview=_preview,
    uses=frozenset({"radius", "class_index", "value"}),
    straightened=True,
)
