"""One lane on its way: settings, parameters' bookkeeping, counters, history and how it ended."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from math import isfinite, isnan, nan

from torch import Tensor

from engine.experiment.differences import State
from engine.experiment.settings import Lane
from engine.network import Layout, initial_parameters
from engine.observation import (
    Best,
    Chain,
    History,
    HistoryView,
    LaneSnapshot,
    Measurement,
    Observed,
    Status,
    Stop,
)
from engine.observation.history import MOST_EPOCHS, layers_due
from engine.observation.rows import Floats
from engine.observation.snapshot import MarkKind
from engine.training.early_stopping import BestEpoch, StoppingWatch
from engine.training.marks import Marks
from engine.training.step.schedule import Plateau


@dataclass(eq=False)
class LaneState:
    """The tensors of one lane outside any stack: flat rows [size], slots of the optimizer and the count of its updates.

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
    """Everything about a lane but its tensors, which its stack holds.

    ``step`` counts the updates made; its stack adds the latest when the lane is looked at.
    """

    lane: Lane
    layout: Layout
    most_rows: int = MOST_EPOCHS
    epoch: int = 0
    step: int = 0
    status: Status = "training"
    stop: Stop | None = None
    now: Measurement | None = None
    """None where nobody has looked since it changed: what it was before is never taken for what it is."""
    chain: Chain | None = None
    best: Best | None = None
    first_best: Best | None = None
    """See ``LaneSnapshot.first_best``."""
    best_row: Tensor | None = None
    """The parameters [size] of its best epoch."""
    stopping: StoppingWatch = field(default_factory=StoppingWatch)
    plateau: Plateau = field(default_factory=Plateau)
    left: LaneState | None = None
    """What it was when early stopping ended it, and it went back to the best weights if so wished; it trains on from
    there."""
    waits: bool = False
    """Whether it was edited after its end, so that it trains on although other lanes have not ended."""
    stops: list[Stop] = field(default_factory=list)
    """All its ends so far, those included from which it went on."""
    marks: Marks = field(default_factory=Marks)
    history: History = field(init=False)
    _edited_at: int = 0
    """The epoch of the latest edit."""
    _losses: tuple[float, float] = (nan, nan)
    """Training and validation loss of the latest epoch."""

    def __post_init__(self) -> None:
        self.history = History(self.layout.layers, self.most_rows)

    def first_state(self) -> LaneState:
        return LaneState.at(initial_parameters(self.lane, self.layout))

    # -- what was measured

    @property
    def layers_due(self) -> bool:
        """Whether its layers have a row in its history for the epoch that is over."""
        return self.status == "training" and layers_due(self.epoch - self._edited_at)

    def begin_history(self, numbers: Floats, now: Measurement, row: Tensor) -> None:
        """What it is before its first step begins its history; what was measured of it before, perhaps on other
        points, is no part of that. Losses, penalty and scores [7], the same with its layers, parameters [size].
        """
        self.history = History(self.layout.layers, self.most_rows)
        self.forget_best()
        self.note_epoch(numbers, row)
        self.note_layers(now)

    def note_epoch(self, numbers: Floats, row: Tensor) -> None:
        """Take a whole epoch's losses, penalty and scores [7], and what had them, the parameters [size].

        A loss that is not finite is left out of the history. The lane ends when a step meets it, not before.
        """
        training, validation, test = numbers[:3].tolist()
        self._losses = training, validation
        if self.step and not isfinite(training):
            return
        if self.best is None or validation < self.best.loss[1]:
            self._note_best(Best(self.epoch, self.step, (training, validation, test)), row)
        self.history.append(self.epoch, self.step, numbers, None if self.best is None else self.best.epoch)
        settings = self.lane.regularization.early_stopping
        if settings is not None:
            self.stopping.note(self.epoch, training, validation, settings)

    def begin_best(self, numbers: Floats, row: Tensor) -> None:
        """After another loss or other data, what it is now [7], with these parameters [size], is the best there is:
        early stopping has to beat it. After an end that is what came back, where something did.
        """
        back = None if self.stop is None else self.stop.best_epoch
        epoch, step = (self.epoch, self.step) if back is None else (back, self.history.step_of(back))
        training, validation, test = numbers[:3].tolist()
        self._note_best(Best(epoch, step, (training, validation, test)), row)
        self.first_best = self.best
        self._watch_from_here()

    def _note_best(self, best: Best, row: Tensor) -> None:
        if isnan(best.loss[1]):
            return
        self.best = best
        if self.best_row is None:
            self.best_row = row.clone()
        else:
            self.best_row.copy_(row)

    def note_layers(self, measurement: Measurement) -> None:
        """Take what is known of its layers after the epoch that is over, if that has a row in its history."""
        if self.history.last_epoch == measurement.epoch:
            self.history.append_layers(measurement, None if self.best is None else self.best.epoch)

    def measured(self, numbers: Floats, layers: Floats) -> Measurement:
        """Losses, penalty and scores [7] and probes [P, L] of what it is now."""
        return Measurement(self.epoch, self.step, numbers[:3], float(numbers[3]), numbers[4:], layers)

    def note_plateau(self) -> None:
        """After an epoch: let its schedule look at the loss."""
        training, validation = self._losses
        watched = training if isnan(validation) else validation
        self.plateau.note(watched, self.lane.training.schedule.parameters["patience"])

    # -- what is done to it

    def forget_best(self) -> None:
        """The data or the loss changed: validation losses of before no longer compare."""
        self.best, self.best_row, self.first_best = None, None, None
        self.stopping = StoppingWatch(began=self.epoch)
        self.plateau = Plateau(reductions=self.plateau.reductions)

    def take_settings(self, lane: Lane) -> None:
        """Train with other settings from now on.

        Early stopping that is switched on has the best epoch so far to beat, but counts its patience from now. Where
        less gain is asked for, an epoch that was not good enough may be the one to beat.
        """
        before = self.lane
        if lane.training.schedule != before.training.schedule:
            self.plateau = Plateau()
        was, chosen = before.regularization.early_stopping, lane.regularization.early_stopping
        if chosen and not was:
            self._watch_from_here()
        elif chosen and was and chosen.min_delta < was.min_delta and self.best is not None:
            self.stopping.best.improves(self.best.epoch, self.best.loss[1], chosen.min_delta)
        self.lane = lane

    def _watch_from_here(self) -> None:
        """Early stopping counts from now, with the best epoch so far to beat."""
        self.stopping = StoppingWatch(began=self.epoch)
        if self.best is not None:
            self.stopping.best = BestEpoch(self.best.loss[1], self.best.epoch)
            self.stopping.lowest = BestEpoch(self.best.loss[1], self.best.epoch)

    def note_edit(self, before: State, after: State, kind: MarkKind, gesture: Hashable = None) -> None:
        """Mark what was edited. Before the first step there is no training that it could touch."""
        if self.step:
            self.marks.note_edit(self.epoch, self.step, before, after, kind, gesture)
            self._edited_at = self.epoch
        self.waits |= self.status != "training"

    def note(self, text: str, kind: MarkKind) -> None:
        """Mark something else that was done to it."""
        self.marks.note(self.epoch, self.step, text, kind)
        self._edited_at = self.epoch

    @property
    def restores_best(self) -> bool:
        """Whether it is to end with the weights of its best epoch, if there is one."""
        settings = self.lane.regularization.early_stopping
        return settings is not None and settings.restore_best and self.best is not None

    @property
    def goes_on_from(self) -> int | None:
        """The epoch from whose weights it trains on after its end, where these are others than those it has."""
        back = self.left is not None and self.stop is not None and self.stop.best_epoch is not None
        return self.epoch if back else None

    def end(self, stop: Stop) -> None:
        self.status = "stopped" if stop.kind == "early_stopping" else "diverged"
        self.stop = replace(stop, order=self.marks.note_end())
        self.stops.append(self.stop)

    def resume(self, state: LaneState) -> LaneState:
        """Train on after an end, from what it was then (which ``state``, what it is now, need not be).

        Early stopping counts from now. Patience has the best epoch so far to beat; the other criteria, which would
        end training again at once, have the lowest loss from now on.
        """
        self.note(self._continued_text(), "continue")
        self.status, self.stop, self.waits = "training", None, False
        self._watch_from_here()
        self.stopping.lowest = BestEpoch()
        state, self.left = self.left or state, None
        return state

    def _continued_text(self) -> str:
        last, stop = self.goes_on_from, self.stop
        if last is not None:
            return f"continued from the weights of epoch {last:,}, not from the best"
        if stop is not None and stop.kind == "divergence" and stop.best_epoch is None:
            return "continued from the last weights with a finite loss"
        return "continued"

    def forget_optimizer(self, state: LaneState) -> LaneState:
        """For another optimizer: the parameters alone of ``state``, what it is now, and of what it trains on from."""
        if self.left is not None:
            self.left = LaneState.at(self.left.row)
        return LaneState.at(state.row)

    def go_back(self, row: Tensor) -> LaneState | None:
        """What it was after its best epoch, from where training goes on; None where there is none, or where training
        would go on from these parameters ``row`` [size], which it has, anyway.
        """
        if self.best is None or self.best_row is None:
            return None
        has_them, left = self.best_row.equal(row), self.left
        if has_them and (left is None or self.best_row.equal(left.row)):
            return None
        weights = f"weights of epoch {self.best.epoch:,}"
        self.left = None
        self._watch_from_here()
        self.note(f"training goes on from the {weights}" if has_them else f"{weights} restored", "restore")
        return LaneState.at(self.best_row)

    def snapshot(self, history: HistoryView, observed: Observed) -> LaneSnapshot:
        assert self.now is not None
        settings = self.lane.regularization
        clipping = settings.gradient_clipping
        return LaneSnapshot(
            name=self.lane.name,
            status=self.status,
            stop=self.stop,
            best=self.best,
            now=self.now,
            history=history,
            observed=observed,
            stops=tuple(self.stops),
            chain=self.chain,
            clip_norm=clipping.threshold if clipping is not None and clipping.kind == "norm" else None,
            clips_cost=not (settings.l1 and settings.l1_update == "proximal"),
            marks=self.marks.view,
            goes_on_from=self.goes_on_from,
            first_best=self.first_best,
        )
