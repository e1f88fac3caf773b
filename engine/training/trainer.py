"""The synchronous trainer: deterministic, usable without any thread, the same in the window and headless."""

from __future__ import annotations

import time
from collections.abc import Hashable, Mapping, Sequence
from math import inf, isfinite
from typing import NamedTuple

from torch import Tensor

from engine.data.resolve import resolve_points
from engine.experiment.points import Points
from engine.experiment.settings import Experiment, Lane
from engine.network import EncodedData
from engine.observation import LaneSnapshot
from engine.observation.history import MOST_EPOCHS
from engine.observation.observables import Request
from engine.tape.placement import Placement
from engine.tape.ways import Way
from engine.training.bursts import Bursts, follow, forget_feeds
from engine.training.endings import conclude_epoch, end_diverged, settle, unsettled
from engine.training.histories import add_rows
from engine.training.keeping import restored_lanes
from engine.training.lane_copies import copy_lane
from engine.training.lane_edits import LaneEdits
from engine.training.lane_run import LaneRun
from engine.training.lanes import Lanes
from engine.training.observer import Observer
from engine.training.parameter_edits import ParameterPlace, set_parameter
from engine.training.step.threads import one_thread

STEPS_TOGETHER = 1024
"""The most steps in one call."""
SLOWER = 4
"""A time that is so many times another counts no more."""


class Trained(NamedTuple):
    """What was trained in one call: epochs that ended in it, and updates of the stack with the smallest batches."""

    epochs: int
    steps: int


class Trainer:
    """Trains all lanes of an experiment that are not muted, one batch of every stack at a time.

    The order of the points and the dropout masks depend on the split's seed, the lane's own epoch and the batch alone.
    So a lane's numbers depend neither on its neighbours nor on pauses, nor on when it was added or muted, and torch
    works in one thread wherever it is called from (see ``engine.training.step.threads``).

    The losses, penalty and scores of every lane are measured after every epoch, whoever drives the trainer; its
    layers in the epochs that ``layers_due`` names. ``lanes`` holds the runs and their stacks, ``observer`` looks at
    them.

    Parameters
    ----------
    experiment
        Data and lanes.
    most_rows
        How many epochs a history holds before any of them is left out.
    way
        How steps and measurings are computed: "eager", "replay", "compiled", or "auto", the fastest one.
    device, precision
        Where, "cpu" or "cuda", and how precisely, "float32" or "float64", steps and losses are computed. Points, first
        weights and random numbers are the same everywhere. What is only looked at (layers, predictions) is computed
        by the processor in single precision.

    Examples
    --------
    >>> from engine.experiment import default_experiment
    >>> trainer = Trainer(default_experiment())
    >>> trainer.train_epoch()
    >>> trainer.epoch, trainer.runs[0].step
    (1, 25)
    """

    def __init__(
        self,
        experiment: Experiment,
        most_rows: int = MOST_EPOCHS,
        way: Way | str = Way.AUTO,
        device: str = "cpu",
        precision: str = "float32",
    ) -> None:
        one_thread()
        place = Placement(device, precision)
        self._drive(Lanes(experiment.data, resolve_points(experiment.data), most_rows, Way(way), place))
        self.lanes.start(experiment.lanes, {})

    @classmethod
    def of_run(
        cls,
        run: bytes,
        most_rows: int = MOST_EPOCHS,
        way: Way | str = Way.AUTO,
        device: str = "cpu",
        precision: str = "float32",
    ) -> Trainer:
        """Return a trainer that goes on, to the bit, where another one was kept.

        Parameters
        ----------
        run
            What ``run_bytes`` of ``engine.training.keeping`` or ``engine.data.kept_run.read_kept`` returned, or
            anything else: nothing in it is trusted.
        most_rows, way, device, precision
            As for a new one.

        Returns
        -------
        Trainer

        Raises
        ------
        RunError
            With a clause, if the run is damaged, or does not go with this version of the app.
        """
        one_thread()
        trainer = cls.__new__(cls)
        lanes, without_history = restored_lanes(run, most_rows, Way(way), Placement(device, precision))
        trainer._drive(lanes)
        trainer.without_history = without_history
        return trainer

    def _drive(self, lanes: Lanes) -> None:
        self.lanes = lanes
        self.without_history: tuple[str, ...] = ()
        """The lanes that were restored without their histories, because these could not be read."""
        self.observer = Observer(self.lanes)
        self._edits = LaneEdits(self.lanes)
        self._bursts = Bursts(self.lanes)
        self._each: float | None = None
        """Seconds of a step; a guess after an edit, None where stacks have another shape than any step had."""
        self._timed = 0
        self._shape: Hashable = None

    # -- state

    @property
    def runs(self) -> list[LaneRun]:
        """The lanes as they are after the latest step; lanes that have diverged have ended."""
        settle(self.lanes)
        return self.lanes.runs

    @property
    def points(self) -> Points:
        return self.lanes.points

    @property
    def epoch(self) -> int:
        """Whole epochs since the lanes started; each lane counts its own in its run."""
        return self.lanes.batches.epoch

    @property
    def newest_epoch(self) -> int:
        """Whole epochs of the lane that has made the most, of those that train now, or of all if none does."""
        return max(run.epoch for run in self.lanes.running or self.lanes.runs)

    def is_below(self, epoch: int) -> bool:
        """Return whether a lane that trains has not come to an epoch.

        Parameters
        ----------
        epoch
            Whole epochs.

        Returns
        -------
        bool
            False where no lane trains.
        """
        return any(run.trains and run.epoch < epoch for run in self.lanes.runs)

    def is_at(self, epoch: int | None) -> bool:
        """Return whether a lane that trains has just come to an epoch.

        Parameters
        ----------
        epoch
            None for no epoch.

        Returns
        -------
        bool
        """
        return any(run.trains and run.epoch == epoch for run in self.lanes.runs)

    @property
    def training_points(self) -> int:
        """How many points there are to train on."""
        return self.lanes.batches.points

    @property
    def batches_per_epoch(self) -> int:
        """How many steps an epoch has where the trainer can train."""
        return self.lanes.batches_per_epoch

    @property
    def can_train(self) -> bool:
        """Whether there is a lane to train and a point to train it on."""
        return self.lanes.batches.points > 0 and bool(self.lanes.stacks.running)

    @property
    def at_epoch_end(self) -> bool:
        """Whether no batch of the current epoch has been trained yet."""
        return self.lanes.batches.at_epoch_end

    # -- training

    def train(self, most_epochs: int | None = None, seconds: float = inf) -> Trained:
        """Train for a while: whole epochs in one burst, or batches where a single epoch would take too long.

        No number depends on where training is cut, and so on none of the arguments.

        Parameters
        ----------
        most_epochs
            How many epochs to finish at most; None for any number.
        seconds
            About how long it should take.

        Returns
        -------
        Trained
            What was trained: some whole epochs, or batches up to the end of an epoch at most; nothing where there is
            nothing to train.
        """
        one_thread()
        if not self.can_train or most_epochs == 0:
            return Trained(0, 0)
        start, per_epoch = time.perf_counter(), self.batches_per_epoch
        changed = self._forget_time_of_others()
        each = None if self._each is None else self._each * per_epoch
        length = self._bursts.length(most_epochs, seconds, each)
        epochs = self._bursts.train(length) if length else 0
        if epochs:
            self._time(start, epochs * per_epoch)
            return Trained(epochs, epochs * per_epoch)
        steps, finished = 0, False
        while self.can_train and not finished and (not steps or time.perf_counter() < start + seconds):
            left = start + seconds - time.perf_counter()
            count = 1 if changed or self._each is None else int(min(left / self._each, STEPS_TOGETHER))
            made, finished = self._steps(max(1, count))
            steps += made
        self._time(start, steps)
        return Trained(int(finished), steps)

    def step(self) -> bool:
        """Train one batch in every stack.

        Returns
        -------
        bool
            Whether that finished an epoch; False also where there is nothing to train.
        """
        one_thread()
        return self.can_train and self._steps(1)[1]

    def train_epoch(self) -> None:
        """Train to the end of the epoch."""
        while self.can_train and not self.train(1).epochs:
            pass

    def _steps(self, count: int) -> tuple[int, bool]:
        """Train up to ``count`` batches in every stack; returns how many, and whether that finished an epoch."""
        lanes, batches = self.lanes, self.lanes.batches
        # After a lane with small batches has ended in an epoch, less than no batch may be left of that.
        left = max(1, self.batches_per_epoch - batches.number)
        count = min(count, left, lanes.next_join() or count, *(stack.room for stack in lanes.stacks.running))
        diverged = [run for stack in lanes.stacks.running for run in stack.steps(batches, count)]
        batches.advance(count)
        if diverged:
            end_diverged(lanes, [*diverged, *unsettled(lanes)])
        if any(run.batch == batches.number for run in lanes.waiting):
            settle(lanes)
            lanes.join()
        return count, lanes.epoch_is_over and self._finish_epoch()

    def _finish_epoch(self) -> bool:
        """Conclude the epoch; False where all lanes that trained it have diverged."""
        lanes = self.lanes
        settle(lanes)
        if not lanes.epoch_is_over:
            return False
        for run in lanes.running:
            run.epoch += 1
        lanes.batches.end_epoch()
        stacks = lanes.stacks.running
        ran = [stack.measured() for stack in stacks]
        _, changed = follow(stacks, ran, 1, counted=1)
        forget_feeds(changed)
        add_rows(stacks, ran)
        conclude_epoch(lanes)
        lanes.join()
        self._bursts.epoch_was_stepped()
        return True

    def _time(self, start: float, steps: int) -> None:
        """Note the time of steps that began at ``start``."""
        each = (time.perf_counter() - start) / max(steps, 1)
        # A step that was compiled or recorded meanwhile is no measure of the others.
        if self._each is None or self._each > SLOWER * each:
            self._each = each
        else:
            self._each = 0.5 * (self._each + each)

    def _forget_time_of_others(self) -> bool:
        """Forget the time of a step where stacks have another shape since; others keep it.

        Returns whether anything has changed since the latest call.
        """
        if self._timed == self.lanes.stacks.changes:
            return False
        shape = self.lanes.stacks.shape
        if shape != self._shape:
            self._each = None
        self._timed, self._shape = self.lanes.stacks.changes, shape
        return True

    def end_broken(self) -> None:
        """End the lanes whose loss is not finite. Call it when training pauses: no later step would find them."""
        if not self.training_points:
            return
        self.measure()
        trained = [run for run in self.lanes.runs if run.step and run.status == "training"]
        end_diverged(self.lanes, [run for run in trained if run.now and not isfinite(run.now.loss[0])])

    # -- starting, going on, going back

    def reset(self) -> None:
        """Start all lanes again from their seeds: the same initial weights, the same numbers."""
        self.lanes.start([run.lane for run in self.lanes.runs], self.lanes.trained())

    def resume(self, numbers: Sequence[int] | None = None) -> None:
        """Let lanes that have ended train on from where they ended.

        Parameters
        ----------
        numbers
            Lane numbers, from 0; numbers without a lane are ignored. None for all lanes that are not muted if all of
            these have ended, else for those that were edited since they ended.
        """
        settle(self.lanes)
        chosen = self.lanes.numbered(numbers)
        if numbers is None:
            chosen = [run for run in chosen if not run.lane.muted]
            if any(run.status == "training" for run in chosen):
                chosen = [run for run in chosen if run.waits]
        ended = [run for run in chosen if run.status != "training"]
        if ended:
            states = self.lanes.stacks.states()
            resumed = {run: run.resume(states[run]) for run in ended}
            self.lanes.arrange(states | resumed)

    def wait_at(self, epoch: int | None) -> None:
        """Let lanes that have come to an epoch wait as long as another one that trains has not.

        Parameters
        ----------
        epoch
            1 or more; None for no such epoch.
        """
        settle(self.lanes)
        self.lanes.level = epoch
        self.lanes.join()

    def restore_best(self, numbers: Sequence[int] | None = None, wished: bool = False) -> list[LaneRun]:
        """Let lanes go back to the weights of their best epochs. Their optimizers begin with empty state.

        Parameters
        ----------
        numbers
            Lane numbers, from 0; None for all lanes.
        wished
            Whether to take only lanes in training whose early stopping is set to restore the best weights.

        Returns
        -------
        list of LaneRun
            The chosen runs that did not change, because they have no best epoch or have its weights already.
        """
        settle(self.lanes)
        chosen = self.lanes.numbered(numbers)
        if wished:
            chosen = [run for run in chosen if run.status == "training" and run.restores_best]
        states = self.lanes.stacks.states()
        back = {run: state for run in chosen if (state := run.go_back(states[run].row))}
        if back:
            self.lanes.arrange(states | back)
            self.measure()
        return [run for run in chosen if run not in back]

    # -- edits

    def set_experiment(
        self,
        experiment: Experiment,
        gesture: Hashable = None,
        restart: bool = False,
        same_set: bool = False,
        groups: Sequence[Sequence[str]] = (),
        former: Mapping[str, str] | None = None,
        returns: bool = False,
    ) -> None:
        """Take over an edited experiment: data and lanes together, so that a change of task meets lanes that fit it.

        Parameters
        ----------
        experiment
            The experiment after the edit.
        gesture
            Edits with the same gesture leave one mark; None for an edit on its own.
        restart
            Whether all lanes start from their seeds, whatever was edited.
        same_set
            Whether its points are no other set than those of before, however much they differ, because many edits
            came together: lanes keep their weights, as they would have after each of them.
        groups
            Names of lanes that are one lane with several seeds: those that are ahead wait for the others.
        former
            The name that each lane had before, by its present one; other lanes are new. None where the settings
            alone tell which lane is which.
        returns
            Whether settings of before come back, by undo or redo: a lane that was removed or started again by an edit
            of lanes goes on where it was, as if it had been muted meanwhile.
        """
        self._edits.set_experiment(experiment, gesture, restart, same_set, groups, former, returns)

    def set_lanes(self, lanes: Sequence[Lane], gesture: Hashable = None) -> None:
        """Take over the settings of all lanes, which may be other lanes than before.

        Parameters
        ----------
        lanes
            A lane that is new, or whose edit does not keep its weights, starts from its seed.
        gesture
            As for ``set_experiment``.
        """
        self._edits.set_lanes(lanes, gesture)

    def set_parameter(
        self, number: int, place: ParameterPlace, value: float, gesture: Hashable = None
    ) -> None:
        """Set a weight or bias of a lane by hand; see ``engine.training.parameter_edits``.

        Parameters
        ----------
        number
            Of the lane, from 0.
        place
            Which of its parameters.
        value
            The new value.
        gesture
            Edits with the same gesture leave one mark; None for an edit on its own.

        Raises
        ------
        ParameterError
            With a sentence, if that cannot be done; nothing has changed then.
        """
        one_thread()
        set_parameter(self.lanes, number, place, value, gesture)

    def copy_lane(self, name: str, source: str) -> None:
        """Let a lane go on from what another one is; see ``engine.training.lane_copies``.

        Parameters
        ----------
        name, source
            Names of both lanes.

        Raises
        ------
        CopyError
            With a sentence, if that cannot be done; nothing has changed then.
        """
        one_thread()
        copy_lane(self.lanes, name, source)

    # -- observation

    def measure(self, numbers: Sequence[int] | None = None) -> None:
        """Measure all lanes as they are now.

        Parameters
        ----------
        numbers
            Lanes whose layers are measured, too; None for all lanes.
        """
        self.observer.measure(numbers)

    def parameters(self, name: str) -> tuple[LaneRun, EncodedData, Tensor]:
        """Return the parameters of a lane.

        Parameters
        ----------
        name
            Of the lane.

        Returns
        -------
        run : LaneRun
            Its state, and the settings that it trains with.
        data : EncodedData
            Its points, with the input scaling.
        row : Tensor [size]
            A copy of its flat row (see ``Layout``).

        Raises
        ------
        KeyError
            If no lane has this name.
        """
        return self.observer.parameters(name)

    def lane_snapshots(self, requests: Sequence[Request] = ()) -> tuple[LaneSnapshot, ...]:
        """Return snapshots of all lanes.

        Parameters
        ----------
        requests
            Observables to compute for each lane.

        Returns
        -------
        tuple of LaneSnapshot
            In the experiment's order, with whole histories and with the layers measured.

        Raises
        ------
        KeyError
            If no observable has the key of a request.
        """
        return self.observer.lane_snapshots(requests)
