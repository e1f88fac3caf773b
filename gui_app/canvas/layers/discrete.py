"""The prediction in steps: areas of one class each, or a surface of a few values, with edges finer than its grid."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from gui_app.canvas.layers.scene import Scene
from gui_app.theme.colour_maps import class_colours, surface_colours

Floats = NDArray[np.floating]

FINER = 4
"""How many pixels along each side a cell of the grid has."""
STEPS = 8
"""Colours of a surface: an even number, so that 0 lies between two of them."""


def discrete_classes(scores: Floats, scene: Scene) -> NDArray[np.uint32]:
    """Return packed colours of scores [rows, columns, classes]: each pixel has that of the class with the highest."""
    best = np.stack([finer(scores[..., k]) for k in range(scores.shape[2])], -1).argmax(-1)
    certain = np.eye(scene.classes, dtype=np.float32)[None]
    colours: NDArray[np.uint32] = class_colours(certain, scene.theme)[0][best]
    return colours


def discrete_surface(shares: Floats, scene: Scene) -> NDArray[np.uint32]:
    """Return packed colours of ``shares`` [rows, columns] from −1 to 1, in ``STEPS`` steps."""
    steps = np.floor((np.clip(finer(np.nan_to_num(shares)), -1, 1) + 1) / 2 * STEPS)
    middles = (np.minimum(steps, STEPS - 1) + 0.5) / STEPS * 2 - 1
    return surface_colours(middles, scene.theme)


def finer(values: Floats) -> Floats:
    """Return values [rows, columns] at ``FINER`` times as many positions along each side, linearly interpolated."""
    rows, columns = values.shape
    found: Floats = _weights(rows) @ values.astype(np.float32) @ _weights(columns).T
    return found


@lru_cache(maxsize=8)
def _weights(cells: int) -> NDArray[np.float32]:
    """Return the weights [FINER · cells, cells] of the cells' centres at the centres of finer cells."""
    at = np.clip((np.arange(cells * FINER) + 0.5) / FINER - 0.5, 0, cells - 1)
    below = np.minimum(at.astype(np.int64), max(cells - 2, 0))
    weights = np.zeros((len(at), cells), dtype=np.float32)
    rows = np.arange(len(at))
    weights[rows, below] = 1 - (at - below)
    weights[rows, np.minimum(below + 1, cells - 1)] += at - below
    return weights
