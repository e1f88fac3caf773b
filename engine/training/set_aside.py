"""Runs of lanes that were removed or started again, kept as long as somebody may undo that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.experiment.lane_pairs import trains_alike
from engine.experiment.settings import Lane
from engine.training.lane_run import LaneRun
from engine.training.lane_state import LaneState

MOST = 256
"""Runs that are kept at most: those of four sweeps, or of eight lanes with twenty seeds each."""
MOST_BYTES = 200_000_000
"""Memory that they take at most, most of it for histories. Where many were long, histories have fewer rows."""


@dataclass(frozen=True, eq=False)
class SetAside:
    """A run that is no lane any more, and its tensors, as of the moment when it was set aside."""

    run: LaneRun
    state: LaneState

    @property
    def size(self) -> int:
        """Bytes of memory, about."""
        return self._tensors + self.run.history.size

    def thin(self, size: int) -> None:
        """Remove rows of the history until all takes about ``size`` bytes, if it takes more."""
        if self.size > size:
            best = self.run.best
            room = max(size - self._tensors, 0)
            self.run.history = self.run.history.thinned(room, None if best is None else best.epoch)

    @property
    def _tensors(self) -> int:
        tensors = [self.state.row, self.state.checkpoint, *self.state.slots.values()]
        left, best = self.run.left, self.run.best_row
        tensors += [] if left is None else [left.row, left.checkpoint, *left.slots.values()]
        tensors += [] if best is None else [best]
        return sum(tensor.nbytes for tensor in tensors)

    def is_of(self, lane: Lane) -> bool:
        """Whether it is a run of this lane with these very settings."""
        return self.run.lane.name == lane.name and trains_alike(self.run.lane, lane)


def with_more(
    aside: Sequence[SetAside], runs: Sequence[LaneRun], states: Mapping[LaneRun, LaneState]
) -> tuple[SetAside, ...]:
    """Set runs aside. Where they take too much memory, curves lose rows; where there are too many, the oldest go.

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
    if sum(one.size for one in newest_first) > MOST_BYTES:
        for one in newest_first:
            one.thin(MOST_BYTES // len(newest_first))
    kept, room = [], MOST_BYTES
    for one in newest_first:
        room -= one.size
        if room < 0:
            break
        kept.append(one)
    return tuple(reversed(kept))


def is_among(lane: Lane, others: Sequence[Lane]) -> bool:
    """Say whether one of the others has the lane's name and trains as it does.

    Parameters
    ----------
    lane
        Its settings.
    others
        Those of other lanes, perhaps with the same names.

    Returns
    -------
    bool
    """
    return any(other.name == lane.name and trains_alike(other, lane) for other in others)


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
