"""Snapshots on their way to a window: histories are sent as deltas and put together at the window's end."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.observation.history import Follower, HistoryDelta, empty_view
from engine.observation.snapshot import Snapshot

NO_HISTORY = empty_view()
"""Stands for each lane's history in a report."""


@dataclass(frozen=True, slots=True)
class Report:
    """A snapshot on its way to a window.

    Attributes
    ----------
    snapshot
        Its lanes have ``NO_HISTORY`` in place of their histories.
    deltas
        The new rows of these histories, in the lanes' order.
    """

    snapshot: Snapshot
    deltas: tuple[HistoryDelta, ...]

    def merged(self, newer: Report) -> Report:
        """Join two reports, for a reader that has missed the first.

        Parameters
        ----------
        newer
            The next report of the same engine.

        Returns
        -------
        Report
            The newer snapshot with the rows of both.
        """
        mine = {delta.history: delta for delta in self.deltas}
        both = (
            mine[delta.history].merged(delta) if delta.history in mine else delta for delta in newer.deltas
        )
        return replace(newer, deltas=tuple(both))


class Reader:
    """Turns the reports of one engine into snapshots. It must get all of them, in order."""

    def __init__(self) -> None:
        self._followers: dict[int, Follower] = {}

    def read(self, report: Report) -> Snapshot:
        """Put the histories of a report together.

        Parameters
        ----------
        report
            The next one.

        Returns
        -------
        Snapshot
            With whole histories.
        """
        followers: dict[int, Follower] = {}
        for delta in report.deltas:
            follower = self._followers.get(delta.history)
            if follower is None:
                follower = Follower(delta)
            else:
                follower.follow(delta)
            followers[delta.history] = follower
        self._followers = followers
        lanes = (
            replace(lane, history=follower.view)
            for lane, follower in zip(report.snapshot.lanes, followers.values(), strict=True)
        )
        return replace(report.snapshot, lanes=tuple(lanes))
