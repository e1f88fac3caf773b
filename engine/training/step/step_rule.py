"""The learning rates and optimizer numbers of a stack's next steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from engine.catalogue.optimizers import OPTIMIZERS, Floats
from engine.training.lane_run import LaneRun
from engine.training.step.lane_numbers import is_scheduled, optimizer_parameters, rate_of
from engine.training.step.per_step import Rule
from engine.training.step.schedule import Rate, epochs_before


class RuleSettings(NamedTuple):
    """What a rule reads of the settings of lanes; as long as nobody edits these, it stays the same.

    Attributes
    ----------
    parameters
        Those of the optimizer, with the learning rates [lanes, 1], by name.
    rates
        The learning rates with their schedules.
    scheduled
        Whether any lane has a schedule.
    """

    parameters: Mapping[str, Floats]
    rates: Sequence[Rate]
    scheduled: bool

    @classmethod
    def of(cls, runs: Sequence[LaneRun]) -> RuleSettings:
        """Read those of some runs."""
        return cls(optimizer_parameters(runs), [rate_of(run) for run in runs], is_scheduled(runs))


def step_rule(
    runs: Sequence[LaneRun],
    optimizer: str,
    updates: Sequence[int],
    batches: int,
    batch: int = 0,
    settings: RuleSettings | None = None,
) -> Rule:
    """Make the rule for the numbers of the optimizer that change from step to step.

    Parameters
    ----------
    runs
        The lanes of a stack, one for each row.
    optimizer
        The key of their optimizer.
    updates
        How many updates the optimizer of each lane makes before the first step of the rule.
    batches
        How many batches make an epoch.
    batch
        Number of the first step's batch in the runs' current epochs.
    settings
        What ``RuleSettings.of`` returned for these runs, if somebody has that.
    """
    per_step = OPTIMIZERS[optimizer].per_step
    parameters, rates, scheduled = settings or RuleSettings.of(runs)
    made = np.array(updates, dtype=np.float64)[:, None]
    begun = [run.epoch for run in runs]

    def rule(first: int, count: int) -> dict[str, Floats]:
        numbers: dict[str, Floats] = {}
        if scheduled:
            numbers["learning_rate"] = np.stack(
                [
                    rate.at(epochs_before(epoch, batch + first, batches, count))
                    for rate, epoch in zip(rates, begun, strict=True)
                ]
            )
        steps = made + np.arange(first + 1, first + count + 1)
        return numbers | (per_step({**parameters, **numbers}, steps) if per_step else {})

    return rule
