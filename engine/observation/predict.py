"""What networks answer on a grid over the canvas."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor

from engine.data.scaling import Scaling
from engine.network import EncodedData, LaneNetwork
from engine.network.dropout import draw_masks
from engine.observation.snapshot import Extent, Prediction

UNCERTAINTY_COARSER = 2
"""Each cell of uncertainty is as wide as so many of the prediction."""
PASSES = 30
"""Passes with dropout that make an uncertainty (Gal & Ghahramani 2016)."""

Rates = Sequence[Tensor | None]
"""Dropout rates [lanes, 1, 1] of the inputs and of each hidden layer, None where no lane has any."""


def predict(network: LaneNetwork, data: EncodedData, size: int, extent: Extent) -> list[Prediction]:
    """One ``Prediction`` a lane: ``size`` × ``size`` cells, or ``size`` heights for a curve."""
    values = _answers(network, data, size, extent, None)
    return [Prediction(extent, lane_values.astype(np.float32)) for lane_values in values]


def uncertainties(
    network: LaneNetwork, data: EncodedData, rates: Rates, size: int, extent: Extent, passes: int = PASSES
) -> list[NDArray[np.float32] | None]:
    """Of each lane, the standard deviation of what it answers over ``passes`` with dropout; None for lanes without.

    All passes see the same masks every time, so that a picture changes with the network alone.
    """
    dropping = [rate for rate in rates if rate is not None]
    if not dropping:
        return [None] * network.lanes
    generator = Generator().manual_seed(0)
    total = squares = np.zeros(())
    for _ in range(passes):
        masks = draw_masks(rates, network.layout.widths, 1, generator)
        values = _answers(network, data, size, extent, masks).astype(np.float64)
        total, squares = total + values, squares + np.square(values)
    mean = total / passes
    spread = np.sqrt(np.maximum(squares / passes - np.square(mean), 0.0)).astype(np.float32)
    if data.task == "classification":
        spread = spread.max(-1)
    drops = (torch.stack([rate.flatten() for rate in dropping]) > 0.0).any(0).tolist()
    return [lane if lane_drops else None for lane, lane_drops in zip(spread, drops, strict=True)]


def _answers(
    network: LaneNetwork, data: EncodedData, size: int, extent: Extent, masks: Rates | None
) -> NDArray[np.float32]:
    """[lanes, *cells], with a last axis of classes where there are such."""
    inputs = _inputs(data.scaling, data.task == "curve", size, extent)
    with torch.no_grad():
        answers = data.predict(network.forward(inputs.expand(network.lanes, -1, -1), masks)).numpy()
    if data.task != "classification":
        answers = answers[..., 0] * data.scaling.target_scale + data.scaling.target_shift
    cells = (size,) if data.task == "curve" else (size, size)
    return answers.reshape(network.lanes, *cells, *answers.shape[2:])


@lru_cache(maxsize=8)
def _inputs(scaling: Scaling, curve: bool, size: int, extent: Extent) -> Tensor:
    grid = curve_grid(size, extent) if curve else cell_centres(size, extent)
    return torch.from_numpy(scaling.inputs(grid))


def cell_centres(size: int, extent: Extent) -> NDArray[np.float64]:
    """Centres [size², 2] of size × size equal cells, row by row from y low, each row from x low."""
    left, right, bottom, top = extent
    steps = (np.arange(size) + 0.5) / size
    x, y = np.meshgrid(left + steps * (right - left), bottom + steps * (top - bottom))
    return np.stack([x.ravel(), y.ravel()], 1)


def curve_grid(size: int, extent: Extent) -> NDArray[np.float64]:
    """Positions [size, 2] from x low to x high; the second number does not matter."""
    x = np.linspace(extent[0], extent[1], size)
    return np.stack([x, np.zeros(size)], 1)
