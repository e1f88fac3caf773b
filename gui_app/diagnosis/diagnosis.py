"""What is wrong with the current lane, as far as snapshots show."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QElapsedTimer, QObject, Signal

from engine.data import resolve_points
from engine.experiment import Effect, Experiment, edit_many, effect
from engine.observation.diagnosis import Cure, Diagnostician, Finding
from engine.observation.snapshot import HistoryView, LaneSnapshot, Observed, Snapshot
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.session.snapshot_view import SnapshotView
from gui_app.widgets.ticks import count_text

PACE = 1000
"""Milliseconds at least between two looks while training runs."""
NEW_ROWS = 10
"""Rows of the history at least that must have come in between."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is looked at: the lane without what is only drawn, and whether there may soon be more. ``lane`` is None
    where the engine does not yet know the current lane.
    """

    run: int
    playing: bool
    lane: LaneSnapshot | None


class Diagnosis(QObject, SnapshotView[Seen | None, None, Seen | None]):
    """A view of snapshots that looks at few of them; ``changed`` carries a tuple of findings, most pressing first.
    ``cured(sentence)`` follows when a cure was applied, so that training may show what it does.

    A finding that a person dismisses stays so until its lane starts again.
    """

    changed = Signal(object)
    cured = Signal(str)

    def __init__(self, document: Document, current: CurrentLane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.follow_lane(current)
        self._document = document
        self._diagnosticians: dict[str, Diagnostician] = {}
        """One for each lane that was current in this run, by the lane's name."""
        self._dismissed: set[tuple[str, str]] = set()
        """Names of lanes with the codes of their findings."""
        self._run = -1
        self._lane: LaneSnapshot | None = None
        self._looked_at: HistoryView | None = None
        self._since_look = QElapsedTimer()
        self.findings: tuple[Finding, ...] = ()
        document.changed.connect(self._note_edit)

    @staticmethod
    def model_of(lane: LaneSnapshot | None, snapshot: Snapshot | None) -> Seen | None:
        if snapshot is None:
            return None
        seen = None if lane is None else replace(lane, observed=Observed())
        return Seen(snapshot.run, snapshot.playing, seen)

    @property
    def options(self) -> None:
        """There is nothing to choose."""

    @staticmethod
    def compose(model: Seen | None, options: None) -> Seen | None:
        return model

    def draw(self, shown: Seen | None) -> None:
        """Look at the lane if it is time; with None, withdraw all findings."""
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
        if ended or self._is_time(shown.lane.history, shown.playing):
            self._look()

    def restarts(self, cure: Cure) -> bool:
        """Whether training restarts from the initial weights when a cure is applied."""
        before, edits = self._document.experiment, cure.edits(self.current.index)
        after = edit_many(before, edits)
        points = resolve_points(after.data)
        return effect(before, after, self._document.points, points) is Effect.RESTART

    def apply(self, cure: Cure) -> None:
        """Change the experiment as a cure says, as one undo step."""
        experiment = self._document.experiment
        if cure.applies(experiment, self.current.index):
            sentence = self._describe(cure)
            self._document.replace(edit_many(experiment, cure.edits(self.current.index)), cure.label)
            self.cured.emit(sentence)

    def _describe(self, cure: Cure) -> str:
        if not self.restarts(cure):
            return f"{cure.label}: training continues with it. Ctrl+Z undoes it."
        epochs = self._lane.now.epoch if self._lane is not None else 0
        over = f"; the run of {count_text(epochs)} epoch{'s' * (epochs != 1)} is over" if epochs else ""
        return (
            f"{cure.label}: training restarts from the initial weights{over}. Ctrl+Z restores the settings."
        )

    def dismiss(self, code: str) -> None:
        """Show no such finding until the lane starts again."""
        self._dismissed.add((self.current.name, code))
        self._report(self.findings)

    def _is_time(self, history: HistoryView, playing: bool) -> bool:
        seen = self._looked_at
        if seen is None or not len(seen):
            return True
        if not playing:
            return history is not seen
        fresh = len(history) - int(np.searchsorted(history.epoch, seen.epoch[-1], side="right"))
        return fresh >= NEW_ROWS and self._since_look.elapsed() >= PACE

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
        """Withdraw findings about former settings or data at once, before there is a snapshot of the new ones."""
        indices = {lane.name: index for index, lane in enumerate(after.lanes)}
        for name, diagnostician in self._diagnosticians.items():
            has_changed = name in indices and diagnostician.note(after, indices[name], self._document.points)
            if has_changed and name == self.current.name:
                self._report(())
