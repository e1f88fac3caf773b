"""The eraser."""

from __future__ import annotations

import numpy as np

from engine.data import remove_where
from gui_app.canvas.tool_settings import ToolSettings
from gui_app.canvas.tools.path import near_path
from gui_app.canvas.tools.tool import PointEditor, Stroke, Tool


def _stroke(editor: PointEditor, settings: ToolSettings, rng: np.random.Generator) -> Stroke:
    path = yield None
    while True:
        near = near_path(editor.points.xy, path, settings.radius)
        path = yield remove_where(editor.points, near) if near.any() else None


ERASER = Tool(
    key="eraser",
    label="Eraser",
    tooltip="Take points away. The right mouse button erases with every tool.",
    icon="eraser",
    shortcut="E",
    tasks=("classification", "curve", "surface"),
    words="Erase",
    creates=False,
    stroke=_stroke,
)
