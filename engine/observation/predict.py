"""What networks answer on a grid over the canvas."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from engine.network import EncodedData, LaneNetwork
from engine.observation.snapshot import Extent, Prediction


def predict(network: LaneNetwork, data: EncodedData, size: int, extent: Extent) -> list[Prediction]:
    """One ``Prediction`` a lane: ``size`` × ``size`` cells, or ``size`` heights for a curve."""
    grid = curve_grid(size, extent) if data.task == "curve" else cell_centres(size, extent)
    inputs = torch.from_numpy(data.scaling.inputs(grid))
    with torch.no_grad():
        answers = data.predict(network.forward(inputs.expand(network.lanes, -1, -1))).numpy()
    if data.task != "classification":
        heights = answers[..., 0] * data.scaling.target_scale + data.scaling.target_shift
        answers = heights.astype(np.float32)
    cells = (size,) if data.task == "curve" else (size, size)
    values = answers.reshape(network.lanes, *cells, *answers.shape[2:])
    return [Prediction(extent, lane_values) for lane_values in values]


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
