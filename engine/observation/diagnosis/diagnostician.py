"""Looks at a lane again and again, and says what is wrong with it for as long as it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.experiment import Experiment, Points
from engine.observation.diagnosis.case import Case
from engine.observation.diagnosis.cures import usable
from engine.observation.diagnosis.data import DataFacts
from engine.observation.diagnosis.rule import Cure, Finding, Rule, Words
from engine.observation.diagnosis.rules import RULES
from engine.observation.snapshot import HistoryView, LaneSnapshot, Stop

EVERY = 5
"""Rows of a history after which rules look again."""
MOST_LOOKS = 40
"""So often at most, however many rows have come at once."""
APPEARS, GOES = 4, 4
"""So often in a row a rule must have found something before it is told, and nothing before it is taken back."""


@dataclass(slots=True)
class _Watch:
    """What one rule has found so far."""

    words: Words | None = None
    found: bool = False
    streak: int = 0
    """Looks in a row that said the opposite of ``found``."""

    def note(self, words: Words | None, at_once: bool) -> None:
        if words is not None:
            self.words = words
        self.streak = self.streak + 1 if (words is not None) != self.found else 0
        if self.streak >= (1 if at_once else GOES if self.found else APPEARS):
            self.found, self.streak = not self.found, 0


class Diagnostician:
    """Watches one lane. What it says follows from what it has been shown alone.

    ``look`` is to be called with the lane's newest snapshot, at any pace. A finding appears when its rule's condition
    held several times in a row, each time with new rows, and goes when it has clearly not for as long. A change of the
    lane's settings takes all findings back: what was measured before is no evidence for what is now. When points
    change, findings stay until there is new evidence.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything: the lane has started again."""
        self._watches = {code: _Watch() for code in RULES}
        self._seen, self._since = -1, -1
        self._stop: Stop | None = None
        self._settings: tuple[object, ...] | None = None
        self._points: Points | None = None
        self._data: DataFacts | None = None
        self._cured: Experiment | None = None
        self._cures: dict[str, tuple[Cure, ...]] = {}

    def look(
        self, experiment: Experiment, place: int, points: Points, snapshot: LaneSnapshot
    ) -> tuple[Finding, ...]:
        """What there is to say of the lane of that number, the most pressing first."""
        history = snapshot.history
        if not len(history):
            return ()
        if history.epoch[-1] < self._seen:
            self.reset()
        self._note_edits(experiment, place, points, history)
        ended = snapshot.stop is not None and snapshot.stop != self._stop
        if snapshot.stop is None and self._stop is not None:
            self._take_back()
        self._stop = snapshot.stop
        since = self._since
        for rows in self._looks(history, ended):
            facts = self._facts(experiment, points)
            self._examine(Case(experiment, place, facts, history.first(rows), snapshot.stop, since), ended)
        return self._findings(experiment, place, points, snapshot)

    def _findings(
        self, experiment: Experiment, place: int, points: Points, snapshot: LaneSnapshot
    ) -> tuple[Finding, ...]:
        found = {code: watch for code, watch in self._watches.items() if watch.found}
        told = [RULES[code] for code in found if not RULES[code].yields_to & found.keys()]
        if not told:
            return ()
        if experiment is not self._cured:
            self._cured, self._cures = experiment, {}
        facts = self._facts(experiment, points)
        case = Case(experiment, place, facts, snapshot.history, snapshot.stop, found=True)
        return tuple(self._finding(rule, found[rule.code], case) for rule in told)

    def _finding(self, rule: Rule, watch: _Watch, case: Case) -> Finding:
        assert watch.words is not None
        if rule.code not in self._cures:
            self._cures[rule.code] = usable(rule.cures(case), case)
        cures = self._cures[rule.code]
        return Finding(rule.code, rule.severity, watch.words.title, watch.words.numbers, cures)

    def _facts(self, experiment: Experiment, points: Points) -> DataFacts:
        """What there is to know of the points, found out once and only when it is needed."""
        if self._data is None:
            self._data = DataFacts.of(experiment, points)
        return self._data

    def _note_edits(self, experiment: Experiment, place: int, points: Points, history: HistoryView) -> None:
        data = experiment.data
        settings = (experiment.lanes[place], data.task, data.classes, data.generator, data.split)
        same_settings, same_points = settings == self._settings, points is self._points
        if self._settings is not None and not same_settings:
            self._take_back()
        if self._settings is not None and not (same_settings and same_points):
            self._since = self._seen = int(history.epoch[-1])
        if not (same_settings and same_points):
            self._data = None
        self._settings, self._points = settings, points

    def _take_back(self) -> None:
        self._watches = {code: _Watch() for code in RULES}

    def _looks(self, history: HistoryView, ended: bool) -> list[int]:
        """After how many rows to look: every few of those that have come since the last look."""
        seen, count = int(np.searchsorted(history.epoch, self._seen, side="right")), len(history)
        step = max(EVERY, (count - seen) // MOST_LOOKS)
        looks = list(range(count, seen, -step))[::-1]
        if looks and looks[0] - seen < EVERY and len(looks) > 1:
            looks = looks[1:]
        if not ended and count - seen < EVERY:
            return []
        self._seen = int(history.epoch[-1])
        return looks or [count]

    def _examine(self, case: Case, ended: bool) -> None:
        for code, rule in RULES.items():
            watch = self._watches[code]
            if rule.ripe(case):
                at_once = rule.only_at_end or (rule.at_end and ended)
                watch.note(rule.look(case.as_found(watch.found)), at_once)


def diagnose(
    experiment: Experiment, place: int, points: Points, snapshot: LaneSnapshot
) -> tuple[Finding, ...]:
    """What there is to say at the end of a run of which the whole history is known."""
    return Diagnostician().look(experiment, place, points, snapshot)
