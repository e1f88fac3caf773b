"""Snapshots on their way to a window: histories travel as news, and the window's end puts them together again."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.observation.history import Follower, HistoryNews, empty_view
from engine.observation.snapshot import Snapshot

NO_HISTORY = empty_view()
"""In the place of each lane's history."""


@dataclass(frozen=True, slots=True)
class Report:
    """``snapshot`` with lanes whose histories are left out; ``news`` of them, in the lanes' order."""

    snapshot: Snapshot
    news: tuple[HistoryNews, ...]

    def merged(self, newer: Report) -> Report:
        """``newer``, the report just after this one, for somebody who has not read this one."""
        mine = {news.history: news for news in self.news}
        both = (mine[news.history].merged(news) if news.history in mine else news for news in newer.news)
        return replace(newer, news=tuple(both))


class Reader:
    """Makes snapshots of one engine's reports, in the order in which they come."""

    def __init__(self) -> None:
        self._followers: dict[int, Follower] = {}

    def read(self, report: Report) -> Snapshot:
        followers: dict[int, Follower] = {}
        for news in report.news:
            follower = self._followers.get(news.history)
            if follower is None:
                follower = Follower(news)
            else:
                follower.follow(news)
            followers[news.history] = follower
        self._followers = followers
        lanes = (
            replace(lane, history=follower.view)
            for lane, follower in zip(report.snapshot.lanes, followers.values(), strict=True)
        )
        return replace(report.snapshot, lanes=tuple(lanes))
