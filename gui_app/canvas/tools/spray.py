"""The spray can."""

from __future__ import annotations

import numpy as np

from gui_app.canvas.tools.brush import preview
from gui_app.canvas.tools.path import along, scatter
from gui_app.canvas.tools.tool import Stroke, Tool
from gui_app.canvas.tools.tool_context import Bench


def _stroke(bench: Bench) -> Stroke:
    settings = bench.settings
    # One point comes with the press itself.
    due = 1.0
    motion = yield None
    while True:
        due += motion.held * settings.rate * float(motion.pressure.mean())
        # Sums of frames come out a hair below whole numbers.
        count = int(due + 1e-9)
        due -= count
        centres = along(motion.path, (np.arange(count) + 0.5) / max(count, 1))
        motion = yield bench.append(scatter(centres, settings.radius, bench.rng, settings.soft))


SPRAY = Tool(
    key="spray",
    label="Spray",
    tooltip="Add points all the time while the button is held, wherever the mouse is.",
    icon="spray",
    shortcut="A",
    words="Spray",
    stroke=_stroke,
    preview=preview,
    uses=frozenset({"radius", "rate", "soft", "class_index", "value"}),
    held=True,
    straightened=True,
)
