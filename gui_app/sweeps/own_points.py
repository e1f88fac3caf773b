"""The points of cells that have points of their own, made once as long as they stay the same."""

from __future__ import annotations

from collections.abc import Mapping

from engine.data import resolve_points
from engine.experiment import DataSettings, Experiment, Points
from engine.experiment.own_data import data_of


class OwnPoints:
    """Remembers the points of cells."""

    def __init__(self) -> None:
        self._made: dict[DataSettings, Points] = {}

    def of(self, experiment: Experiment) -> Mapping[str, Points]:
        """Return the points of each lane that has its own, by name."""
        of = {
            lane.name: data_of(lane, experiment.data)
            for lane in experiment.lanes
            if lane.own_data is not None and experiment.data.points is None
        }
        self._made = {data: self._made.get(data) or resolve_points(data) for data in set(of.values())}
        return {name: self._made[data] for name, data in of.items()}
