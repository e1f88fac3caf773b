"""Which runs a document remembers: each that ends, is reset or is changed into another shape, from the snapshots."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

import msgspec
from PySide6.QtCore import QObject, Signal

from engine.experiment import Experiment, ExperimentError, Lane, Points
from engine.experiment.lane_pairs import paired
from engine.experiment.lanes import with_duplicate
from engine.experiment.run_list import (
    MOST_BYTES,
    MOST_RUNS,
    RunRecord,
    Runs,
    is_same_run,
    last_number,
    total_size,
    with_runs,
)
from engine.observation.ended_runs import (
    end_between,
    ends_by_edit,
    is_other_run,
    own_end,
    record_of,
    start_of,
)
from engine.observation.snapshot import LaneSnapshot, Snapshot
from gui_app.session.document import Document
from gui_app.session.engine_link import EngineLink
from gui_app.session.refusal import refusal
from gui_app.session.run_commands import DeleteRuns, PinRuns

SETTINGS = ("seed", "repeats", "network", "training", "regularization")
"""What a restored lane takes over of a run."""
PATIENCE = 3
"""Snapshots of a run that an edit should have ended, after which it is clear that another edit took that back."""


@dataclass(frozen=True, slots=True)
class _Followed:
    """A lane's run: its latest snapshot, and its number in the list once it is there.

    ``closed`` says that it is over and the snapshots of the next one have not come yet, ``after`` that these have a
    greater number of the run, where all lanes start again. ``late`` counts snapshots that came meanwhile.
    """

    seen: LaneSnapshot
    number: int | None = None
    closed: bool = False
    after: int | None = None
    late: int = 0


@dataclass(frozen=True, slots=True)
class _Over:
    """What a run in the list began with, and its updates when it was seen last."""

    start: tuple[object, ...]
    step: int


class RunList(QObject):
    """Puts runs of ``document`` into its list when they end; never asks the engine.

    It is made before the link, so that it learns of an edit before the link begins another turn. ``changed()`` follows
    when the list is another one, ``reported(sentence)`` says why a command was refused.
    """

    changed = Signal()
    reported = Signal(str)

    def __init__(
        self,
        document: Document,
        parent: QObject | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(parent)
        self._document, self._clock = document, clock
        self._lanes: dict[str, _Followed] = {}
        self._over: dict[int, _Over] = {}
        """Runs that may go on later, by their numbers in the list."""
        self._may_return = False
        """Whether lanes were brought back, or have lost seeds, since all lanes started again."""
        self._run = 0
        """The number of the run in the latest snapshot."""
        self._points = document.points
        self._former = document.experiment, document.points
        """Experiment and points before the latest edit."""
        self._leaves = False
        document.changed.connect(self._note_edit)
        document.data_chosen.connect(self._note_data)
        document.leaving.connect(self._note_leaving)
        document.replaced.connect(self._start_over)
        document.runs_changed.connect(self.changed)

    def follow(self, link: EngineLink) -> None:
        """Follow the snapshots and turns of a link."""
        link.turn_changed.connect(self._note_turn)
        link.snapshot_taken.connect(self._take)

    # -- the list

    @property
    def runs(self) -> Runs:
        """The runs, the oldest first."""
        return self._document.runs

    @property
    def pinned(self) -> Runs:
        """The runs whose curves plots show."""
        return tuple(record for record in self.runs if record.pinned)

    @property
    def room(self) -> str:
        """How much of its bounds the list takes, in a phrase."""
        megabytes = total_size(self.runs) / 1e6
        return f"{len(self.runs)} of {MOST_RUNS} runs, {megabytes:.1f} of {MOST_BYTES / 1e6:.0f} MB"

    def delete(self, numbers: Collection[int]) -> None:
        """Delete runs, as one undo step."""
        if there := [record for record in self.runs if record.number in numbers]:
            self._document.finish_gesture("Draw")
            text = f"Delete run {_named(there)}"
            self._document.stack.push(DeleteRuns(self._document, set(numbers), text))

    def set_pinned(self, numbers: Collection[int], pinned: bool) -> None:
        """Pin runs or unpin them, as one undo step."""
        if there := [one for one in self.runs if one.number in numbers and one.pinned != pinned]:
            self._document.finish_gesture("Draw")
            text = f"{'Pin' if pinned else 'Unpin'} run {_named(there)}"
            self._document.stack.push(PinRuns(self._document, set(numbers), pinned, text))

    def restore(self, number: int, index: int) -> int | None:
        """Add a lane with the settings and the seed of a run behind the lane of an index.

        Returns the index of the new lane, or None if it was refused.
        """
        lane = next(record for record in self.runs if record.number == number).lane
        changes = {key: getattr(lane, key) for key in SETTINGS}
        try:
            after, at = with_duplicate(self._document.experiment, index, changes)
            self._document.replace(after, f"Restore run {number}")
        except ExperimentError as error:
            self.reported.emit(refusal(error))
            return None
        return at

    # -- what ends a run

    def _note_edit(self, before: Experiment, after: Experiment) -> None:
        old, self._points = self._points, self._document.points
        self._former = before, old
        if self._leaves or not self._lanes:
            return
        same_set = self._document.in_gesture
        ends = ends_by_edit(before, after, old, self._points, same_set)
        self._may_return |= self._document.returning or "seeds" in ends.values()
        self._close(ends, before, old)
        if before.lanes is not after.lanes:
            self._follow_names(before, after)

    def _note_data(self) -> None:
        """Another data set was chosen, which starts all lanes again, however alike the points are."""
        self._close_all("data", *self._former)

    def _note_turn(self) -> None:
        # Undo lets lanes go on where they were, even if it brings back all of them.
        self._may_return = self._document.returning
        self._close_all("reset", self._document.experiment, self._points)

    def _note_leaving(self) -> None:
        self._leaves = True

    def _start_over(self) -> None:
        self._leaves = self._may_return = False
        self._lanes.clear()
        self._over.clear()
        self._points = self._document.points

    def _take(self, snapshot: Snapshot | None) -> None:
        """Follow the lanes of a snapshot; None where nothing of before can go on."""
        if snapshot is None:
            self._lanes.clear()
            return
        self._run, data = snapshot.run, self._document.experiment.data
        if (snapshot.task, snapshot.classes) != (data.task, data.classes):
            # The engine is still at data of before, and what it has trained is no run of the present ones.
            return
        settings = {lane.name: lane for lane in self._document.experiment.lanes}
        ended: dict[str, str] = {}
        for lane in snapshot.lanes:
            # One that was removed or renamed may still be on its way.
            if lane.name in settings:
                how = self._follow_lane(lane, snapshot.run)
                ended.update({lane.name: how} if how else {})
        self._keep(ended, settings)

    def _follow_lane(self, lane: LaneSnapshot, run: int) -> str:
        """Take the latest snapshot of a lane; return how its run has ended by itself, "" if it has not just now."""
        known = self._lanes.get(lane.name)
        if known is not None and known.closed and not self._is_next(known, lane, run):
            if known.late < PATIENCE or (known.after is not None and not self._may_return):
                self._lanes[lane.name] = replace(known, late=known.late + 1)
                return ""
        elif known is not None and (known.closed or is_other_run(known.seen, lane)):
            known = None
        if known is None:
            number = self._number_of_returned(lane)
            self._lanes[lane.name] = _Followed(lane, number)
            has_moved = number is None or lane.now.step > self._over[number].step
            return end_between(None, lane) if has_moved else ""
        self._lanes[lane.name] = _Followed(lane, known.number)
        return end_between(known.seen, lane)

    def _number_of_returned(self, lane: LaneSnapshot) -> int | None:
        """The number of the run in the list that a lane goes on with where it was; None for another run."""
        if not self._may_return:
            return None
        start, step, there = start_of(lane), lane.now.step, {record.number for record in self.runs}
        followed = {one.number for one in self._lanes.values() if not one.closed}
        found = [
            (over.step, number)
            for number, over in self._over.items()
            if number in there and number not in followed and over.start == start and over.step <= step
        ]
        return max(found)[1] if found else None

    @staticmethod
    def _is_next(known: _Followed, lane: LaneSnapshot, run: int) -> bool:
        """Whether a snapshot is of the run after one that is over."""
        return run > known.after if known.after is not None else is_other_run(known.seen, lane)

    def _follow_names(self, before: Experiment, after: Experiment) -> None:
        """Let lanes that were renamed go on under their new names, and forget those that are gone."""
        former = {name: lane.name for name, lane in paired(before.lanes, after.lanes).items()}
        self._lanes = {
            lane.name: self._lanes[name]
            for lane in after.lanes
            if (name := former.get(lane.name, lane.name)) in self._lanes
        }

    # -- keeping

    def _close_all(self, why: str, experiment: Experiment, points: Points) -> None:
        """Close the runs of all lanes, which start again together."""
        self._close(dict.fromkeys(self._lanes, why), experiment, points)
        self._lanes = {name: replace(one, after=self._run) for name, one in self._lanes.items()}

    def _close(self, ends: Mapping[str, str], experiment: Experiment, points: Points) -> None:
        """Keep runs that are over because of what a person did, each once."""
        is_open = {
            name: why for name, why in ends.items() if name in self._lanes and not self._lanes[name].closed
        }
        self._keep(is_open, {lane.name: lane for lane in experiment.lanes}, experiment, points)
        for name in is_open:
            self._lanes[name] = replace(self._lanes[name], closed=True, late=0)

    def _keep(
        self,
        ends: Mapping[str, str],
        settings: Mapping[str, Lane],
        experiment: Experiment | None = None,
        points: Points | None = None,
    ) -> None:
        """Put the runs of lanes into the list that have trained an epoch, or bring them there up to date."""
        experiment = self._document.experiment if experiment is None else experiment
        points = self._points if points is None else points
        runs = self.runs
        for name, why in ends.items():
            followed, lane = self._lanes[name], settings.get(name)
            # Runs of a sweep's cells would push all others out of the list.
            is_cell = lane is not None and lane.cell is not None
            if lane is None or is_cell or followed.seen.now.epoch < 1 or self._is_settled(followed, why):
                continue
            number = followed.number
            if number is None:
                number = last_number(runs, self._document.last_run) + 1
            made = record_of(number, lane, followed.seen, experiment.data, points, why, int(self._clock()))
            made = _in_place(runs, made)
            runs = with_runs(runs, [made])
            self._lanes[name] = replace(followed, number=made.number)
            self._over[made.number] = _Over(start_of(followed.seen), followed.seen.now.step)
        self._document.remember(runs)

    def _is_settled(self, followed: _Followed, why: str) -> bool:
        """Whether a run that is known has not trained since it ended by itself, or was deleted from the list."""
        numbers = {record.number for record in self.runs}
        is_known = followed.number is not None
        return is_known and (followed.number not in numbers or own_end(followed.seen) not in ("", why))


def _in_place(runs: Runs, made: RunRecord) -> RunRecord:
    """A record under the number of the one that it brings up to date, or that nothing tells from it; with its pin."""
    there = next((one for one in runs if one.number == made.number or is_same_run(one, made)), None)
    if there is None:
        return made
    return msgspec.structs.replace(
        made, number=there.number, pinned=there.pinned, picture=made.picture or there.picture
    )


def _named(records: list[RunRecord]) -> str:
    return ", ".join(str(record.number) for record in records[:3]) + (" and more" if len(records) > 3 else "")
