"""The view of snapshots that diagnoses every lane."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QTimer, Signal

from engine.experiment import Experiment
from engine.experiment.lane_pairs import renamed
from engine.observation.diagnosis import RULES, Cure, Finding
from engine.observation.snapshot import LaneSnapshot, Observed, Snapshot
from gui_app.diagnosis.lane_watch import LaneFinding, LaneWatch
from gui_app.diagnosis.remedies import Remedies
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.session.snapshot_view import SnapshotView

PAUSE = 33
"""Milliseconds between looks at two lanes: a frame has time for one."""


@dataclass(frozen=True, slots=True)
class DiagnosisInput:
    """The input of a diagnosis: the lanes without observables."""

    run: int
    playing: bool
    lanes: tuple[LaneSnapshot, ...]


class Diagnosis(QObject, SnapshotView[DiagnosisInput | None, tuple[str, ...], DiagnosisInput | None]):
    """Diagnose some of the snapshots, one lane after another.

    ``changed(findings)`` carries a tuple of ``LaneFinding``, the most pressing of all lanes first; it is also emitted
    when what can be done about them changes. ``by_lane_changed(findings)`` carries the most pressing one of each lane
    by the lane's name. Lanes keep their findings when they are renamed. A dismissed finding stays hidden until its
    lane restarts.
    """

    changed = Signal(object)
    by_lane_changed = Signal(object)

    def __init__(self, document: Document, current: CurrentLane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.follow_lane(current)
        self._document = document
        self.remedies = Remedies(document, current, self._epochs, self)
        self._watches: dict[str, LaneWatch] = {}
        """By the present names of lanes that the engine knows."""
        self._run, self._turn, self._playing = -1, 0, False
        self.findings: tuple[LaneFinding, ...] = ()
        self.by_lane: Mapping[str, Finding] = {}
        self._offer = self._offered
        self._others = QTimer(self, interval=PAUSE, singleShot=True)
        self._others.timeout.connect(self._take_turn)
        document.changed.connect(self._note_edit)

    @staticmethod
    def model_of(lane: LaneSnapshot | None, snapshot: Snapshot | None) -> DiagnosisInput | None:
        if snapshot is None:
            return None
        lanes = (replace(one, observed=Observed(), repeats=(), quartiles=None) for one in snapshot.lanes)
        return DiagnosisInput(snapshot.run, snapshot.playing, tuple(lanes))

    @property
    def options(self) -> tuple[str, ...]:
        """The names of the lanes that are diagnosed: of a sweep, the chosen cell."""
        return tuple(self._names)

    @staticmethod
    def compose(model: DiagnosisInput | None, options: tuple[str, ...]) -> DiagnosisInput | None:
        return model

    def draw(self, shown: DiagnosisInput | None) -> None:
        """Diagnose one lane if it is time, and the others after it; with None, withdraw all findings."""
        if shown is None:
            self._watches, self._run = {}, -1
            self._report()
            return
        begun, self._run, self._playing = shown.run != self._run, shown.run, shown.playing
        for name, lane in self._known(shown.lanes).items():
            watch = self._watches.get(name)
            if watch is None or (begun and not watch.goes_on_as(lane)):
                watch = self._watches[name] = LaneWatch()
            watch.show(lane)
        if begun:
            self._report()
        if not self._others.isActive():
            self._take_turn()

    def dismiss(self, shown: LaneFinding) -> None:
        """Hide findings with this code about this lane until it restarts; a shared one is hidden in all lanes."""
        for name, watch in self._watches.items():
            if shown.shared or name == shown.lane:
                watch.dismiss(shown.finding.code)
        self._report()

    @property
    def _names(self) -> list[str]:
        return [look.name for look in self.current.own_looks]

    @property
    def _numbered(self) -> list[tuple[int, str]]:
        """The indices and names of the lanes that are diagnosed."""
        return [(look.number, look.name) for look in self.current.own_looks]

    @property
    def _offered(self) -> tuple[bool, bool]:
        return self.remedies.several, self.remedies.has_room

    def _known(self, lanes: tuple[LaneSnapshot, ...]) -> dict[str, LaneSnapshot]:
        """Those that the document has; before the engine has taken an edit, it may tell of others."""
        names = {*self._names}
        return {lane.name: lane for lane in lanes if lane.name in names}

    def _epochs(self, name: str) -> int:
        watch = self._watches.get(name)
        return watch.lane.now.epoch if watch is not None and watch.lane is not None else 0

    def _take_turn(self) -> None:
        """Look at the lane that has waited longest; the next one has its turn in the next frame."""
        due = [
            (watch.rank, index, watch)
            for index, name in self._numbered
            if (watch := self._watches.get(name)) is not None and watch.is_due(self._playing)
        ]
        if not due:
            return
        _, index, watch = min(due, key=lambda one: one[:2])
        self._turn += 1
        watch.look(self._document.experiment, index, self._document.points, self._turn)
        self._report()
        if len(due) > 1:
            self._others.start()

    def _report(self) -> None:
        found = [
            LaneFinding(name, finding)
            for name in self._names
            if name in self._watches
            for finding in self._watches[name].findings
        ]
        ranks = [*RULES]
        findings = tuple(sorted(_merged(found), key=lambda one: ranks.index(one.finding.code)))
        # Those of each lane are in order already.
        by_lane = {one.lane: one.finding for one in reversed(found)}
        if by_lane != self.by_lane:
            self.by_lane = by_lane
            self.by_lane_changed.emit(by_lane)
        if findings != self.findings or (findings and self._offer != self._offered):
            self.findings, self._offer = findings, self._offered
            self.changed.emit(findings)

    def _note_edit(self, before: Experiment, after: Experiment) -> None:
        """Withdraw findings about previous settings or data at once; follow lanes that were renamed."""
        if before.lanes is not after.lanes:
            names = {old: new for new, old in renamed(before.lanes, after.lanes).items()}
            present = {names.get(name, name): watch for name, watch in self._watches.items()}
            self._watches = {name: present[name] for name in self._names if name in present}
        for index, name in self._numbered:
            if name in self._watches:
                self._watches[name].note(after, index, self._document.points)
        self._report()


def _merged(found: Sequence[LaneFinding]) -> list[LaneFinding]:
    """Make one of what is found in several lanes for the same reason in the data, which they share."""
    merged: list[LaneFinding] = []
    for one in found:
        same = [other for other in found if _cause(other) == _cause(one)]
        if len(same) == 1 or _cause(one) is None:
            merged.append(one)
        elif same[0] is one:
            merged.append(replace(one, shared=True))
    return merged


def _cause(one: LaneFinding) -> tuple[str, tuple[Cure, ...]] | None:
    """What a finding and its cures have in common with others; None if a cure is one of the lane."""
    cures = one.finding.cures
    return (one.finding.code, cures) if cures and not any(cure.changes_of_copy for cure in cures) else None
