"""The shape of a network, and where each layer's numbers lie in a lane's flat row."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from engine.catalogue.losses import LOSSES
from engine.catalogue.normalizations import NORMALIZATIONS
from engine.experiment.settings import DataSettings, Lane


@dataclass(frozen=True)
class Normalized:
    """Which hidden ``layers`` (from 1) are normalized, by which ``kind`` of the catalogue, ``before`` the activation
    or after it.
    """

    kind: str
    before: bool
    layers: tuple[int, ...]

    @property
    def over_batch(self) -> bool:
        return NORMALIZATIONS[self.kind].over_batch

    @classmethod
    def of(cls, lane: Lane) -> Normalized | None:
        settings, depth = lane.network.normalization, len(lane.network.hidden)
        if settings is None or not depth:
            return None
        layers = tuple(range(1, depth + 1)) if settings.layers == "all" else tuple(sorted(settings.layers))
        return cls(settings.kind, settings.position == "before", layers)


@dataclass(frozen=True)
class Layout:
    """Neurons from the input features to the outputs: ``widths`` [L + 1]; which layers are normalized; and whether
    each hidden layer adds the activations of the one before, where both are as wide.

    A flat row holds W_1, …, W_L (each [in, out], row by row), b_1, …, b_L, then, of the normalized layers, all scales
    γ and all shifts β. So far these are its ``parameters``; the running means and variances of batch normalization,
    which training follows but no gradient moves, fill it to its ``size``.
    """

    widths: tuple[int, ...]
    normalized: Normalized | None = None
    residual: bool = False

    @classmethod
    def of(cls, lane: Lane, data: DataSettings) -> Layout:
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
        """Whether hidden layer ``layer`` (from 1) adds the activations of the hidden layer before."""
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
