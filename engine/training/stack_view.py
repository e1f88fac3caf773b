"""Some lanes of a stack, as observables see them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from torch import Tensor

from engine.network import EncodedData, LaneNetwork
from engine.observation.looks import Backward, LatestStep
from engine.observation.rows import Floats
from engine.training.lane_run import LaneRun
from engine.training.lane_stack import LaneStack


class StackView:
    """An ``ObservedStack`` of the lanes with these indices, valid until the stack trains on.

    Lanes are copied out of the stack when an observable first looks at their network.
    """

    def __init__(self, stack: LaneStack, indices: Sequence[int]) -> None:
        self._stack, self._indices = stack, indices
        self.runs: Sequence[LaneRun] = [stack.runs[index] for index in indices]
        self.data: EncodedData = stack.data
        self.way = stack.way

    @property
    def network(self) -> LaneNetwork:
        return self._part[0]

    @property
    def dropout_rates(self) -> Sequence[Tensor | None]:
        return self._part[1]

    def augmented_batch(self, index: int) -> tuple[Floats, Floats] | None:
        return self._stack.augmented_batch(self._indices[index])

    def backward(self, index: int) -> Backward | None:
        # All of them together: each subset of the lanes is recorded or compiled for itself.
        self._stack.measuring.measure_layers(self._indices)
        return self._stack.measuring.backward(self._indices[index])

    def latest_step(self, index: int) -> LatestStep:
        return self._stack.latest_step(self._indices[index])

    @cached_property
    def _part(self) -> tuple[LaneNetwork, Sequence[Tensor | None]]:
        return self._stack.part(self._indices)
