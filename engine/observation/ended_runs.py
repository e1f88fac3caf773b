"""When a run has ended, and what is remembered of it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from engine.catalogue.probes import PROBES
from engine.catalogue.regularizers import PENALTY_PARTS
from engine.data.axes import to_share
from engine.experiment.effects import Effect, data_effect, lane_effect
from engine.experiment.lane_pairs import paired
from engine.experiment.own_data import on_equal_terms
from engine.experiment.points import Points
from engine.experiment.run_list import (
    LONGEST_REASON,
    OUTSIDE,
    SIDE,
    ByLoss,
    RunRecord,
    bare_lane,
    data_digest,
    packed_curves,
    packed_picture,
    thinned_rows,
    unpacked_curves,
)
from engine.experiment.settings import DataSettings, Experiment, Lane
from engine.observation.observables.prediction import PREDICTION, Prediction
from engine.observation.results import ByNumber, results_of
from engine.observation.snapshot import HistoryView, LaneSnapshot

LEVELS = 254
"""The number of the highest value in the picture of a surface or curve."""


# -- when


def is_other_run(before: LaneSnapshot, after: LaneSnapshot) -> bool:
    """Return whether a lane has started again between two snapshots.

    Parameters
    ----------
    before, after
        The lane in the one and in a later snapshot.

    Returns
    -------
    bool
        Whether it has made fewer updates, other losses before training, another depth, number of seeds or first mark.
    """
    return after.now.step < before.now.step or start_of(before) != start_of(after)


def start_of(lane: LaneSnapshot) -> tuple[object, ...]:
    """Return what a run began with, which tells it from others of its document.

    Parameters
    ----------
    lane
        At any moment of the run.

    Returns
    -------
    tuple
        Depth, number of seeds, losses before training, and the first mark.
    """
    history, mark = lane.history, next((mark for mark in lane.marks if mark.kind == "start"), None)
    first = (history.loss[0].tobytes(), float(history.penalty[0]).hex()) if len(history) else ()
    return history.layers.shape[-1], len(lane.repeats), first, mark


def ends_by_edit(
    before: Experiment, after: Experiment, old: Points, new: Points, same_set: bool = False
) -> Mapping[str, str]:
    """Return which runs an edit of the document ends.

    Parameters
    ----------
    before, after
        The experiment before and after the edit.
    old, new
        The points that each of them trains on.
    same_set
        As for ``engine.experiment.effects.data_effect``.

    Returns
    -------
    mapping of str to str
        Why the run of a lane has ended, a key of ``ENDS``, by the lane's name before the edit.
    """
    before, after = on_equal_terms(before, after)
    if data_effect(before.data, after.data, old, new, same_set) is Effect.RESTART:
        return {lane.name: "data" for lane in before.lanes}
    pairs = paired(before.lanes, after.lanes)
    later = {former.name: lane for lane in after.lanes if (former := pairs.get(lane.name)) is not None}
    ends = {}
    for lane in before.lanes:
        now = later.get(lane.name)
        if now is None:
            ends[lane.name] = "removed"
        elif lane_effect(lane, now, after.data, before.data) is Effect.RESTART:
            ends[lane.name] = "shape"
        elif lane.repeats != now.repeats:
            ends[lane.name] = "seeds"
    return ends


def end_between(before: LaneSnapshot | None, after: LaneSnapshot) -> str:
    """Return how a run has ended by itself between two snapshots.

    Parameters
    ----------
    before, after
        The lane in the one and in the next snapshot; None where it was not there.

    Returns
    -------
    str
        "early_stopping" or "divergence"; "" where the run goes on, has ended before, or has not trained an epoch.
    """
    is_new = before is None or before.stop != after.stop or before.status != after.status
    return own_end(after) if is_new and after.now.epoch > 0 else ""


def own_end(lane: LaneSnapshot) -> str:
    """Return how a lane has ended by itself.

    Parameters
    ----------
    lane
        At one moment.

    Returns
    -------
    str
        A key of ``ENDS``; "" while it trains or can be trained on.
    """
    return "" if lane.stop is None or lane.status == "training" else lane.stop.kind


# -- what


def record_of(
    number: int, lane: Lane, seen: LaneSnapshot, data: DataSettings, points: Points, ended: str, when: int
) -> RunRecord:
    """Return what is remembered of a run.

    Parameters
    ----------
    number
        Its number in the list.
    lane
        Its settings.
    seen
        Its last snapshot, with at least one epoch.
    data, points
        What it was trained on.
    ended
        A key of ``ENDS``; a run that has ended by itself keeps that reason.
    when
        Seconds since 1970.

    Returns
    -------
    RunRecord
        With a picture where the snapshot has a prediction.
    """
    now, stop = seen.now, seen.stop
    own, results = own_end(seen), results_of(seen, lane, data)
    reason = stop.reason if own and stop is not None else results.ended if seen.repeats else ""
    if seen.reached is not None:
        reason = f"new seeds had caught up to epoch {now.epoch:,} of {seen.reached:,}"
    return RunRecord(
        number=number,
        lane=bare_lane(lane),
        task=data.task,
        classes=data.classes,
        data=data_digest(data, points),
        epochs=now.epoch,
        when=when,
        ended=own or ended,
        reason=_one_line(reason),
        best_epoch=seen.best_epoch,
        loss=_by_split(results.loss),
        score=_by_split(results.score),
        gap=_finite(results.gap.value),
        penalty=_finite(now.penalty),
        zero_share=_finite(results.zero_share.value),
        gradient_ratio=_finite(results.gradient_ratio.value),
        diverged=sum(one.status == "diverged" for one in seen.repeats or (seen,)),
        curves=thinned_curves(seen.history, seen.best_epoch),
        picture=picture_of_prediction(PREDICTION.of(seen.observed), data),
    )


def thinned_curves(history: HistoryView, best_epoch: int | None = None) -> bytes:
    """Return the curves of a run as its record holds them.

    Parameters
    ----------
    history
        Of all epochs.
    best_epoch
        An epoch whose row stays.

    Returns
    -------
    bytes
        See ``engine.experiment.run_list.packed_curves``.
    """
    best = None if best_epoch is None else int(np.searchsorted(history.epoch, best_epoch))
    rows = thinned_rows(len(history), None if best is None or best >= len(history) else best)
    columns = (history.epoch[rows, None], history.loss[rows], history.penalty[rows, None])
    return packed_curves(np.concatenate(columns, axis=1, dtype=np.float64))


def history_of(record: RunRecord) -> HistoryView:
    """Return the curves of a run as a history, for plots.

    Parameters
    ----------
    record
        From a list of runs.

    Returns
    -------
    HistoryView
        The rows that are kept, without steps, scores, layers and parts of the penalty. The same object for the same
        curves, as long as few others are asked for.
    """
    return _history(record.curves)


@lru_cache(64)
def _history(curves: bytes) -> HistoryView:
    rows = unpacked_curves(curves)
    count, epoch = len(rows), rows[:, 0].astype(np.int64)
    nothing = np.empty(0, dtype=np.int64)
    return HistoryView(
        epoch=epoch,
        step=np.zeros(count, dtype=np.int64),
        loss=rows[:, 1:4],
        penalty=rows[:, 4],
        score=np.full((count, 3), np.nan),
        layer_epoch=nothing,
        layer_step=nothing,
        layers=np.empty((0, len(PROBES), 0)),
        penalty_parts=np.full((count, len(PENALTY_PARTS)), np.nan),
    )


def picture_of_prediction(prediction: Prediction | None, data: DataSettings) -> bytes:
    """Return the picture of what a network answers, as its record holds it.

    Parameters
    ----------
    prediction
        On a grid of any size; None where it was not seen.
    data
        Task and extent count.

    Returns
    -------
    bytes
        See ``engine.experiment.run_list.packed_picture``; empty where an answer is not finite.
    """
    if prediction is None or not np.isfinite(prediction.values).all():
        return b""
    values = prediction.values
    nearest = [_nearest(size) for size in values.shape[: 1 if data.task == "curve" else 2]]
    picked = values[np.ix_(*nearest)]
    if data.task == "classification":
        return packed_picture(picked.argmax(axis=-1).astype(np.uint8))
    ends = data.extent.y if data.task == "curve" else data.extent.value
    share = to_share(picked, ends)
    levels = np.rint((share.clip(-1.0, 1.0) + 1.0) / 2.0 * LEVELS).astype(np.uint8)
    if data.task == "curve":
        levels[np.abs(share) > 1.0] = OUTSIDE
    return packed_picture(levels)


def _nearest(size: int) -> NDArray[np.int64]:
    """Which cells of a grid lie nearest to those of the picture."""
    return ((np.arange(SIDE) + 0.5) * size / SIDE).astype(np.int64)


def _by_split(values: ByNumber) -> ByLoss:
    training, validation, test = (_finite(number.value) for number in values)
    return training, validation, test


def _finite(value: float) -> float | None:
    return float(value) if isfinite(value) else None


def _one_line(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)[:LONGEST_REASON]
