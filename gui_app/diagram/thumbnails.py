"""What neurons compute, as small pictures in one image."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from engine.data.axes import to_share
from gui_app.diagram.arrangement import Arrangement
from gui_app.diagram.model import NetworkValues
from gui_app.session.looked_at import Unit
from gui_app.session.network_shape import NetworkShape
from gui_app.theme.colour_maps import CLASS_STRENGTH, image_of, packed, surface_colours
from gui_app.theme.tokens import Theme, mix, rgb

Values = NDArray[np.floating]
Pixels = NDArray[np.uint32]
_LINE = 0.035
"""Half the width of a curve's line, as a share of its picture."""
HEADROOM = 0.92
"""Share of its picture's height that a curve takes at most."""
CELLS = (12, 16, 24, 32, 48)
"""Cells along the side of a thumbnail, for larger and larger ones."""
_FINE = 0.75
"""Cells for each device pixel."""
CURVE_CELLS = 48
_LEAST = 1e-12


class Thumbnails:
    """The pictures of neurons, one above another in ``image``; ``source`` finds each."""

    def __init__(self, image: QImage, order: tuple[Unit, ...], scales: tuple[float, ...]) -> None:
        self.image, self.scales = image, scales
        """``scales`` of the layers from 0: see ``scale_of``."""
        self._index = {unit: index for index, unit in enumerate(order)}
        self._side, self._height = image.width(), image.height()

    def source(self, unit: Unit) -> QRectF | None:
        """Return the part of the image that shows a neuron; None for one without a picture."""
        index = self._index.get(unit)
        if index is None:
            return None
        # Row 0 of the array is at the bottom of the image.
        return QRectF(0.0, self._height - (index + 1) * self._side, self._side, self._side)

    def paint(self, painter: QPainter, rect: QRectF, unit: Unit, exact: bool = False) -> None:
        """Paint a neuron's picture, if it has one.

        ``exact`` as an image of its own: writers of SVG ignore which part of an image is meant.
        """
        source = self.source(unit)
        if source is not None and exact:
            painter.drawImage(rect, self.image.copy(source.toRect()))
        elif source is not None:
            painter.drawImage(rect, self.image, source)


def thumbnails_of(
    values: NetworkValues, shape: NetworkShape, drawn: tuple[tuple[int, ...], ...], theme: Theme
) -> Thumbnails:
    """Return the pictures of the ``drawn`` neurons of each layer that the engine shows.

    Inputs and hidden neurons are coloured by value around 0, each layer from −a to a for its ``scale_of`` a;
    outputs as on the canvas.
    """
    layers = [values.inside.inputs, *(layer.values for layer in values.inside.layers)]
    scales = tuple(scale_of(grids, shape.task == "curve") for grids in layers)
    order: list[Unit] = []
    shown: list[Values] = []
    for layer, (grids, units) in enumerate(zip(layers, drawn, strict=True)):
        known = [index for index in units if values.rows[layer][index] >= 0]
        order += [Unit(layer, index) for index in known]
        if layer < shape.layers:
            shown.append(grids[values.rows[layer][known]] / scales[layer])
        elif shape.task != "classification":
            shown.append(to_share(grids, shape.ends))
    together = np.concatenate(shown)
    pixels = _curves(together, theme) if shape.task == "curve" else surface_colours(together, theme)
    if shape.task == "classification":
        pixels = np.concatenate([pixels, _answers(layers[-1], theme)])
    return Thumbnails(image_of(pixels.reshape(-1, pixels.shape[-1])), tuple(order), scales)


def grid_size(arrangement: Arrangement, ratio: float) -> int:
    """Return how many cells a thumbnail needs along a side, on a screen with so many device pixels for each pixel."""
    if arrangement.shape.task == "curve":
        return CURVE_CELLS
    wanted = int(_FINE * arrangement.side * ratio)
    return next((cells for cells in CELLS if cells >= wanted), CELLS[-1])


def scale_of(values: Values, is_curve: bool) -> float:
    """Return the |value| of a layer that has the strongest colour, or in a curve the full height; above 0.

    This is the largest one; for colours at most three times the mean, because few values of a ReLU are much larger.
    """
    sizes = np.abs(values)
    largest, mean = float(sizes.max(initial=0.0)), float(sizes.mean())
    if not np.isfinite(mean):
        sizes = sizes[np.isfinite(sizes)]
        largest, mean = float(sizes.max(initial=0.0)), float(sizes.mean()) if len(sizes) else 0.0
    return max(largest if is_curve else min(largest, 3.0 * mean), _LEAST)


def _answers(values: Values, theme: Theme) -> Pixels:
    """Return the pictures of outputs of classification: each in the colour of its class."""
    classes = len(values)
    sure = np.clip((np.nan_to_num(values) * classes - 1) / (classes - 1), 0, 1)
    paper = rgb(theme.window)
    full = np.array([rgb(colour) for colour in theme.classes[:classes]])
    ink = (full - paper)[:, None, None, :] * CLASS_STRENGTH[theme.name]
    return packed((sure[..., None] * ink + paper).reshape(-1, 3)).reshape(sure.shape)


def _curves(shares: Values, theme: Theme) -> Pixels:
    """Return square pictures of curves [units, columns], whose shares of the height are from −1 to 1."""
    columns = shares.shape[1]
    heights = (np.clip(np.nan_to_num(shares), -1, 1) * HEADROOM + 1) * (columns - 1) / 2
    rows = np.arange(columns)[None, :, None]
    steep = np.hypot(1.0, np.gradient(heights, axis=1))
    line = np.clip(columns * _LINE + 0.5 - np.abs(rows - heights[:, None, :]) / steep[:, None, :], 0, 1)
    zero = (np.abs(rows - (columns - 1) / 2) < 0.5) & np.ones_like(line, dtype=bool)
    paper, ink, axis = rgb(theme.window), rgb(theme.accent), rgb(mix(theme.window, theme.muted, 0.35))
    ground = np.where(zero[..., None], axis, paper)
    return packed((ground + line[..., None] * (ink - ground)).reshape(-1, 3)).reshape(line.shape)
