"""Runs as snapshots that a window may keep."""

from __future__ import annotations

from engine.catalogue.clipping_kinds import CLIPPING_KINDS
from engine.catalogue.l1_updates import L1_UPDATES
from engine.experiment.settings import ClippingSettings
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
        clip_norm=_largest_norm(settings.gradient_clipping),
        clips_cost=not (settings.l1 and L1_UPDATES[settings.l1_update].shrink),
        marks=run.marks.view,
        continues_from=run.continues_from,
        first_best=run.progress.first_best,
        muted=run.lane.muted,
        held=run.held,
    )


def _largest_norm(clipping: ClippingSettings | None) -> float | None:
    """The norm above which the whole gradient is clipped; None where its norm has no limit."""
    limited = clipping is not None and CLIPPING_KINDS[clipping.kind].limits_norm
    return clipping.threshold if clipping is not None and limited else None
