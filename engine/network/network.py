"""The lane-batched network: many networks of one shape, computed together."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import gcd, lcm

import torch
from torch import Tensor

from engine.catalogue.activations import ACTIVATIONS
from engine.catalogue.normalizations import NORMALIZATIONS
from engine.experiment.choice import ActivationChoice
from engine.network.layout import Layout
from engine.network.normalization import Moments, NormalizedLayer

PLAIN = ("activate",)
"""The steps of a hidden layer without normalization."""
VECTOR = 32
"""Elements that PyTorch's vectorized loops take at once (two registers of 16 with AVX-512, fewer elsewhere)."""


class LaneNetwork:
    """Many networks of one shape, computed together. No lane's numbers depend on the other lanes.

    ``weights[l]`` [lanes, in, out], ``biases[l]`` [lanes, 1, out] and the scales and shifts of ``normalizations``, by
    hidden layer from 1, are views of ``flat`` that autograd differentiates.

    Parameters
    ----------
    layout
        The shape that all lanes have.
    activation
        Of all hidden layers.
    flat : Tensor, float32 [lanes, size]
        The numbers of each lane, as ``layout`` arranges them. Kept, not copied: training changes it in place.

    Examples
    --------
    >>> network = LaneNetwork(Layout((1, 1)), ActivationChoice("tanh"), torch.tensor([[2.0, 1.0], [3.0, 0.0]]))
    >>> network.forward(torch.ones(2, 1, 1)).tolist()
    [[[3.0]], [[3.0]]]
    """

    def __init__(self, layout: Layout, activation: ActivationChoice, flat: Tensor) -> None:
        self.layout = layout
        self.activation = activation
        self.flat = flat
        lanes = len(flat)
        self.weights = [
            flat[:, columns].view(lanes, *shape).detach().requires_grad_()
            for columns, shape in zip(layout.weight_slices(), layout.shapes, strict=True)
        ]
        self.biases = [
            flat[:, columns].view(lanes, 1, -1).detach().requires_grad_() for columns in layout.bias_slices()
        ]
        self.normalizations = self._normalizations()
        self._activate = bind_activation(activation)

    def _normalizations(self) -> dict[int, NormalizedLayer]:
        layout, scales_and_shifts = self.layout, self.layout.normalization_slices()
        if layout.normalized is None:
            return {}
        learned = [
            [self.flat[:, columns][:, None].detach().requires_grad_() for columns in slices]
            for slices in scales_and_shifts
        ]
        running: list[list[Tensor | None]] = [
            [self.flat[:, columns][:, None].detach() for columns in slices]
            for slices in layout.running_slices()
        ]
        moments = NORMALIZATIONS[layout.normalized.kind].moments
        nothing: list[Tensor | None] = [None] * len(layout.normalized.layers)
        parts = zip(*learned, *(one or nothing for one in running), strict=True)
        return {
            layer: NormalizedLayer(moments, *part)
            for layer, part in zip(layout.normalized.layers, parts, strict=True)
        }

    @property
    def trained(self) -> Tensor:
        """What training moves along the gradient [lanes, parameters], a view of ``flat``."""
        return self.flat[:, : self.layout.parameters]

    @property
    def lanes(self) -> int:
        return len(self.flat)

    @property
    def program(self) -> Hashable:
        """What decides which operations a pass makes: equal for networks that differ by their numbers alone."""
        return self.layout, self.activation, ACTIVATIONS[self.activation.name].function

    def of(self, lanes: list[int]) -> LaneNetwork:
        """Return a network of some of the lanes.

        Parameters
        ----------
        lanes
            Their indices, in any order.

        Returns
        -------
        LaneNetwork
            On copies of their numbers.
        """
        return LaneNetwork(self.layout, self.activation, self.flat[lanes])

    def whole_vectors(self, rows: Tensor) -> Tensor:
        """Append rows until each layer's activations fill whole vectors.

        Only then does an element's index, and with it the number of lanes, change no bit (see ``index_invariant``).

        Parameters
        ----------
        rows : Tensor [n, …]
            Inputs, targets or anything else with a row for each point.

        Returns
        -------
        Tensor [whole(n), …]
            The rows, and the first one repeated after them.
        """
        missing = self.whole(len(rows)) - len(rows)
        return torch.cat([rows, rows[:1].expand(missing, *rows.shape[1:])]) if missing else rows

    def whole(self, rows: int) -> int:
        """Return the number of rows that ``whole_vectors`` makes.

        Parameters
        ----------
        rows
            How many rows there are.

        Returns
        -------
        int
            The same, or the next multiple of what the widths of the hidden layers need.
        """
        if ACTIVATIONS[self.activation.name].index_invariant:
            return rows
        multiple = lcm(*(VECTOR // gcd(VECTOR, width) for width in self.layout.widths[1:-1]))
        return rows + -rows % multiple

    @property
    def parameters(self) -> list[Tensor]:
        """W_1, …, W_L, b_1, …, b_L, scales, shifts: the order of a flat row."""
        norms = self.normalizations.values()
        return [*self.weights, *self.biases, *(norm.scale for norm in norms), *(norm.shift for norm in norms)]

    def forward(
        self,
        inputs: Tensor,
        masks: Sequence[Tensor | None] | None = None,
        trace: list[tuple[Tensor, Tensor]] | None = None,
        batch: Batch | None = None,
        until: int | None = None,
    ) -> Tensor:
        """Compute the outputs z_L, or the activations of a hidden layer.

        Parameters
        ----------
        inputs : Tensor [lanes, n, features]
            Scaled features.
        masks
            Dropout: ``masks[0]`` multiplies the inputs and ``masks[l]`` the activations of hidden layer l; None
            multiplies nothing.
        trace
            A list that z_l and a_l of each hidden layer are appended to: what the activation gets and what the next
            layer gets.
        batch
            The batch of a training step, which batch normalization takes its moments from. None for evaluation, with
            running moments.
        until
            The hidden layer, from 1, whose activations are wanted; None for the outputs.

        Returns
        -------
        Tensor [lanes, n, outputs]
            Before softmax or tanh; of a hidden layer a_l [lanes, n, neurons].
        """
        hidden = inputs if masks is None or masks[0] is None else inputs * masks[0]
        last = self.layout.layers - 1
        for layer, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            z = torch.baddbmm(bias, hidden, weight)
            if layer == last:
                return z
            z, hidden = self._activated(layer + 1, z, hidden, batch)
            mask = None if masks is None else masks[layer + 1]
            if mask is not None:
                hidden = hidden * mask
            if trace is not None:
                trace.append((z, hidden))
            if layer + 1 == until:
                return hidden
        raise AssertionError("a network has at least its output layer")

    def _activated(self, layer: int, z: Tensor, before: Tensor, batch: Batch | None) -> tuple[Tensor, Tensor]:
        """What the activation of hidden layer ``layer`` (from 1) gets, and what comes out of the layer."""
        norm, normalized = self.normalizations.get(layer), self.layout.normalized
        hidden = z
        for step in PLAIN if norm is None or normalized is None else normalized.steps:
            if norm is not None and step == "normalize":
                hidden = _normalized(norm, layer, hidden, batch)
            else:
                z, hidden = hidden, self._activate(hidden)
        return z, hidden + before if self.layout.adds(layer) else hidden

    def gradients(self, losses: Tensor, weights: Tensor) -> Tensor:
        """Return ∂(Σ losses · weights)/∂parameters. Lanes do not mix.

        Parameters
        ----------
        losses : Tensor [lanes, …]
            Computed by ``forward``, with its graph, which is freed.
        weights : Tensor [lanes, …]
            The share of each loss in the cost.

        Returns
        -------
        Tensor [lanes, parameters]
            In the order of a flat row.
        """
        parts = torch.autograd.grad(losses, self.parameters, weights)
        return torch.cat([part.reshape(self.lanes, -1) for part in parts], 1)


@dataclass(eq=False)
class Batch:
    """A batch of a training step.

    Attributes
    ----------
    points
        How many of its first rows are real; ``LaneNetwork.whole_vectors`` appended the others.
    moments
        ``LaneNetwork.forward`` puts in what normalization over the batch saw, by hidden layer from 1.
    """

    points: int
    moments: dict[int, Moments] = field(default_factory=dict)


def _normalized(norm: NormalizedLayer, layer: int, values: Tensor, batch: Batch | None) -> Tensor:
    normalized, moments = norm.apply(values, None if batch is None else batch.points)
    if batch is not None and moments is not None:
        batch.moments[layer] = moments
    return normalized


def bind_activation(choice: ActivationChoice) -> Callable[[Tensor], Tensor]:
    """Return an activation as a function of z alone.

    Parameters
    ----------
    choice
        With its parameters.

    Returns
    -------
    callable
        Takes and returns a tensor of any shape.

    Examples
    --------
    >>> bind_activation(ActivationChoice("relu"))(torch.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """
    function = ACTIVATIONS[choice.name].function
    return partial(function, **choice.parameters) if choice.parameters else function
