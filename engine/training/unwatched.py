"""Many lanes that nobody watches: the numbers that a trainer gives them, without a history or a mark of any."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from math import inf

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.experiment.points import Points
from engine.experiment.settings import DataSettings, Lane
from engine.network import LaneNetwork, Layout
from engine.observation import Best
from engine.observation.measure import Evaluation
from engine.observation.observables import Request, observe
from engine.observation.rows import Floats
from engine.observation.snapshot import Observed
from engine.tape.denormals import without_denormals
from engine.tape.placement import PROCESSOR, Placement
from engine.tape.ways import Way
from engine.training.data_sets import DataSets
from engine.training.lane_run import LaneRun
from engine.training.lane_stack import LaneStack
from engine.training.lane_stacks import LaneStacks
from engine.training.lane_state import LaneState
from engine.training.stack_view import StackView
from engine.training.step.batches import Batches
from engine.training.step.threads import one_thread
from engine.training.whole_epochs import Ran, improved

GROWTH = 4
"""A burst is at most so many times as long as the one before."""
MOST_CAREFUL = 64
"""Epochs that are trained step by step, at the most, after a look that was not finite for nothing."""

Note = Callable[[NDArray[np.int64], Floats], None]
"""Takes indexes of lanes and what was measured of them after some epochs [epochs, lanes, 9]."""


class Unwatched:
    """Trains lanes from their seeds, each to the bits that a ``Trainer`` gives it.

    A lane whose loss is not finite makes no more steps, and goes back to the parameters that it would have there (see
    ``engine.training.endings``).

    Parameters
    ----------
    data, points
        The data settings and their points; at least one point to train on.
    lanes
        None of them stops early or has a schedule that reacts to losses.
    way
        How steps are computed.
    place
        Where, and how precisely.

    Attributes
    ----------
    runs : list of LaneRun
        In the order of the lanes: epochs, status and best epoch of each; without history.
    """

    def __init__(
        self,
        data: DataSettings,
        points: Points,
        lanes: Sequence[Lane],
        way: Way = Way.AUTO,
        place: Placement = PROCESSOR,
    ) -> None:
        one_thread()
        self._lanes = tuple(lanes)
        self.runs = [LaneRun(lane, Layout.of(lane, data)) for lane in lanes]
        self._number = {id(run): number for number, run in enumerate(self.runs)}
        for run in self.runs:
            run.ahead = 0
        self._stacks = LaneStacks(way, place)
        self._stacks.set_data(DataSets(data, points))
        self._stacks.arrange(self.runs, _first_states(self.runs))
        self._points, self._seed = points.counts()[0], data.split.seed

    def train(self, epochs: int, note: Note) -> None:
        """Train all lanes.

        Parameters
        ----------
        epochs
            How many; a lane that diverges has fewer.
        note
            Called with what was measured before the first step, and then with the next epochs of some lanes, in
            order.
        """
        for stack in self._stacks:
            _StackTraining(stack, [self._number[id(run)] for run in stack.runs], note).train(
                self._batches(), epochs
            )
        for run, lane in zip(self.runs, self._lanes, strict=True):
            run.lane = lane

    def _batches(self) -> Batches:
        batches = Batches()
        batches.set_points(self._points, self._seed)
        return batches

    def measure(self) -> None:
        """Set ``now`` of all runs to what they are after training, with their layers."""
        for stack in self._stacks:
            stack.measuring.measure_layers(range(len(stack.runs)))
            numbers = stack.measuring.numbers()
            for index, run in enumerate(stack.runs):
                layers = stack.measuring.layers(index)
                assert layers is not None
                run.now = run.measured(numbers[index], layers[0])

    @without_denormals()
    def observe(self, requests: Sequence[Request]) -> list[Observed]:
        """Compute observables of all lanes.

        Parameters
        ----------
        requests
            As for a trainer.

        Returns
        -------
        list of Observed
            In the order of the lanes.
        """
        views = [StackView(stack, range(len(stack.runs))) for stack in self._stacks]
        found = observe(views, requests)
        return [found[run.lane.name] for run in self.runs]


def _first_states(runs: Sequence[LaneRun]) -> dict[LaneRun, LaneState]:
    """The tensors with which lanes start; lanes with the same seed, shape and initializer share one draw."""
    drawn: dict[Hashable, LaneState] = {}
    states = {}
    for run in runs:
        key = run.lane.seed, run.layout, run.lane.network.initializer
        if key not in drawn:
            drawn[key] = run.first_state()
        states[run] = drawn[key]
    return states


class _StackTraining:
    """The training of one stack: bursts of epochs, and steps where a lane may diverge."""

    def __init__(self, stack: LaneStack, numbers: Sequence[int], note: Note) -> None:
        self._stack, self._numbers, self._note = stack, np.asarray(numbers), note
        self._alive = np.ones(len(stack.runs), dtype=bool)
        self._ended: dict[int, tuple[int, int, Tensor]] = {}
        """Epochs, updates and parameters [size] of the lanes that diverged."""
        self._alarms = 0
        self._best_rows = torch.zeros(len(stack.runs), stack.network.layout.size, dtype=stack.place.dtype)

    def train(self, batches: Batches, epochs: int) -> None:
        stack = self._stack
        stack.calibrate()
        first = stack.measuring.numbers()[: len(stack.runs)]
        self._first_loss = first[:, 0].copy()
        better = improved(first, np.full(len(first), inf))
        self._take_bests(Ran(first[None], better.astype(np.int64) - 1, stack.network.flat.cpu(), 1), 1)
        self._tell(first[None])
        left, latest, careful = epochs, 0, 0
        while left and self._alive.any():
            length = min(left, stack.most_epochs, max(1, GROWTH * latest)) if not careful else 0
            made = self._burst(batches, length) if length else 0
            if length and made == length:
                self._alarms, latest = 0, made
            elif length and made < length:
                latest = made
                self._alarms = min(max(1, 2 * self._alarms), MOST_CAREFUL)
                careful = self._alarms
            if not made:
                if self._steps(batches):
                    self._alarms = careful = 1
                made, careful = 1, max(0, careful - 1)
            left -= made
        self._go_back()

    def _burst(self, batches: Batches, length: int) -> int:
        """Train up to ``length`` epochs; returns how many were made before a look that was not finite."""
        stack = self._stack
        ran = stack.train_epochs(batches, length)
        if ran.fine < length:
            kept = ran.fine
            stack.go_back()
            if not kept:
                return 0
            ran, length = stack.train_epochs(batches, kept), kept
        batches.skip(length)
        stack.count_epochs(length, ran)
        self._take_bests(ran, length)
        self._tell(ran.numbers)
        return length

    def _steps(self, batches: Batches) -> bool:
        """Train an epoch step by step; returns whether a lane diverged in it."""
        stack, diverged = self._stack, False
        while batches.number < stack.batches:
            count = min(stack.room, stack.batches - batches.number)
            found = stack.steps(batches, count)
            batches.advance(count)
            diverged |= self._end(found, batches.epoch)
        diverged |= self._end(stack.settle(), batches.epoch)
        for run in stack.runs:
            run.epoch += 1
        batches.end_epoch()
        ran = stack.measured()
        self._take_bests(ran, 1)
        self._tell(ran.numbers)
        return diverged

    def _end(self, diverged: Sequence[LaneRun], epoch: int) -> bool:
        """Let lanes that have diverged make no steps; returns whether any has."""
        for run in diverged:
            index = self._stack.runs.index(run)
            if self._alive[index]:
                self._alive[index], run.status = False, "diverged"
                self._ended[index] = run.epoch, run.step, self._row_after(run, index).clone()
            # The run counts on with the others: what they are fed depends on it.
            run.epoch = epoch
            self._stack.still(index)
        return bool(diverged)

    def _row_after(self, run: LaneRun, index: int) -> Tensor:
        """The parameters of a lane after it has diverged, as ``endings.divergence`` chooses them."""
        if run.best is not None and run.best_row is not None:
            return run.best_row
        checkpoint = self._stack.state(index).checkpoint
        network = LaneNetwork(
            self._stack.network.layout, self._stack.network.activation, checkpoint[None].float()
        )
        evaluation = Evaluation(network, self._stack.data, {})
        evaluation.run()
        first = self._first_loss[index] if np.isfinite(self._first_loss[index]) else inf
        row = run.first_state().row if float(evaluation.numbers()[0, 0]) > first else checkpoint
        return row

    def _go_back(self) -> None:
        """Give lanes that have diverged their counts and parameters."""
        for index, (epoch, step, row) in self._ended.items():
            run = self._stack.runs[index]
            run.epoch, run.step = epoch, step
            self._stack.put(index, row)

    def _take_bests(self, ran: Ran, epochs: int) -> None:
        """Note the best of the latest epochs."""
        better = np.flatnonzero((ran.best >= 0) & self._alive)
        self._best_rows[better] = ran.rows[better]
        losses = ran.numbers[ran.best[better], better, :3].tolist()
        for index, ago, (training, validation, test) in zip(
            better.tolist(), (epochs - 1 - ran.best[better]).tolist(), losses, strict=True
        ):
            run = self._stack.runs[index]
            step = run.step - ago * self._stack.batches
            run.progress.best = Best(run.epoch - ago, step, (training, validation, test))
            run.progress.best_row = self._best_rows[index]

    def _tell(self, numbers: Floats) -> None:
        alive = np.flatnonzero(self._alive)
        self._note(self._numbers[alive], numbers[:, alive])
