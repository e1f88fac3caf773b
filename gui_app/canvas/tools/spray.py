"""The spray can."""

from __future__ import annotations

import numpy as np

from gui_app.canvas.tools.brush import preview
from gui_app.canvas.tools.path import along, scatter
from gui_app.canvas.tools.tool import Stroke, Tool
from gui_app.canvas.tools.tool_context import ToolContext


def _stroke(context: ToolContext) -> Stroke:
    settings = context.settings
    # The press itself makes one point.
    due = 1.0
    motion = yield None
    while True:
        due += motion.held * settings.rate * float(motion.pressure.mean())
        # Rounding may leave the sum of many frames just below a whole number.
        count = int(due + 1e-9)
        due -= count
        centres = along(motion.path, (np.arange(count) + 0.5) / max(count, 1))
        motion = yield context.append(scatter(centres, settings.radius, context.rng, settings.soft))


SPRAY = Tool(
    key="spray",
    label="Spray",
    tooltip="Keep adding points around the mouse while the button is held.",
    icon="spray",
    shortcut="A",
    undo_text="Spray",
    stroke=_stroke,
    preview=preview,
    uses=frozenset({"radius", "rate", "soft", "class_index", "value"}),
    held=True,
    straightened=True,
)
