"""The numbers of the catalogue's probes, of every layer of every lane."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.catalogue.activations import ACTIVATIONS
from engine.catalogue.probes import NEARLY_ALL, PROBES, SATURATED_BELOW, LayerState
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


@dataclass(frozen=True, eq=False)
class LayerSums:
    """What the probes of layers need of some points, or of all.

    Attributes
    ----------
    points
        How many points.
    errors : float64 [lanes, neurons]
        Σ (∂C/∂z)² of the hidden and the output neurons.
    hidden : dict of float64 [lanes, hidden neurons]
        ``pulls`` Σ (∂C/∂a)²; ``slopes`` Σ σ′(z); ``a`` Σ a and ``scatter`` Σ (a − mean)²; ``flat``, for how many
        points the slope is small. Empty without hidden layers, and without ``flat`` where that has no meaning.
    dead : bool [lanes, hidden neurons] or None
        Which neurons are 0 for all these points; None where no neuron can die.
    factors : float64 [lanes, factors, 2] or None
        For each factor of the chain that of the first point and the sum; None without a chain.
    """

    points: int
    errors: Floats
    hidden: dict[str, Floats]
    dead: NDArray[np.bool_] | None
    factors: Floats | None

    # A network that explodes has numbers that are not finite, and they are shown as what they are.
    @classmethod
    @np.errstate(all="ignore")
    def of(cls, network: LaneNetwork, backprop: BackpropResult, training: int) -> LayerSums:
        """Add up what was found of some points.

        Parameters
        ----------
        network
            The lanes.
        backprop
            Of these lanes, over the points alone.
        training
            How many training points there are in all.

        Returns
        -------
        LayerSums
        """
        errors = np.square(backprop.errors.double().numpy())
        hidden, dead = _hidden_sums(network, backprop) if network.layout.layers > 1 else ({}, None)
        factors = _factors(network, backprop, training) if has_chain(network.layout) else None
        return cls(errors.shape[1], errors.sum(1), hidden, dead, factors)

    def idle(self, lane: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Return which hidden neurons of a lane learn next to nothing.

        Parameters
        ----------
        lane
            Index of the lane.

        Returns
        -------
        dead, saturated : bool [hidden neurons]
            Those that are 0 for all points, and those whose slope is small for nearly all points.
        """
        nothing = np.zeros(len(self.hidden["a"][lane]) if self.hidden else 0, dtype=np.bool_)
        dead = nothing if self.dead is None else self.dead[lane]
        flat = self.hidden.get("flat")
        return dead, nothing if flat is None else flat[lane] >= NEARLY_ALL * self.points

    @np.errstate(all="ignore")
    def joined(self, others: LayerSums) -> LayerSums:
        """Return the sums over these points and others after them.

        Parameters
        ----------
        others
            Of the same lanes.

        Returns
        -------
        LayerSums
        """
        points = self.points + others.points
        hidden = {key: values + others.hidden[key] for key, values in self.hidden.items()}
        if hidden:
            distance = others.hidden["a"] / others.points - self.hidden["a"] / self.points
            hidden["scatter"] += np.square(distance) * (self.points * others.points / points)
        dead = None if self.dead is None or others.dead is None else self.dead & others.dead
        factors = self.factors
        if factors is not None and others.factors is not None:
            factors = np.stack([factors[..., 0], factors[..., 1] + others.factors[..., 1]], -1)
        return LayerSums(points, self.errors + others.errors, hidden, dead, factors)


@dataclass(frozen=True, eq=False)
class Summed:
    """What was found of some points, added up.

    Attributes
    ----------
    sums
        For the probes.
    gradient, clipped : Tensor [lanes, parameters]
        As in ``BackpropResult``.
    """

    sums: LayerSums
    gradient: Tensor
    clipped: Tensor


@np.errstate(all="ignore")
def layer_numbers(
    network: LaneNetwork, before: Tensor, sums: LayerSums, gradient: Tensor, clipped: Tensor
) -> dict[str, Floats]:
    """Compute the probes of all layers that have no ``measure`` of their own.

    Parameters
    ----------
    network
        The lanes.
    before : Tensor [lanes, size]
        Their parameters before the latest step.
    sums
        Of these lanes, over all training points.
    gradient, clipped
        As in ``BackpropResult``.

    Returns
    -------
    dict of float64 [lanes, L]
        NaN where a probe has no meaning; infinite and NaN also where a network has exploded.
    """
    layout = network.layout
    numbers = _of_weights(layout, network.flat, before, gradient, clipped)
    numbers["error"] = _per_point(sums.errors, sums.points, layout.widths[1:])
    if layout.layers > 1:
        hidden = _of_hidden(network, sums)
        hidden["backward_factor"] = numbers["error"][:, :-1] / numbers["error"][:, 1:]
        output = np.full((network.lanes, 1), np.nan)
        numbers |= {key: np.concatenate([values, output], 1) for key, values in hidden.items()}
    return numbers


def chain_of(network: LaneNetwork, lane: int, sums: LayerSums) -> Chain | None:
    """Compute the factors of ∂C/∂b_1.

    Parameters
    ----------
    network
        The lanes.
    lane
        Index of one of them.
    sums
        Of these lanes, over all training points.

    Returns
    -------
    Chain or None
        None unless every hidden layer has one neuron, without normalization or residual connections.
    """
    if sums.factors is None:
        return None
    depth = network.layout.layers - 1
    labels = ["σ′(z1)"]
    for number in range(2, depth + 1):
        labels += [f"w{number}", f"σ′(z{number})"]
    labels.append(f"∂C/∂a{depth}")
    table = sums.factors[lane]
    first, means = table[:, 0], table[:, 1] / sums.points
    return Chain(tuple(labels), first[:-1], means[:-1], (float(first[-1]), float(means[-1])))


def has_chain(layout: Layout) -> bool:
    """Return whether the gradient of the first bias is a product of single numbers.

    Parameters
    ----------
    layout
        The shape of the network.

    Returns
    -------
    bool
        True where every hidden layer has one neuron, without normalization or residual connections.
    """
    hidden = layout.widths[1:-1]
    return set(hidden) == {1} and layout.normalized is None and not (layout.residual and len(hidden) > 1)


def _factors(network: LaneNetwork, backprop: BackpropResult, training: int) -> Floats:
    """See ``LayerSums.factors``; the last two are ∂C/∂a of the last hidden neuron and the product, ∂C/∂b_1."""
    assert backprop.slopes is not None
    assert backprop.pulls is not None
    slopes = backprop.slopes.double().numpy()
    weights = [weight[:, 0].detach().double().numpy() for weight in network.weights[1:-1]]
    columns = [slopes[..., 0]]
    for weight, slope in zip(weights, np.moveaxis(slopes[..., 1:], -1, 0), strict=True):
        columns += [np.broadcast_to(weight, slope.shape), slope]
    # The cost is a mean: what it owes to one point is that point's own loss over n.
    for parts in (backprop.pulls[..., -1], backprop.errors[..., 0]):
        columns.append(parts.double().numpy() * training)
    table = np.stack(columns, 1)
    return np.stack([table[..., 0], table.sum(-1)], -1)


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


def _of_weights(
    layout: Layout, flat: Tensor, before: Tensor, whole: Tensor, cut: Tensor
) -> dict[str, Floats]:
    parameters, weights = layout.weights + sum(layout.widths[1:]), layout.weights
    sizes = tuple(fan_in * fan_out for fan_in, fan_out in layout.shapes)
    counts = np.array(sizes)
    gradient = whole[:, :parameters].double().numpy()
    row, moved = flat[:, :weights], (flat - before)[:, :weights]
    squares = _sums(np.square(gradient), (*sizes, *layout.widths[1:]))
    sides = np.sqrt(squares[:, : layout.layers]), np.sqrt(squares[:, layout.layers :])
    clipped, norm = sides[0], _norms(row, sizes)
    if cut is not whole:
        clipped = _norms(cut[:, :weights], sizes)
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


def _hidden_sums(
    network: LaneNetwork, backprop: BackpropResult
) -> tuple[dict[str, Floats], NDArray[np.bool_] | None]:
    """See ``LayerSums``: what it knows of hidden neurons, and which are dead."""
    activation = ACTIVATIONS[network.activation.name]
    assert backprop.z is not None
    assert backprop.slopes is not None
    assert backprop.a is not None
    assert backprop.pulls is not None
    slopes, a = backprop.slopes.double().numpy(), backprop.a.double().numpy()
    total = a.sum(1)
    sums = {
        "pulls": np.square(backprop.pulls.double().numpy()).sum(1),
        "slopes": slopes.sum(1),
        "a": total,
        "scatter": np.square(a - (total / a.shape[1])[:, None]).sum(1),
    }
    if activation.largest_slope is not None:
        sums["flat"] = (slopes < SATURATED_BELOW * activation.largest_slope).sum(1, dtype=np.float64)
    dies = activation.dies(**network.activation.parameters)
    return sums, dead_of(
        network.layout, backprop.z.numpy().max(1) <= 0.0, (a == 0.0).all(1)
    ) if dies else None


def _of_hidden(network: LaneNetwork, sums: LayerSums) -> dict[str, Floats]:
    widths, points, found = network.layout.widths[1:-1], sums.points, sums.hidden
    counts = np.array(widths)
    numbers = {
        "activation_gradient": _per_point(found["pulls"], points, widths),
        "slope": _sums(found["slopes"] / points, widths) / counts,
        "activation_mean": _sums(found["a"] / points, widths) / counts,
        "activation_spread": _sums(np.sqrt(found["scatter"] / points), widths) / counts,
    }
    if "flat" in found:
        numbers["saturated"] = _sums(found["flat"], widths) / (counts * points)
    if sums.dead is not None:
        numbers["dead"] = _sums(sums.dead.astype(np.float64), widths) / counts
    return numbers


def has_records() -> bool:
    """Whether any probe of the catalogue has a ``measure`` of its own, which gets all training points at once."""
    return any(probe.measure is not None for probe in PROBES.values())


@np.errstate(all="ignore")
def record_numbers(network: LaneNetwork, backprop: BackpropResult) -> dict[str, Floats]:
    """Compute the probes whose catalogue entry has a ``measure``.

    Parameters
    ----------
    network
        The lanes.
    backprop
        Of these lanes, over all training points.

    Returns
    -------
    dict of float64 [lanes, L]
        NaN where a probe has no meaning.
    """
    measures = {key: probe.measure for key, probe in PROBES.items() if probe.measure is not None}
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


def dead_of(layout: Layout, below: NDArray[np.bool_], is_zero: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
    """Return which hidden neurons are 0 for all points.

    The activation is 0, and so is what a residual connection adds. A normalization after the activation does not count:
    it turns the zeros into another number, but still learns nothing about the points from them.

    Parameters
    ----------
    layout
        The shape of the network.
    below, is_zero : bool [lanes, hidden neurons]
        Whether z is 0 or less for all points, which becomes the result, and whether a is 0 for all of them. The second
        is asked for with residual connections alone.

    Returns
    -------
    bool [lanes, hidden neurons]
    """
    widths = layout.widths[1:-1]
    starts = _starts(widths)
    for layer in filter(layout.adds, range(2, layout.layers)):
        assert is_zero is not None
        before, here = (slice(starts[at], starts[at] + widths[at]) for at in (layer - 2, layer - 1))
        below[:, here] &= is_zero[:, before]
    return below


def _per_point(squares: Floats, points: int, widths: tuple[int, ...]) -> Floats:
    """√(mean over points of ‖∂c/∂·‖²) [lanes, layers], where C is the mean of the losses c of n points.

    ∂c/∂· of a point is n times its part in ∂C/∂·; ``squares`` [lanes, neurons] are sums over points of these parts'.
    """
    return np.sqrt(_sums(squares * points, widths))


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
