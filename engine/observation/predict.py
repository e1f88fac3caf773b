"""What networks answer on a grid over the canvas."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.data.scaling import Scaling
from engine.network import EncodedData, LaneNetwork
from engine.observation.snapshot import Extent, Prediction


def predict(network: LaneNetwork, data: EncodedData, size: int, extent: Extent) -> list[Prediction]:
    """One ``Prediction`` a lane: ``size`` × ``size`` cells, or ``size`` heights for a curve."""
    inputs = _inputs(data.scaling, data.task == "curve", size, extent)
    with torch.no_grad():
        answers = data.predict(network.forward(inputs.expand(network.lanes, -1, -1))).numpy()
    if data.task != "classification":
        heights = answers[..., 0] * data.scaling.target_scale + data.scaling.target_shift
        answers = heights.astype(np.float32)
    cells = (size,) if data.task == "curve" else (size, size)
    values = answers.reshape(network.lanes, *cells, *answers.shape[2:])
    return [Prediction(extent, lane_values) for lane_values in values]


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
