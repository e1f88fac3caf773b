"""What neurons compute, as small pictures in one image."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage

from gui_app.diagram.contract import Inside
from gui_app.diagram.shape import Shape
from gui_app.session.looked_at import Unit
from gui_app.theme.colour_maps import CLASS_STRENGTH, class_colours, image_of, packed, surface_colours
from gui_app.theme.tokens import Theme, mix, rgb

Values = NDArray[np.floating]
Pixels = NDArray[np.uint32]
_LINE = 0.035
"""Half the width of a curve's line, as a share of its picture."""
_HEADROOM = 0.92
_LEAST = 1e-12


class Thumbnails:
    """The pictures of all drawn neurons, below one another in ``image``; ``source`` finds each."""

    def __init__(self, image: QImage, order: tuple[Unit, ...]) -> None:
        self.image = image
        self._index = {unit: index for index, unit in enumerate(order)}
        self._side = image.width()

    def source(self, unit: Unit) -> QRectF:
        """Return the part of the image that shows a neuron."""
        # Row 0 of the array is at the bottom of the image.
        top = self.image.height() - (self._index[unit] + 1) * self._side
        return QRectF(0.0, top, self._side, self._side)

    def __contains__(self, unit: Unit) -> bool:
        return unit in self._index


def thumbnails_of(
    inside: Inside, shape: Shape, drawn: tuple[tuple[int, ...], ...], theme: Theme
) -> Thumbnails:
    """Return the pictures of the ``drawn`` neurons of each layer.

    Inputs and hidden neurons are coloured by value around 0, each layer from −a to a for its largest value a; outputs
    as on the canvas.
    """
    layers = [inside.inputs, *(layer.values for layer in inside.layers)]
    order = tuple(Unit(layer, index) for layer, units in enumerate(drawn) for index in units)
    pixels = [
        _layer_pixels(values, list(units), layer == shape.layers, shape, theme)
        for layer, (values, units) in enumerate(zip(layers, drawn, strict=True))
        if units
    ]
    stacked = np.concatenate(pixels)
    return Thumbnails(image_of(stacked.reshape(-1, stacked.shape[-1])), order)


def layer_scale(values: Values) -> float:
    """Return the largest finite |value| of a layer, above 0."""
    sizes = np.abs(values[np.isfinite(values)])
    return max(float(sizes.max(initial=0.0)), _LEAST)


def _layer_pixels(values: Values, units: list[int], is_output: bool, shape: Shape, theme: Theme) -> Pixels:
    """Return packed colours [units, rows, columns]."""
    shown = values[units]
    if shape.task == "curve":
        return _curves(shown / layer_scale(values), theme)
    if not is_output:
        return surface_colours(shown / layer_scale(values), theme)
    if shape.task == "classification":
        return _answers(values, units, theme)
    return surface_colours(shown, theme)


def _answers(values: Values, units: list[int], theme: Theme) -> Pixels:
    """Return the pictures of outputs of classification: each in the colour of its class."""
    if len(values) == 1:
        return class_colours(np.stack([1.0 - values[0], values[0]], axis=-1), theme)[None]
    classes = len(values)
    sure = np.clip((np.nan_to_num(values[units]) * classes - 1) / (classes - 1), 0, 1)
    paper = rgb(theme.window)
    full = np.array([rgb(theme.classes[index]) for index in units])
    ink = (full - paper)[:, None, None, :] * CLASS_STRENGTH[theme.name]
    return packed((sure[..., None] * ink + paper).reshape(-1, 3)).reshape(sure.shape)


def _curves(shares: Values, theme: Theme) -> Pixels:
    """Return square pictures of curves [units, columns], whose shares of the height are from −1 to 1."""
    columns = shares.shape[1]
    heights = (np.clip(np.nan_to_num(shares), -1, 1) * _HEADROOM + 1) * (columns - 1) / 2
    rows = np.arange(columns)[None, :, None]
    steep = np.hypot(1.0, np.gradient(heights, axis=1))
    line = np.clip(columns * _LINE + 0.5 - np.abs(rows - heights[:, None, :]) / steep[:, None, :], 0, 1)
    zero = (np.abs(rows - (columns - 1) / 2) < 0.5) & np.ones_like(line, dtype=bool)
    paper, ink, axis = rgb(theme.window), rgb(theme.accent), rgb(mix(theme.window, theme.muted, 0.35))
    ground = np.where(zero[..., None], axis, paper)
    return packed((ground + line[..., None] * (ink - ground)).reshape(-1, 3)).reshape(line.shape)
