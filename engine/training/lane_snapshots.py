"""Runs as snapshots that a window may keep."""

from __future__ import annotations

from engine.observation import HistoryView, LaneSnapshot, Observed
from engine.training.lane_run import LaneRun


def lane_snapshot(run: LaneRun, history: HistoryView, observed: Observed) -> LaneSnapshot:
    """The snapshot of a run that has been measured.

    Parameters
    ----------
    run
        The run; its ``now`` is not None.
    history
        Its history, or an empty one where the history travels apart from the snapshot.
    observed
        The observables that somebody asked for.

    Returns
    -------
    LaneSnapshot
        Nothing in it changes when training goes on.
    """
    assert run.now is not None
    settings = run.lane.regularization
    clipping = settings.gradient_clipping
    return LaneSnapshot(
        name=run.lane.name,
        status=run.status,
        stop=run.stop,
        best=run.best,
        now=run.now,
        history=history,
        observed=observed,
        stops=tuple(run.stops),
        chain=run.chain,
        clip_norm=clipping.threshold if clipping is not None and clipping.kind == "norm" else None,
        clips_cost=not (settings.l1 and settings.l1_update == "proximal"),
        marks=run.marks.view,
        continues_from=run.continues_from,
        first_best=run.progress.first_best,
    )
