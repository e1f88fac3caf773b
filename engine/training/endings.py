"""How lanes end: why, and with which parameters."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from engine.observation import Stop
from engine.training.lane_run import LaneRun


@dataclass(frozen=True, eq=False)
class Ending:
    """``row`` holds the parameters that the lane goes back to, None where it keeps those it has."""

    run: LaneRun
    stop: Stop
    row: Tensor | None


def divergence(run: LaneRun, checkpoint: Tensor) -> Ending:
    """The lane's loss is not finite: back to the last parameters with which it was."""
    reason = "the loss is no longer finite; a lower learning rate may help"
    return Ending(run, Stop("divergence", run.epoch, None, reason), checkpoint)


def early_stopping(run: LaneRun) -> Ending | None:
    """The lane's ending when its criterion says so, else None."""
    settings, best = run.lane.regularization.early_stopping, run.stopping.best.epoch
    if settings is None or run.status != "training":
        return None
    reason = run.stopping.verdict(settings)
    if reason is None:
        return None
    row = run.best_row if settings.restore_best else None
    return Ending(run, Stop("early_stopping", run.epoch, None if row is None else best, reason), row)
