"""The magnet: a tool that pulls points together."""

from __future__ import annotations

import numpy as np

from gui_app.canvas.tools.path import Floats
from gui_app.canvas.tools.pushing import pushing_tool
from gui_app.canvas.tools.tool_context import ToolContext

_SPEED = 1.5
"""The distance to the middle falls by this factor of e in a second."""


def _pulled(context: ToolContext, offset: Floats, seconds: float) -> Floats:
    """Return the offsets shrunk by one factor, so that points stay in the circle and keep their order."""
    pulled: Floats = offset * np.exp(-_SPEED * seconds)
    return pulled


MAGNET = pushing_tool(
    key="magnet",
    label="Magnet",
    tooltip="Pull the points within the circle towards its middle; those outside stay.",
    shortcut="M",
    push=_pulled,
    arrows=-1,
)
