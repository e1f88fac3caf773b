"""Which network is which while lanes are renamed, added and removed faster than the engine answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from engine.experiment import Experiment, Lane
from engine.experiment.lane_pairs import former_names, names_before, trains_alike
from engine.experiment.repeats import expanded
from engine.observation.snapshot import LaneSnapshot, Snapshot


class LaneNames:
    """Follows the names of all networks edit by edit: of several edits at once nobody could tell which is which."""

    def __init__(self) -> None:
        self._told: tuple[Lane, ...] | None = None
        self._former: Mapping[str, str] = {}
        self._present: dict[str, str | None] = {}
        """The present names by those in snapshots from before the latest edits; None for networks that are gone."""

    def note_edit(self, before: Experiment, after: Experiment) -> bool:
        """Follow an edit; returns whether a network has gone or has another name."""
        earlier, later = expanded(before).lanes, expanded(after).lanes
        if before.lanes is after.lanes:
            return False
        former = former_names(earlier, later)
        self._former = names_before(self._former, former) or {}
        names = {old: new for new, old in former.items()}
        gone_or_renamed = {lane.name for lane in earlier if names.get(lane.name) != lane.name}
        if not gone_or_renamed:
            return False
        known = {*self._present.values()}
        self._present = {
            old: None if name is None else names.get(name) for old, name in self._present.items()
        } | {name: names.get(name) for name in gone_or_renamed if name not in known}
        return True

    def tell(self, experiment: Experiment) -> dict[str, str] | None:
        """Return the name that each network had when the engine was told last, by its present one; None where it has
        not been told yet. What has gone and come back meanwhile is the same.
        """
        lanes, told = expanded(experiment).lanes, self._told
        former = dict(self._former)
        for lane in told or ():
            back = next((one for one in lanes if one.name == lane.name), None)
            if back is not None and lane.name not in {*former, *former.values()} and trains_alike(lane, back):
                former[lane.name] = lane.name
        self._told, self._former = lanes, {lane.name: lane.name for lane in lanes}
        return None if told is None else former

    def forget(self) -> None:
        """Another document has nothing of the networks of the one before."""
        self._told, self._former, self._present = None, {}, {}

    def shown(self, snapshot: Snapshot, experiment: Experiment) -> Snapshot:
        """Return a snapshot with the present names, and without the networks that are gone."""
        if not self._present:
            return snapshot
        names = {lane.name for lane in expanded(experiment).lanes}
        if all(lane.name in names for lane in snapshot.lanes):
            self._present = {}
            return snapshot
        return replace(
            snapshot, lanes=tuple(self._renamed(lane) for lane in snapshot.lanes if self._is_there(lane))
        )

    def _is_there(self, lane: LaneSnapshot) -> bool:
        return self._present.get(lane.name, lane.name) is not None

    def _renamed(self, lane: LaneSnapshot) -> LaneSnapshot:
        name = self._present.get(lane.name) or lane.name
        members = tuple(self._renamed(one) for one in lane.repeats if self._is_there(one))
        return (
            lane
            if name == lane.name and members == lane.repeats
            else replace(lane, name=name, repeats=members)
        )
