"""The numbers of the catalogue's probes, of every layer of every lane."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.catalogue.activations import ACTIVATIONS
from engine.catalogue.probes import SATURATED_BELOW
from engine.network import LaneNetwork, Layout
from engine.network.network import bind_activation
from engine.observation.snapshot import Chain, layer_block

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Passes:
    """One way forward and back over the whole training split; lists of [lanes, n, width] are by layer.

    Of hidden layers: ``z``, ``slopes`` σ′(z), ``a`` and ``pulls`` ∂C/∂a; of all layers ``errors`` ∂C/∂z. The cost's
    ``gradient`` is [lanes, parameters], and ``clipped`` is what clipping leaves of it.
    """

    z: Sequence[Tensor]
    slopes: Sequence[Tensor]
    a: Sequence[Tensor]
    pulls: Sequence[Tensor]
    errors: Sequence[Tensor]
    gradient: Tensor
    clipped: Tensor


def layer_numbers(network: LaneNetwork, before: Tensor, passes: Passes) -> Floats:
    """[lanes, P, L]; ``before`` [lanes, size] holds the parameters of before the latest step."""
    layout = network.layout
    lanes, errors = network.lanes, _per_point(passes.errors, network.lanes)
    with np.errstate(divide="ignore", invalid="ignore"):
        factors = errors[:, :-1] / errors[:, 1:]
    return layer_block(
        **_of_weights(layout, network.flat, before, passes),
        bias_gradient=_norms(passes.gradient, layout.bias_slices()),
        activation_gradient=_with_output(_per_point(passes.pulls, lanes)),
        error=errors,
        backward_factor=_with_output(factors),
        slope=_with_output(_means(passes.slopes, lanes)),
        saturated=_with_output(_saturated(network, passes.slopes)),
        dead=_with_output(_dead(network, passes.z)),
        activation_mean=_with_output(_means(passes.a, lanes)),
        activation_spread=_with_output(_columns([_rows(one).std(1) for one in passes.a], lanes)),
    )


def chain_of(network: LaneNetwork, lane: int, passes: Passes) -> Chain | None:
    """The factors of ∂C/∂b_1, for a lane with one neuron in each hidden layer."""
    layout = network.layout
    hidden = layout.widths[1:-1]
    if set(hidden) != {1} or layout.normalized is not None or (layout.residual and len(hidden) > 1):
        return None
    points = passes.z[0].shape[1]
    slopes = [slope[lane, :, 0].double().numpy() for slope in passes.slopes]
    weights = [float(network.weights[layer][lane, 0, 0].detach()) for layer in range(1, len(hidden))]
    labels, factors = ["σ′(z1)"], [slopes[0]]
    for number, (weight, slope) in enumerate(zip(weights, slopes[1:], strict=True), start=2):
        labels += [f"w{number}", f"σ′(z{number})"]
        factors += [np.full(points, weight), slope]
    labels.append(f"∂C/∂a{len(hidden)}")
    # The cost is a mean: what it owes to one point is that point's own loss over n.
    factors.append(passes.pulls[-1][lane, :, 0].double().numpy() * points)
    single = passes.errors[0][lane, :, 0].double().numpy() * points
    table = np.stack(factors)
    return Chain(tuple(labels), table[:, 0], table.mean(1), (float(single[0]), float(single.mean())))


def no_layer_numbers(lanes: int, layers: int) -> Floats:
    """What there is to say without training points [lanes, P, L]."""
    return layer_block(weight_gradient=np.full((lanes, layers), np.nan))


def _of_weights(layout: Layout, flat: Tensor, before: Tensor, passes: Passes) -> dict[str, Floats]:
    places = layout.weight_slices()
    sizes = np.array([place.stop - place.start for place in places])
    gradient, weights = _norms(passes.gradient, places), _norms(flat, places)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = _norms(flat[:, : layout.weights] - before[:, : layout.weights], places) / weights
    return {
        "weight_gradient": gradient,
        "clipped_gradient": _norms(passes.clipped, places),
        "weight_gradient_rms": gradient / np.sqrt(sizes),
        "weight_gradient_mean_abs": _sums(passes.gradient.abs(), places) / sizes,
        "update_ratio": ratio,
        "weight_norm": weights,
        "zero_weights": _sums((flat == 0.0).float(), places) / sizes,
    }


def slopes_of(network: LaneNetwork, z: Sequence[Tensor]) -> list[Tensor]:
    """σ′(z) in the shape of each z."""
    if not z:
        return []
    together = torch.cat([one.detach() for one in z], -1).requires_grad_()
    (slopes,) = torch.autograd.grad(bind_activation(network.activation)(together).sum(), together)
    return list(slopes.split([one.shape[-1] for one in z], -1))


def _saturated(network: LaneNetwork, slopes: Sequence[Tensor]) -> Floats:
    largest = ACTIVATIONS[network.activation.name].largest_slope
    if largest is None:
        return np.full((network.lanes, len(slopes)), np.nan)
    return _means([(slope < SATURATED_BELOW * largest).float() for slope in slopes], network.lanes)


def _dead(network: LaneNetwork, z: Sequence[Tensor]) -> Floats:
    if not ACTIVATIONS[network.activation.name].dies:
        return np.full((network.lanes, len(z)), np.nan)
    return _means([(one <= 0.0).all(1, keepdim=True).float() for one in z], network.lanes)


def _per_point(gradients: Sequence[Tensor], lanes: int) -> Floats:
    """√(mean over points of ‖n · ∂C/∂·‖²) [lanes, layers]: of one point's loss, where C is the mean over n points."""
    return _columns([np.sqrt(np.square(_rows(one)).sum(1) * one.shape[1]) for one in gradients], lanes)


def _means(values: Sequence[Tensor], lanes: int) -> Floats:
    return _columns([_rows(one).mean(1) for one in values], lanes)


def _norms(flat: Tensor, places: Sequence[slice]) -> Floats:
    """L2 norms [lanes, layers] of parts of flat rows."""
    return np.sqrt(_sums(flat.double().square(), places))


def _sums(flat: Tensor, places: Sequence[slice]) -> Floats:
    values = flat.detach().double().numpy()
    return np.stack([values[:, place].sum(1) for place in places], 1)


def _rows(values: Tensor) -> Floats:
    return values.detach().double().numpy().reshape(len(values), -1)


def _columns(columns: list[Floats], lanes: int) -> Floats:
    return np.stack(columns, 1) if columns else np.empty((lanes, 0))


def _with_output(hidden: Floats) -> Floats:
    """Numbers of hidden layers [lanes, L − 1] with NaN for the output layer."""
    return np.concatenate([hidden, np.full((len(hidden), 1), np.nan)], 1)
