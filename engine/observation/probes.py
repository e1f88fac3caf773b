"""The numbers of the catalogue's probes, of every layer of every lane."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.catalogue.activations import ACTIVATIONS
from engine.catalogue.probes import PROBES, SATURATED_BELOW, LayerState
from engine.network import LaneNetwork, Layout
from engine.network.network import bind_activation
from engine.observation.snapshot import Chain, layer_block

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class BackpropResult:
    """What one pass forward and back over the whole training split computed.

    Attributes
    ----------
    z, slopes, a, pulls : Tensor [lanes, n, hidden neurons] or None
        Pre-activations, σ′(z), activations and ∂C/∂a of the hidden neurons, layer by layer; None without hidden layers.
    errors : Tensor [lanes, n, neurons]
        ∂C/∂z of the hidden and the output neurons.
    gradient : Tensor [lanes, parameters]
        Of the cost.
    clipped : Tensor [lanes, parameters]
        What clipping leaves of it.
    """

    z: Tensor | None
    slopes: Tensor | None
    a: Tensor | None
    pulls: Tensor | None
    errors: Tensor
    gradient: Tensor
    clipped: Tensor

    def first(self, points: int) -> BackpropResult:
        """Return the same of the first points alone.

        Parameters
        ----------
        points
            How many; the gradients must be theirs already.

        Returns
        -------
        BackpropResult
            Views of the same memory.
        """
        z, slopes, a, pulls = (
            None if part is None else part[:, :points] for part in (self.z, self.slopes, self.a, self.pulls)
        )
        return BackpropResult(z, slopes, a, pulls, self.errors[:, :points], self.gradient, self.clipped)

    def tensors(self) -> tuple[Tensor, ...]:
        """Return all tensors that are not None."""
        parts = (self.z, self.slopes, self.a, self.pulls, self.errors, self.gradient, self.clipped)
        return tuple(part for part in parts if part is not None)


# A network that explodes has numbers that are not finite, and they are shown as what they are.
@np.errstate(all="ignore")
def layer_numbers(network: LaneNetwork, before: Tensor, backprop: BackpropResult) -> Floats:
    """Compute the probes of all layers.

    Parameters
    ----------
    network
        The lanes.
    before : Tensor [lanes, size]
        Their parameters before the latest step.
    backprop
        Of these lanes.

    Returns
    -------
    float64 [lanes, P, L]
        NaN where a probe has no meaning; infinite and NaN also where a network has exploded.
    """
    layout = network.layout
    numbers = _of_weights(layout, network.flat, before, backprop)
    numbers["error"] = _per_point(backprop.errors, layout.widths[1:])
    if layout.layers > 1:
        hidden = _of_hidden(network, backprop)
        hidden["backward_factor"] = numbers["error"][:, :-1] / numbers["error"][:, 1:]
        output = np.full((network.lanes, 1), np.nan)
        numbers |= {key: np.concatenate([values, output], 1) for key, values in hidden.items()}
    return layer_block(**numbers, **_of_records(network, backprop))


@np.errstate(all="ignore")
def chain_of(network: LaneNetwork, lane: int, backprop: BackpropResult) -> Chain | None:
    """Compute the factors of ∂C/∂b_1.

    Parameters
    ----------
    network
        The lanes.
    lane
        Index of one of them.
    backprop
        Of these lanes.

    Returns
    -------
    Chain or None
        None unless every hidden layer has one neuron, without normalization or residual connections.
    """
    layout = network.layout
    hidden = layout.widths[1:-1]
    if set(hidden) != {1} or layout.normalized is not None or (layout.residual and len(hidden) > 1):
        return None
    assert backprop.slopes is not None
    assert backprop.pulls is not None
    points = backprop.slopes.shape[1]
    slopes = backprop.slopes[lane].double().numpy().T
    weights = [float(network.weights[layer][lane, 0, 0].detach()) for layer in range(1, len(hidden))]
    labels, factors = ["σ′(z1)"], [slopes[0]]
    for number, (weight, slope) in enumerate(zip(weights, slopes[1:], strict=True), start=2):
        labels += [f"w{number}", f"σ′(z{number})"]
        factors += [np.full(points, weight), slope]
    labels.append(f"∂C/∂a{len(hidden)}")
    # The cost is a mean: what it owes to one point is that point's own loss over n.
    factors.append(backprop.pulls[lane, :, -1].double().numpy() * points)
    single = backprop.errors[lane, :, 0].double().numpy() * points
    table = np.stack(factors)
    return Chain(tuple(labels), table[:, 0], table.mean(1), (float(single[0]), float(single.mean())))


@lru_cache(maxsize=256)
def no_layer_numbers(layers: int) -> Floats:
    """Return the probes of layers that were not measured.

    Parameters
    ----------
    layers
        How many, the output layer included.

    Returns
    -------
    float64 [P, L]
        NaN, read-only.
    """
    nothing = layer_block(weight_gradient=np.full(layers, np.nan))
    nothing.flags.writeable = False
    return nothing


def slopes_of(network: LaneNetwork, z: Tensor) -> Tensor:
    """Return the slopes of the activation.

    Parameters
    ----------
    network
        Its activation is used.
    z : Tensor
        Pre-activations of any shape.

    Returns
    -------
    Tensor
        σ′(z), in the shape of z.
    """
    z = z.detach().requires_grad_()
    (slopes,) = torch.autograd.grad(bind_activation(network.activation)(z).sum(), z)
    return slopes


def _of_weights(layout: Layout, flat: Tensor, before: Tensor, backprop: BackpropResult) -> dict[str, Floats]:
    parameters, weights = layout.weights + sum(layout.widths[1:]), layout.weights
    sizes = tuple(fan_in * fan_out for fan_in, fan_out in layout.shapes)
    counts = np.array(sizes)
    gradient = backprop.gradient[:, :parameters].double().numpy()
    row, moved = flat[:, :weights], (flat - before)[:, :weights]
    squares = _sums(np.square(gradient), (*sizes, *layout.widths[1:]))
    sides = np.sqrt(squares[:, : layout.layers]), np.sqrt(squares[:, layout.layers :])
    clipped, norm = sides[0], _norms(row, sizes)
    if backprop.clipped is not backprop.gradient:
        clipped = _norms(backprop.clipped[:, :weights], sizes)
    return {
        "weight_gradient": sides[0],
        "bias_gradient": sides[1],
        "clipped_gradient": clipped,
        "weight_gradient_rms": sides[0] / np.sqrt(counts),
        "weight_gradient_mean_abs": _sums(np.abs(gradient[:, :weights]), sizes) / counts,
        "update_ratio": _norms(moved, sizes) / norm,
        "weight_norm": norm,
        "zero_weights": _sums((row == 0.0).numpy().astype(np.float64), sizes) / counts,
    }


def _of_hidden(network: LaneNetwork, backprop: BackpropResult) -> dict[str, Floats]:
    widths = network.layout.widths[1:-1]
    counts = np.array(widths)
    activation = ACTIVATIONS[network.activation.name]
    assert backprop.z is not None
    assert backprop.slopes is not None
    assert backprop.a is not None
    assert backprop.pulls is not None
    slopes, a = backprop.slopes.double().numpy(), backprop.a.double().numpy()
    numbers = {
        "activation_gradient": _per_point(backprop.pulls, widths),
        "slope": _sums(slopes.mean(1), widths) / counts,
        "activation_mean": _sums(a.mean(1), widths) / counts,
        "activation_spread": _sums(a.std(1), widths) / counts,
    }
    if activation.largest_slope is not None:
        flat = slopes < SATURATED_BELOW * activation.largest_slope
        numbers["saturated"] = _sums(flat.sum(1, dtype=np.float64), widths) / (counts * flat.shape[1])
    if activation.dies(**network.activation.parameters):
        dead = _dead(network.layout, backprop.z.numpy(), a)
        numbers["dead"] = _sums(dead.astype(np.float64), widths) / counts
    return numbers


def _of_records(network: LaneNetwork, backprop: BackpropResult) -> dict[str, Floats]:
    """Numbers [lanes, L] of the probes whose catalogue entry has a ``measure``."""
    measures = {key: probe.measure for key, probe in PROBES.items() if probe.measure is not None}
    if not measures:
        return {}
    layers = _layer_states(network, backprop)
    numbers = {key: np.full((network.lanes, len(layers)), np.nan) for key in measures}
    for key, measure in measures.items():
        for index, layer in enumerate(layers):
            if layer.a is not None or not PROBES[key].hidden:
                numbers[key][:, index] = measure(layer).double().numpy()
    return numbers


def _layer_states(network: LaneNetwork, backprop: BackpropResult) -> list[LayerState]:
    layout, gradient = network.layout, backprop.gradient
    widths, hidden = layout.widths[1:], layout.widths[1:-1]
    z, a = (one.split(hidden, -1) if one is not None else () for one in (backprop.z, backprop.a))
    states = []
    for index, (weight, bias, error) in enumerate(
        zip(layout.weight_slices(), layout.bias_slices(), backprop.errors.split(widths, -1), strict=True)
    ):
        last, shape = index == len(hidden), (network.lanes, *layout.shapes[index])
        states.append(
            LayerState(
                network.flat[:, weight].view(shape),
                gradient[:, weight].view(shape),
                gradient[:, bias],
                error,
                None if last else z[index],
                None if last else a[index],
            )
        )
    return states


def _dead(layout: Layout, z: NDArray[np.float32], a: Floats) -> NDArray[np.bool_]:
    """Which hidden neurons [lanes, neurons] are 0 for all points, given z and a [lanes, n, neurons].

    The activation is 0, and so is what a residual connection adds. A normalization after the activation does not count:
    it turns the zeros into another number, but still learns nothing about the points from them.
    """
    dead: NDArray[np.bool_] = z.max(1) <= 0.0
    widths = layout.widths[1:-1]
    starts = _starts(widths)
    for layer in filter(layout.adds, range(2, layout.layers)):
        before, here = (slice(starts[at], starts[at] + widths[at]) for at in (layer - 2, layer - 1))
        dead[:, here] &= (a[:, :, before] == 0.0).all(1)
    return dead


def _per_point(gradients: Tensor, widths: tuple[int, ...]) -> Floats:
    """√(mean over points of ‖∂c/∂·‖²) [lanes, layers], where C is the mean of the losses c of n points.

    ∂c/∂· of a point is n times its part in ∂C/∂·.
    """
    squares = np.square(gradients.double().numpy())
    return np.sqrt(_sums(squares.sum(1) * squares.shape[1], widths))


def _norms(rows: Tensor, sizes: tuple[int, ...]) -> Floats:
    """L2 norms [lanes, layers] of the parts of flat rows [lanes, parameters]."""
    return np.sqrt(_sums(rows.double().square().numpy(), sizes))


def _sums(rows: Floats, sizes: tuple[int, ...]) -> Floats:
    """Sums [lanes, layers] of neighbouring columns; ``sizes`` are the numbers of columns of each layer."""
    sums: Floats = np.add.reduceat(rows, _starts(sizes), axis=1)
    return sums


@lru_cache(maxsize=256)
def _starts(sizes: tuple[int, ...]) -> NDArray[np.int64]:
    return np.cumsum([0, *sizes[:-1]], dtype=np.int64)
