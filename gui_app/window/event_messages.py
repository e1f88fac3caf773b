"""Messages about the engine's answer to a command; each is withdrawn when it no longer holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from engine.observation.snapshot import LaneSnapshot, Snapshot
from engine.service import messages as m
from gui_app.session.best_weights import describe_restored, explain_not_restored, with_lane_name
from gui_app.session.document import Document
from gui_app.session.engine_link import EngineLink
from gui_app.session.no_points import ALL_MUTED, no_points_message
from gui_app.session.pause_at import describe_passed, describe_paused


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
                self._report_of(name, describe_restored(text), lambda lane: _has_mark(lane, text))
            case m.PausedAt(epoch):
                self._show(
                    describe_paused(epoch), lambda shown: any(lane.now.epoch == epoch for lane in shown.lanes)
                )
            case m.EpochPassed():
                self.reported.emit(describe_passed(event))
            case m.ParameterNotSet(sentence) | m.LaneNotCopied(_, sentence):
                self.reported.emit(sentence)
            case m.NotRestored(name, epoch):
                self._report_of(name, explain_not_restored(epoch), lambda lane: _has_best(lane, epoch))

    def _report_of(self, name: str, sentence: str, holds: Callable[[LaneSnapshot], bool]) -> None:
        sentence = with_lane_name(sentence, name, len(self._document.experiment.lanes))
        self._show(sentence, lambda shown: any(lane.name == name and holds(lane) for lane in shown.lanes))

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


def _has_mark(lane: LaneSnapshot, text: str) -> bool:
    return any(mark.kind == "restore" and mark.text == text for mark in lane.marks)


def _has_best(lane: LaneSnapshot, epoch: int | None) -> bool:
    """Return whether ``epoch`` can have been the best epoch of this run; best epochs only increase."""
    return lane.best is None if epoch is None else lane.best is not None and lane.best.epoch >= epoch
