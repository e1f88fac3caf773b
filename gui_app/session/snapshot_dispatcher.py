"""Distribute snapshots to views that draw one after another, so that mouse events are processed in between."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer

from engine.observation.observables import Request
from engine.observation.snapshot import Snapshot
from gui_app.session.snapshot_view import SnapshotView
from gui_app.widgets.guarded import hand_over

AnyView = SnapshotView[Any, Any, Any]

FRAME = 1 / 30
"""Duration of a frame of the canvas, in seconds."""
TURNS = 0.6
"""The share of a frame for drawing views, except for the first; the rest is for painting and mouse events."""


class ThrottledView(QObject):
    """Limits how often a view of numbers is updated, so that they can be read.

    There is no limit while training is paused and when another run begins, which is to be seen at once.
    """

    def __init__(self, view: AnyView, interval: int = 100, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.view = view
        self._waiting: Snapshot | None = None
        self._run: int | None = None
        self._pause = QTimer(self, interval=interval, singleShot=True)
        self._pause.timeout.connect(self._catch_up)

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        self._waiting = None
        before, self._run = self._run, None if snapshot is None else snapshot.run
        if snapshot is not None and snapshot.playing and before == snapshot.run and self._pause.isActive():
            self._waiting = snapshot
            return
        self.view.show_snapshot(snapshot)
        self._pause.start()

    def _catch_up(self) -> None:
        if self._waiting is not None:
            self.show_snapshot(self._waiting)


def _show(view: AnyView | ThrottledView, snapshot: Snapshot | None) -> None:
    """Show a snapshot in one view; its failure is reported and stops no other view.

    The view is left out until its snapshot or its options change, because what it has tried to draw counts as drawn.
    """
    try:
        view.show_snapshot(snapshot)
    except Exception as error:
        hand_over(error)


class SnapshotDispatcher(QObject):
    """Shows each snapshot in all views.

    While training runs, the first view, the canvas, draws every snapshot at once. Each of the others draws in its own
    turn of the event loop, the one that has waited longest first: at least one in each frame, and more if time permits.
    On a slow screen, plots are therefore drawn less often, but the canvas is not. While training is paused, all views
    are up to date when ``show`` returns.
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
        self._timer = QTimer(self, interval=0, singleShot=True)
        self._timer.timeout.connect(self._draw_next)

    @property
    def views(self) -> list[AnyView]:
        """All views, without their wrappers."""
        return [view.view if isinstance(view, ThrottledView) else view for view in self._views]

    @property
    def requests(self) -> tuple[Request, ...]:
        """The observables of the current lane that the visible views ask for, without duplicates."""
        return self._asked_by(lambda view: not (view.shows_lanes or view.shows_cells))

    @property
    def lanes_requests(self) -> tuple[Request, ...]:
        """The observables of all shown lanes that the visible views ask for, without duplicates."""
        return self._asked_by(lambda view: view.shows_lanes)

    @property
    def cells_requests(self) -> tuple[Request, ...]:
        """The observables of all cells of a sweep that the visible views ask for, without duplicates."""
        return self._asked_by(lambda view: view.shows_cells)

    def _asked_by(self, asks: Callable[[AnyView], bool]) -> tuple[Request, ...]:
        seen = (view for view in self.views if asks(view) and view.is_seen)
        return tuple(dict.fromkeys(request for view in seen for request in view.requests))

    def add(self, view: AnyView | ThrottledView) -> None:
        """Add a view and show it the newest snapshot."""
        self._views.append(view)
        _show(view, self._snapshot)

    def show(self, snapshot: Snapshot | None) -> None:
        self._snapshot, self._began = snapshot, self._clock()
        leading, others = self._views[:1], self._views[1:]
        for view in leading:
            _show(view, snapshot)
        self._waiting += [view for view in others if view not in self._waiting]
        if snapshot is not None and snapshot.playing:
            if self._waiting:
                self._timer.start(0)
            return
        self._timer.stop()
        while self._waiting:
            _show(self._waiting.pop(0), snapshot)

    def _draw_next(self) -> None:
        """Draw the view that has waited longest."""
        view, start = self._waiting.pop(0), self._clock()
        _show(view, self._snapshot)
        now = self._clock()
        self._costs[view] = now - start
        if self._waiting:
            spent, cost = now - self._began, self._costs.get(self._waiting[0], FRAME)
            fits = spent + cost <= TURNS * FRAME
            self._timer.start(0 if fits else max(0, round((FRAME - spent) * 1000)))
