"""Numbers of the optimizer that change with every step, for many lanes on a device."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from msgspec.structs import replace
from torch import Tensor

from engine.catalogue.optimizers import OPTIMIZERS
from engine.training.lane_run import LaneRun
from engine.training.step.per_step import Rule
from engine.training.step.step_rule import step_rule


class DeviceNumbers:
    """What each step of each lane reads of its optimizer.

    It is computed once for all lanes that differ by their learning rates alone, for the rate 1; the catalogue says
    which numbers grow with it.

    Parameters
    ----------
    runs
        The lanes.
    optimizer
        The key of their optimizer.
    batches
        How many batches make an epoch.
    device
        Where they are trained.
    """

    def __init__(
        self, runs: Sequence[LaneRun], optimizer: str, batches: int, device: torch.device | str
    ) -> None:
        self._optimizer, self._batches = optimizer, batches
        trainings = [run.lane.training for run in runs]
        # The first lane of each kind stands for all of them.
        firsts: dict[object, int] = {}
        kind_of = [firsts.setdefault((one.optimizer, one.schedule), len(firsts)) for one in trainings]
        self._kinds = [_with_rate_1(runs[kind_of.index(kind)]) for kind in range(len(firsts))]
        names = self._rule(0)(0, 1)
        grow = torch.tensor([name in OPTIMIZERS[optimizer].rates for name in names], dtype=torch.bool)
        self._kind_of = None if len(self._kinds) == 1 else torch.tensor(kind_of, device=device)
        rates = torch.tensor([one.learning_rate for one in trainings], dtype=torch.float64, device=device)
        self._factors = torch.where(grow.to(device)[:, None], rates, 1.0)
        self._device = device

    def of(self, epoch: int, epochs: int) -> Tensor:
        """Return the numbers of all steps of some epochs.

        Parameters
        ----------
        epoch
            How many epochs the lanes have been trained.
        epochs
            For how many.

        Returns
        -------
        Tensor [steps, names, lanes, 1]
            Of single precision, on the device.
        """
        steps = epochs * self._batches
        numbers = list(self._rule(epoch)(0, steps).values())
        made = np.stack(numbers) if numbers else np.zeros((0, len(self._kinds), steps))
        found = torch.from_numpy(made).to(self._device).permute(2, 0, 1)
        if self._kind_of is not None:
            found = found.index_select(2, self._kind_of)
        return (found * self._factors).float()[..., None]

    def _rule(self, epoch: int) -> Rule:
        for run in self._kinds:
            run.epoch = epoch
        updates = [epoch * self._batches] * len(self._kinds)
        return step_rule(self._kinds, self._optimizer, updates, self._batches)


def _with_rate_1(run: LaneRun) -> LaneRun:
    return LaneRun(replace(run.lane, training=replace(run.lane.training, learning_rate=1.0)), run.layout)
