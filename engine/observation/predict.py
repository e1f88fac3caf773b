"""What networks answer on a grid over the canvas."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.data.scaling import Scaling
from engine.experiment.memory import rows_at_once
from engine.network import EncodedData, LaneNetwork
from engine.network.draws import UNCERTAINTY
from engine.network.dropout import Rates, draw_masks, draw_uniforms
from engine.observation.snapshot import Extent
from engine.tape.ways import Way, resolve

PASSES = 30
"""Passes with dropout from which an uncertainty is computed."""


def predict(
    network: LaneNetwork, data: EncodedData, size: int, extent: Extent, way: Way = Way.AUTO
) -> NDArray[np.floating]:
    """Compute what each lane answers on a grid, without dropout.

    Parameters
    ----------
    network, data
        The lanes, and the data whose task and scaling they were trained with.
    size
        Cells along each side of the grid, or heights of a curve; 1 or more.
    extent
        What the grid covers, in canvas units.
    way
        How the lanes are trained.

    Returns
    -------
    ndarray
        Probabilities float32 [lanes, size, size, classes], values float64 [lanes, size, size] of a surface or heights
        float64 [lanes, size] of a curve, both in the user's own units. Row 0 is at y low, column 0 at x low.
    """
    return _in_user_units(_answers(network, data, size, extent, None, way), data)


def activations(
    network: LaneNetwork, data: EncodedData, size: int, extent: Extent, layer: int, way: Way = Way.AUTO
) -> NDArray[np.float32]:
    """Compute what the neurons of a hidden layer put out on a grid, without dropout.

    Parameters
    ----------
    network, data, size, extent, way
        As in ``predict``.
    layer
        Its number, from 1.

    Returns
    -------
    float32 [lanes, cells, neurons]
        In the order of ``grid_inputs``.
    """
    inputs = grid_inputs(data.scaling, data.task == "curve", size, extent)
    found = None
    if resolve(way, network.layout.parameters) is Way.COMPILED:
        from engine.observation.compiled_prediction import compiled_answers

        found = compiled_answers(network, data, inputs, layer)
    if found is not None:
        return found
    pieces = inputs.split(rows_at_once(max(network.layout.widths)))
    with torch.no_grad():
        parts = [
            network.forward(network.whole_vectors(piece).expand(network.lanes, -1, -1), until=layer)[
                :, : len(piece)
            ]
            for piece in pieces
        ]
    return torch.cat(parts, 1).numpy()


def uncertainties(
    network: LaneNetwork, data: EncodedData, rates: Rates, size: int, extent: Extent, passes: int = PASSES
) -> list[NDArray[np.float32] | None]:
    """Compute how far each lane's answers scatter under dropout (Gal & Ghahramani 2016, arXiv:1506.02142).

    Every call draws the same masks, so that a picture changes with the network alone.

    Parameters
    ----------
    network, data, size, extent
        As in ``predict``.
    rates
        Dropout rates of the inputs and of each hidden layer.
    passes
        Passes with dropout; 1 or more.

    Returns
    -------
    list
        For each lane the standard deviation over the passes, float32 [size, size] or for a curve [size], in the user's
        own units; for classification, of the probability whose deviation is largest. None for lanes without dropout.
    """
    dropping = [rate for rate in rates if rate is not None]
    if not dropping:
        return [None] * network.lanes
    widths = network.layout.widths
    total = squares = np.zeros(())
    for drawn in torch.from_numpy(draw_uniforms(rates, widths, 0, UNCERTAINTY, 0, (passes, 1))):
        masks = draw_masks(rates, widths, drawn)
        values = _answers(network, data, size, extent, masks, Way.EAGER).astype(np.float64)
        total, squares = total + values, squares + np.square(values)
    mean = total / passes
    # In scaled units: beside a large offset of the targets nothing would be left of the squares' difference.
    spread = np.sqrt(np.maximum(squares / passes - np.square(mean), 0.0))
    spread = spread.max(-1) if data.task == "classification" else spread * data.scaling.target_scale
    spread = spread.astype(np.float32)
    drops = (torch.stack([rate.flatten() for rate in dropping]) > 0.0).any(0).tolist()
    return [lane if lane_drops else None for lane, lane_drops in zip(spread, drops, strict=True)]


def _answers(
    network: LaneNetwork, data: EncodedData, size: int, extent: Extent, masks: Rates | None, way: Way
) -> NDArray[np.float32]:
    """Probabilities [lanes, *cells, classes], or scaled values [lanes, *cells]."""
    inputs = grid_inputs(data.scaling, data.task == "curve", size, extent)
    answers = None
    if masks is None and resolve(way, network.layout.parameters) is Way.COMPILED:
        from engine.observation.compiled_prediction import compiled_answers

        answers = compiled_answers(network, data, inputs)
    if answers is None:
        with torch.no_grad():
            # Many cells in pieces, so that not all activations of a wide layer are held at once.
            pieces = inputs.split(rows_at_once(max(network.layout.widths)))
            answers = torch.cat([_outputs(network, data, piece, masks) for piece in pieces], 1).numpy()
    cells = (size,) if data.task == "curve" else (size, size)
    classes = answers.shape[2:] if data.task == "classification" else ()
    return answers.reshape(network.lanes, *cells, *classes)


def _outputs(network: LaneNetwork, data: EncodedData, inputs: Tensor, masks: Rates | None) -> Tensor:
    rows = network.whole_vectors(inputs)
    return answers_of(network.forward(rows.expand(network.lanes, -1, -1), masks), data)[:, : len(inputs)]


def answers_of(outputs: Tensor, data: EncodedData) -> Tensor:
    """Return probabilities or values of outputs [lanes, n, outputs], lane by lane.

    On some processors, softmax rounds a row differently according to how many rows come before it in one call; a lane's
    last bits would depend on its neighbours.
    """
    return torch.cat([data.predict(lane) for lane in outputs.split(1)])


def _in_user_units(answers: NDArray[np.float32], data: EncodedData) -> NDArray[np.floating]:
    """Values as float64, in which a large offset leaves them their digits; probabilities as they are."""
    if data.task == "classification":
        return answers
    return answers.astype(np.float64) * data.scaling.target_scale + data.scaling.target_shift


@lru_cache(maxsize=8)
def grid_inputs(scaling: Scaling, curve: bool, size: int, extent: Extent) -> Tensor:
    """Return the scaled features of the cells of a grid; remembered for those asked for last.

    Parameters
    ----------
    scaling
        Of the inputs.
    curve
        Whether the task is a curve, whose grid has one row.
    size, extent
        As in ``predict``.

    Returns
    -------
    Tensor, float32 [cells, features]
        In the order of ``cell_centres`` or ``curve_grid``. Not to be changed.
    """
    grid = curve_grid(size, extent) if curve else cell_centres(size, extent)
    return torch.from_numpy(scaling.inputs(grid))


def cell_centres(size: int, extent: Extent) -> NDArray[np.float64]:
    """Centres [size², 2] of size × size equal cells of ``extent``, row by row from y low, each row from x low.

    >>> cell_centres(2, (0.0, 4.0, 0.0, 8.0)).tolist()
    [[1.0, 2.0], [3.0, 2.0], [1.0, 6.0], [3.0, 6.0]]
    """
    left, right, bottom, top = extent
    steps = (np.arange(size) + 0.5) / size
    x, y = np.meshgrid(left + steps * (right - left), bottom + steps * (top - bottom))
    return np.stack([x.ravel(), y.ravel()], 1)


def curve_grid(size: int, extent: Extent) -> NDArray[np.float64]:
    """Positions [size, 2] from x low to x high of ``extent``; the second coordinate is not used.

    >>> curve_grid(3, (0.0, 4.0, 0.0, 8.0))[:, 0].tolist()
    [0.0, 2.0, 4.0]
    """
    x = np.linspace(extent[0], extent[1], size)
    return np.stack([x, np.zeros(size)], 1)
