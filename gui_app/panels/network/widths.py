"""Widths of hidden layers as text: ``8, 8, 4`` or, for many equal ones, layers × width: ``20×8``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from engine.catalogue.hyperparameters import LAYER_WIDTH, MAX_HIDDEN_LAYERS
from engine.data.quoting import quoted

_RUN = re.compile(r"(?:(\d+)\s*[×xX*]\s*)?(\d+)")


def format_widths(hidden: Sequence[int]) -> str:
    """Return the widths as text, with three or more equal ones as layers×width; empty without hidden layers."""
    parts: list[str] = []
    for width, run in groupby(hidden):
        layers = len(list(run))
        parts += [f"{layers}×{width}"] if layers > 2 else [str(width)] * layers
    return ", ".join(parts)


def parse_widths(text: str) -> tuple[int, ...]:
    """Return the widths that a text gives. Raises ValueError with a sentence about what is wrong."""
    widths: list[int] = []
    for part in re.split(r"[,;\s]+(?![×xX*])(?<![×xX*]\s)", text.strip()) if text.strip() else []:
        widths += _run(part)
        if len(widths) > MAX_HIDDEN_LAYERS:
            raise ValueError(f"at most {MAX_HIDDEN_LAYERS} hidden layers are possible")
    return tuple(widths)


def _run(part: str) -> list[int]:
    match = _RUN.fullmatch(part.strip())
    if match is None:
        raise ValueError(f"write widths as 8, 8, 4 or 20×8 (20 layers of 8 neurons), not {quoted(part)}")
    width, layers = int(match[2][:9]), int((match[1] or "1")[:9])
    if not LAYER_WIDTH.low <= width <= LAYER_WIDTH.high:
        raise ValueError(
            f"a hidden layer has {LAYER_WIDTH.low:g} to {LAYER_WIDTH.high:g} neurons, not {width}"
        )
    if layers > MAX_HIDDEN_LAYERS:
        raise ValueError(f"at most {MAX_HIDDEN_LAYERS} hidden layers are possible, not {layers}")
    return [width] * layers
