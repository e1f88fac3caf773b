"""What rules look at: one lane's history since it was last changed, its settings and its data.

Losses are compared with ``baseline``, the loss of the best answer that is the same for all points, and scores as
skills: 0 is as good as that answer, 1 makes no mistake.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.catalogue.texts import counted
from engine.experiment import Experiment, Lane
from engine.observation.diagnosis.data import DataFacts
from engine.observation.snapshot import Best, HistoryView, Stop

Floats = NDArray[np.float64]

FEWEST_ROWS = 8
RECENT = 3
"""The recent past is the last third of what there is."""
SMOOTHED = 7
"""Rows over which a median is taken to see a trend."""
MEDIAN_OF_7 = (
    (0, 5), (0, 3), (1, 6), (2, 4), (0, 1), (3, 5), (2, 6), (2, 3), (3, 6), (4, 5), (1, 4), (1, 3), (3, 4),
)  # fmt: skip
"""Pairs of seven numbers to be put in order, one after another; then number 3 is their median (Devillard 1998)."""
CHUNK = 8192
"""Rows that are smoothed at once: few enough to stay in the processor's cache."""


@dataclass(frozen=True, eq=False)
class Case:
    """What a rule looks at.

    Attributes
    ----------
    experiment
        The settings that the lane trains with.
    data
        Facts about its points.
    history
        All epochs of the lane.
    stop
        The lane's end, if it has ended and nothing was edited since.
    since
        The rows up to this epoch were made with other settings; −1 if there are none.
    incomparable
        The losses up to this epoch were made with other data or another loss; −1 if there are none.
    first_best
        The lane when data or loss last changed, measured on the present data with the present loss; in no row of the
        history.
    found
        Whether the rule's finding is reported already. The rule then uses the looser of its two thresholds.
    """

    experiment: Experiment
    lane_number: int
    """The lane's number in the experiment, from 0."""
    data: DataFacts
    history: HistoryView
    stop: Stop | None = None
    since: int = -1
    incomparable: int = -1
    first_best: Best | None = None
    found: bool = False

    @property
    def lane(self) -> Lane:
        return self.experiment.lanes[self.lane_number]

    def threshold(self, appears: float, goes: float) -> float:
        """Return the threshold that a rule uses now (hysteresis).

        Parameters
        ----------
        appears, goes
            Where a finding begins, and where it ends.

        Returns
        -------
        float
        """
        return goes if self.found else appears

    def as_found(self, found: bool) -> Case:
        """Return the case for a rule.

        Parameters
        ----------
        found
            Whether the rule's finding is reported already.

        Returns
        -------
        Case
        """
        return self if found == self.found else self._other

    @cached_property
    def _other(self) -> Case:
        return replace(self, found=not self.found)

    # -- rows

    @cached_property
    def rows(self) -> slice:
        """Rows of the present settings."""
        return slice(int(np.searchsorted(self.history.epoch, self.since, side="right")), len(self.history))

    @cached_property
    def epoch(self) -> NDArray[np.int64]:
        return self.history.epoch[self.rows]

    @property
    def last_epoch(self) -> int:
        return int(self.history.epoch[-1])

    def lasted(self, epochs: int) -> bool:
        """Whether there is enough evidence about the present settings.

        Parameters
        ----------
        epochs
            The fewest epochs that they must have trained.

        Returns
        -------
        bool
            False also with less than ``FEWEST_ROWS`` rows of these epochs.
        """
        return len(self.epoch) >= FEWEST_ROWS and self.last_epoch - max(self.since, 0) >= epochs

    def last(self, part: float) -> NDArray[np.bool_]:
        """Which rows of the present settings are recent.

        Parameters
        ----------
        part
            2 for the later half of the epochs, 3 for the last third.

        Returns
        -------
        bool [r]
            At least the last 5 rows.
        """
        first, newest = self.epoch[0], self.epoch[-1]
        recent: NDArray[np.bool_] = self.epoch >= newest - (newest - first) / part
        recent[-min(5, len(recent)) :] = True
        return recent

    @cached_property
    def comparable(self) -> slice:
        """Rows whose losses can be compared with those of the present settings."""
        return slice(
            int(np.searchsorted(self.history.epoch, self.incomparable, side="right")), len(self.history)
        )

    @cached_property
    def compared(self) -> tuple[NDArray[np.int64], Floats]:
        """Epochs [r] and losses [r, 3] that can be compared with those of now, ``first_best`` included."""
        epoch, loss = self.history.epoch[self.comparable], self.history.loss[self.comparable]
        if self.first_best is None:
            return epoch, loss
        return np.append(self.first_best.epoch, epoch), np.vstack([self.first_best.loss, loss])

    @cached_property
    def recent(self) -> NDArray[np.bool_]:
        return self.last(RECENT)

    @property
    def recent_epochs(self) -> int:
        """The number of epochs from the first to the last recent row."""
        return int(self.epoch[-1] - self.epoch[self.recent][0])

    @property
    def medians(self) -> str:
        """The epochs, and seeds, of the recent medians, as in "Medians of epochs 1,621 to 2,431"."""
        if not len(self.epoch):
            over = f", medians over {counted(self.lane.repeats, 'seed')}" if self.lane.repeats > 1 else ""
            return f"As of epoch {self.last_epoch:,}{over}"
        first = min(int(self.epoch[self.recent][0]), int(self.history.layer_epoch[self.recent_layers][0]))
        over = f"over {counted(self.lane.repeats, 'seed')} and " if self.lane.repeats > 1 else "of "
        return f"Medians {over}epochs {first:,} to {self.last_epoch:,}"

    # -- numbers [r] of the present settings

    @cached_property
    def training(self) -> Floats:
        return self.history.loss[self.rows, 0]

    @cached_property
    def validation(self) -> Floats:
        return self.history.loss[self.rows, 1]

    @cached_property
    def recent_layers(self) -> slice:
        """The recent rows of layers; only the newest one if none is recent."""
        epochs = self.history.layer_epoch
        first = int(np.searchsorted(epochs, self.epoch[self.recent][0])) if len(self.epoch) else len(epochs)
        return slice(max(0, min(first, len(epochs) - 1)), len(epochs))

    def probe(self, key: str) -> Floats:
        """Return recent medians of a probe.

        Parameters
        ----------
        key
            A key of ``PROBES``.

        Returns
        -------
        float64 [L]
            NaN where the probe has no meaning.
        """
        values = self.history.probe(key)[self.recent_layers]
        medians = np.full(values.shape[1], np.nan)
        layers = ~np.isnan(values).all(0)
        known = values[:, layers]
        # Before the first step there is no update, so that a single row may lack a number.
        complete = known[~np.isnan(known).any(1)]
        if complete.size:
            medians[layers] = np.median(complete, axis=0)
        return medians

    @cached_property
    def skill(self) -> float:
        """Recent skill on the training points."""
        return self._recent_skill(0)

    @cached_property
    def skill_gap(self) -> float:
        """How far the skill on the training points is above that on the validation points."""
        return self.skill - self._recent_skill(1)

    def _recent_skill(self, split: int) -> float:
        score = self.history.score[self.rows, split][self.recent]
        return self.data.skill(float(np.median(score)))

    @cached_property
    def baseline(self) -> float:
        """The training loss of the best answer that is the same for all points."""
        return self.data.baseline(self.lane)

    # -- trends

    def lags(self, appears: float = 0.6, goes: float = 0.75) -> bool:
        """Whether the network is recently much worse on its own training points than their nearest neighbours would be.

        Parameters
        ----------
        appears, goes
            Shares of what the neighbours reach, for ``threshold``.

        Returns
        -------
        bool
            False where the data can hardly be learned, and without rows of the present settings.
        """
        reachable = self.data.reachable
        return (
            len(self.epoch) > 0
            and reachable >= 0.3
            and self.skill < self.threshold(appears, goes) * reachable
        )

    @cached_property
    def progress(self) -> float:
        """How far the training loss fell during the later half, as a share of the baseline."""
        later = self.training[self.last(2)]
        part = max(len(later) // 4, 1)
        return float((np.median(later[:part]) - np.median(later[-part:])) / self.baseline)

    @cached_property
    def jitter(self) -> float:
        """How far the training loss changes from one recent row to the next, as a share of the baseline."""
        return float(np.abs(np.diff(self.training[self.recent])).mean() / self.baseline)

    # -- phrases

    @property
    def score_sentence(self) -> str:
        """The recent training score, what the neighbours reach, and the epochs of the medians."""
        name = "accuracy" if self.data.task == "classification" else "R²"
        how = "a vote" if self.data.task == "classification" else "the mean"
        mine, theirs = self.as_score(self.skill), self.as_score(self.data.reachable)
        return f"training {name} {mine}, where {how} of the nearest points reaches {theirs}. {self.medians}"

    def as_score(self, skill: float) -> str:
        """Write a skill as accuracy or R².

        Parameters
        ----------
        skill
            0 for the best constant answer, 1 for no mistake.

        Returns
        -------
        str
            As in "62 %" or "0.31".
        """
        score = self.data.score(skill)
        if self.data.task == "classification":
            return f"{score:.0%}".replace("%", " %")
        return f"{score:z.2f}".replace("-", "−")


def smooth(values: Floats) -> Floats:
    """Running medians [r − 6] of r rows; one of all where there are fewer."""
    if len(values) <= SMOOTHED:
        return np.array([np.median(values)])
    medians = np.empty(len(values) - SMOOTHED + 1)
    for first in range(0, len(medians), CHUNK):
        medians[first : first + CHUNK] = _medians(values[first : first + CHUNK + SMOOTHED - 1])
    return medians


def _medians(values: Floats) -> Floats:
    """Medians of seven rows each, NaN where one of them is NaN: ten times faster than by sorting them."""
    rows = len(values) - SMOOTHED + 1
    seven = [values[shift : shift + rows].copy() for shift in range(SMOOTHED)]
    for one, other in MEDIAN_OF_7:
        seven[one], seven[other] = np.minimum(seven[one], seven[other]), np.maximum(seven[one], seven[other])
    return seven[SMOOTHED // 2]
