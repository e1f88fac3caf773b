"""Notices when what a step of a lesson waits for has happened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from engine.observation.snapshot import LaneSnapshot, Snapshot
from gui_app.session.document import Document
from gui_app.session.engine_link import EngineLink
from gui_app.session.lesson_runs import is_trained
from gui_app.session.still_training import still_training

if TYPE_CHECKING:
    from engine.lessons import Condition, Step
    from engine.lessons.conditions import Situation

ENDLESS = 10**9
"""Epochs of lanes that have all ended: there is nothing more to wait for."""


class EpochCount:
    """Counts the epochs that all lanes have trained since it began, or since they started again."""

    def __init__(self) -> None:
        self._from: dict[str, int] = {}
        self._seen: dict[str, int] = {}
        self._run: int | None = None
        self._ended: set[str] = set()
        """The lanes that had ended before, and have not started again."""
        self.came_trained = False
        """Whether it began with lanes that were trained, and none has started again."""

    def begin(self, snapshot: Snapshot | None) -> None:
        """Count from here on."""
        self._run = None if snapshot is None else snapshot.run
        self._seen = {} if snapshot is None else {lane.name: lane.now.epoch for lane in snapshot.lanes}
        self._from = dict(self._seen)
        lanes = () if snapshot is None else snapshot.lanes
        self._ended = {lane.name for lane in lanes if lane.stop is not None}
        self.came_trained = any(is_trained(lane) for lane in lanes)

    def of_lanes(self) -> dict[str, int]:
        """Return the epochs of each lane."""
        return {name: epoch - self._from.get(name, 0) for name, epoch in self._seen.items()}

    def count(self, snapshot: Snapshot | None) -> int:
        """Return the epochs of the lane that has trained the fewest, of those that still train, else of muted ones."""
        if snapshot is None:
            self.begin(None)
            return 0
        if snapshot.run != self._run:
            self._from, self._run = {}, snapshot.run
            self._ended.clear()
            self.came_trained = False
        for lane in snapshot.lanes:
            if lane.now.epoch < self._seen.get(lane.name, 0):
                self._from[lane.name] = 0
                self._ended.discard(lane.name)
                self.came_trained = False
            if lane.stop is None:
                self._ended.discard(lane.name)
        self._seen = {lane.name: lane.now.epoch for lane in snapshot.lanes}
        lanes = still_training(snapshot.lanes)
        if not lanes and any(one.stop is not None and one.name not in self._ended for one in snapshot.lanes):
            return ENDLESS
        counted = lanes or [lane for lane in snapshot.lanes if lane.stop is None]
        return min((lane.now.epoch - self._from.get(lane.name, 0) for lane in counted), default=0)


class LessonNotice(QObject):
    """Watches ``document`` and ``link`` for the conditions of a step; ``noticed`` follows once all of them hold."""

    noticed = Signal()

    def __init__(self, document: Document, link: EngineLink, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._link = document, link
        self._waits: Sequence[Condition] = ()
        self._points = len(document.points)
        self._epochs = EpochCount()
        self._trained = 0
        self._run: int | None = None
        self._former: set[int] = set()
        """Which conditions were there before the step began, and have not been away since."""
        self.is_met = False
        self._held = False
        """Whether the document is about to be that of another step, which this step has nothing to do with."""
        document.changed.connect(self._look)
        document.leaving.connect(self.hold)
        link.snapshot_taken.connect(self._count)
        link.playing_changed.connect(self._look)

    def begin(self, step: Step | None, is_met: bool = False) -> None:
        """Wait from here on for what a step waits for, unless that ``is_met`` already; None waits for nothing."""
        self._waits = () if step is None else step.wait
        self.is_met = is_met
        self._points = len(self._document.points)
        self._run = None if self._link.latest is None else self._link.latest.run
        self._epochs.begin(self._link.latest)
        self._trained = 0
        self._held = False
        self._former = {index for index, one in enumerate(self._waits) if self._is_there_before(one)}

    def hold(self) -> None:
        """Notice nothing until ``begin``: what changes now is not what a person does in the step."""
        self._held = True

    @property
    def trained(self) -> int:
        """Epochs since the step or the latest restart began."""
        return self._trained

    @property
    def came_trained(self) -> bool:
        """Whether lanes were trained before the step began, and none has started again since."""
        return self._epochs.came_trained

    def count_all(self) -> None:
        """Count from now on also what was there before the step began."""
        self._former.clear()

    def _is_there_before(self, condition: Condition) -> bool:
        from engine.lessons.conditions import met

        if condition.quantity in (None, "epochs") or self._link.latest is None:
            return False
        return met(condition, self._situation)

    def _count(self, snapshot: Snapshot | None) -> None:
        run = self._run
        self._run = None if snapshot is None else snapshot.run
        if run != self._run:
            self._former.clear()
        self._trained = self._epochs.count(snapshot)
        self._look()

    def _look(self, *_: object) -> None:
        if self._held or self.is_met or not self._waits:
            return
        from engine.lessons.conditions import met

        situation = self._situation
        there = {
            index for index, one in enumerate(self._waits) if self._may_tell(one) and met(one, situation)
        }
        if self._link.settled:
            self._former &= there
        if len(there - self._former) == len(self._waits):
            self.is_met = True
            self.noticed.emit()

    @property
    def _situation(self) -> Situation:
        from engine.lessons.conditions import Situation

        return Situation(
            experiment=self._document.experiment,
            lanes=self._lanes,
            playing=self._link.playing,
            drawn=max(len(self._document.points) - self._points, 0),
            epochs=self._trained,
            lane_epochs=self._epochs.of_lanes(),
        )

    @property
    def _lanes(self) -> Sequence[LaneSnapshot]:
        latest = self._link.latest
        return () if latest is None else latest.lanes

    def _may_tell(self, condition: Condition) -> bool:
        """Whether what is seen of training is what a condition is about: all commands have been obeyed."""
        return (condition.epochs is None and condition.quantity is None) or self._link.settled
