"""The shape of a network, and where each layer's numbers lie in a lane's flat row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.catalogue.losses import LOSSES
from engine.catalogue.normalizations import NORMALIZATIONS, POSITIONS
from engine.experiment.settings import DataSettings, Lane


@dataclass(frozen=True)
class Normalized:
    """Which hidden layers are normalized, and how.

    Attributes
    ----------
    kind
        A key of ``NORMALIZATIONS``.
    position
        A key of ``POSITIONS``.
    layers
        Numbers of the layers, from 1, ascending.
    """

    kind: str
    position: str
    layers: tuple[int, ...]

    @property
    def over_batch(self) -> bool:
        return NORMALIZATIONS[self.kind].over_batch

    @property
    def steps(self) -> tuple[str, ...]:
        """The order of normalization and activation: "normalize" and "activate"."""
        return POSITIONS[self.position].steps

    @classmethod
    def of(cls, lane: Lane) -> Normalized | None:
        """Return the normalization of a lane.

        Parameters
        ----------
        lane
            Valid settings.

        Returns
        -------
        Normalized or None
            None without normalization, and without hidden layers.
        """
        settings, depth = lane.network.normalization, len(lane.network.hidden)
        if settings is None or not depth:
            return None
        layers = tuple(range(1, depth + 1)) if settings.layers == "all" else tuple(sorted(settings.layers))
        return cls(settings.kind, settings.position, layers)


@dataclass(frozen=True)
class Layout:
    """The shape of a network, and where its numbers are in a flat row.

    A flat row holds W_1, …, W_L (each [in, out], row by row), b_1, …, b_L, then, of the normalized layers, all scales
    γ and all shifts β. These are its ``parameters``. The running means and variances of batch normalization, which
    training follows but no gradient moves, fill it to its ``size``.

    Attributes
    ----------
    widths : [L + 1]
        Neurons from the input features to the outputs.
    normalized
        None without normalization.
    residual
        Whether each hidden layer adds the activations of the one before, where both are as wide.

    Examples
    --------
    >>> layout = Layout((2, 3, 1))
    >>> layout.weight_slices(), layout.bias_slices(), layout.size
    ([slice(0, 6, None), slice(6, 9, None)], [slice(9, 12, None), slice(12, 13, None)], 13)
    """

    widths: tuple[int, ...]
    normalized: Normalized | None = None
    residual: bool = False

    @classmethod
    def of(cls, lane: Lane, data: DataSettings) -> Layout:
        """Return the shape of a lane's network.

        Parameters
        ----------
        lane
            Its features, hidden layers, normalization and loss decide.
        data
            Task and number of classes decide the number of outputs.

        Returns
        -------
        Layout
        """
        outputs = LOSSES[lane.training.loss.name].outputs(data.task, data.classes)
        widths = (len(lane.network.features), *lane.network.hidden, outputs)
        return cls(widths, Normalized.of(lane), lane.network.residual)

    @property
    def layers(self) -> int:
        return len(self.widths) - 1

    @cached_property
    def shapes(self) -> tuple[tuple[int, int], ...]:
        """(fan in, fan out) of each layer."""
        return tuple(zip(self.widths, self.widths[1:], strict=False))

    @cached_property
    def weights(self) -> int:
        """How many of a row's parameters are weights; they come first."""
        return sum(fan_in * fan_out for fan_in, fan_out in self.shapes)

    @cached_property
    def parameters(self) -> int:
        """How many numbers of a row training moves along the gradient."""
        return self.weights + sum(self.widths[1:]) + 2 * sum(self._normalized_widths)

    @cached_property
    def size(self) -> int:
        """Length of a row."""
        running = self.normalized is not None and self.normalized.over_batch
        return self.parameters + (2 * sum(self._normalized_widths) if running else 0)

    def by_parameter(self, values: Sequence[float]) -> NDArray[np.float64]:
        """Return for each parameter the value of its layer.

        Parameters
        ----------
        values : [L]
            One a layer.

        Returns
        -------
        float64 [parameters]
            Scale and shift of a normalized layer belong to it, as its weights and biases do.

        Examples
        --------
        >>> Layout((1, 2, 1)).by_parameter([3.0, 4.0])
        array([3., 3., 4., 4., 3., 3., 4.])
        """
        row = np.empty(self.parameters)
        for slices in (self.weight_slices(), self.bias_slices()):
            for value, own in zip(values, slices, strict=True):
                row[own] = value
        for slices in self.normalization_slices():
            for layer, own in zip(self.normalized.layers if self.normalized else (), slices, strict=True):
                row[own] = values[layer - 1]
        return row

    def weight_slices(self) -> list[slice]:
        return _slices([fan_in * fan_out for fan_in, fan_out in self.shapes], 0)

    def bias_slices(self) -> list[slice]:
        return _slices(list(self.widths[1:]), self.weights)

    def normalization_slices(self) -> tuple[list[slice], list[slice]]:
        """Of each normalized layer: scale and shift."""
        widths = self._normalized_widths
        start = self.weights + sum(self.widths[1:])
        return _slices(widths, start), _slices(widths, start + sum(widths))

    def running_slices(self) -> tuple[list[slice], list[slice]]:
        """Of each layer normalized over the batch: running mean and variance."""
        widths = self._normalized_widths if self.size > self.parameters else []
        return _slices(widths, self.parameters), _slices(widths, self.parameters + sum(widths))

    def adds(self, layer: int) -> bool:
        """Whether a hidden layer has a residual connection.

        Parameters
        ----------
        layer
            Its number, from 1.

        Returns
        -------
        bool
            True where residual connections are on and the hidden layer before is as wide. Layer 1 never adds the
            inputs.
        """
        return self.residual and layer > 1 and self.widths[layer] == self.widths[layer - 1]

    @cached_property
    def _normalized_widths(self) -> list[int]:
        return [self.widths[layer] for layer in self.normalized.layers] if self.normalized else []


def _slices(sizes: list[int], start: int) -> list[slice]:
    slices = []
    for size in sizes:
        slices.append(slice(start, start + size))
        start += size
    return slices
