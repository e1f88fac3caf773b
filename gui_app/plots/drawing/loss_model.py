"""What the loss plot shows of a run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.observation.seeds import quartiles
from engine.observation.snapshot import Best, EditMark, HistoryView, Stop
from gui_app.plots.drawing.epoch_scale import LONG
from gui_app.plots.drawing.series import Floats, nearest
from gui_app.session.current_lane import LaneLook
from gui_app.session.snapshot_view import LaneModel


@dataclass(frozen=True, slots=True, eq=False)
class SeedCost:
    """The cost of a network of a repeated lane: its history, its cost now, and whether it has ended."""

    history: HistoryView
    now: float
    has_ended: bool

    def at(self, epoch: int) -> float:
        """The cost at an epoch; after its end what it is now, NaN for one that has not got there yet."""
        if len(self.history) and epoch <= self.history.epoch[-1]:
            return float(self.history.cost[nearest(self.history.epoch, float(epoch))])
        return self.now if self.has_ended else float("nan")

    def over(self, epochs: NDArray[np.int64]) -> Floats:
        """The costs at epochs [r], as ``at`` tells them one by one."""
        own = self.history.epoch
        if not len(own):
            return np.full(len(epochs), self.now if self.has_ended else np.nan)
        costs: Floats = self.history.cost[np.searchsorted(own, epochs).clip(max=len(own) - 1)]
        costs[epochs > own[-1]] = self.now if self.has_ended else np.nan
        return costs


@dataclass(frozen=True, slots=True, eq=False)
class LaneLoss:
    """The history of a run and its ends, with the current losses [3] and penalty and its parts [2]."""

    history: HistoryView
    loss: Floats
    penalty: float
    parts: Floats
    best: Best | None
    marks: tuple[EditMark, ...]
    stop: Stop | None
    stops: tuple[Stop, ...]
    """All its ends, oldest first, including those after which it was continued."""
    playing: bool
    """Whether training runs and fewer than two epochs are recorded."""
    points: bool
    """Whether there are training points."""
    quartiles: tuple[HistoryView, HistoryView] | None = None
    """Of a repeated lane, whose history is the median over its seeds."""
    networks: tuple[SeedCost, ...] = ()
    """Of a repeated lane: one for each seed."""

    @property
    def seeds(self) -> int:
        """How many seeds a repeated lane has; 0 for one that is not repeated."""
        return len(self.networks)

    @property
    def cost(self) -> float:
        """The current cost; of a repeated lane the median of its seeds' costs, which no sum of medians is."""
        if self.networks:
            return _median([one.now for one in self.networks])
        return float(self.loss[0]) + self.penalty

    @property
    def costs(self) -> Floats:
        """The cost at each epoch of the history."""
        if not self.networks:
            return self.history.cost
        return quartiles(np.stack([one.over(self.history.epoch) for one in self.networks]))[1]

    def cost_at(self, epoch: int) -> float:
        """The cost at an epoch of the history."""
        if not self.networks:
            return float(self.history.cost[nearest(self.history.epoch, float(epoch))])
        return _median([one.at(epoch) for one in self.networks])

    @property
    def has_diverged(self) -> bool:
        """Whether it diverged at any time, also where it was continued."""
        return any(stop.kind == "divergence" for stop in self.stops)

    @property
    def settled_rows(self) -> int:
        """How many rows of the history decide about the automatic scale of the values.

        A run that is edited late keeps the scale that it has, unless its loss is another one afterwards.
        """
        edits = [mark for mark in self.marks if mark.kind != "start"]
        late = [mark.epoch for mark in edits if mark.epoch >= LONG]
        if not late or any(mark.loss_changed for mark in edits):
            return len(self.history)
        return int(np.searchsorted(self.history.epoch, min(late), side="right"))

    @property
    def last_epoch(self) -> int:
        """The newest epoch of the run or of its ends."""
        epochs = self.history.epoch
        return max(int(epochs[-1]) if len(epochs) else 0, *(stop.epoch for stop in self.stops), 0)

    @property
    def best_to_mark(self) -> Best | None:
        """The best epoch once the run is clearly past it; an earlier mark would only chase the curve."""
        best, newest = self.best, int(self.history.epoch[-1]) if len(self.history) else 0
        return best if best is not None and newest - best.epoch > 0.02 * newest else None


@dataclass(frozen=True, slots=True, eq=False)
class LossModel(LaneLoss):
    """What is shown of the current lane, and the lanes beside it."""

    lanes: tuple[LaneModel[LaneLoss], ...] = ()
    """The lanes that are shown side by side, this one among them; none where it is shown alone."""
    lanes_in_all: int = 1
    """How many lanes there are, shown or not."""

    @property
    def look(self) -> LaneLook | None:
        """How this lane is told from others that are shown; None where it is shown alone."""
        return next((lane.look for lane in self.lanes if lane.is_current), None)


def _median(values: list[float]) -> float:
    return float(quartiles(np.array(values))[1])
