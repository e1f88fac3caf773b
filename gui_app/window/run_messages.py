"""A message about how a run ended, withdrawn when it no longer holds."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from engine.catalogue.texts import counted
from engine.observation.snapshot import Best, EditMark, LaneSnapshot, Snapshot, Stop, StopOfSeeds
from gui_app.session.best_weights import (
    bests_of,
    describe_bests,
    describe_continuation,
    describe_lanes_restored,
    describe_restored,
    return_of,
    with_lane_name,
)
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.session.no_points import remedy
from gui_app.session.snapshot_view import SnapshotView


def _waiting_message(empty: bool) -> str:
    return f"Training continues when there are training points: {remedy(empty)}."


@dataclass(frozen=True, slots=True)
class LaneOutcome:
    """The state of a lane that messages depend on.

    ``stop``: how it ended, or None. ``back``: the mark of its return to the best weights, if it has not trained since.
    ``waits``: whether it plays without training points.
    """

    name: str
    stop: Stop | None
    bests: tuple[Best, ...]
    back: EditMark | None
    continues_from: int | None = None
    waits: bool = False


class RunMessages(QObject, SnapshotView[tuple[LaneOutcome, ...], bool, str]):
    """``reported(sentence)`` carries a message; ``withdrawn(sentence)`` follows when it no longer holds."""

    reported = Signal(str)
    withdrawn = Signal(str)

    def __init__(self, document: Document, current: CurrentLane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.follow_lane(current)
        self._document = document
        self.sentence = ""
        # What is said next is about what becomes of this document.
        document.leaving.connect(lambda: self.show_snapshot(None))

    @staticmethod
    def model_of(lane: LaneSnapshot | None, snapshot: Snapshot | None) -> tuple[LaneOutcome, ...]:
        """Return the outcomes of all lanes, the current one first because messages prefer it."""
        if snapshot is None:
            return ()
        lanes = sorted(snapshot.lanes, key=lambda one: one is not lane)
        return tuple(_lane_outcome(one, snapshot) for one in lanes)

    @property
    def options(self) -> bool:
        """Whether there are no points at all."""
        return not len(self._document.points)

    @staticmethod
    def compose(model: tuple[LaneOutcome, ...], options: bool) -> str:
        """Return a message, or "".

        The first that applies: what training waits for, that lanes were restored, or how the last lane to end ended.
        """
        if any(outcome.waits for outcome in model):
            return _waiting_message(empty=options)
        returned = [(outcome.name, outcome.back) for outcome in model if outcome.back is not None]
        if len(returned) > 1:
            return describe_lanes_restored([name for name, _ in returned], ())
        if returned:
            name, back = returned[0]
            return with_lane_name(describe_restored(back.text), name, len(model))
        ended = [(outcome, outcome.stop) for outcome in model if outcome.stop is not None]
        if not ended:
            return ""
        outcome, stop = max(ended, key=lambda end: end[1].epoch)
        what = "stopped early at" if stop.kind == "early_stopping" else "diverged in"
        of_seeds = isinstance(stop, StopOfSeeds)
        sentence = f"{stop.reason}." if of_seeds else f"{what} epoch {stop.epoch:,}: {stop.reason}."
        best = f" {describe_bests(outcome.bests)}" if outcome.bests else ""
        if len(outcome.bests) == 1 and stop.best_epoch == outcome.bests[0].epoch:
            best += " Its weights are back"
            best += (
                f"; {describe_continuation(outcome.continues_from)}."
                if outcome.continues_from is not None
                else "."
            )
        if len(model) == 1:
            return f"{sentence[0].upper()}{sentence[1:]}{best}"
        others = f" {len(ended)} of {counted(len(model), 'lane')} have ended." if len(ended) > 1 else ""
        return f"{outcome.name}{':' if of_seeds else ''} {sentence}{best}{others}"

    def draw(self, shown: str) -> None:
        before, self.sentence = self.sentence, shown
        if before:
            self.withdrawn.emit(before)
        if shown:
            self.reported.emit(shown)


def _lane_outcome(lane: LaneSnapshot, snapshot: Snapshot) -> LaneOutcome:
    # During training the next step follows at once, so an event of the engine reports the return instead.
    back = None if snapshot.playing else return_of(lane)
    waits = snapshot.playing and not snapshot.training_points
    return LaneOutcome(lane.name, lane.stop, bests_of(lane), back, lane.continues_from, waits)
