"""One lane on its way: settings, parameters' bookkeeping, counters, history and how it ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isfinite, isnan

from torch import Tensor

from engine.experiment.settings import Lane
from engine.network import Layout, initial_parameters
from engine.observation import (
    Chain,
    Ghosts,
    History,
    HistoryView,
    LaneSnapshot,
    Measurement,
    Prediction,
    Status,
    Stop,
)
from engine.training.early_stopping import BestEpoch, StoppingWatch
from engine.training.schedule import Plateau

HISTORY_ROWS = 2000
"""Measurements that a history keeps, unless asked otherwise."""


@dataclass(eq=False)
class LaneState:
    """The tensors of one lane while it is in no group: flat rows [parameters] and the count of its updates.

    ``checkpoint`` is the newest row whose loss was finite.
    """

    row: Tensor
    checkpoint: Tensor
    slots: dict[str, Tensor]
    updates: int = 0

    @classmethod
    def at(cls, row: Tensor) -> LaneState:
        """Parameters with which the optimizer begins anew."""
        return cls(row.clone(), row.clone(), {})


@dataclass(eq=False)
class LaneRun:
    """Everything about a lane but its tensors, which its group holds.

    ``step`` counts the updates made; its group adds the latest when the lane is measured.
    """

    lane: Lane
    layout: Layout
    history_rows: int = HISTORY_ROWS
    epoch: int = 0
    step: int = 0
    status: Status = "training"
    stop: Stop | None = None
    now: Measurement | None = None
    chain: Chain | None = None
    best: BestEpoch = field(default_factory=BestEpoch)
    stopping: StoppingWatch = field(default_factory=StoppingWatch)
    plateau: Plateau = field(default_factory=Plateau)
    best_row: Tensor | None = None
    left: LaneState | None = None
    """What it was when early stopping went back to the best weights."""
    stops: list[Stop] = field(default_factory=list)
    """All its ends so far, those included from which it went on."""
    history: History = field(init=False)

    def __post_init__(self) -> None:
        self.history = History(self.layout.layers, self.history_rows)

    def first_state(self) -> LaneState:
        return LaneState.at(initial_parameters(self.lane, self.layout))

    def take(self, measurement: Measurement, row: Tensor, whole_epoch: bool) -> None:
        """Bring ``now`` up to date and, where an epoch is whole, the history; ``row`` is what was measured.

        A loss that is not finite has no place in the history. The lane ends when a step meets it, not before: when
        a lane ends must not depend on how often somebody looks.
        """
        self.now = measurement
        if not self.step:
            # What was measured before training began, perhaps on other points, is no part of its history.
            self.history = History(self.layout.layers, self.history_rows)
            self._note(measurement, row)
        elif whole_epoch and self.status == "training" and self.history.last_epoch < self.epoch:
            self._note(measurement, row)

    def _note(self, measurement: Measurement, row: Tensor) -> None:
        if self.step and not isfinite(measurement.loss[0]):
            return
        self.history.append(measurement)
        training, validation = (float(loss) for loss in measurement.loss[:2])
        self.best.improves(measurement.epoch, validation)
        settings = self.lane.regularization.early_stopping
        if settings and self.stopping.note(measurement.epoch, training, validation, settings):
            self.best_row = row.clone()

    def forget_best(self) -> None:
        """The data or the loss changed: validation losses of before no longer compare."""
        self.best, self.stopping, self.best_row = BestEpoch(), StoppingWatch(), None
        self.plateau = Plateau(reductions=self.plateau.reductions)

    def take_settings(self, lane: Lane) -> None:
        """Train with other settings from now on."""
        if lane.training.schedule != self.lane.training.schedule:
            self.plateau = Plateau()
        self.lane = lane

    def note_plateau(self) -> None:
        """After an epoch that was measured: let its schedule look at the loss."""
        assert self.now is not None
        schedule, loss = self.lane.training.schedule, self.now.loss
        watched = loss[1] if not isnan(loss[1]) else loss[0]
        self.plateau.note(float(watched), schedule.parameters["patience"])

    def end(self, stop: Stop) -> None:
        self.status = "stopped" if stop.kind == "early_stopping" else "diverged"
        self.stop = stop
        self.stops.append(stop)

    def resume(self, state: LaneState) -> LaneState:
        """Train on after an end, from what it was then (which ``state``, what it is now, need not be); early stopping
        starts counting anew.
        """
        self.status, self.stop = "training", None
        self.stopping, self.best_row = StoppingWatch(), None
        state, self.left = self.left or state, None
        return state

    def snapshot(
        self, prediction: Prediction | None, history: HistoryView, ghosts: Ghosts | None = None
    ) -> LaneSnapshot:
        assert self.now is not None
        clipping = self.lane.regularization.gradient_clipping
        # What early stopping went back to is the best by its own count, which min_delta and a resumption change.
        best = self.best.epoch if self.stop is None or self.stop.best_epoch is None else self.stop.best_epoch
        return LaneSnapshot(
            name=self.lane.name,
            status=self.status,
            stop=self.stop,
            best_epoch=best,
            now=self.now,
            history=history,
            prediction=prediction,
            stops=tuple(self.stops),
            chain=self.chain,
            ghosts=ghosts,
            clip_norm=clipping.threshold if clipping is not None and clipping.kind == "norm" else None,
        )
