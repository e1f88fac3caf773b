"""What becomes of a cure: it is applied to the lane, or tried in a copy beside it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from engine.catalogue.texts import counted
from engine.data import resolve_points
from engine.experiment import Effect, edit_many, effect
from engine.experiment.lanes import has_room
from engine.observation.diagnosis import Cure
from engine.observation.diagnosis.trial import trial_name
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.session.lane_actions import LaneActions


class Remedies(QObject):
    """Applies cures to lanes, which are named as they are now.

    ``cured(sentence)`` is emitted after a cure was applied or begun to be tried, ``reported(sentence)`` says why one
    was refused, and ``applied(cure)`` is for whoever shows what it changed in the current lane. ``epochs(name)``
    returns how many epochs a lane has trained.
    """

    cured = Signal(str)
    applied = Signal(object)
    reported = Signal(str)

    def __init__(
        self,
        document: Document,
        current: CurrentLane,
        epochs: Callable[[str], int],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._current, self._epochs = document, current, epochs
        # Those of the window would ask where the copy begins, which is decided here.
        self._lanes = LaneActions(document, current, self)
        self._lanes.reported.connect(self.reported)

    @property
    def several(self) -> bool:
        """Whether the document has more than one lane, so that lanes have to be named."""
        return len(self._document.experiment.lanes) > 1

    @property
    def has_room(self) -> bool:
        """Whether the document has room for another lane."""
        return has_room(self._document.experiment)

    def restarts(self, cure: Cure, lane: str) -> bool:
        """Whether applying a cure restarts training from the initial weights."""
        if (index := self._index(lane)) is None:
            return False
        before = self._document.experiment
        after = edit_many(before, cure.edits(index))
        points = resolve_points(after.data)
        return effect(before, after, self._document.points, points) is Effect.RESTART

    def apply(self, cure: Cure, lane: str) -> None:
        """Apply a cure to a lane, in one undo step, and make it current unless the cure is one of the data."""
        experiment, index = self._document.experiment, self._index(lane)
        if index is None or not cure.applies(experiment, index):
            return
        where = f" in lane {lane}" if self.several and cure.changes_of_copy else ""
        sentence = self._describe(cure, lane, where)
        self._document.replace(edit_many(experiment, cure.edits(index)), f"{cure.label}{where}")
        if where:
            self._current.choose(index)
        self.applied.emit(cure)
        self.cured.emit(sentence)

    def try_beside(self, cure: Cure, lane: str) -> None:
        """Put a copy of the lane with the cure beside it, in one undo step; the copy starts anew with the same seed."""
        experiment, index = self._document.experiment, self._index(lane)
        if (
            index is None
            or not self.has_room
            or not cure.changes_of_copy
            or not cure.applies(experiment, index)
        ):
            return
        name = trial_name(experiment, index, cure)
        text = f"Try beside lane {lane}: {cure.label}"
        if self._lanes.duplicate(index, cure.changes_of_copy, name, text) is None:
            return
        self.applied.emit(cure)
        self.cured.emit(
            f"Lane {name} starts with the seed of lane {lane}, which stays as it is. Ctrl+Z removes it."
        )

    def _index(self, lane: str) -> int | None:
        names = [one.name for one in self._document.experiment.lanes]
        return names.index(lane) if lane in names else None

    def _describe(self, cure: Cure, lane: str, where: str) -> str:
        if not self.restarts(cure, lane):
            return f"{cure.label}{where}: training continues with it. Ctrl+Z undoes it."
        epochs = self._epochs(lane)
        over = f"; the run of {counted(epochs, 'epoch')} is over" if epochs else ""
        return f"{cure.label}{where}: training restarts from the initial weights{over}. Ctrl+Z restores the settings."
