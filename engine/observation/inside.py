"""What the neurons of networks put out on a grid, and their parts as arrays that nothing changes any more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.experiment.memory import rows_at_once
from engine.network import EncodedData, LaneNetwork, Layout
from engine.observation.observables.inside import MOST_NEURONS, Inside, InsideGrid, LayerInside, Singles
from engine.observation.observables.neuron import Neuron, NeuronGrid
from engine.observation.observables.observable import Grid, ObservedStack
from engine.observation.predict import activations, answers_of, grid_inputs, predict

MOST_VALUES = 2**18
"""The most values of all grids of a lane."""
MOST_PRODUCTS = 2**30
"""The most products of weights and activations for a picture of a lane."""
FEWEST_CELLS = 8
"""Cells along a side that a grid has whatever the network."""

Indices = NDArray[np.int64]
Values = NDArray[np.floating]


def insides(stack: ObservedStack, grid: Grid) -> list[Inside]:
    """Compute the value of ``INSIDE`` of each lane, with one pass over the grid.

    Parameters
    ----------
    stack
        The lanes.
    grid
        Or an ``InsideGrid``.

    Returns
    -------
    list of Inside
        As many as there are runs.
    """
    network, data = stack.network, stack.data
    chosen = grid.chosen if isinstance(grid, InsideGrid) else ()
    shown = shown_neurons(network.layout, chosen)
    curve = data.task == "curve"
    size = _size(grid.size, network.layout, sum(map(len, shown)), curve)
    inputs = grid_inputs(data.scaling, curve, size, grid.extent)
    cells = (size,) if curve else (size, size)
    values = [part.reshape(*part.shape[:2], *cells) for part in _values(network, data, inputs, shown[1:])]
    features = _frozen(inputs.T.contiguous().numpy().reshape(-1, *cells))
    return [
        _inside(stack, lane, shown, grid, features, [part[lane] for part in values])
        for lane in range(len(stack.runs))
    ]


def neurons(stack: ObservedStack, grid: NeuronGrid) -> list[Neuron | None]:
    """Compute the value of ``NEURON`` of each lane.

    Parameters
    ----------
    stack
        The lanes.
    grid
        Which neuron, and where.

    Returns
    -------
    list of Neuron or None
        As many as there are runs; None where there is no such neuron.
    """
    network, data, widths = stack.network, stack.data, stack.network.layout.widths
    lanes, curve = len(stack.runs), data.task == "curve"
    if not (0 <= grid.layer < len(widths) and 0 <= grid.index < widths[grid.layer]):
        return [None] * lanes
    size, extent, layer, index = grid.size, grid.extent, grid.layer, grid.index
    found: Values
    if layer == 0:
        inputs = grid_inputs(data.scaling, curve, size, extent)
        found = np.repeat(inputs[None, :, index].numpy(), lanes, 0)
    elif layer < len(widths) - 1:
        found = activations(network, data, size, extent, layer, stack.way)[..., index]
    else:
        found = predict(network, data, size, extent, stack.way)
        found = found[..., index] if data.task == "classification" else found
    values = _frozen(np.ascontiguousarray(found).reshape(len(found), *((size,) if curve else (size, size))))
    return [Neuron(extent, layer, index, values[lane]) for lane in range(lanes)]


def shown_neurons(layout: Layout, chosen: Sequence[tuple[int, int]] = ()) -> list[Indices]:
    """Return which inputs and neurons of each layer are shown.

    Parameters
    ----------
    layout
        The shape of the network.
    chosen
        As for ``InsideGrid``.

    Returns
    -------
    list of int64 [k]
        Ascending, for each layer from 0, the inputs, to L.

    Examples
    --------
    >>> shown = shown_neurons(Layout((2, 100, 100, 1)), [(2, 99)])
    >>> [len(indices) for indices in shown], shown[2][-3:].tolist()
    ([2, 80, 80, 1], [77, 78, 99])
    """
    widths = layout.widths
    hidden = widths[1:-1]
    shown = [np.arange(width) for width in widths]
    if sum(hidden) <= MOST_NEURONS:
        return shown
    share = max(1, MOST_NEURONS // len(hidden))
    for layer, width in enumerate(hidden, 1):
        named = [index for at, index in chosen if at == layer and 0 <= index < width][:share]
        rest = [index for index in range(min(width, 2 * share)) if index not in named]
        shown[layer] = np.sort(np.array([*named, *rest][: min(share, width)], dtype=np.int64))
    return shown


def _size(asked: int, layout: Layout, units: int, curve: bool) -> int:
    """Cells along a side of the grid, as many as asked for unless the network is large."""
    cells = min(MOST_VALUES // units, MOST_PRODUCTS // layout.weights)
    most = cells if curve else int(cells**0.5)
    return min(asked, max(most, FEWEST_CELLS))


def _values(
    network: LaneNetwork, data: EncodedData, inputs: Tensor, shown: Sequence[Indices]
) -> list[Values]:
    """What the shown neurons of each layer from 1 on put out [lanes, shown, n]."""
    columns = [
        slice(None) if len(indices) == width else torch.from_numpy(indices)
        for indices, width in zip(shown, network.layout.widths[1:], strict=True)
    ]
    found: list[list[Tensor]] = [[] for _ in shown]
    # Many cells in pieces, so that not all activations of all layers are held at once.
    for piece in inputs.split(rows_at_once(sum(network.layout.widths))):
        for layer, part in zip(found, _pass(network, data, piece, columns), strict=True):
            layer.append(part)
    values: list[Values] = [torch.cat(parts, 1).transpose(1, 2).contiguous().numpy() for parts in found]
    if data.task != "classification":
        values[-1] = values[-1].astype(np.float64) * data.scaling.target_scale + data.scaling.target_shift
    return [_frozen(layer) for layer in values]


def _pass(
    network: LaneNetwork, data: EncodedData, inputs: Tensor, columns: Sequence[slice | Tensor]
) -> list[Tensor]:
    """What neurons of each layer put out [lanes, n, shown]."""
    rows, trace = network.whole_vectors(inputs), list[tuple[Tensor, Tensor]]()
    with torch.no_grad():
        output = network.forward(rows.expand(network.lanes, -1, -1), trace=trace)
        answers = answers_of(output, data)[..., : output.shape[-1]]
    layers = [*(a for _, a in trace), answers]
    return [a[:, : len(inputs), some] for a, some in zip(layers, columns, strict=True)]


def _inside(
    stack: ObservedStack,
    lane: int,
    shown: Sequence[Indices],
    grid: Grid,
    inputs: Values,
    values: Sequence[Values],
) -> Inside:
    layout, latest, backward = stack.network.layout, stack.latest_step(lane), stack.backward(lane)
    gradient = torch.zeros(layout.parameters) if backward is None else backward.gradient
    numbers = [row.detach().numpy() for row in (stack.network.flat[lane], gradient, latest.update)]
    none = [np.zeros(width, dtype=np.bool_) for width in layout.widths]
    silenced = [*latest.silenced, *none[len(latest.silenced) :]]
    dead = saturated = none
    if backward is not None and layout.layers > 1:
        dead, saturated = (_by_layer(layout, flags) for flags in (backward.dead, backward.saturated))
    layers = []
    for layer in range(1, layout.layers + 1):
        parts = [_parameters(row, layout, layer, shown) for row in numbers]
        (weight, bias), (weight_gradient, bias_gradient), (weight_update, bias_update) = parts
        layers.append(
            LayerInside(
                neurons=layout.widths[layer],
                shown=_frozen(shown[layer]),
                values=values[layer - 1],
                weight=weight,
                bias=bias,
                weight_gradient=weight_gradient,
                bias_gradient=bias_gradient,
                weight_update=weight_update,
                bias_update=bias_update,
                silenced=_frozen(silenced[layer]),
                dead=_frozen(dead[layer]),
                saturated=_frozen(saturated[layer]),
            )
        )
    return Inside(grid.extent, inputs, tuple(layers), _frozen(silenced[0]))


def _by_layer(layout: Layout, flags: NDArray[np.bool_]) -> list[NDArray[np.bool_]]:
    """Flags of the hidden neurons for each layer, and False for the inputs and the output layer."""
    first, *hidden, last = layout.widths
    parts = np.split(flags, np.cumsum(hidden)[:-1])
    return [np.zeros(first, dtype=np.bool_), *parts, np.zeros(last, dtype=np.bool_)]


def _parameters(row: Values, layout: Layout, layer: int, shown: Sequence[Indices]) -> tuple[Singles, Singles]:
    """The part of a flat row for the weights and biases of a layer, between neurons that are shown; copied."""
    before, here = shown[layer - 1], shown[layer]
    weights = row[layout.weight_slices()[layer - 1]].reshape(layout.shapes[layer - 1])
    biases = row[layout.bias_slices()[layer - 1]]
    weight, bias = weights[before[:, None], here], biases[here]
    return _frozen(weight.astype(np.float32, copy=False)), _frozen(bias.astype(np.float32, copy=False))


def _frozen(array: NDArray[Any]) -> NDArray[Any]:
    """The array, which cannot be written to any more."""
    array.flags.writeable = False
    return array
