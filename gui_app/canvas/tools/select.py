"""Selecting points, and moving, scaling and turning those that are selected."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gui_app.canvas.selecting.frame import Frame
from gui_app.canvas.tools.path import Floats, in_polygon
from gui_app.canvas.tools.preview import Preview
from gui_app.canvas.tools.tool import Motion, Place, Stroke, Tool
from gui_app.canvas.tools.tool_context import Bench

_GRIP = 8
"""Pixels from the mouse within which a handle, or a point, is caught."""


def frame_of(bench: Bench) -> Frame | None:
    """The frame around the selected points; None where there are none."""
    index = bench.selection.index
    return Frame.around(bench.xy[index], bench.pixel) if len(index) else None


def _stroke(bench: Bench) -> Stroke:
    motion = yield None
    frame = frame_of(bench)
    grip = frame.grip(motion.place, _GRIP * bench.pixel) if frame else None
    if frame and grip:
        yield from _transform(bench, frame, grip, motion.place)
    else:
        yield from _choose(bench, motion)


def _transform(bench: Bench, frame: Frame, grip: str, start: Place) -> Stroke:
    index = bench.selection.index
    first = bench.xy[index]
    edit = None
    while True:
        motion = yield edit
        edit = bench.rewrite(index, xy=frame.dragged(first, grip, start, motion.place, motion.shift))


def _choose(bench: Bench, motion: Motion) -> Stroke:
    """Outline an area; a click chooses one point, Shift adds to what is selected already."""
    trail, start = [motion.path[:1]], motion.place
    try:
        while not motion.released:
            motion = yield None
            trail.append(motion.path[1:])
            path = np.concatenate(trail)
            bench.selection.area = path if bench.settings.lasso else _rectangle(start, motion.place)
        found = _found(bench, start, np.concatenate(trail), motion.shift)
        bench.select(found)
        yield None
    finally:
        bench.selection.area = None


def _found(bench: Bench, start: Place, path: Floats, add: bool) -> Floats:
    """The places in the points of those that a finished outline selects."""
    area = bench.selection.area
    if area is None or np.ptp(path, axis=0).max() < _GRIP / 2 * bench.pixel:
        number = bench.nearest(start, _GRIP * bench.pixel)
        found = np.array([] if number is None else [number])
    else:
        found = np.flatnonzero(in_polygon(bench.xy, area))
    return np.concatenate((bench.selection.index, found)) if add else found


def _rectangle(start: Place, end: Place) -> Floats:
    (left, top), (right, bottom) = start, end
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)])


def _preview(bench: Bench, place: Place, trail: Sequence[Place]) -> Preview:
    return Preview(place=place, area=bench.selection.area)


SELECT = Tool(
    key="select",
    label="Select",
    tooltip="Outline points to select them, Shift adds. Drag the frame to move them, a handle to scale, "
    "the knob above it to turn. Ctrl selects with every tool.",
    icon="select",
    shortcut="S",
    words="Move",
    stroke=_stroke,
    preview=_preview,
    uses=frozenset({"lasso", "class_index", "value"}),
)
