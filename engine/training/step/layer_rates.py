"""Layers with learning rates of their own: factors on the numbers of the optimizer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from engine.catalogue.optimizers import Hyper
from engine.experiment.settings import Lane
from engine.network import Layout
from engine.tape.placement import PROCESSOR, Placement

LAYER_RATES = "layer_rates"
"""The name of the factors [lanes, parameters] among a stack's numbers; it is there where any lane has such rates."""


def layer_factors(lanes: Sequence[Lane], layout: Layout, place: Placement = PROCESSOR) -> dict[str, Tensor]:
    """Return the factors on the learning rate of each parameter.

    Parameters
    ----------
    lanes
        Their settings.
    layout
        Their shape.
    place
        Where the factors are to lie.

    Returns
    -------
    dict of Tensor [lanes, parameters]
        Under ``LAYER_RATES``, with 1 for lanes without such rates; empty where no lane has them.
    """
    rates = [lane.training.layer_rates for lane in lanes]
    if all(own is None for own in rates):
        return {}
    rows = [layout.by_parameter(own or (1.0,) * layout.layers) for own in rates]
    return {LAYER_RATES: torch.tensor(np.stack(rows), dtype=place.dtype).to(place.device)}


def by_layer(hyper: Hyper, rates: Sequence[str]) -> Hyper:
    """Return the numbers of a step as each parameter's own.

    A factor of 1 changes no bit.

    Parameters
    ----------
    hyper
        Numbers of the optimizer [lanes, 1], and perhaps ``LAYER_RATES``.
    rates
        Those that grow in proportion to the learning rate.

    Returns
    -------
    mapping of Tensor
        ``hyper`` itself where no layer has a rate of its own; else with the ``rates`` as [lanes, parameters].
    """
    return _ByLayer(hyper, rates) if LAYER_RATES in hyper else hyper


class _ByLayer(Mapping[str, Tensor]):
    """Multiplies when asked: a step is not to compute what its optimizer does not use."""

    def __init__(self, hyper: Hyper, rates: Sequence[str]) -> None:
        self._hyper, self._rates = hyper, frozenset(rates)

    def __getitem__(self, key: str) -> Tensor:
        value = self._hyper[key]
        return value * self._hyper[LAYER_RATES] if key in self._rates else value

    def __iter__(self) -> Iterator[str]:
        return iter(self._hyper)

    def __len__(self) -> int:
        return len(self._hyper)
