"""Jitter: a tool that shakes points."""

from __future__ import annotations

import numpy as np

from gui_app.canvas.tools.path import Floats
from gui_app.canvas.tools.pushing import pushing_tool
from gui_app.canvas.tools.tool_context import ToolContext

_SPEED = 0.4
"""Standard deviation of a point's position after one second, in radii."""


def _shaken(context: ToolContext, offset: Floats, seconds: float) -> Floats:
    """Return the offsets after a random walk; its deviation grows with the root of time, for any step length."""
    shaken: Floats = offset + context.rng.standard_normal(offset.shape) * (_SPEED * np.sqrt(seconds))
    return shaken


JITTER = pushing_tool(
    key="jitter",
    label="Jitter",
    tooltip="Shake the points within the circle while the button is held.",
    shortcut="J",
    push=_shaken,
    arrows=2,
)
