"""What the diagnosis knows of one lane, and when it looks at it again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QElapsedTimer

from engine.experiment import Experiment, Points
from engine.observation.diagnosis import Diagnostician, Finding
from engine.observation.snapshot import HistoryView, LaneSnapshot

MIN_INTERVAL = 1000
"""Minimum milliseconds between two looks at a lane during training."""
NEW_ROWS = 10
"""Minimum number of new history rows between two looks while nothing is found; what is found follows each row."""


@dataclass(frozen=True, slots=True)
class LaneFinding:
    """A finding about the lane of this name; ``shared`` if it is one about the data, and others have it, too."""

    lane: str
    finding: Finding
    shared: bool = False


class LaneWatch:
    """Watches one lane of the snapshots; ``turn`` is the number of its latest look, -1 before the first."""

    def __init__(self) -> None:
        self.lane: LaneSnapshot | None = None
        self.turn = -1
        self._diagnostician = Diagnostician()
        self._findings: tuple[Finding, ...] = ()
        self._dismissed: set[str] = set()
        """Codes of findings that stay hidden."""
        self._looked_at: HistoryView | None = None
        self._since_look = QElapsedTimer()
        self._waits = False
        """Whether something has happened that is looked at whatever the pace."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is found and was not dismissed, the most pressing first."""
        return tuple(finding for finding in self._findings if finding.code not in self._dismissed)

    @property
    def rank(self) -> tuple[bool, int]:
        """Whose turn it is: the lowest comes first."""
        return not self._waits, self.turn

    def show(self, lane: LaneSnapshot) -> None:
        """Take the lane's newest snapshot."""
        before, self.lane = self.lane, lane
        # Weights that a person has set make what was measured before no evidence, also while training waits.
        if before is not None and (before.stop != lane.stop or before.marks != lane.marks):
            self._waits = True

    def goes_on_as(self, lane: LaneSnapshot) -> bool:
        """Whether a snapshot is of the same training as the one before: where both have an epoch, it is the same."""
        if self.lane is None:
            return False
        before, now = self.lane.history, lane.history
        shared = np.intersect1d(before.epoch, now.epoch)
        if not len(shared) or now.epoch[-1] < before.epoch[-1]:
            return False
        old, new = (int(np.searchsorted(one.epoch, shared[-1])) for one in (before, now))
        return bool(np.array_equal(before.loss[old], now.loss[new], equal_nan=True))

    def is_due(self, playing: bool) -> bool:
        """Whether it is time to look at the lane."""
        if self.lane is None:
            return False
        seen, history = self._looked_at, self.lane.history
        if self._waits or seen is None or not len(seen):
            return True
        if not playing:
            return history is not seen
        fresh = len(history) - int(np.searchsorted(history.epoch, seen.epoch[-1], side="right"))
        return fresh >= (1 if self._findings else NEW_ROWS) and self._since_look.elapsed() >= MIN_INTERVAL

    def look(self, experiment: Experiment, index: int, points: Points, turn: int) -> None:
        """Look at the newest snapshot of the lane, which has this index."""
        assert self.lane is not None
        self._since_look.start()
        self._looked_at, self._waits, self.turn = self.lane.history, False, turn
        self._findings = self._diagnostician.look(experiment, index, points, self.lane)

    def note(self, experiment: Experiment, index: int, points: Points) -> None:
        """Withdraw findings about the previous settings or data, before there is a snapshot of the new ones."""
        if self._diagnostician.note(experiment, index, points):
            self._findings = ()

    def dismiss(self, code: str) -> None:
        """Hide findings with this code for as long as the lane is watched."""
        self._dismissed.add(code)
