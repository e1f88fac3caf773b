"""Names and colours of layers."""

from __future__ import annotations

from functools import lru_cache

from gui_app.theme import text_size
from gui_app.theme.tokens import Theme, layer_colours
from gui_app.widgets.ticks import Ticks

_NAME_WIDTH = 50.0
"""Smallest distance between bars, in pixels, at which each has room for its name."""
_GAP, _DIGIT, _OUTPUT, _OUT = 8.0, 7.0, 38.0, 20.0
"""Pixels between texts, and the largest widths of a digit, "output" and "out"."""

_BEYOND = 4.0
"""Pixels by which a text may reach out of the plot."""


@lru_cache(maxsize=64)
def colours_of(theme: Theme, layers: int) -> tuple[str, ...]:
    """Return one colour per layer, from the input side to the output."""
    return tuple(layer_colours(theme, layers)) if layers else ()


def layer_name(layer: int, layers: int) -> str:
    """Return the name of layer ``layer`` (counted from 1) of ``layers``."""
    return "output" if layer == layers else f"layer {layer}"


def short_name(layer: int, layers: int) -> str:
    """Return a shorter name of the layer, for narrow plots."""
    return "out" if layer == layers else str(layer)


def layer_ticks(layers: int, width: float) -> Ticks:
    """Return the ticks below the bars: names while they fit, then numbers, then every second, fifth … number.

    The first layer and the output always have a tick, and the distances between the other ticks are equal.
    """
    # Texts that are larger have as much room as smaller ones in a narrower plot.
    slot = width / layers / text_size.scale()
    if slot >= _NAME_WIDTH or layers < 3:
        return tuple((layer - 0.5, layer_name(layer, layers)) for layer in range(1, layers + 1))
    room = _GAP + _DIGIT * len(str(layers - 1))
    output = "output" if slot >= _GAP + (room - _GAP + _OUTPUT) / 2 else "out"
    wide = _OUTPUT if output == "output" else _OUT
    # The last text is moved to the left where it would reach out of the plot.
    beside = _GAP + (room - _GAP + wide) / 2 + max((wide - slot) / 2 - _BEYOND, 0.0)
    fits = (size for size in (2, 5, 10, 20, 50) if size * slot >= room)
    stride = 1 if slot >= max(room, beside) else next(fits, 100)
    # Every second layer from layer 1 on; larger strides at round numbers.
    candidates = [1, *(layer for layer in range(2, layers) if layer % stride == (stride == 2))]
    kept = [
        layer
        for layer in candidates
        if layer == 1 or ((layers - layer) * slot >= beside and (layer - 1) * slot >= room)
    ]
    return (*((layer - 0.5, str(layer)) for layer in kept), (layers - 0.5, output))
