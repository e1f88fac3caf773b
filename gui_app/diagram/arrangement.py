"""Where everything is in the diagram: a function of the network's shape and the size of the drawing alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF

from gui_app.session.looked_at import Unit
from gui_app.session.network_shape import NetworkShape
from gui_app.theme.text import line_height, text_width
from gui_app.theme.tokens import SPACE

MARGIN = 3.0 * SPACE
LARGEST, SMALLEST = 44.0, 6.0
"""Sides of the thumbnails, in pixels; below the smallest, none is drawn."""
READABLE_LAYERS, READABLE_NEURONS = 10, 16
"""Up to so many hidden layers and neurons in each, every neuron is drawn; beyond, layers are boxes."""
CHOSEN = 4
"""Neurons drawn in a box."""
FILLED = 0.6
"""The largest share of the distance between columns that a thumbnail takes."""
METERS = ("shown", "|w|", "w = 0", "‖∂C/∂W‖", "dead")
"""Names of the numbers at the foot of each box."""
METERS_MEAN = (
    "Below each layer: how many of its neurons are shown, |w|: the size of its weights (RMS), w = 0: the share of "
    "weights that are exactly 0, ‖∂C/∂W‖: the norm of its weight gradient, dead: the share of its dead neurons."
)
_WRITTEN = 56.0
"""Distance of columns from which on these numbers are written out, and not shown as bars."""
LABEL_GAP = 6.0
_WIDEST_ANSWER = 56.0


@dataclass(frozen=True, slots=True)
class Column:
    """One layer: ``x`` is its centre, ``ys`` are the centres of the drawn ``units`` (indices in the layer).

    ``chips`` are features that are not fed to the network, with their centres. ``box`` is the rectangle of a layer that
    is summarized: left, top, width, height.
    """

    layer: int
    x: float
    units: tuple[int, ...]
    ys: tuple[float, ...]
    neurons: int
    chips: tuple[tuple[str, float], ...] = ()
    box: tuple[float, float, float, float] | None = None

    @property
    def rect(self) -> QRectF:
        """The rectangle of the box."""
        return QRectF(*self.box) if self.box is not None else QRectF()


@dataclass(frozen=True, slots=True, eq=False)
class Arrangement:
    """The columns, and the side of each thumbnail; ``pitch`` and ``slot`` are the distances of columns and neurons.

    ``meters`` is the height of the numbers below the boxes; 0 without boxes.
    """

    shape: NetworkShape
    width: float
    height: float
    side: float
    pitch: float
    slot: float
    meters: float
    columns: tuple[Column, ...]

    def centre(self, unit: Unit) -> QPointF | None:
        """Return the centre of a neuron's thumbnail; None for one that is not drawn."""
        if not 0 <= unit.layer < len(self.columns):
            return None
        column = self.columns[unit.layer]
        if unit.index not in column.units:
            return None
        return QPointF(column.x, column.ys[column.units.index(unit.index)])

    def rect(self, unit: Unit) -> QRectF | None:
        """Return a neuron's thumbnail; None for one that is not drawn."""
        return squares_of(self).get(unit)

    def square(self, x: float, y: float) -> QRectF:
        """Return the thumbnail around a centre, on whole pixels where it is large enough to tell."""
        return QRectF(round(x - self.side / 2), round(y - self.side / 2), self.side, self.side)

    @property
    def dot(self) -> float:
        """The largest radius of a bias."""
        return min(max(self.side * 0.13, 1.5), 4.5)

    def bias_centre(self, unit: Unit) -> QPointF | None:
        """Return the centre of a neuron's bias: on the lower left corner of its thumbnail."""
        rect = self.rect(unit)
        return None if rect is None or not unit.layer else rect.bottomLeft()


@lru_cache(maxsize=4)
def squares_of(arrangement: Arrangement) -> dict[Unit, QRectF]:
    """Return the thumbnails of all neurons that are drawn."""
    return {
        Unit(column.layer, index): arrangement.square(column.x, y)
        for column in arrangement.columns
        for index, y in zip(column.units, column.ys, strict=True)
    }


def arrange(
    shape: NetworkShape,
    width: float,
    height: float,
    looked_at: Unit | None = None,
    dead: Sequence[NDArray[np.bool_]] = (),
) -> Arrangement:
    """Return the arrangement in a drawing of this size; ``looked_at`` is a neuron that is drawn also in a box.

    ``dead`` says of the layers from 1 which neurons are; a box shows those that live first. Arguments that choose the
    same neurons give the same object, as long as the text has the same size.
    """
    chosen = tuple((layer, _chosen(layer, shape, looked_at, dead)) for layer in sorted(boxed_layers(shape)))
    return _arranged(shape, width, height, chosen, line_height())


@lru_cache(maxsize=16)
def _arranged(
    shape: NetworkShape,
    width: float,
    height: float,
    chosen: tuple[tuple[int, tuple[int, ...]], ...],
    text_height: float,
) -> Arrangement:
    boxed = dict(chosen)
    left = MARGIN + max(text_width(shape.feature_label(key)) for key in shape.offered) + LABEL_GAP
    right = MARGIN + min(max(map(text_width, shape.answers)), _WIDEST_ANSWER) + LABEL_GAP
    if boxed:
        left = max(left, MARGIN / 2 + max(map(text_width, METERS)) + LABEL_GAP)
    room = max(width - left - right, 1.0)
    widest = FILLED * room / (shape.layers + FILLED)
    shown = [
        tuple(range(neurons)) if layer not in boxed else boxed[layer] if widest >= SMALLEST else ()
        for layer, neurons in enumerate(shape.widths)
    ]
    meters = len(METERS) * text_height * (1.0 if room / shape.layers >= _WRITTEN else 1.8) if boxed else 0.0
    most = max(len(shape.offered), *map(len, shown[1:]))
    inner = max(height - 2 * MARGIN - meters, 1.0)
    # The columns' centres span the room but for half a thumbnail at each end.
    columns_allow = widest if widest >= SMALLEST or not boxed else 2 * SMALLEST
    side = float(int(max(min(LARGEST, columns_allow, 0.84 * inner / most), 1.0)))
    pitch = (room - side) / shape.layers
    slot = min(inner / most, side * 1.5 + 8.0)
    grid = _Grid(left + side / 2, pitch, min(side, pitch), MARGIN + inner / 2, slot)
    columns = tuple(_column(shape, layer, units, grid, layer in boxed) for layer, units in enumerate(shown))
    return Arrangement(shape, width, height, side, pitch, slot, meters, columns)


class _Grid(NamedTuple):
    """Where columns and neurons are: the first column's centre, distances, and the middle of the drawing."""

    first: float
    pitch: float
    side: float
    middle: float
    slot: float


def boxed_layers(shape: NetworkShape) -> frozenset[int]:
    """Return the hidden layers that are drawn as boxes."""
    deep = len(shape.hidden) > READABLE_LAYERS
    return frozenset(
        layer for layer, neurons in enumerate(shape.hidden, 1) if deep or neurons > READABLE_NEURONS
    )


def drawn_in_boxes(arrangement: Arrangement) -> tuple[tuple[int, int], ...]:
    """Return layer and index of each neuron that is drawn in a box."""
    boxes = (column for column in arrangement.columns if column.box is not None)
    return tuple((column.layer, index) for column in boxes for index in column.units)


def _chosen(
    layer: int, shape: NetworkShape, looked_at: Unit | None, dead: Sequence[NDArray[np.bool_]]
) -> tuple[int, ...]:
    """Return the neurons drawn of a box: some at equal distances that live if any do, and the one looked at."""
    neurons = shape.widths[layer]
    count = min(neurons, CHOSEN)
    spread = [round(step * (neurons - 1) / max(count - 1, 1)) for step in range(count)]
    living = set() if len(dead) < layer else set(np.flatnonzero(~dead[layer - 1]).tolist())
    for place, index in enumerate(spread):
        others = living - set(spread)
        if living and index not in living and others:
            spread[place] = min(others, key=lambda other: (abs(other - index), other))
    looks_here = looked_at is not None and looked_at.layer == layer and looked_at.index < neurons
    if looked_at is not None and looks_here and looked_at.index not in spread:
        nearest = min(range(count), key=lambda place: abs(spread[place] - looked_at.index))
        spread[nearest] = looked_at.index
    return tuple(sorted(spread))


def _column(shape: NetworkShape, layer: int, units: tuple[int, ...], grid: _Grid, is_box: bool) -> Column:
    x = grid.first + layer * grid.pitch
    if layer == 0:
        ys = _spread(len(shape.offered), grid)
        heights = dict(zip(shape.offered, ys, strict=True))
        chips = tuple((key, y) for key, y in heights.items() if key not in shape.features)
        return Column(0, x, units, tuple(heights[key] for key in shape.features), len(units), chips)
    ys = _spread(len(units), grid)
    if not is_box:
        return Column(layer, x, units, ys, shape.widths[layer])
    padding = min(4.0, (grid.pitch - grid.side) / 4) if units else 0.0
    top = grid.middle - (CHOSEN - 1) / 2 * grid.slot - grid.side / 2 - padding
    height = (CHOSEN - 1) * grid.slot + grid.side + 2 * padding
    box = (x - grid.side / 2 - padding, top, grid.side + 2 * padding, height)
    return Column(layer, x, units, ys, shape.widths[layer], box=box)


def _spread(count: int, grid: _Grid) -> tuple[float, ...]:
    return tuple(grid.middle + (index - (count - 1) / 2) * grid.slot for index in range(count))
