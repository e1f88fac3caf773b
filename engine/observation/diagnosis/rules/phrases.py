"""Phrases for numbers, layers and epochs in findings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.catalogue.texts import value_text
from engine.observation.diagnosis.case import Case


def percent(share: float) -> str:
    if 0.0 < share < 0.005:
        return "less than 1 %"
    return f"{share:.0%}".replace("%", " %")


number = value_text


def hardly_fell(case: Case, rows: NDArray[np.bool_]) -> str:
    """Describe how little the training loss fell over these rows [n] since the last change of settings."""
    losses, epochs = case.training[rows], case.epoch[rows]
    first, last = number(losses[0]), number(losses[-1])
    if first == last or losses[-1] > losses[0]:
        return f"did not fall: it was {first} at epoch {epochs[0]:,} and {last} at epoch {epochs[-1]:,}"
    return f"fell only from {first} at epoch {epochs[0]:,} to {last} at epoch {epochs[-1]:,}"


def layer_phrase(layer: int, layers: int) -> str:
    """Name a layer by its number from 1; the last of ``layers`` is the output layer, as in plots."""
    return f"layer {layer}" if layer < layers else "the output layer"


def times(factor: float) -> str:
    """Format a factor with two significant digits."""
    if factor >= 1e6:
        return "more than a million"
    return f"{float(f'{factor:.2g}'):,.0f}" if factor >= 10 else f"{factor:.2g}"


def when(epoch: int) -> str:
    """Return "in epoch …" for an epoch from 1."""
    return f"in epoch {epoch:,}" if epoch > 1 else "in the first epoch"


def begin(phrase: str) -> str:
    """Return a phrase as a sentence begins with it."""
    return phrase[:1].upper() + phrase[1:]
