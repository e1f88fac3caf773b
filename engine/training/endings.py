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
    """The lane's loss is not finite: back to the last parameters with which it was, or to the best if so wished.

    It happened in a step, and so in the epoch after the last whole one.
    """
    best = run.best if run.restores_best else None
    reason = "the loss is no longer finite" + (
        "; the weights are the last with a finite loss" if best is None else ""
    )
    row = checkpoint if best is None else run.best_row
    epoch = None if best is None else best.epoch
    return Ending(run, Stop("divergence", run.epoch + 1, epoch, reason, run.step), row)


def early_stopping(run: LaneRun) -> Ending | None:
    """The lane's ending when its criterion says so, else None."""
    settings = run.lane.regularization.early_stopping
    if settings is None or run.status != "training":
        return None
    reason = run.stopping.verdict(settings)
    if reason is None:
        return None
    best = run.best if run.restores_best else None
    epoch, row = (None, None) if best is None else (best.epoch, run.best_row)
    return Ending(run, Stop("early_stopping", run.epoch, epoch, reason, run.step), row)
