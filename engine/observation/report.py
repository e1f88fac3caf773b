"""Snapshots on their way to a window: histories are sent as deltas and put together at the window's end."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.observation.history import Follower, HistoryDelta, empty_view
from engine.observation.snapshot import Snapshot

NO_HISTORY = empty_view()
"""Stands for each lane's history in a report."""


@dataclass(frozen=True, slots=True)
class Report:
    """``snapshot`` with lanes whose histories are left out; ``deltas`` of them, in the lanes' order."""

    snapshot: Snapshot
    deltas: tuple[HistoryDelta, ...]

    def merged(self, newer: Report) -> Report:
        """The ``newer`` report, the next one, with the rows of both, for a reader that has missed this one."""
        mine = {delta.history: delta for delta in self.deltas}
        both = (
            mine[delta.history].merged(delta) if delta.history in mine else delta for delta in newer.deltas
        )
        return replace(newer, deltas=tuple(both))


class Reader:
    """Turns the reports of one engine, in their order, into snapshots."""

    def __init__(self) -> None:
        self._followers: dict[int, Follower] = {}

    def read(self, report: Report) -> Snapshot:
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
