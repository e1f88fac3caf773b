"""Messages about the engine's answer to a command; each is withdrawn when it no longer holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from engine.catalogue.texts import counted
from engine.experiment.repeats import seed_groups
from engine.observation.snapshot import LaneSnapshot, Snapshot
from engine.service import messages as m
from gui_app.session.best_weights import (
    describe_lanes_restored,
    describe_restored,
    describe_seeds_restored,
    explain_not_restored,
    with_lane_name,
)
from gui_app.session.document import Document
from gui_app.session.engine_link import EngineLink
from gui_app.session.no_points import ALL_MUTED, no_points_message
from gui_app.session.pause_at import describe_passed, describe_paused


@dataclass(frozen=True, slots=True)
class Return:
    """Whether a network has gone back to its best weights, as a sentence; ``holds`` checks it against its snapshots."""

    is_back: bool
    sentence: str
    holds: Callable[[LaneSnapshot], bool]


@dataclass(frozen=True, slots=True)
class Answer:
    """A sentence; ``holds`` checks it against each snapshot made after ``commands`` commands."""

    sentence: str
    holds: Callable[[Snapshot], bool]
    commands: int


class EventMessages(QObject):
    """``reported(sentence)`` carries an answer; ``withdrawn(sentence)`` follows when it no longer holds."""

    reported = Signal(str)
    withdrawn = Signal(str)

    def __init__(self, document: Document, link: EngineLink, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._link = document, link
        self._answer: Answer | None = None
        self._returns: dict[str, Return] = {}
        """What the networks of a lane have answered so far, by their names."""
        self._told: dict[str, dict[str, Return]] = {}
        """What the networks of each lane have answered to the same command, by the lane's name."""
        self._asked = -1
        link.event_taken.connect(self._report)
        link.snapshot_taken.connect(self._check)
        document.leaving.connect(lambda: self._check(None))

    def _report(self, event: m.Event) -> None:
        match event:
            case m.NoTrainingPoints():
                message = no_points_message(empty=not len(self._document.points))
                self._show(message, lambda snapshot: snapshot.training_points == 0)
            case m.AllLanesMuted():
                self._show(ALL_MUTED, lambda snapshot: all(lane.muted for lane in snapshot.lanes))
            case m.Restored(name, text):
                self._note_return(
                    name, Return(True, describe_restored(text), lambda lane: _has_mark(lane, text))
                )
            case m.PausedAt(epoch):
                self._show(
                    describe_paused(epoch), lambda shown: any(lane.now.epoch == epoch for lane in shown.lanes)
                )
            case m.EpochPassed():
                self.reported.emit(describe_passed(event))
            case m.TrainingNotKept(networks):
                self.reported.emit(
                    f"What {counted(networks, 'network')} had learned took too much memory and was not kept: "
                    "training starts again there."
                )
            case m.ParameterNotSet(sentence) | m.LaneNotCopied(_, sentence):
                self.reported.emit(sentence)
            case m.NotRestored(name, epoch):
                self._note_return(
                    name, Return(False, explain_not_restored(epoch), lambda lane: _has_best(lane, epoch))
                )

    def _note_return(self, name: str, answer: Return) -> None:
        """Say of a lane what its networks answer, once all of them have."""
        lanes = self._document.experiment.lanes
        groups = seed_groups(self._document.experiment)
        names = next((group for group in groups if name in group), (name,))
        if name in self._returns or not self._returns.keys() <= {*names}:
            self._returns = {}
        self._returns[name] = answer
        if len(self._returns) < len(names):
            return
        answers, self._returns = self._returns, {}
        if names[0] in self._told or self._asked != self._link.commands:
            self._told = {}
        self._asked = self._link.commands
        self._told[names[0]] = answers
        sentence = with_lane_name(_describe(list(answers.values())), names[0], len(lanes))
        if len(self._told) > 1:
            back = {
                lane: any(one.is_back for one in returns.values()) for lane, returns in self._told.items()
            }
            sentence = describe_lanes_restored(
                [lane for lane in back if back[lane]], [lane for lane in back if not back[lane]]
            )
            answers = {name: one for returns in self._told.values() for name, one in returns.items()}

        def holds(shown: Snapshot) -> bool:
            networks = {one.name: one for lane in shown.lanes for one in (lane.repeats or (lane,))}
            return all(one in networks and answers[one].holds(networks[one]) for one in answers)

        self._show(sentence, holds)

    def _show(self, sentence: str, holds: Callable[[Snapshot], bool]) -> None:
        self._answer = Answer(sentence, holds, self._link.commands)
        self.reported.emit(sentence)

    def _check(self, snapshot: Snapshot | None) -> None:
        answer = self._answer
        if answer is None:
            return
        # A snapshot made before the answer may arrive after it; it cannot contradict the answer.
        if snapshot is None or (snapshot.acknowledged >= answer.commands and not answer.holds(snapshot)):
            self._answer = None
            self.withdrawn.emit(answer.sentence)


def _describe(answers: Sequence[Return]) -> str:
    """What has become of the networks of a lane, in one sentence where all say the same."""
    said = {one.sentence for one in answers}
    if len(said) == 1:
        return said.pop()
    back = sum(one.is_back for one in answers)
    if not back:
        return "No seed has better weights to go back to."
    return describe_seeds_restored(back, len(answers))


def _has_mark(lane: LaneSnapshot, text: str) -> bool:
    return any(mark.kind == "restore" and mark.text == text for mark in lane.marks)


def _has_best(lane: LaneSnapshot, epoch: int | None) -> bool:
    """Return whether ``epoch`` can have been the best epoch of this run; best epochs only increase."""
    return lane.best is None if epoch is None else lane.best is not None and lane.best.epoch >= epoch
