"""What is wrong with the first lane, as far as the window's snapshots tell."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QElapsedTimer, QObject, Signal

from engine.data import resolve_points
from engine.experiment import Effect, Experiment, edit_many, effect
from engine.observation.diagnosis import Cure, Diagnostician, Finding
from engine.observation.snapshot import HistoryView, LaneSnapshot, Observed, Snapshot
from gui_app.session.document import Document
from gui_app.session.snapshot_view import SnapshotView
from gui_app.widgets.ticks import count_text

PACE = 1000
"""Milliseconds at least between two looks while training runs."""
NEW_ROWS = 10
"""Rows of the history at least that must have come in between."""
LANE = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """What is looked at: the lane, but for what is only to be drawn, and whether there may soon be more."""

    run: int
    playing: bool
    lane: LaneSnapshot


class Diagnosis(QObject, SnapshotView[Seen | None, None, Seen | None]):
    """A view of snapshots that looks at few of them; ``changed`` carries a tuple of findings, most pressing first.
    ``cured(sentence)`` follows when a cure was applied, so that training may show what it does.

    A finding that is dismissed stays so until the lane starts again.
    """

    changed = Signal(object)
    cured = Signal(str)

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._diagnostician = Diagnostician()
        self._dismissed: set[str] = set()
        self._run = -1
        self._lane: LaneSnapshot | None = None
        self._looked_at: HistoryView | None = None
        self._since_look = QElapsedTimer()
        self.findings: tuple[Finding, ...] = ()
        document.changed.connect(self._note_edit)

    @staticmethod
    def model_of(snapshot: Snapshot | None) -> Seen | None:
        if snapshot is None or not snapshot.lanes:
            return None
        lane = replace(snapshot.lanes[LANE], observed=Observed())
        return Seen(snapshot.run, snapshot.playing, lane)

    @property
    def options(self) -> None:
        """There is nothing to choose."""

    @staticmethod
    def compose(model: Seen | None, options: None) -> Seen | None:
        return model

    def draw(self, shown: Seen | None) -> None:
        """Take note of it, and look at it if it is time; with None all findings go."""
        if shown is None:
            self._start_over(-1)
            return
        if shown.run != self._run:
            self._start_over(shown.run)
        before, self._lane = self._lane, shown.lane
        ended = before is not None and before.stop != self._lane.stop
        if ended or self._is_time(self._lane.history, shown.playing):
            self._look()

    def restarts(self, cure: Cure) -> bool:
        """Whether training starts again from the first weights when a cure is applied."""
        before, edits = self._document.experiment, cure.edits(LANE)
        after = edit_many(before, edits)
        points = resolve_points(after.data)
        return effect(before, after, self._document.points, points) is Effect.RESTART

    def apply(self, cure: Cure) -> None:
        """Change the experiment as a cure says, as one undo step."""
        experiment = self._document.experiment
        if cure.applies(experiment, LANE):
            sentence = self._words_about(cure)
            self._document.replace(edit_many(experiment, cure.edits(LANE)), cure.label)
            self.cured.emit(sentence)

    def _words_about(self, cure: Cure) -> str:
        if not self.restarts(cure):
            return f"{cure.label}: training goes on with it. Ctrl+Z takes it back."
        epochs = self._lane.now.epoch if self._lane is not None else 0
        over = f"; the run of {count_text(epochs)} epoch{'s' * (epochs != 1)} is over" if epochs else ""
        return f"{cure.label}: training starts again from the first weights{over}. Ctrl+Z brings the settings back."

    def dismiss(self, code: str) -> None:
        """Show no such finding until the lane starts again."""
        self._dismissed.add(code)
        self._tell(self.findings)

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
        document = self._document
        self._tell(self._diagnostician.look(document.experiment, LANE, document.points, self._lane))

    def _tell(self, findings: tuple[Finding, ...]) -> None:
        findings = tuple(finding for finding in findings if finding.code not in self._dismissed)
        if findings != self.findings:
            self.findings = findings
            self.changed.emit(findings)

    def _start_over(self, run: int) -> None:
        self._run, self._lane, self._looked_at = run, None, None
        self._dismissed.clear()
        self._diagnostician.reset()
        self._tell(())

    def _note_edit(self, before: Experiment, after: Experiment) -> None:
        """Findings about settings or data that are no more go at once, before there is a snapshot of the new ones."""
        if self._diagnostician.note(after, LANE, self._document.points):
            self._tell(())
