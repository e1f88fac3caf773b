"""The networks of a repeated lane at one epoch, while those that came later catch up with the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from engine.observation.snapshot import Best, HistoryView, LaneSnapshot, Measurement


def at_one_epoch(networks: Sequence[LaneSnapshot]) -> list[LaneSnapshot]:
    """Return networks as they were when they had trained as long as the last one of them.

    Medians and comparisons are then of equal epochs. What views have asked for, such as predictions, is of now.

    Parameters
    ----------
    networks
        The networks of a repeated lane.

    Returns
    -------
    list of LaneSnapshot
        With numbers, best epoch and history up to the epoch of the last one that trains, or to the last row before it
        where a long history has none; the same objects where all have come to that. ``reached`` says how far the
        others have come. One whose history does not reach back stays.
    """
    training = [one.now.epoch for one in networks if one.status == "training"]
    last = min(training, default=None)
    if last is None or all(one.now.epoch <= last for one in networks):
        return list(networks)
    return [one if one.now.epoch <= last else _back_at(one, last) for one in networks]


def _back_at(lane: LaneSnapshot, epoch: int) -> LaneSnapshot:
    rows = int(np.searchsorted(lane.history.epoch, epoch, side="right"))
    if not rows:
        return lane
    history = lane.history.head(rows)
    # Of a long history some rows were left out.
    epoch = int(history.epoch[-1])
    measured = history.layer_epoch[-1:] == epoch
    layers = history.layers[-1] if measured.any() else np.full_like(lane.now.layers, np.nan)
    now = Measurement(
        epoch=epoch,
        step=int(history.step[-1]),
        loss=history.loss[-1],
        penalty=float(history.penalty[-1]),
        score=history.score[-1],
        layers=layers,
        penalty_parts=history.penalty_parts[-1],
    )
    best = lane.best if lane.best is None or lane.best.epoch <= epoch else _best_of(lane, history)
    return replace(lane, now=now, history=history, best=best, reached=lane.now.epoch)


def _best_of(lane: LaneSnapshot, history: HistoryView) -> Best | None:
    """The epoch with the lowest validation loss since data or loss last changed; None where that came later."""
    since = 0 if lane.first_best is None else lane.first_best.epoch
    validation = np.where(history.epoch >= since, history.loss[:, 1], np.nan)
    if np.isnan(validation).all():
        return None
    row = int(np.nanargmin(validation))
    training, lowest, test = history.loss[row].tolist()
    return Best(int(history.epoch[row]), int(history.step[row]), (training, lowest, test))
