"""Which network is which while lanes are renamed, added and removed faster than the engine answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from engine.experiment import Experiment, Lane
from engine.experiment.lane_pairs import names_before, trains_alike
from engine.experiment.network_pairs import former_networks
from engine.experiment.repeats import expanded
from engine.observation.snapshot import Snapshot


class LaneNames:
    """Follows the names of all networks edit by edit: of several edits at once nobody could tell which is which."""

    def __init__(self) -> None:
        self._told: tuple[Lane, ...] | None = None
        self._former: Mapping[str, str] = {}
        self._versions: list[dict[str, str | None]] = []
        """For all that the engine was told and may still speak of, the oldest first: present names by those of then;
        None for networks that are gone.
        """

    def note_edit(self, before: Experiment, after: Experiment) -> bool:
        """Follow an edit; returns whether a network has gone or has another name."""
        if before.lanes is after.lanes:
            return False
        former = former_networks(before, after)
        self._former = names_before(self._former, former) or {}
        names = {old: new for new, old in former.items()}
        for version in self._versions:
            version.update({then: None if now is None else names.get(now) for then, now in version.items()})
        return any(names.get(lane.name) != lane.name for lane in expanded(before).lanes)

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
        same: dict[str, str | None] = {lane.name: lane.name for lane in lanes}
        if not self._versions or self._versions[-1] != same:
            self._versions.append(same)
        self._told, self._former = lanes, {lane.name: lane.name for lane in lanes}
        return None if told is None else former

    def forget(self) -> None:
        """Another document has nothing of the networks of the one before."""
        self._told, self._former, self._versions = None, {}, []

    def shown(self, snapshot: Snapshot) -> Snapshot:
        """Return a snapshot of networks with their present names, without those that are gone."""
        named = {lane.name for lane in snapshot.lanes}
        found = [number for number, version in enumerate(self._versions) if named == version.keys()]
        if not found:
            return snapshot
        # The engine never goes back to what it was told earlier.
        self._versions = self._versions[found[-1] :]
        names = self._versions[0]
        if all(then == now for then, now in names.items()):
            return snapshot
        lanes = (
            lane if name == lane.name else replace(lane, name=name)
            for lane in snapshot.lanes
            if (name := names[lane.name]) is not None
        )
        return replace(snapshot, lanes=tuple(lanes))
