"""The magnet."""

from __future__ import annotations

import numpy as np

from gui_app.canvas.tools.path import Floats
from gui_app.canvas.tools.pushing import pushing, pushing_preview
from gui_app.canvas.tools.tool import Tool
from gui_app.canvas.tools.tool_context import ToolContext

_SPEED = 1.5
"""The distance to the middle falls by this factor of e in a second."""


def _pulled(context: ToolContext, offset: Floats, seconds: float) -> Floats:
    """All distances shrink alike, so that what lies within the circle stays there and nobody overtakes."""
    pulled: Floats = offset * np.exp(-_SPEED * seconds)
    return pulled


MAGNET = Tool(
    key="magnet",
    label="Magnet",
    tooltip="Pull the points within the circle towards its middle; those outside stay.",
    icon="magnet",
    shortcut="M",
    words="Magnet",
    stroke=pushing(_pulled),
    preview=pushing_preview(-1),
    uses=frozenset({"radius", "strength"}),
    held=True,
    straightened=True,
)
