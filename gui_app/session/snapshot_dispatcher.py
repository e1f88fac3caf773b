"""The dispatcher of snapshots: views draw one after the other, so that the mouse need not wait for all."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer

from engine.observation.observables import Request
from engine.observation.snapshot import Snapshot
from gui_app.session.snapshot_view import SnapshotView

AnyView = SnapshotView[Any, Any, Any]

FRAME = 1 / 30
"""Seconds that a frame of the canvas may last."""
TURNS = 0.6
"""The share of a frame that all turns but the first must fit into; the rest is for painting and the mouse."""


class ThrottledView(QObject):
    """Wrapper that updates a view of running numbers only as often as they can be read; at once when training rests."""

    def __init__(self, view: AnyView, interval: int = 100, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.view = view
        self._waiting: Snapshot | None = None
        self._pause = QTimer(self, interval=interval, singleShot=True)
        self._pause.timeout.connect(self._catch_up)

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        self._waiting = None
        if snapshot is not None and snapshot.playing and self._pause.isActive():
            self._waiting = snapshot
            return
        self.view.show_snapshot(snapshot)
        self._pause.start()

    def _catch_up(self) -> None:
        if self._waiting is not None:
            self.show_snapshot(self._waiting)


class SnapshotDispatcher(QObject):
    """While training runs, the first view, the canvas, draws every snapshot, and each of the others has a turn of the
    event loop of its own: as many in each frame as there is time for, and one at least, those first that have waited
    longest. So on a slow screen the plots come less often, and the canvas as often as ever. When training rests, all
    views draw at once and are up to date when ``show`` returns.
    """

    def __init__(
        self,
        views: list[AnyView | ThrottledView],
        parent: QObject | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        super().__init__(parent)
        self._views = views
        self._clock = clock
        self._began = clock()
        self._waiting: list[AnyView | ThrottledView] = []
        self._costs: dict[AnyView | ThrottledView, float] = {}
        self._snapshot: Snapshot | None = None
        self._turn = QTimer(self, interval=0, singleShot=True)
        self._turn.timeout.connect(self._next)

    @property
    def views(self) -> list[AnyView]:
        """All views that show snapshots."""
        return [view.view if isinstance(view, ThrottledView) else view for view in self._views]

    @property
    def requests(self) -> tuple[Request, ...]:
        """The observables that the visible views ask for, without duplicates."""
        return tuple(
            dict.fromkeys(request for view in self.views if view.is_seen for request in view.requests)
        )

    def add(self, view: AnyView) -> None:
        """Add a view and show it the newest snapshot."""
        self._views.append(view)
        view.show_snapshot(self._snapshot)

    def show(self, snapshot: Snapshot | None) -> None:
        self._snapshot, self._began = snapshot, self._clock()
        leading, others = self._views[:1], self._views[1:]
        for view in leading:
            view.show_snapshot(snapshot)
        self._waiting += [view for view in others if view not in self._waiting]
        if snapshot is not None and snapshot.playing:
            if self._waiting:
                self._turn.start(0)
            return
        self._turn.stop()
        while self._waiting:
            self._waiting.pop(0).show_snapshot(snapshot)

    def _next(self) -> None:
        """Let the view that has waited longest draw."""
        view, start = self._waiting.pop(0), self._clock()
        view.show_snapshot(self._snapshot)
        now = self._clock()
        self._costs[view] = now - start
        if self._waiting:
            spent, cost = now - self._began, self._costs.get(self._waiting[0], FRAME)
            fits = spent + cost <= TURNS * FRAME
            self._turn.start(0 if fits else max(0, round((FRAME - spent) * 1000)))
