"""The markers of points. Styles are numbered, so that each marker is made once and used for many points."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QPainterPath

from engine.experiment import SPLITS, TEST, Points
from gui_app.canvas.layers.markers import Look, marker_look, marker_path, value_look
from gui_app.canvas.layers.scene import Scene
from gui_app.theme.colour_maps import value_colour
from gui_app.theme.tokens import CLASS_MARKERS

_LEVELS = 41
"""Number of colours for the values of a surface."""


def marker_radius(scene: Scene) -> float:
    """Return the radius of markers in pixels; larger on a larger canvas, and small in a small pane."""
    return min(max(scene.viewport.side / 140, 2.0 if scene.bare else 3.0), 5.0)


def style_numbers(points: Points, scene: Scene) -> NDArray[np.int64]:
    """Return the number of each point's style: int64 [n]."""
    if scene.task == "classification":
        kind = np.minimum(points.target.astype(np.int64), len(CLASS_MARKERS) - 1)
    elif scene.task == "surface":
        kind = np.rint((np.clip(scene.shares(points.target), -1, 1) + 1) / 2 * (_LEVELS - 1)).astype(np.int64)
    else:
        kind = np.zeros(len(points), dtype=np.int64)
    return kind * len(SPLITS) + points.split.astype(np.int64)


def style(number: int, scene: Scene) -> tuple[QPainterPath, Look]:
    """Return the shape, in pixels around (0, 0), and the look of a style."""
    kind, split = divmod(number, len(SPLITS))
    symbol, colour = _symbol_and_colour(kind, split, scene)
    look = split_look(colour, split, scene)
    # A wide edge does not make a marker larger.
    return marker_path(symbol, marker_radius(scene) + 0.5 - look.width / 2), look


def split_look(colour: str, split: int, scene: Scene) -> Look:
    """Return the look of points of a colour in a split, on the sheet and in the legend."""
    look_of = value_look if scene.task == "surface" else marker_look
    return look_of(colour, split, scene.theme, scene.paper)


def split_symbol(split: int, scene: Scene) -> str:
    """Return the shape of points that have no class: in regression, shapes tell test points from the others."""
    return "d" if split == TEST and scene.task != "classification" else "o"


def _symbol_and_colour(kind: int, split: int, scene: Scene) -> tuple[str, str]:
    if scene.task == "classification":
        return CLASS_MARKERS[kind], scene.theme.classes[kind]
    if scene.task == "surface":
        return split_symbol(split, scene), value_colour(kind / (_LEVELS - 1) * 2 - 1, scene.theme)
    return split_symbol(split, scene), scene.theme.muted
