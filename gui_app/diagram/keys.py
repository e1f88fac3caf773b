"""Where arrow keys move the focus ring: over neurons, and over the connections between them.

To the right of a neuron are its outgoing connections, to the left its incoming ones and its bias. Up and down go
through them, and left and right go on to the neuron at their ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from gui_app.diagram.arrangement import Arrangement
from gui_app.diagram.things import Bias, Chip, Connection, Switch, Thing
from gui_app.session.looked_at import Unit

Direction = Literal["left", "right", "up", "down"]
Side = Literal["source", "target"]
"""The end of a connection from which the ring has come to it."""


def first_thing(arrangement: Arrangement) -> Thing:
    """Return the thing that the ring begins at: the first drawn neuron after the inputs, at the latest an output."""
    column = next(column for column in arrangement.columns[1:] if column.units)
    return Unit(column.layer, column.units[0])


def next_thing(
    arrangement: Arrangement, thing: Thing, direction: Direction, side: Side
) -> tuple[Thing, Side]:
    """Return where the ring goes from a thing, and the end from which it comes."""
    match thing:
        case Unit() | Chip():
            return _from_column(arrangement, thing, direction, side)
        case Connection():
            return _from_connection(arrangement, thing, direction, side)
        case Bias(layer, index):
            return _from_bias(arrangement, layer, index, direction, side)
        case Switch(index):
            return _from_column(arrangement, Unit(0, index), direction, side)


def _from_column(
    arrangement: Arrangement, thing: Unit | Chip, direction: Direction, side: Side
) -> tuple[Thing, Side]:
    layer = thing.layer if isinstance(thing, Unit) else 0
    if direction in ("up", "down"):
        return _along(_column(arrangement, layer), thing, direction), side
    if isinstance(thing, Chip):
        return thing, side
    columns = arrangement.columns
    if direction == "right" and layer + 1 < len(columns) and columns[layer + 1].units:
        target = _nearest(arrangement, layer + 1, thing)
        return Connection(layer + 1, thing.index, target), "source"
    if direction == "left" and layer > 0 and columns[layer - 1].units:
        return Connection(layer, _nearest(arrangement, layer - 1, thing), thing.index), "target"
    return thing, side


def _from_connection(
    arrangement: Arrangement, thing: Connection, direction: Direction, side: Side
) -> tuple[Thing, Side]:
    layer = thing.layer
    if direction == "left":
        return Unit(layer - 1, thing.source), side
    if direction == "right":
        return Unit(layer, thing.target), side
    if side == "source":
        fan: list[Thing] = [
            Connection(layer, thing.source, index) for index in arrangement.columns[layer].units
        ]
    else:
        fan = _incoming(arrangement, layer, thing.target)
    return _along(fan, thing, direction), side


def _from_bias(
    arrangement: Arrangement, layer: int, index: int, direction: Direction, side: Side
) -> tuple[Thing, Side]:
    if direction in ("left", "right"):
        return Unit(layer, index), side
    return _along(_incoming(arrangement, layer, index), Bias(layer, index), direction), "target"


def _incoming(arrangement: Arrangement, layer: int, target: int) -> list[Thing]:
    """Return the connections into a neuron, and after them its bias."""
    sources = arrangement.columns[layer - 1].units
    return [*(Connection(layer, source, target) for source in sources), Bias(layer, target)]


def _column(arrangement: Arrangement, layer: int) -> list[Thing]:
    """Return what is in a column, from the top down."""
    column = arrangement.columns[layer]
    heights: list[tuple[float, Thing]] = [
        (y, Unit(layer, index)) for index, y in zip(column.units, column.ys, strict=True)
    ]
    heights += [(y, Chip(key)) for key, y in column.chips]
    return [thing for _, thing in sorted(heights, key=lambda pair: pair[0])]


def _nearest(arrangement: Arrangement, layer: int, unit: Unit) -> int:
    """Return the neuron of a layer that is drawn nearest in height to another one."""
    here, column = arrangement.centre(unit), arrangement.columns[layer]
    height = column.ys[0] if here is None else here.y()
    return min(zip(column.units, column.ys, strict=True), key=lambda pair: abs(pair[1] - height))[0]


def _along(things: Sequence[Thing], thing: Thing, direction: Direction) -> Thing:
    if thing not in things:
        return things[0]
    step = 1 if direction == "down" else -1
    return things[min(max(things.index(thing) + step, 0), len(things) - 1)]
