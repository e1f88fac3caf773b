"""Measure networks at one moment: losses, scores, penalty, probes of each layer, without dropout.

Measuring changes nothing. What torch does, ``compute``, can be recorded and replayed; the rest is NumPy's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.network import (
    EncodedData,
    LaneNetwork,
    add_penalty_gradient,
    add_proximal_gradient,
    has_proximal,
    penalty,
)
from engine.observation.probes import BackpropResult, chain_of, layer_numbers, no_layer_numbers, slopes_of
from engine.observation.snapshot import Chain

Floats = NDArray[np.float64]

NUMBERS = 7
"""Losses of the three splits, penalty, scores of the three splits."""

BLOCK = 64
"""Points are measured in whole blocks, so that their tensors have few different shapes."""


def whole_blocks(rows: Tensor) -> Tensor:
    """Return rows with the first one repeated at the end until their number is a multiple of ``BLOCK``.

    Parameters
    ----------
    rows : Tensor [n, …]
        A row for each point.

    Returns
    -------
    Tensor [blocks(n), …]
    """
    missing = blocks(len(rows)) - len(rows)
    return torch.cat([rows, rows[:1].expand(missing, *rows.shape[1:])]) if missing else rows


def blocks(points: int) -> int:
    """Return the number of rows that ``whole_blocks`` makes.

    Parameters
    ----------
    points
        How many rows there are.

    Returns
    -------
    int
        The next multiple of ``BLOCK``.

    Examples
    --------
    >>> blocks(1), blocks(64), blocks(65)
    (64, 64, 128)
    """
    return -(-points // BLOCK) * BLOCK


class Evaluation:
    """Computes losses, penalty and scores of all lanes of a network over all points, as often as they are needed.

    Parameters
    ----------
    network
        The lanes; it reads their present weights each time.
    data
        The points.
    terms : mapping of Tensor [lanes, 1]
        The strengths of the regularizers that any lane uses, by name.
    """

    def __init__(self, network: LaneNetwork, data: EncodedData, terms: Mapping[str, Tensor]) -> None:
        self._network, self._data, self._terms = network, data, terms
        self._points = len(data.inputs)
        self._inputs = whole_blocks(data.inputs).expand(network.lanes, -1, -1)
        self._encoded = whole_blocks(data.encoded)
        self._target, self._units = torch.from_numpy(data.target), units_of(data)
        self._values = torch.zeros(2, network.lanes, self._points, dtype=torch.float64)
        self._penalty = torch.zeros(network.lanes)
        splits = data.split_rows()
        # NumPy reads the same memory, and rows are found beforehand, because this happens after every epoch.
        self._seen, self._penalties = self._values.numpy(), self._penalty.numpy()
        self._filled = np.array([n for n, rows in enumerate(splits) if rows.start < rows.stop], dtype=np.intp)
        self._starts = np.array([splits[split].start for split in self._filled], dtype=np.intp)
        self._counts = np.array(
            [splits[split].stop - splits[split].start for split in self._filled], dtype=float
        )
        self._columns = np.concatenate([self._filled, self._filled + 4])
        self._unknown = np.full((network.lanes, NUMBERS), np.nan)
        self._variances = variances_of(data)

    def compute(self) -> tuple[Tensor, ...]:
        """Run what torch does: each point's loss and its part in the score. Can be recorded and replayed."""
        network, points = self._network, self._points
        with torch.no_grad():
            if points:
                losses, parts = point_values(
                    network, self._data, self._inputs, self._encoded, self._target, self._units
                )
                self._values[0].copy_(losses[:, :points])
                self._values[1].copy_(parts)
            self._penalty.copy_(penalty(network.flat, network.layout, self._terms))
        return ()

    def numbers(self) -> Floats:
        """Return what ``compute`` found last.

        Returns
        -------
        float64 [lanes, 7]
            Losses by split, penalty, scores by split; NaN for a split without points. Losses and penalty are in the
            user's own units, so that they add up to the cost. Scores are accuracy, or R² = 1 − Σ(y − a)² / Σ(y − ȳ)².
        """
        table, unit = self._unknown.copy(), self._data.user_units
        if len(self._filled):
            means = np.add.reduceat(self._seen, self._starts, axis=-1)
            means /= self._counts
            means[0] *= unit
            if self._data.task != "classification":
                means[1] = 1.0 - means[1] / self._variances[self._filled]
            table[:, self._columns] = means.swapaxes(0, 1).reshape(len(table), -1)
        np.multiply(self._penalties, unit, out=table[:, 3], dtype=np.float64)
        return table


def variances_of(data: EncodedData) -> Floats:
    """Return the variances of the splits' targets, which R² compares with.

    Parameters
    ----------
    data
        The points.

    Returns
    -------
    float64 [3]
        NaN for classes, for a split without points and where the variance is 0.
    """
    variances = np.full(len(data.ends), np.nan)
    if data.task != "classification":
        for split, rows in enumerate(data.split_rows()):
            if rows.start < rows.stop:
                variances[split] = data.target[rows].var() or np.nan
    return variances


def units_of(data: EncodedData) -> Tensor:
    """Return scale and shift of the targets, which turn answers into the user's own units.

    Parameters
    ----------
    data
        The points.

    Returns
    -------
    Tensor, float64 [2]
    """
    return torch.tensor([data.scaling.target_scale, data.scaling.target_shift], dtype=torch.float64)


def point_values(
    network: LaneNetwork,
    data: EncodedData,
    inputs: Tensor,
    encoded: Tensor,
    target: Tensor,
    units: Tensor,
) -> tuple[Tensor, Tensor]:
    """Compute what losses and scores are the means of.

    Parameters
    ----------
    network, data
        The lanes, and the data whose task and loss they have.
    inputs : Tensor [lanes, n, features]
        Scaled features; rows beyond those of ``target`` are padding.
    encoded : Tensor [n, outputs]
        Targets as the loss takes them.
    target : Tensor, float64 [m], m ≤ n
        Targets in the user's own units, or class numbers.
    units : Tensor, float64 [2]
        What ``units_of`` returned.

    Returns
    -------
    losses : Tensor [lanes, n]
        In scaled units.
    parts : Tensor [lanes, m]
        Whether the answer is right, or its squared error in the user's own units.
    """
    output = network.forward(inputs)
    losses, answers = data.per_point(output, encoded), output[:, : len(target)]
    if data.task == "classification":
        return losses, chosen_classes(answers) == target
    # Products with float64 tensors are float64, in a way that can be recorded.
    values = answers[..., 0] * units[:1] + units[1:]
    return losses, (values - target).square()


def chosen_classes(output: Tensor) -> Tensor:
    """The likeliest class [lanes, n] for outputs [lanes, n, outputs]; the first one of equally likely classes.

    A single output is above zero for class 0. Faster than ``argmax`` over few classes.
    """
    if output.shape[-1] == 1:
        return output[..., 0] < 0.0
    best, chosen = output[..., 0], torch.zeros_like(output[..., 0])
    for number in range(1, output.shape[-1]):
        likelier = (output[..., number] > best) * float(number)
        chosen = likelier if number == 1 else torch.maximum(chosen, likelier)
        best = torch.maximum(best, output[..., number])
    return chosen


class LayerMeasuring:
    """Computes the catalogue's probes of all layers of all lanes over the training split.

    Gradients are those of the cost that training makes small: mean loss in scaled units over the whole training split,
    plus penalty.

    Parameters
    ----------
    network
        The lanes; it reads their present weights each time.
    data
        The points.
    terms : mapping of Tensor [lanes, 1]
        The strengths of the regularizers that any lane uses, by name.
    clip
        Clips gradients [lanes, parameters] in place, as a step does; None where no lane clips.
    """

    def __init__(
        self,
        network: LaneNetwork,
        data: EncodedData,
        terms: Mapping[str, Tensor],
        clip: Callable[[Tensor], None] | None = None,
    ) -> None:
        self._network, self._data, self._terms, self._clip = network, data, terms, clip
        self._points = data.training
        self._inputs = whole_blocks(data.inputs[: self._points]).expand(network.lanes, -1, -1)
        self._encoded = whole_blocks(data.encoded[: self._points])
        # The mean over the real points, as the weight of each point's loss in the cost.
        self._shares = torch.zeros(network.lanes, len(self._encoded))
        self._shares[:, : self._points] = 1.0 / max(self._points, 1)
        self._backprop: BackpropResult | None = None

    def compute(self) -> tuple[Tensor, ...]:
        """Run what torch does: one pass forward and back. Can be recorded and replayed."""
        if not self._points:
            return ()
        everything = backprop_of(
            self._network, self._data, self._terms, self._clip, self._inputs, self._encoded, self._shares
        )
        self.take(everything)
        return everything.tensors()

    def take(self, everything: BackpropResult) -> None:
        """Take from elsewhere what ``compute`` would find.

        Parameters
        ----------
        everything
            Over whole blocks of points.
        """
        self._backprop = everything.first(self._points)

    def numbers(self, before: Tensor, indices: Sequence[int]) -> tuple[Floats, list[Chain | None]]:
        """Return the probes that ``compute`` found last.

        Parameters
        ----------
        before : Tensor [lanes, size]
            The parameters before the latest step.
        indices
            Lanes whose chains are wanted.

        Returns
        -------
        probes : float64 [lanes, P, L]
            Of all lanes; NaN without training points.
        chains : list of Chain or None
            For each of ``indices``; None for a lane that has none.
        """
        network, backprop = self._network, self._backprop
        if backprop is None:
            nothing = no_layer_numbers(network.layout.layers)
            return np.repeat(nothing[None], network.lanes, 0), [None] * len(indices)
        return layer_numbers(network, before, backprop), [
            chain_of(network, lane, backprop) for lane in indices
        ]


def backprop_of(
    network: LaneNetwork,
    data: EncodedData,
    terms: Mapping[str, Tensor],
    clip: Callable[[Tensor], None] | None,
    inputs: Tensor,
    encoded: Tensor,
    shares: Tensor,
) -> BackpropResult:
    """Go forward and back through networks once.

    Parameters
    ----------
    network, data, terms, clip
        As for ``LayerMeasuring``; of the data only the loss is used.
    inputs : Tensor [lanes, n, features]
        Scaled features.
    encoded : Tensor [n, outputs]
        Targets as the loss takes them.
    shares : Tensor [lanes, n]
        The weight of each point's loss in the cost.

    Returns
    -------
    BackpropResult
        Over all n points.
    """
    trace = list[tuple[Tensor, Tensor]]()
    output = network.forward(inputs, trace=trace)
    losses = data.per_point(output, encoded)
    z, a = [*(pair[0] for pair in trace), output], [pair[1] for pair in trace]
    parameters = network.parameters
    found = torch.autograd.grad(losses, [*parameters, *z, *a], shares)
    moved, errors, pulls = (
        found[: len(parameters)],
        found[len(parameters) : len(parameters) + len(z)],
        found[len(parameters) + len(z) :],
    )
    gradient, clipped = _gradients(network, terms, clip, moved)
    hidden = torch.cat(z[:-1], -1).detach() if a else None
    slopes = None if hidden is None else slopes_of(network, hidden)
    with torch.no_grad():
        return BackpropResult(
            z=hidden,
            slopes=slopes,
            a=torch.cat(a, -1).detach() if a else None,
            pulls=torch.cat(pulls, -1) if a else None,
            errors=torch.cat(errors, -1),
            gradient=gradient,
            clipped=clipped,
        )


def _gradients(
    network: LaneNetwork,
    terms: Mapping[str, Tensor],
    clip: Callable[[Tensor], None] | None,
    parts: Sequence[Tensor],
) -> tuple[Tensor, Tensor]:
    """The cost's gradient [lanes, parameters], and the one that a step follows.

    The second is what clipping leaves of the first without the terms that a proximal step replaces.
    """
    rows, layout = network.flat, network.layout
    with torch.no_grad():
        gradient = torch.cat([part.reshape(network.lanes, -1) for part in parts], 1)
        add_penalty_gradient(gradient, rows, layout, terms)
        if clip is None and not has_proximal(terms):
            return gradient, gradient
        clipped = gradient.clone()
        if clip is not None:
            clip(clipped)
        add_proximal_gradient(gradient, rows, layout, terms)
    return gradient, clipped
