"""Dropout masks: in each step, ignore a random share of the neurons (Srivastava et al. 2014, inverted scaling)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Generator, Tensor

from engine.experiment.settings import Lane


def dropout_rates(lane: Lane) -> list[float]:
    """Rate of the inputs, then of each hidden layer; 0 where dropout is off."""
    settings, depth = lane.regularization.dropout, len(lane.network.hidden)
    if settings.rates is not None:
        return [settings.input_rate, *settings.rates]
    if settings.layers == "last":
        chosen: set[int] = {depth}
    elif settings.layers == "all":
        chosen = set(range(1, depth + 1))
    else:
        chosen = set(settings.layers)
    return [settings.input_rate] + [
        settings.rate if layer in chosen else 0.0 for layer in range(1, depth + 1)
    ]


def draw_masks(
    rates: Sequence[Tensor | None], widths: Sequence[int], batch: int, generator: Generator
) -> list[Tensor | None]:
    """For each place with rates [lanes, 1, 1], a mask [lanes, batch, width]: 0, or 1 / (1 − p) with probability 1 − p.

    All lanes share one set of uniform numbers, so that a difference between lanes comes from their rates alone. They
    are drawn for every place, so that they do not depend on where the other lanes drop something.
    """
    uniform = torch.rand(batch, sum(widths[:-1]), generator=generator).split(widths[:-1], 1)
    return [
        None if rate is None else (drawn >= rate) / (1.0 - rate)
        for rate, drawn in zip(rates, uniform, strict=True)
    ]
