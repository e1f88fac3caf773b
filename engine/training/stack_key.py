"""What lanes must share to be one stack, and whether a lane alone would get other bits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from engine.experiment.choice import ActivationChoice, LossChoice
from engine.experiment.settings import OwnData
from engine.network import Layout
from engine.training.lane_run import LaneRun
from engine.training.step.batch_invariance import same_alone
from engine.training.step.feed import room_for, rows_for
from engine.training.step.lane_numbers import moves_points

TWIN_LIMIT = 100_000
"""Up to this many parameters a lane alone may be computed twice (see ``LaneStack``)."""


@dataclass(frozen=True)
class StackKey:
    """What lanes must share to train in one batched step."""

    layout: Layout
    features: tuple[str, ...]
    input_scaling: str
    activation: ActivationChoice
    loss: LossChoice
    optimizer: str
    batch_size: int
    moves_points: bool
    ahead: int | None
    """``LaneRun.ahead``: lanes in one step train the same epoch."""
    own_data: OwnData | None = None
    """Lanes in one step train on the same points."""

    @property
    def running(self) -> bool:
        """Whether the lanes train now."""
        return self.ahead is not None

    @classmethod
    def of(cls, run: LaneRun) -> StackKey:
        """The key of a run as its settings and its epochs are now."""
        network, training = run.lane.network, run.lane.training
        return cls(
            run.layout,
            network.features,
            network.input_scaling,
            network.activation,
            training.loss,
            training.optimizer.name,
            training.batch_size,
            moves_points(run.lane.regularization),
            run.ahead,
            run.lane.own_data,
        )

    def trains_alone(self, task: str, points: int, dtype: torch.dtype = torch.float32) -> bool:
        """Whether a lane alone is trained on this many points to the bits that it gets in company."""
        rows = rows_for(room_for(points, self.batch_size), self.moves_points)
        return self._same_alone(
            task, [(rows, min(self.batch_size, points)), (rows, points % self.batch_size)], dtype
        )

    def measures_alone(self, task: str, points: int, dtype: torch.dtype = torch.float32) -> bool:
        """Whether a lane alone gets, on this many points, the bits that it gets in company."""
        return self._same_alone(task, [(points, points)], dtype)

    def _same_alone(self, task: str, shapes: Sequence[tuple[int, int]], dtype: torch.dtype) -> bool:
        if self.layout.parameters > TWIN_LIMIT:
            return True
        return same_alone(self.layout, self.activation, self.loss, task, shapes, dtype=dtype)
