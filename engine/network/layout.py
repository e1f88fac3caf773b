"""Where each layer's weights and biases lie in a lane's flat row of parameters."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from engine.catalogue.losses import LOSSES
from engine.experiment.settings import DataSettings, Lane


@dataclass(frozen=True)
class Layout:
    """Neurons from the input features to the outputs: ``widths`` [L + 1].

    A flat row holds W_1, …, W_L (each [in, out], row by row), then b_1, …, b_L.
    """

    widths: tuple[int, ...]

    @classmethod
    def of(cls, lane: Lane, data: DataSettings) -> Layout:
        outputs = LOSSES[lane.training.loss.name].outputs(data.task, data.classes)
        return cls((len(lane.network.features), *lane.network.hidden, outputs))

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
        """Length of a row."""
        return self.weights + sum(self.widths[1:])

    def weight_slices(self) -> list[slice]:
        return _slices([fan_in * fan_out for fan_in, fan_out in self.shapes], 0)

    def bias_slices(self) -> list[slice]:
        return _slices(list(self.widths[1:]), self.weights)


def _slices(sizes: list[int], start: int) -> list[slice]:
    slices = []
    for size in sizes:
        slices.append(slice(start, start + size))
        start += size
    return slices
