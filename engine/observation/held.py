"""Whose weights a lane has: those of its newest step, or others that it went back to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.observation.snapshot import EditMark, LaneSnapshot, Stop


@dataclass(frozen=True, slots=True)
class Held:
    """Whose weights a lane has.

    Attributes
    ----------
    which
        Those of its newest step, also where a person has set some of them since; those of its best epoch, the last
        with a finite loss, or those that it began with.
    epoch
        The best epoch, where its weights are held; None otherwise, and where other data or another loss came later.
    """

    which: Literal["newest", "best", "last", "first"] = "newest"
    epoch: int | None = None


def held(lane: LaneSnapshot) -> Held:
    """Return whose weights a lane has.

    Parameters
    ----------
    lane
        A snapshot with all its marks and stops.

    Returns
    -------
    Held
        What the newest return to other weights says, if no step came after it and no weight was set by hand.
    """
    step = lane.now.step
    returns: list[EditMark | Stop] = [
        mark for mark in lane.marks if mark.kind == "restore" and mark.step == step
    ]
    returns += [
        stop for stop in lane.stops if stop.step == step and (stop == lane.stop or stop.kind == "divergence")
    ]
    set_by_hand = [mark.order for mark in lane.marks if mark.kind == "weight" and mark.until_step == step]
    newest = max(returns, key=lambda one: one.order, default=None)
    if newest is None or newest.order < max(set_by_hand, default=-1):
        return Held()
    if isinstance(newest, Stop):
        if newest.best_epoch is not None:
            return Held("best", newest.best_epoch)
        return Held(newest.holds) if newest.holds in ("last", "first") else Held()
    best = lane.best
    # After other data or another loss, the best there is are the weights of now.
    return Held("best", best.epoch if best is not None and best.step < step else None)
