"""One snapshot, many views: drawn one after the other, so that the mouse need not wait for all of them."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, QTimer

from engine.observation.snapshot import Snapshot
from gui_app.view import SnapshotView

AnyView = SnapshotView[Any, Any, Any]


class Slowly(QObject):
    """Shows a view of running numbers no more often than they can be read; what stands still it shows at once."""

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


class Frame(QObject):
    """While training runs, each view has a turn of the event loop of its own; a newer snapshot takes over for those
    that still wait. When it does not, all views draw at once and are up to date when ``show`` returns.
    """

    def __init__(self, views: list[AnyView | Slowly], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._views = views
        self._waiting: list[AnyView | Slowly] = []
        self._snapshot: Snapshot | None = None
        self._turn = QTimer(self, interval=0, singleShot=True)
        self._turn.timeout.connect(self._next)

    @property
    def views(self) -> list[AnyView]:
        """All that show snapshots."""
        return [view.view if isinstance(view, Slowly) else view for view in self._views]

    def add(self, view: AnyView) -> None:
        """One more view, which gets what the others have."""
        self._views.append(view)
        view.show_snapshot(self._snapshot)

    def show(self, snapshot: Snapshot | None) -> None:
        self._snapshot = snapshot
        # Those that wait come first, so that a slow screen starves none of them.
        self._waiting += [view for view in self._views if view not in self._waiting]
        if snapshot is not None and snapshot.playing:
            if not self._turn.isActive():
                self._next()
            return
        self._turn.stop()
        while self._waiting:
            self._waiting.pop(0).show_snapshot(snapshot)

    def _next(self) -> None:
        self._waiting.pop(0).show_snapshot(self._snapshot)
        if self._waiting:
            self._turn.start()
