"""Whole epochs of a stack on a CUDA device, an epoch of all its lanes as one CUDA graph."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial
from math import inf

import torch

from engine.network import EncodedData
from engine.observation.device_table import DeviceTable
from engine.observation.measure import NUMBERS, Evaluation, Floats, fit_parts
from engine.tape.graphs import WARM_UP, Function, captured
from engine.training.step.feed import Feed
from engine.training.step.step_runner import StepRunner
from engine.training.step.step_state import StepState
from engine.training.step.stepper import Stepper
from engine.training.whole_epochs import Ran

log = logging.getLogger(__name__)

MOST_STEPS = 128
"""Steps of one graph; an epoch of more steps is several graphs."""


class GraphEpochs:
    """Whole epochs as ``WholeEpochs`` trains them, without a look at the device before the last of them.

    Batches and numbers of the steps are copied into fixed memory before each graph is launched. Strengths and rates are
    tensors that the graph reads, so that an edit of numbers records nothing anew.

    Parameters
    ----------
    state, stepper
        Of the stack.
    data
        Its points.
    lanes
        How many lanes there are.
    capture
        Takes what launches kernels; returns what launches them all again.
    """

    def __init__(
        self,
        state: StepState,
        stepper: Stepper,
        data: EncodedData,
        lanes: int,
        capture: Callable[[Function], Function] = captured,
    ) -> None:
        self._state, self._stepper, self._lanes = state, stepper, lanes
        self._capture = capture
        device, flat = state.place.device, state.network.flat
        self._evaluation = Evaluation(state.network, data, state.terms)
        self._table = DeviceTable(data, device)
        self._looks = state.place.zeros(len(flat))
        self._rows = torch.empty_like(flat)
        self._best, self._epoch = (
            torch.zeros(count, dtype=torch.int64, device=device) for count in (len(flat), 1)
        )
        self._lowest = torch.zeros(len(flat), dtype=torch.float64, device=device)
        # Epochs that warm up the recording are counted, too.
        room = max(WARM_UP, stepper.most_epochs)
        self._numbers = torch.zeros(room, len(flat), NUMBERS, dtype=torch.float64, device=device)
        self._sums = state.place.zeros(room)
        """Sums of the looks up to each epoch."""
        self._graphs: list[tuple[slice, Function]] = []
        """Graphs of an epoch in their order, and which of its steps each makes."""

    def run(self, feed: Feed, first: int, epochs: int, lowest: Floats) -> Ran:
        """See ``WholeEpochs``."""
        if not self._graphs:
            self._record(feed, first)
        lanes = self._lanes
        self._lowest.fill_(inf)
        self._lowest[:lanes] = torch.from_numpy(lowest)
        self._best.fill_(-1)
        self._looks.zero_()
        self._epoch.zero_()
        for epoch in range(epochs):
            for steps, launch in self._graphs:
                self._load(feed, first + epoch * feed.batches, steps)
                launch()
        fine = self._sums[:epochs].isfinite().cpu()
        numbers = self._numbers[:epochs, :lanes].cpu().numpy()
        fit_parts(numbers)
        known = epochs if bool(fine.all()) else int(fine.int().argmin())
        return Ran(numbers, self._best[:lanes].cpu().numpy(), self._rows.cpu(), known)

    def _record(self, feed: Feed, first: int) -> None:
        most = min(feed.batches, MOST_STEPS)
        self._batches = torch.empty_like(feed.memory[:most])
        self._steps = torch.empty_like(feed.numbers[:most])
        before = self._state.memory.clone()
        graphs = []
        try:
            for start in range(0, feed.batches, most):
                steps = slice(start, min(start + most, feed.batches))
                self._load(feed, first, steps)
                runners = [
                    self._stepper.runner(feed, first + number) for number in range(steps.start, steps.stop)
                ]
                work = partial(self._train, feed, runners, steps.stop == feed.batches)
                graphs.append((steps, self._recorded(work)))
        finally:
            self._state.memory.copy_(before)
        self._graphs = graphs

    def _recorded(self, work: Function) -> Function:
        try:
            return self._capture(work)
        except RuntimeError as reason:
            log.warning("the epochs of a stack are no CUDA graph and train more slowly: %s", reason)
            return work

    def _load(self, feed: Feed, first: int, steps: slice) -> None:
        """Copy what the steps of an epoch read to where their graph reads it."""
        count, start = steps.stop - steps.start, first + steps.start
        self._batches[:count].copy_(feed.memory[start : start + count])
        self._steps[:count].copy_(feed.numbers[start : start + count])

    def _train(self, feed: Feed, runners: Sequence[StepRunner], ends: bool) -> None:
        """Make steps, and measure what the epoch that ends with them came to."""
        for index, runner in enumerate(runners):
            self._stepper.take(feed, self._batches[index], self._steps[index])
            runner.step()
            self._looks.add_(runner.look)
        if ends:
            self._measure()

    def _measure(self) -> None:
        flat = self._state.network.flat
        self._evaluation.run()
        numbers = self._table.of(*self._evaluation.found)
        better = (numbers[:, 1] < self._lowest) & numbers[:, 0].isfinite()
        self._rows.copy_(torch.where(better[:, None], flat, self._rows))
        self._lowest.copy_(torch.where(better, numbers[:, 1], self._lowest))
        self._best.copy_(torch.where(better, self._epoch, self._best))
        self._numbers.index_copy_(0, self._epoch, numbers[None])
        self._sums.index_copy_(0, self._epoch, self._looks.sum()[None])
        self._epoch.add_(1)
