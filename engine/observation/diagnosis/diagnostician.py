"""Looks at a lane again and again, and says what is wrong with it for as long as it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from engine.catalogue.texts import counted
from engine.experiment import Experiment, Lane, Points
from engine.observation.diagnosis.case import Case
from engine.observation.diagnosis.cures import usable
from engine.observation.diagnosis.data import DataFacts
from engine.observation.diagnosis.rule import Cure, Finding, Rule, Statement
from engine.observation.diagnosis.rules import RULES
from engine.observation.snapshot import Best, HistoryView, LaneSnapshot, Stop

EVERY = 5
"""Epochs between two looks, at first."""
COARSER = 20
"""Later, looks are apart by 1/20 of the epochs since the latest edit: a long run is looked at a few hundred times."""
EDITS = ("setting", "data", "weight", "restore")
"""Kinds of marks after which what was measured before is no evidence."""
APPEARS, GOES = 4, 4
"""How many looks in a row must find something before it is reported, and nothing before it is withdrawn."""

LAST_SEEN = "Last seen at epoch {epoch:,}."
"""What follows the numbers of a finding that the newest epochs no longer show, until it is withdrawn."""


@dataclass(slots=True)
class _Watch:
    """What one rule has found so far."""

    statement: Statement | None = None
    epoch: int = 0
    """The epoch that the statement is of: that of the latest look, or the one that was told after it."""
    found: bool = False
    streak: int = 0
    """Looks in a row that said the opposite of ``found``."""

    def note(self, statement: Statement | None, epoch: int, at_once: bool) -> None:
        if statement is not None:
            self.statement, self.epoch = statement, epoch
        self.streak = self.streak + 1 if (statement is not None) != self.found else 0
        if self.streak >= (1 if at_once else GOES if self.found else APPEARS):
            self.found, self.streak = not self.found, 0


class Diagnostician:
    """Watches one lane and reports what is wrong with it.

    A finding appears when its rule's condition held several times in a row, each time with new rows, and goes when it
    has clearly not held for as long. A change of the lane's settings or of the data withdraws all findings, because
    measurements from before are no evidence for what is now. The findings follow from the history alone, whatever the
    pace of the calls: rules look at the same epochs whoever calls.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything: the lane has started again."""
        self._watches = {code: _Watch() for code in RULES}
        self._seen, self._since, self._incomparable, self._marked = -1, -1, -1, -1
        self._stop: Stop | None = None
        self._first_best: Best | None = None
        self._experiment: Experiment | None = None
        self._lane_number, self._points = 0, Points.empty()
        self._facts: DataFacts | None = None
        self._cured: Experiment | None = None
        self._cures: dict[str, tuple[Cure, ...]] = {}

    def look(
        self, experiment: Experiment, lane_number: int, points: Points, snapshot: LaneSnapshot
    ) -> tuple[Finding, ...]:
        """Return the findings about the lane.

        Parameters
        ----------
        experiment
            The settings that it trains with.
        lane_number
            The lane's number in the experiment, from 0. It may change.
        points
            Those that it trains on.
        snapshot
            The lane's newest snapshot, with its whole history.

        Returns
        -------
        tuple of Finding
            The most pressing first; empty where nothing is wrong.
        """
        history = snapshot.history
        if not len(history):
            return ()
        if history.epoch[-1] < self._seen:
            self.reset()
        self.note(experiment, lane_number, points)
        self._note_marks(snapshot)
        stop = _stop_as_it_is(snapshot)
        ended = stop is not None and stop != self._stop
        if stop is None and self._stop is not None:
            self._withdraw_all()
        self._stop, self._first_best = stop, snapshot.first_best
        for rows in self._looks(history, ended):
            self._examine(self._case(history.head(rows), stop), ended)
        self._seen = max(self._seen, int(history.epoch[-1]))
        return self._findings(history)

    def note(self, experiment: Experiment, lane_number: int, points: Points) -> bool:
        """Take note of what is trained now; withdraw all findings if the lane's settings or the data have changed.

        Parameters
        ----------
        experiment, lane_number, points
            As for ``look``.

        Returns
        -------
        bool
            Whether they have changed.
        """
        before, number_before = self._experiment, self._lane_number
        self._experiment, self._lane_number = experiment, lane_number
        same_data = before is not None and points == self._points and _data(before) == _data(experiment)
        self._points = points
        if not same_data:
            self._facts = None
        if before is None:
            return False
        old, new = before.lanes[number_before], experiment.lanes[lane_number]
        if same_data and _settings(old) == _settings(new):
            return False
        self._withdraw_all()
        self._since = self._seen
        if not same_data or old.training.loss != new.training.loss:
            self._incomparable = self._seen
        return True

    def _note_marks(self, snapshot: LaneSnapshot) -> None:
        """Withdraw what was measured before an edit that has taken effect, also if its mark came late."""
        edits = [mark for mark in snapshot.marks if mark.kind in EDITS]
        others = (mark.until for mark in edits if mark.kind == "data" or mark.loss_changed)
        self._incomparable = max(self._incomparable, *others, -1)
        marked = max((mark.until for mark in edits), default=-1)
        if marked > self._marked:
            self._withdraw_all()
            self._marked = self._since = self._seen = marked

    def _case(self, history: HistoryView, stop: Stop | None, found: bool = False) -> Case:
        assert self._experiment is not None
        if self._facts is None:
            self._facts = DataFacts.of(self._experiment, self._points)
        return Case(
            self._experiment,
            self._lane_number,
            self._facts,
            history,
            stop,
            self._since,
            self._incomparable,
            self._first_best,
            found,
        )

    def _findings(self, history: HistoryView) -> tuple[Finding, ...]:
        found = {code: watch for code, watch in self._watches.items() if watch.found}
        reported = [RULES[code] for code in found if not RULES[code].yields_to & found.keys()]
        if not reported:
            return ()
        if self._experiment is not self._cured:
            self._cured, self._cures = self._experiment, {}
        case = self._case(history, self._stop, found=True)
        return tuple(self._finding(rule, found[rule.code], case) for rule in reported)

    def _finding(self, rule: Rule, watch: _Watch, case: Case) -> Finding:
        # Numbers are those of now, also between two looks; else they say when they were.
        statement = rule.look(case) if rule.ripe(case) else None
        if statement is None:
            assert watch.statement is not None
            said = _of_seeds(watch.statement, rule, case.lane.repeats)
            statement = replace(said, numbers=f"{said.numbers} {LAST_SEEN.format(epoch=watch.epoch)}")
        else:
            statement = _of_seeds(statement, rule, case.lane.repeats)
            watch.statement, watch.epoch = statement, case.last_epoch
        if rule.code not in self._cures:
            self._cures[rule.code] = usable(rule.cures(case), case)
        return Finding(rule.code, rule.severity, statement.title, statement.numbers, self._cures[rule.code])

    def _withdraw_all(self) -> None:
        self._watches = {code: _Watch() for code in RULES}

    def _looks(self, history: HistoryView, ended: bool) -> list[int]:
        """Numbers of rows after which to look: at all epochs that are due since the last look, and at an end."""
        last = int(history.epoch[-1])
        epochs = (epoch for epoch in _due(max(self._since, 0), last) if epoch > self._seen)
        due = [int(np.searchsorted(history.epoch, epoch, side="right")) for epoch in epochs]
        rows = sorted({count for count in due if count})
        return rows if not ended or (rows and rows[-1] == len(history)) else [*rows, len(history)]

    def _examine(self, case: Case, ended: bool) -> None:
        for code, rule in RULES.items():
            watch = self._watches[code]
            if rule.ripe(case):
                at_once = rule.only_at_end or (rule.at_end and ended)
                watch.note(rule.look(case.as_found(watch.found)), case.last_epoch, at_once)


def diagnose(
    experiment: Experiment, lane_number: int, points: Points, snapshot: LaneSnapshot
) -> tuple[Finding, ...]:
    """The findings at the end of a run.

    Parameters
    ----------
    experiment, points
        What was trained.
    lane_number
        The lane's index in the experiment.
    snapshot
        The lane's last snapshot, with its whole history.

    Returns
    -------
    tuple
        Findings, the most pressing first; none where nothing is wrong.
    """
    return Diagnostician().look(experiment, lane_number, points, snapshot)


def _of_seeds(statement: Statement, rule: Rule, seeds: int) -> Statement:
    """Say of numbers that they are medians over the seeds of a repeated lane, where they do not say so themselves."""
    if seeds == 1 or not rule.measures or " seeds" in statement.numbers:
        return statement
    return replace(statement, numbers=f"{statement.numbers} Medians over {counted(seeds, 'seed')}.")


def _due(since: int, last: int) -> Iterator[int]:
    """The epochs up to ``last`` at which rules look at what has come after ``since``, in order."""
    gone = 0
    while (gone := gone + max(EVERY, gone // COARSER // EVERY * EVERY)) <= last - since:
        yield since + gone


def _stop_as_it_is(snapshot: LaneSnapshot) -> Stop | None:
    """The lane's end, unless settings, data or weights were edited since."""
    stop, edits = snapshot.stop, [mark.order for mark in snapshot.marks if mark.kind in EDITS]
    return None if stop is not None and edits and max(edits) > stop.order else stop


def _data(experiment: Experiment) -> tuple[object, ...]:
    """What a finding depends on in the data settings, besides the points."""
    data = experiment.data
    return data.task, data.classes, data.split, data.extent, data.aspect


def _settings(lane: Lane) -> tuple[object, ...]:
    """All of a lane but its name."""
    return lane.seed, lane.network, lane.training, lane.regularization
