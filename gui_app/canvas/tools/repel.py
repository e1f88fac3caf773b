"""Repel: a tool that pushes points apart, the opposite of the magnet."""

from __future__ import annotations

import numpy as np

from gui_app.canvas.tools.path import Floats
from gui_app.canvas.tools.pushing import pushing_tool
from gui_app.canvas.tools.tool_context import ToolContext

_SPEED = 1.5
"""The distance to the circle's edge falls by this factor of e in a second."""


def _pushed(context: ToolContext, offset: Floats, seconds: float) -> Floats:
    """Return the offsets moved outwards, at most to the circle's edge; a point in the very middle goes anywhere."""
    distance = np.hypot(*offset.T)[:, None]
    turn = context.rng.random(len(offset)) * 2 * np.pi
    anywhere = np.column_stack((np.cos(turn), np.sin(turn)))
    direction = np.where(distance > 0, offset / np.where(distance > 0, distance, 1.0), anywhere)
    pushed: Floats = direction * (1 - np.maximum(1 - distance, 0.0) * np.exp(-_SPEED * seconds))
    return pushed


REPEL = pushing_tool(
    key="repel",
    label="Repel",
    tooltip="Push the points within the circle outwards, to its edge; those outside stay.",
    shortcut="O",
    push=_pushed,
    arrows=1,
)
