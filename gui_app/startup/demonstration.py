"""The drawing of a run without a person: two interlocked arms, painted with the brush."""

from __future__ import annotations

import msgspec
import numpy as np

from engine.experiment import Points, edit_many
from gui_app.canvas.canvas import Canvas
from gui_app.canvas.tools import BRUSH
from gui_app.session.document import Document
from gui_app.session.tool_settings import ToolSettings

TURN = np.linspace(0.15, 1.6, 60) * np.pi
RADIUS = np.linspace(0.8, 4.6, 60)


def paint_arms(document: Document, canvas: Canvas, tools: ToolSettings, seed: int = 0) -> None:
    """Paint one stroke of class 1 and one of class 2 on an empty canvas."""
    experiment = edit_many(document.experiment, {"data.task": "classification", "data.classes": 2})
    empty = msgspec.structs.replace(experiment.data, points=Points.empty())
    document.replace(msgspec.structs.replace(experiment, data=empty), "Empty canvas")
    canvas.context.rng = np.random.default_rng(seed)
    tools.radius = 0.45
    for index, phase in enumerate((0.0, np.pi)):
        tools.class_index = index
        path = np.stack([RADIUS * np.cos(TURN + phase), RADIUS * np.sin(TURN + phase)], 1).tolist()
        canvas.pointer.gesture.begin(BRUSH, tuple(path[0]))
        for position in path[1:]:
            canvas.pointer.gesture.move(tuple(position))
        canvas.pointer.gesture.finish()
