"""What layers are called and how they are coloured."""

from __future__ import annotations

from functools import lru_cache

from gui_app.theme.tokens import Theme, layer_colours
from gui_app.widgets.ticks import Ticks

_WORDS = 50.0
"""Pixels from bar to bar from which on each has room for its name."""
_GAP, _DIGIT, _OUTPUT, _OUT = 8.0, 7.0, 38.0, 20.0
"""Pixels between texts, and those that a digit, "output" and "out" take at most."""

_BEYOND = 4.0
"""Pixels that a text may reach out of the plot."""


@lru_cache(maxsize=64)
def colours_of(theme: Theme, layers: int) -> tuple[str, ...]:
    """One colour a layer, from the input side to the output."""
    return tuple(layer_colours(theme, layers)) if layers else ()


def layer_name(layer: int, layers: int) -> str:
    """What layer ``layer`` (from 1) of ``layers`` is called."""
    return "output" if layer == layers else f"layer {layer}"


def layer_ticks(layers: int, width: float) -> Ticks:
    """A text below each bar while there is room, or else numbers; where these are too many, every second, fifth, …

    The first layer and the output are always among them, and no other is left out between those that are told.
    """
    slot = width / layers
    if slot >= _WORDS or layers < 3:
        return tuple((layer - 0.5, layer_name(layer, layers)) for layer in range(1, layers + 1))
    room = _GAP + _DIGIT * len(str(layers - 1))
    output = "output" if slot >= _GAP + (room - _GAP + _OUTPUT) / 2 else "out"
    wide = _OUTPUT if output == "output" else _OUT
    # The last text is moved to the left where it would reach out of the plot.
    beside = _GAP + (room - _GAP + wide) / 2 + max((wide - slot) / 2 - _BEYOND, 0.0)
    fits = (size for size in (2, 5, 10, 20, 50) if size * slot >= room)
    stride = 1 if slot >= max(room, beside) else next(fits, 100)
    # By twos from the first on, by more at round numbers.
    told = [1, *(layer for layer in range(2, layers) if layer % stride == (stride == 2))]
    kept = [
        layer
        for layer in told
        if layer == 1 or ((layers - layer) * slot >= beside and (layer - 1) * slot >= room)
    ]
    return (*((layer - 0.5, str(layer)) for layer in kept), (layers - 0.5, output))
