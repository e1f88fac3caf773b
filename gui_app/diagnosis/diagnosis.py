"""The view of snapshots that diagnoses the current lane."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QElapsedTimer, QObject, Signal

from engine.catalogue.texts import counted
from engine.data import resolve_points
from engine.experiment import Effect, Experiment, edit_many, effect
from engine.observation.diagnosis import Cure, Diagnostician, Finding
from engine.observation.snapshot import HistoryView, LaneSnapshot, Observed, Snapshot
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.session.snapshot_view import SnapshotView

MIN_INTERVAL = 1000
"""Minimum milliseconds between two diagnoses during training."""
NEW_ROWS = 10
"""Minimum number of new history rows between two diagnoses while nothing is found; what is found follows each row."""


@dataclass(frozen=True, slots=True)
class DiagnosisInput:
    """The input of a diagnosis. ``lane`` has no observables; it is None until the engine knows the current lane."""

    run: int
    playing: bool
    lane: LaneSnapshot | None


class Diagnosis(QObject, SnapshotView[DiagnosisInput | None, None, DiagnosisInput | None]):
    """Diagnose some of the snapshots; ``changed(findings)`` carries a tuple, the most pressing finding first.

    ``cured(sentence)`` is emitted after a cure was applied, and ``applied(cure)`` for whoever shows what it changed.
    A dismissed finding stays hidden until its lane restarts.
    """

    changed = Signal(object)
    cured = Signal(str)
    applied = Signal(object)

    def __init__(self, document: Document, current: CurrentLane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.follow_lane(current)
        self._document = document
        self._diagnosticians: dict[str, Diagnostician] = {}
        """By lane name, for each lane that was current in this run."""
        self._dismissed: set[tuple[str, str]] = set()
        """Pairs of a lane's name and a finding's code."""
        self._run = -1
        self._lane: LaneSnapshot | None = None
        self._looked_at: HistoryView | None = None
        self._since_look = QElapsedTimer()
        self.findings: tuple[Finding, ...] = ()
        document.changed.connect(self._note_edit)

    @staticmethod
    def model_of(lane: LaneSnapshot | None, snapshot: Snapshot | None) -> DiagnosisInput | None:
        if snapshot is None:
            return None
        seen = None if lane is None else replace(lane, observed=Observed())
        return DiagnosisInput(snapshot.run, snapshot.playing, seen)

    @property
    def options(self) -> None:
        """There is nothing to choose."""

    @staticmethod
    def compose(model: DiagnosisInput | None, options: None) -> DiagnosisInput | None:
        return model

    def draw(self, shown: DiagnosisInput | None) -> None:
        """Diagnose the lane if it is time; with None, withdraw all findings."""
        if shown is None:
            self._start_over(-1)
            return
        if shown.run != self._run:
            self._start_over(shown.run)
        before, self._lane = self._lane, shown.lane
        if shown.lane is None:
            self._looked_at = None
            self._report(())
            return
        if before is not None and before.name != shown.lane.name:
            self._looked_at = before = None
        ended = before is not None and before.stop != shown.lane.stop
        # Weights that a person has set make what was measured before no evidence, also while training waits.
        edited = before is not None and before.marks != shown.lane.marks
        if ended or edited or self._is_time(shown.lane.history, shown.playing):
            self._look()

    def restarts(self, cure: Cure) -> bool:
        """Whether applying a cure restarts training from the initial weights."""
        before, edits = self._document.experiment, cure.edits(self.current.index)
        after = edit_many(before, edits)
        points = resolve_points(after.data)
        return effect(before, after, self._document.points, points) is Effect.RESTART

    def apply(self, cure: Cure) -> None:
        """Apply a cure to the experiment, in one undo step."""
        experiment = self._document.experiment
        if cure.applies(experiment, self.current.index):
            sentence = self._describe(cure)
            self._document.replace(edit_many(experiment, cure.edits(self.current.index)), cure.label)
            self.applied.emit(cure)
            self.cured.emit(sentence)

    def _describe(self, cure: Cure) -> str:
        if not self.restarts(cure):
            return f"{cure.label}: training continues with it. Ctrl+Z undoes it."
        epochs = self._lane.now.epoch if self._lane is not None else 0
        over = f"; the run of {counted(epochs, 'epoch')} is over" if epochs else ""
        return (
            f"{cure.label}: training restarts from the initial weights{over}. Ctrl+Z restores the settings."
        )

    def dismiss(self, code: str) -> None:
        """Hide findings with this code until the lane restarts."""
        self._dismissed.add((self.current.name, code))
        self._report(self.findings)

    def _is_time(self, history: HistoryView, playing: bool) -> bool:
        seen = self._looked_at
        if seen is None or not len(seen):
            return True
        if not playing:
            return history is not seen
        fresh = len(history) - int(np.searchsorted(history.epoch, seen.epoch[-1], side="right"))
        return fresh >= (1 if self.findings else NEW_ROWS) and self._since_look.elapsed() >= MIN_INTERVAL

    def _look(self) -> None:
        if self._lane is None:
            return
        self._since_look.start()
        self._looked_at = self._lane.history
        document, current = self._document, self.current
        diagnostician = self._diagnosticians.setdefault(current.name, Diagnostician())
        self._report(diagnostician.look(document.experiment, current.index, document.points, self._lane))

    def _report(self, findings: tuple[Finding, ...]) -> None:
        name = self.current.name
        findings = tuple(finding for finding in findings if (name, finding.code) not in self._dismissed)
        if findings != self.findings:
            self.findings = findings
            self.changed.emit(findings)

    def _start_over(self, run: int) -> None:
        self._run, self._lane, self._looked_at = run, None, None
        self._dismissed.clear()
        self._diagnosticians.clear()
        self._report(())

    def _note_edit(self, before: Experiment, after: Experiment) -> None:
        """Withdraw findings about the previous settings or data at once, before a snapshot of the new ones arrives."""
        indices = {lane.name: index for index, lane in enumerate(after.lanes)}
        for name, diagnostician in self._diagnosticians.items():
            has_changed = name in indices and diagnostician.note(after, indices[name], self._document.points)
            if has_changed and name == self.current.name:
                self._report(())
