"""What layers are called and how they are coloured."""

from __future__ import annotations

from functools import lru_cache

from gui_app.plots.ticks import Ticks
from gui_app.theme import Theme, layer_colours


@lru_cache(maxsize=64)
def colours_of(theme: Theme, layers: int) -> tuple[str, ...]:
    """One colour a layer, from the input side to the output."""
    return tuple(layer_colours(theme, layers)) if layers else ()


def layer_name(layer: int, layers: int) -> str:
    """What layer ``layer`` (from 1) of ``layers`` is called."""
    return "output" if layer == layers else f"layer {layer}"


def layer_ticks(layers: int, width: float) -> Ticks:
    """A text below each bar while there is room, then numbers, then some of them; always the first and the output."""
    slot = width / layers
    if slot >= 50.0:
        return tuple((layer - 0.5, layer_name(layer, layers)) for layer in range(1, layers + 1))
    stride = next(size for size in (1, 2, 5, 10, 20, 50, 100) if size * slot >= 24.0 or size == 100)
    numbers = (
        layer
        for layer in range(2, layers)
        if layer % stride == 0 and (layer - 1) * slot >= 36.0 and (layers - layer) * slot >= 36.0
    )
    middle = tuple((layer - 0.5, str(layer)) for layer in numbers)
    return ((0.5, "layer 1"), *middle, (layers - 0.5, "output"))
