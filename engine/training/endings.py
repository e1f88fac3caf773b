"""How lanes end: when, why, and with which parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Literal

import numpy as np
from torch import Tensor

from engine.network import LaneNetwork
from engine.observation import Stop
from engine.observation.measure import Evaluation
from engine.observation.snapshot import held_clause
from engine.tape.denormals import without_denormals
from engine.training.lane_run import LaneRun
from engine.training.lane_state import LaneState
from engine.training.lanes import Lanes
from engine.training.step.threads import one_thread


@dataclass(frozen=True, eq=False)
class Ending:
    """The end of a run.

    Attributes
    ----------
    run
        The lane that ends.
    stop
        Why and when.
    row
        The parameters [size] to restore; None to keep the current ones.
    """

    run: LaneRun
    stop: Stop
    row: Tensor | None


def divergence(run: LaneRun, checkpoint: Tensor, loss: float) -> Ending:
    """The ending of a lane whose loss is not finite.

    A lane diverges in a step, that is during the epoch after its last whole one. The last finite loss may be huge, so
    it goes back to the parameters of its best epoch, whether or not it stops early. Without validation points it has
    none; then it goes back to the last parameters with a finite loss, or to those that it began with if that loss is
    above its first.

    Parameters
    ----------
    run
        The lane.
    checkpoint
        The last parameters [size] with a finite loss.
    loss
        Their training loss.
    """
    epoch: int | None = None
    holds: Literal["best", "last", "first"]
    if run.best is not None and run.best_row is not None:
        epoch, row, holds = run.best.epoch, run.best_row, "best"
    elif loss > _first_loss(run):
        row, holds = run.first_state().row, "first"
    else:
        row, holds = checkpoint, "last"
    stop = Stop("divergence", run.epoch + 1, epoch, "", run.step, holds=holds)
    reason = f"the loss is no longer finite{held_clause(stop)}"
    return Ending(run, replace(stop, reason=reason), row)


def _first_loss(run: LaneRun) -> float:
    """The first finite training loss of its history; infinite where there is none."""
    losses = run.history.view().loss[:, 0]
    finite = losses[np.isfinite(losses)]
    return float(finite[0]) if len(finite) else inf


def early_stopping(run: LaneRun) -> Ending | None:
    """The ending of a lane that meets its criterion of early stopping after its latest epoch; None if it does not."""
    settings = run.lane.regularization.early_stopping
    if settings is None or run.status != "training":
        return None
    reason = run.progress.stopping.verdict(settings)
    if reason is None:
        return None
    best = run.best if run.restores_best else None
    epoch, row = (None, None) if best is None else (best.epoch, run.best_row)
    return Ending(run, Stop("early_stopping", run.epoch, epoch, reason, run.step), row)


def settle(lanes: Lanes) -> None:
    """Check the latest steps and end the lanes that diverged in them, so that all numbers are finite."""
    one_thread()
    end_diverged(lanes, unsettled(lanes))


def unsettled(lanes: Lanes) -> list[LaneRun]:
    """Return newly diverged lanes, reset to the step of divergence."""
    return [run for stack in lanes.stacks.running for run in stack.settle()]


def end_diverged(lanes: Lanes, diverged: Sequence[LaneRun]) -> None:
    """End these lanes; they go back to parameters with a finite loss."""
    if diverged:
        states = lanes.stacks.states()
        rows = [states[run].checkpoint for run in diverged]
        end(
            lanes,
            [
                divergence(run, row, _training_loss(lanes, run, row))
                for run, row in zip(diverged, rows, strict=True)
            ],
        )


@without_denormals()
def _training_loss(lanes: Lanes, run: LaneRun, row: Tensor) -> float:
    """The training loss of a lane with other parameters [size]; the same number whatever way its steps take."""
    stack, _ = lanes.stacks.find(run.lane.name)
    network = LaneNetwork(stack.network.layout, stack.network.activation, row[None].float().clone())
    evaluation = Evaluation(network, stack.data, {})
    evaluation.run()
    return float(evaluation.numbers()[0, 0])


def conclude_epoch(lanes: Lanes) -> None:
    """Let the lanes that meet their criterion of early stopping end.

    Parameters
    ----------
    lanes
        All lanes, whose runs have noted the epoch.
    """
    watched = {run for stack in lanes.stacks.running if stack.data.validation for run in stack.runs}
    end(lanes, [one for run in lanes.running if run in watched and (one := early_stopping(run))])


def end(lanes: Lanes, endings: Sequence[Ending]) -> None:
    """Apply the endings and form new stacks."""
    if not endings:
        return
    states = lanes.stacks.states()
    for ending in endings:
        run = ending.run
        run.end(ending.stop)
        lanes.stops.append((run, ending.stop))
        if ending.stop.kind == "early_stopping":
            run.left = states[run]
        if ending.row is not None:
            states[run] = LaneState.at(ending.row)
    lanes.arrange(states)
