"""One lane on its way: settings, counters, what was measured, and how it ended."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from math import inf, isfinite, isnan

import numpy as np
from torch import Tensor

from engine.catalogue.schedules import SCHEDULES
from engine.experiment.differences import State
from engine.experiment.settings import Lane
from engine.network import Layout, initial_parameters
from engine.observation import Best, Chain, History, Measurement, Status, Stop
from engine.observation.history import MOST_EPOCHS, layers_due
from engine.observation.measure import PARTS, SCORES
from engine.observation.rows import Floats
from engine.observation.snapshot import MarkKind
from engine.tape.ways import Way
from engine.training.lane_state import LaneState
from engine.training.marks import Marks
from engine.training.progress import Progress
from engine.training.whole_epochs import improved


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
    way: Way | None = None
    """How its latest step was computed; None before the first one."""
    progress: Progress = field(default_factory=Progress)
    left: LaneState | None = None
    """What it was when early stopping ended it, and it went back to the best weights if so wished; it trains on from
    there."""
    ahead: int | None = None
    """How many epochs the shared count is ahead of its own. None while it makes no steps: it has ended, is muted, or
    waits until the others come to its batch or to its epoch."""
    batch: int = 0
    """The batch of its epoch with which it goes on where it makes no steps now."""
    held: bool = False
    """Whether it waits until others have come to its epoch (see ``engine.training.levels``)."""
    waits: bool = False
    """Whether it was edited after its end, so that it trains on although other lanes have not ended."""
    stops: list[Stop] = field(default_factory=list)
    """All its ends so far, those included from which it went on."""
    marks: Marks = field(default_factory=Marks)
    history: History = field(init=False)
    _edited_at: int = 0
    """The epoch of the latest edit."""

    def __post_init__(self) -> None:
        self.history = History(self.layout.layers, self.most_rows)

    @property
    def trains(self) -> bool:
        """Whether it is to train with others."""
        return self.status == "training" and not self.lane.muted

    @property
    def active(self) -> bool:
        """Whether it is to make steps, now or as soon as the others come to its batch."""
        return self.trains and not self.held

    @property
    def running(self) -> bool:
        """Whether it makes steps now."""
        return self.ahead is not None

    @property
    def best(self) -> Best | None:
        """The epoch with the lowest validation loss, None without one."""
        return self.progress.best

    @property
    def best_row(self) -> Tensor | None:
        """The parameters [size] of the best epoch."""
        return self.progress.best_row

    def first_state(self) -> LaneState:
        """The tensors with which it starts, made from the lane's seed."""
        return LaneState.at(initial_parameters(self.lane, self.layout))

    # -- what was measured

    @property
    def epochs_unedited(self) -> int:
        """Whole epochs since its start or its latest edit."""
        return self.epoch - self._edited_at

    def edited_at(self, epoch: int) -> None:
        """Take this epoch for that of the latest edit."""
        self._edited_at = epoch

    @property
    def layers_due(self) -> bool:
        """Whether its layers have a row in its history for the epoch that is over."""
        return self.status == "training" and layers_due(self.epochs_unedited)

    def begin_history(self, numbers: Floats, now: Measurement, row: Tensor) -> None:
        """Begin its history with what it is before its first step; what was measured of it before, perhaps on other
        points, is no part of that.

        Parameters
        ----------
        numbers
            Losses, penalty, scores, parts [9].
        now
            The same with its layers.
        row
            Its parameters [size].
        """
        self.history = History(self.layout.layers, self.most_rows)
        self.forget_best()
        self.note_epoch(numbers, row)
        self.note_layers(now)

    def begin_history_again(self, numbers: Floats, layers: Floats) -> None:
        """Begin its history with what it is now, because its former one is lost; nothing else about it changes.

        Parameters
        ----------
        numbers
            Losses, penalty, scores, parts [9].
        layers
            Its probes [P, L].
        """
        epoch, step = self._holds
        now = replace(self.measured(numbers, layers), epoch=epoch, step=step)
        self.history = History(self.layout.layers, self.most_rows)
        self.history.append(epoch, step, numbers)
        self.note_layers(now)

    @property
    def _holds(self) -> tuple[int, int]:
        """The epoch and the updates of the weights that it has: after an end, those that came back, where some did."""
        back = None if self.stop is None else self.stop.best_epoch
        if back is None or self._edited_since_its_end:
            return self.epoch, self.step
        if self.best is not None and self.best.epoch == back:
            return back, self.best.step
        # Of a history that has lost rows, or all, it may not be known.
        return back, self.history.step_of(back) or self.step

    def note_epoch(self, numbers: Floats, row: Tensor) -> None:
        """Take what was measured after an epoch, and let early stopping look at it.

        Parameters
        ----------
        numbers
            Losses, penalty, scores, parts [9].
        row
            The parameters [size] that have them.
        """
        training, validation, _ = numbers[:3].tolist()
        self.follow(self.epoch, training, validation, False)
        better = improved(numbers[None], np.array([self.progress.lowest]))
        self.note_epochs(numbers[None], 0, 0 if better[0] else -1, row)

    def note_epochs(self, numbers: Floats, batches: int, best: int, row: Tensor) -> None:
        """Take what was measured after the latest epochs.

        A training loss that is not finite is left out of the history. The lane ends when a step meets it, not before.

        Parameters
        ----------
        numbers : [epochs, 9]
            Losses, penalty, scores, parts of the penalty.
        batches
            Updates of an epoch.
        best
            Which of them is the best epoch from now on; −1 if none is.
        row
            The parameters [size] of that epoch; copied.
        """
        before, back = self.progress.best, np.arange(1 - len(numbers), 1)
        when = np.stack([self.epoch + back, self.step + batches * back], 1)
        if best >= 0:
            losses, (epoch, step) = numbers[best, :3].tolist(), when[best].tolist()
            self.progress.take_best(Best(epoch, step, (losses[0], losses[1], losses[2])), row)
        fine = np.isfinite(numbers[:, 0])
        if self.step and not fine.all():
            when, numbers = when[fine], numbers[fine]

        def best_at(index: int) -> int | None:
            losses = numbers[: index + 1, 1]
            lowest = -1 if np.isnan(losses).all() else int(np.nanargmin(losses))
            if lowest >= 0 and losses[lowest] < (inf if before is None else before.loss[1]):
                return int(when[lowest, 0])
            return None if before is None else before.epoch

        self.history.extend(when, numbers, best_at)

    @property
    def watches_losses(self) -> bool:
        """Whether early stopping or the schedule looks at the losses of every epoch."""
        return self.lane.regularization.early_stopping is not None or self._reduces

    def follow(self, epoch: int, training: float, validation: float, has_validation: bool) -> bool:
        """Let early stopping and the schedule look at the losses after an epoch.

        Parameters
        ----------
        epoch
            Whole epochs of the run.
        training, validation
            The losses.
        has_validation
            Whether there are validation points, without which nothing ends early.

        Returns
        -------
        bool
            Whether early stopping ends training now, or the schedule reduces the rate.
        """
        settings, changed = self.lane.regularization.early_stopping, False
        if settings is not None and isfinite(training):
            self.progress.stopping.note(epoch, training, validation, settings)
        if self._reduces:
            patience = self.lane.training.schedule.parameters["patience"]
            changed = self.progress.plateau.note(training if isnan(validation) else validation, patience)
        if settings is not None and has_validation:
            changed |= self.progress.stopping.verdict(settings) is not None
        return changed

    @property
    def _reduces(self) -> bool:
        return SCHEDULES[self.lane.training.schedule.name].reduces

    def note_layers(self, measurement: Measurement) -> None:
        """Take what is known of its layers after the epoch that is over, if that has a row in its history."""
        if self.history.last_epoch == measurement.epoch:
            self.history.append_layers(measurement, self._best_epoch)

    def measured(self, numbers: Floats, layers: Floats) -> Measurement:
        """Losses, penalty, scores, parts [9] and probes [P, L] of what it is now."""
        loss, penalty, score, parts = numbers[:3], float(numbers[3]), numbers[SCORES], numbers[PARTS]
        return Measurement(self.epoch, self.step, loss, penalty, score, layers, parts)

    @property
    def _best_epoch(self) -> int | None:
        return None if self.best is None else self.best.epoch

    # -- edits

    def begin_best(self, numbers: Floats, row: Tensor) -> None:
        """Take what it is now as the best there is, which early stopping has to beat, after another loss or other data.

        After an end, that is what came back, where something did.

        Parameters
        ----------
        numbers
            Losses, penalty, scores, parts [9].
        row
            Its parameters [size].
        """
        epoch, step = self._holds
        training, validation, test = numbers[:3].tolist()
        self.progress.begin(Best(epoch, step, (training, validation, test)), row, self.epoch)

    def forget_best(self) -> None:
        """The data or the loss changed: validation losses of before no longer compare."""
        self.progress.forget(self.epoch)

    def forget_optimizer(self, state: LaneState) -> LaneState:
        """For another optimizer: the parameters alone of ``state``, what it is now, and of what it trains on from."""
        if self.left is not None:
            self.left = LaneState.at(self.left.row)
        return LaneState.at(state.row)

    def take_settings(self, lane: Lane) -> None:
        """Train with other settings from now on."""
        self.progress.take_settings(self.lane, lane, self.epoch)
        self.lane = lane

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

    def note_parameter(self, name: str, before: float, after: float, gesture: Hashable = None) -> None:
        """Mark that one of its weights or biases was set by hand; from there it trains on, also after an end."""
        self.marks.note_value(self.epoch, self.step, name, before, after, gesture)
        self._edited_at = self.epoch
        if self.status != "training":
            self.left, self.waits = None, True
            self.progress.count_from(self.epoch)

    @property
    def _edited_since_its_end(self) -> bool:
        """Whether a weight was set by hand since it ended."""
        end = -1 if self.stop is None else self.stop.order
        return any(mark.kind == "weight" and mark.order > end for mark in self.marks.view)

    # -- ending, going on, going back

    @property
    def restores_best(self) -> bool:
        """Whether it is to end with the weights of its best epoch, if there is one."""
        settings = self.lane.regularization.early_stopping
        return settings is not None and settings.restore_best and self.best is not None

    @property
    def continues_from(self) -> int | None:
        """The epoch whose weights it continues from after its end; None if these are its current weights."""
        back = self.left is not None and self.stop is not None and self.stop.best_epoch is not None
        return self.epoch if back else None

    def end(self, stop: Stop) -> None:
        """Train no further, because of ``stop``."""
        self.status = "stopped" if stop.kind == "early_stopping" else "diverged"
        self.stop = replace(stop, order=self.marks.note_end())
        self.stops.append(self.stop)

    def resume(self, state: LaneState) -> LaneState:
        """Train on after an end; early stopping counts from now (see ``Progress.resume``).

        Parameters
        ----------
        state
            What it is now.

        Returns
        -------
        LaneState
            What it trains on from: what it was at its end, which ``state`` need not be.
        """
        self.note(self._continued_text(), "continue")
        self.status, self.stop, self.waits = "training", None, False
        self.progress.resume(self.epoch)
        state, self.left = self.left or state, None
        return state

    def _continued_text(self) -> str:
        last, stop = self.continues_from, self.stop
        if last is not None:
            return f"continued from the weights of epoch {last:,}, not from the best"
        if stop is not None and self._edited_since_its_end:
            return "continued from the weights as they were set by hand"
        if stop is not None and stop.kind == "divergence":
            if stop.best_epoch is not None:
                return f"continued from the weights of epoch {stop.best_epoch:,}"
            if stop.holds == "last":
                return "continued from the last weights with a finite loss"
            return "continued from the weights that it began with"
        return "continued"

    def go_back(self, row: Tensor) -> LaneState | None:
        """Go back to its best epoch, from where training goes on.

        Parameters
        ----------
        row
            The parameters [size] that it has.

        Returns
        -------
        LaneState or None
            What it was after its best epoch; None where there is no best epoch, or where training would go on from its
            weights anyway.
        """
        if self.best is None or self.best_row is None:
            return None
        has_them, left = self.best_row.equal(row), self.left
        if has_them and (left is None or self.best_row.equal(left.row)):
            return None
        weights = f"weights of epoch {self.best.epoch:,}"
        self.left = None
        self.progress.count_from(self.epoch)
        self.note(f"training goes on from the {weights}" if has_them else f"{weights} restored", "restore")
        return LaneState.at(self.best_row)
