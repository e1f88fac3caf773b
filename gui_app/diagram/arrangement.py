"""Where everything is in the diagram: a function of the network's shape and the size of the drawing alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF

from gui_app.diagram.shape import Shape
from gui_app.diagram.text import text_width
from gui_app.session.looked_at import Unit
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
METERS = 4
"""Lines of statistics in a box."""
_LABEL_GAP = 6.0
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


@dataclass(frozen=True, slots=True, eq=False)
class Arrangement:
    """The columns, and the side of each thumbnail; ``pitch`` and ``slot`` are the distances of columns and neurons."""

    shape: Shape
    width: float
    height: float
    side: float
    pitch: float
    slot: float
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
        centre = self.centre(unit)
        return None if centre is None else self.square(centre.x(), centre.y())

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


@lru_cache(maxsize=16)
def arrange(shape: Shape, width: float, height: float, looked_at: Unit | None = None) -> Arrangement:
    """Return the arrangement in a drawing of this size; ``looked_at`` is a neuron that is drawn also in a box."""
    boxed = boxed_layers(shape)
    shown = [
        _chosen(neurons, looked_at if looked_at and looked_at.layer == layer else None)
        if layer in boxed
        else tuple(range(neurons))
        for layer, neurons in enumerate(shape.widths)
    ]
    left = MARGIN + max(text_width(shape.feature_label(key)) for key in shape.offered) + _LABEL_GAP
    right = MARGIN + min(max(map(text_width, shape.answers)), _WIDEST_ANSWER) + _LABEL_GAP
    most = max(len(shape.offered), *map(len, shown[1:]))
    room = max(width - left - right, 1.0)
    below = METERS * 6.0 if boxed else 0.0
    inner = max(height - 2 * MARGIN - below, 1.0)
    # The columns' centres span the room but for half a thumbnail at each end.
    side = min(LARGEST, FILLED * room / (shape.layers + FILLED), 0.84 * inner / most)
    side = float(int(side)) if side >= SMALLEST else max(side, 1.0)
    pitch = (room - side) / shape.layers
    slot = min(inner / most, side * 1.5 + 8.0)
    middle = MARGIN + inner / 2
    columns = tuple(
        _column(
            shape, layer, left + side / 2 + layer * pitch, units, middle, slot, side, pitch, layer in boxed
        )
        for layer, units in enumerate(shown)
    )
    return Arrangement(shape, width, height, side, pitch, slot, columns)


def boxed_layers(shape: Shape) -> frozenset[int]:
    """Return the hidden layers that are drawn as boxes."""
    deep = len(shape.hidden) > READABLE_LAYERS
    return frozenset(
        layer for layer, neurons in enumerate(shape.hidden, 1) if deep or neurons > READABLE_NEURONS
    )


def _chosen(neurons: int, looked_at: Unit | None) -> tuple[int, ...]:
    """Return the neurons drawn of a box: some at equal distances, and the one looked at."""
    count = min(neurons, CHOSEN)
    spread = [round(step * (neurons - 1) / max(count - 1, 1)) for step in range(count)]
    if looked_at is not None and looked_at.index < neurons and looked_at.index not in spread:
        nearest = min(range(count), key=lambda place: abs(spread[place] - looked_at.index))
        spread[nearest] = looked_at.index
    return tuple(sorted(spread))


def _column(
    shape: Shape,
    layer: int,
    x: float,
    units: tuple[int, ...],
    middle: float,
    slot: float,
    side: float,
    pitch: float,
    is_box: bool,
) -> Column:
    if layer == 0:
        ys = _spread(len(shape.offered), middle, slot)
        heights = dict(zip(shape.offered, ys, strict=True))
        chips = tuple((key, y) for key, y in heights.items() if key not in shape.features)
        return Column(0, x, units, tuple(heights[key] for key in shape.features), len(units), chips)
    neurons = shape.widths[layer]
    ys = _spread(len(units), middle, slot)
    if not is_box:
        return Column(layer, x, units, ys, neurons)
    padding = min(4.0, (pitch - side) / 4)
    top = ys[0] - side / 2 - padding
    height = ys[-1] + side / 2 + padding - top + METERS * 6.0
    box = (x - side / 2 - padding, top, side + 2 * padding, height)
    return Column(layer, x, units, ys, neurons, box=box)


def _spread(count: int, middle: float, slot: float) -> tuple[float, ...]:
    return tuple(middle + (index - (count - 1) / 2) * slot for index in range(count))
