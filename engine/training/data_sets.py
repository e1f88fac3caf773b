"""The data sets that lanes train on: that of the document, and those that cells of a sweep have of their own."""

from __future__ import annotations

from engine.data.resolve import resolve_points
from engine.experiment.own_data import data_of
from engine.experiment.points import Points
from engine.experiment.settings import DataSettings, Lane, OwnData


class DataSets:
    """Data settings and the points that they stand for, made once for all lanes that have the same.

    Parameters
    ----------
    data, points
        Those of the document.
    """

    def __init__(self, data: DataSettings, points: Points) -> None:
        self.data, self.points = data, points
        self._own: dict[OwnData, tuple[DataSettings, Points]] = {}
        self._training: dict[OwnData | None, int] = {}

    def of(self, lane: Lane) -> tuple[DataSettings, Points]:
        """Return the data settings and the points that a lane trains on.

        Parameters
        ----------
        lane
            Its settings.

        Returns
        -------
        data : DataSettings
        points : Points
        """
        own, data = lane.own_data, data_of(lane, self.data)
        if own is None or data is self.data:
            return self.data, self.points
        if own not in self._own:
            self._own[own] = data, resolve_points(data)
        return self._own[own]

    def training(self, lane: Lane) -> int:
        """Return how many points a lane has to train on."""
        own = lane.own_data
        if own not in self._training:
            self._training[own] = self.of(lane)[1].counts()[0]
        return self._training[own]
