"""The tensors of a stack that its step works on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from torch import Tensor

from engine.catalogue.optimizers import Hyper, Optimizer, Slots
from engine.network import LaneNetwork
from engine.tape.placement import Placement
from engine.training.step.augmentation import STRENGTHS


@dataclass(frozen=True, eq=False)
class StepState:
    """What a step works on; its memory stays the same for as long as the stack lives.

    ``memory`` [2 + slots, lanes, size] holds the network's parameters, the checkpoint (the parameters before the
    latest update) and the optimizer's slots. ``terms`` [lanes, 1] are the strengths of the regularizers that any lane
    uses, by name. ``rates`` [lanes, 1, 1] are the dropout rates of the inputs and of each hidden layer, None for a
    layer without dropout in any lane.
    """

    network: LaneNetwork
    memory: Tensor
    slots: Slots
    hyper: Hyper
    optimizer: Optimizer
    terms: Mapping[str, Tensor]
    rates: Sequence[Tensor | None]

    @property
    def place(self) -> Placement:
        """Where all of it lies."""
        return Placement.of(self.memory)

    @property
    def checkpoint(self) -> Tensor:
        """[lanes, size]"""
        return self.memory[1]

    @property
    def drops(self) -> bool:
        """Whether any lane drops inputs or neurons."""
        return any(rate is not None for rate in self.rates)

    @property
    def augmentation(self) -> dict[str, Tensor]:
        """Strengths of augmentation that any lane uses."""
        return {key: self.terms[key] for key in STRENGTHS if key in self.terms}

    @property
    def counts_points(self) -> bool:
        """Whether the calls of a step depend on how many points its batch has: moments over the batch, and the
        successor of a point in it.
        """
        normalized = self.network.layout.normalized
        return "mixup" in self.terms or (normalized is not None and normalized.over_batch)
