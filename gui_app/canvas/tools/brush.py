"""Brushes: points scattered in a disc that follows the mouse."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.data import Append
from gui_app.canvas.tool_settings import ToolSettings
from gui_app.canvas.tools.path import Floats, Walker, scatter
from gui_app.canvas.tools.tool import PointEditor, StartStroke, Stroke, Tool
from gui_app.canvas.viewport import inside

Targets = Callable[[PointEditor, ToolSettings, Floats], Floats]
"""The targets [n] of the new places [n, 2]."""


def _class_or_height(editor: PointEditor, settings: ToolSettings, xy: Floats) -> Floats:
    data = editor.experiment.data
    if data.task == "curve":
        return xy[:, 1]
    return np.full(len(xy), float(min(settings.class_index, data.classes - 1)))


def _value(editor: PointEditor, settings: ToolSettings, xy: Floats) -> Floats:
    return np.full(len(xy), settings.value)


def _brush_stroke(targets: Targets) -> StartStroke:
    def edit(editor: PointEditor, settings: ToolSettings, xy: Floats) -> Append | None:
        xy = xy[inside(xy)]
        return Append(editor.new_points(xy, targets(editor, settings, xy))) if len(xy) else None

    def stroke(editor: PointEditor, settings: ToolSettings, rng: np.random.Generator) -> Stroke:
        walker = Walker()
        path = yield None
        # The first point is not scattered: a click puts one exactly where it is.
        path = yield edit(editor, settings, path[:1])
        while True:
            centres = walker.advance(path, 1 / settings.density)
            path = yield edit(editor, settings, scatter(centres, settings.radius, rng))

    return stroke


BRUSH = Tool(
    key="brush",
    label="Brush",
    tooltip="Scatter points along the mouse's way; a click makes one. The wheel changes the radius.",
    icon="brush",
    shortcut="B",
    tasks=("classification", "curve"),
    words="Draw",
    creates=True,
    stroke=_brush_stroke(_class_or_height),
)

VALUE_BRUSH = Tool(
    key="value_brush",
    label="Value brush",
    tooltip="Scatter points of the chosen value along the mouse's way; a click makes one.",
    icon="value-brush",
    shortcut="B",
    tasks=("surface",),
    words="Draw",
    creates=True,
    stroke=_brush_stroke(_value),
)
