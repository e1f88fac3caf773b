"""Runs of lanes that were removed or started again, kept as long as somebody may undo that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.experiment.lane_pairs import trains_alike
from engine.experiment.settings import Lane
from engine.training.lane_run import LaneRun
from engine.training.lane_state import LaneState

MOST = 160
"""Runs that are kept at most: those of eight lanes with twenty seeds each."""
MOST_BYTES = 100_000_000
"""Memory that they take at most, most of it for histories."""


@dataclass(frozen=True, eq=False)
class SetAside:
    """A run that is no lane any more, and its tensors, as of the moment when it was set aside."""

    run: LaneRun
    state: LaneState

    @property
    def size(self) -> int:
        """Bytes of memory, about."""
        tensors = [self.state.row, self.state.checkpoint, *self.state.slots.values()]
        left, best = self.run.left, self.run.best_row
        tensors += [] if left is None else [left.row, left.checkpoint, *left.slots.values()]
        tensors += [] if best is None else [best]
        return sum(tensor.nbytes for tensor in tensors) + self.run.history.size

    def is_of(self, lane: Lane) -> bool:
        """Whether it is a run of this lane with these very settings."""
        return self.run.lane.name == lane.name and trains_alike(self.run.lane, lane)


def with_more(
    aside: Sequence[SetAside], runs: Sequence[LaneRun], states: Mapping[LaneRun, LaneState]
) -> tuple[SetAside, ...]:
    """Set runs aside; the oldest ones go where there are too many.

    Parameters
    ----------
    aside
        Those so far, the oldest first. A newer run of the same lane with the same settings takes the place of one.
    runs
        More. One without a step or a weight set by hand is not kept: it is the same when it starts again.
    states
        Their tensors.

    Returns
    -------
    tuple of SetAside
        At most ``MOST``, with at most ``MOST_BYTES``.
    """
    others = [one for one in aside if not any(one.is_of(run.lane) for run in runs)]
    worth = [run for run in runs if run.step or run.marks.view]
    newest_first = [*(SetAside(run, states[run]) for run in worth), *reversed(others)][:MOST]
    kept, room = [], MOST_BYTES
    for one in newest_first:
        room -= one.size
        if room < 0:
            break
        kept.append(one)
    return tuple(reversed(kept))


def found(aside: Sequence[SetAside], lanes: Sequence[Lane]) -> dict[str, SetAside]:
    """Find the runs of lanes that come back.

    Parameters
    ----------
    aside
        The runs that were set aside.
    lanes
        Settings of the lanes that come back.

    Returns
    -------
    dict of SetAside
        By name; lanes of which no run is kept are missing.
    """
    return {lane.name: one for lane in lanes for one in aside if one.is_of(lane)}
