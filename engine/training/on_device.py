"""Many lanes of one shape on a CUDA device, as arrays: for sweeps of thousands of networks that nobody watches.

Steps and evaluations are kernels (``engine.tape.cuda``), a launch each for an epoch of all lanes. Nothing is looked at
while training goes on; losses, best epochs and ends are followed on the device.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import inf, nan
from typing import Any

import torch
from torch import Tensor

from engine.catalogue.optimizers import OPTIMIZERS
from engine.data.resolve import resolve_points
from engine.experiment.settings import DataSettings, Lane
from engine.network import EncodedData, LaneNetwork, Layout
from engine.observation.device_table import DeviceTable
from engine.observation.measure import backprop_of, fit_parts, units_of
from engine.observation.sweep_measures import Threshold
from engine.tape.compiler.source import Unlowerable
from engine.tape.cuda.launching import compiled
from engine.tape.cuda.program import CudaBinding, CudaProgram
from engine.tape.denormals import without_denormals
from engine.tape.recording import Unrecordable
from engine.tape.ways import Way
from engine.training.device_numbers import DeviceNumbers
from engine.training.device_trace import DeviceTrace, Trained
from engine.training.lane_run import LaneRun
from engine.training.stack_key import StackKey
from engine.training.step.batches import Batches
from engine.training.step.calibration import calibrate
from engine.training.step.compiled_evaluation import MOVING, PENALTIES, blocks_of, evaluation_of
from engine.training.step.feed import Feed, FeedLayout, Loaded
from engine.training.step.lane_numbers import LaneNumbers, is_scheduled
from engine.training.step.one_lane import OneLane
from engine.training.step.per_step import StepNumbers
from engine.training.step.step_rule import step_rule
from engine.training.step.step_runner import StepRunner
from engine.training.step.step_state import StepState
from engine.training.step.stepper import Stepper

LANES_AT_ONCE = 512
"""Lanes whose layers are measured together."""

MOST_NUMBERS = 2**26
"""Numbers of optimizers that are made ahead."""


class OnDevice:
    """Lanes in the memory of a device.

    Parameters
    ----------
    data
        The data set.
    lanes
        Of one shape, none of which looks at its own losses; they share what ``StackKey`` says.
    device
        Where they are trained.
    compiler
        Compiles kernels.

    Raises
    ------
    Unlowerable
        If the lanes cannot be trained by kernels, with the reason.
    """

    def __init__(
        self,
        data: DataSettings,
        lanes: Sequence[Lane],
        device: str = "cuda",
        compiler: Callable[..., Any] = compiled,
    ) -> None:
        points = resolve_points(data)
        layout = Layout.of(lanes[0], data)
        self._runs = [LaneRun(lane, layout) for lane in lanes]
        for run in self._runs:
            run.ahead = 0
        self._key = StackKey.of(self._runs[0])
        if any(StackKey.of(run) != self._key or Layout.of(run.lane, data) != layout for run in self._runs):
            raise Unlowerable("its lanes are of several shapes")
        self._device, self._compiler = torch.device(device), compiler
        self._data = EncodedData.of(lanes[0], points, data)
        if not self._data.training:
            raise Unlowerable("there is no point to train on")
        self._batches = Batches()
        self._batches.set_points(self._data.training, data.split.seed)
        self._arrange()

    # -- arrangement

    def _arrange(self) -> None:
        key, runs, device = self._key, self._runs, self._device
        layout, optimizer = key.layout, OPTIMIZERS[key.optimizer]
        numbers = LaneNumbers.of(runs)
        rows = _first_rows(runs)
        memory = torch.zeros(2 + len(optimizer.slots), len(runs), layout.size)
        memory[:2] = rows
        self._terms, rates = numbers.used_terms, numbers.used_dropout
        self._sample = [next((run for run in runs if is_scheduled([run])), runs[0])]
        """A lane with all the numbers that change from step to step in any lane."""
        by_step = StepNumbers(self._rule(0, self._sample))
        state = _state(key, memory, numbers.hyper, self._terms, rates, by_step)
        calibrate(state, self._data, range(len(runs)))
        one = StepNumbers(self._rule(0, self._sample))
        first = _state(
            key,
            memory[:, :1].clone(),
            {name: tensor[:1] for name, tensor in numbers.hyper.items()},
            {name: tensor[:1] for name, tensor in self._terms.items()},
            [rate if rate is None else rate[:1] for rate in rates],
            one,
        )
        self._stepper = Stepper(first, one, self._data, key.batch_size, Way.EAGER)
        self._memory = memory.to(device)
        self._first = self._memory[0].clone()
        self._hyper = {name: tensor.to(device) for name, tensor in numbers.hyper.items()}
        self._rates = [rate if rate is None else rate.to(device) for rate in rates]
        self._terms = {name: tensor.to(device) for name, tensor in self._terms.items()}
        self._look = torch.zeros(len(runs), device=device)
        feed, _ = self._feed(0, 1)
        last = feed.batches - 1
        self._numbers = DeviceNumbers(runs, key.optimizer, feed.batches, device)
        self._steps = [self._step(first, feed, 0)]
        if first.counts_points and feed.real(last) != feed.real(0):
            self._steps.append(self._step(first, feed, last))
        self._evaluation = self._bind_evaluation(first.network)

    def _rule(self, epoch: int, runs: Sequence[LaneRun]) -> Any:
        batches = max(1, -(-self._data.training // self._key.batch_size))
        for run in runs:
            run.epoch = epoch
        return step_rule(runs, self._key.optimizer, [epoch * batches] * len(runs), batches)

    def _feed(self, epoch: int, epochs: int) -> tuple[Feed, int]:
        self._stepper.forget_feed()
        steps = epochs * self._stepper.batches
        return self._stepper.feed_at(self._batches, epoch, 0, steps, lambda: self._rule(epoch, self._sample))

    def _program(self, function: Callable[[], Mapping[str, Tensor]], **more: Any) -> CudaProgram:
        try:
            return CudaProgram(function, device=self._device, compiler=self._compiler, **more)
        except Unrecordable as reason:
            raise Unlowerable(str(reason)) from None

    def _step(self, first: StepState, feed: Feed, index: int) -> CudaBinding:
        self._stepper.load(feed, index)
        one = OneLane.of(first)
        batch = Loaded(FeedLayout.of(first, self._data, feed.loaded["shares"].shape[1]))
        batch.load(feed.memory[index])
        points = feed.real(index) if first.counts_points else feed.loaded["shares"].shape[1]
        runner = StepRunner(one.state, self._data, batch, points, Way.EAGER)
        program = self._program(
            lambda: {"look": runner.train()[0]},
            arguments={**one.templates, "batch": batch.memory},
            name="the training step",
            moving=("batch", *(f"hyper {name}" for name in self._stepper.changing)),
            flags=("look",),
            look="look",
        )
        binding = program.bind()
        for number, part in enumerate(self._memory):
            binding.set(f"memory {number}", part, lanes=0)
        for prefix, tensors in (("hyper", self._hyper), ("term", self._terms)):
            for name, tensor in tensors.items():
                binding.set(f"{prefix} {name}", tensor, lanes=0)
        for layer, rate in enumerate(self._rates):
            if rate is not None:
                binding.set(f"rate {layer}", rate, lanes=0)
        binding.set("look", self._look, lanes=0)
        binding.end_lanes()
        return binding

    def _bind_evaluation(self, network: LaneNetwork) -> CudaBinding:
        function, arguments = evaluation_of(
            network, self._data, {name: term[:1].cpu() for name, term in self._terms.items()}
        )
        program = self._program(
            function, arguments=arguments, name="measuring losses and scores", moving=MOVING
        )
        binding, device, lanes = program.bind(), self._device, len(self._runs)
        points = [part.to(device) for part in blocks_of(self._data)]
        self._blocks = len(points[0])
        self._values = torch.zeros(2, lanes, *points[0].shape[:2], dtype=torch.float64, device=device)
        self._penalties = torch.zeros(len(PENALTIES), lanes, device=device)
        self._table = DeviceTable(self._data, device)
        binding.set("flat", self._memory[0], lanes=0)
        binding.set("units", units_of(self._data).to(device))
        for name, term in self._terms.items():
            binding.set(f"term {name}", term, lanes=0)
        for name, part in zip(("inputs", "encoded", "target"), points, strict=True):
            binding.set(name, part, steps=0)
        binding.set("losses", self._values[0], lanes=0, steps=1)
        binding.set("parts", self._values[1], lanes=0, steps=1)
        for name, row in zip(PENALTIES, self._penalties, strict=True):
            binding.set(name, row, lanes=0)
        return binding

    # -- training

    def train(self, epochs: int, threshold: Threshold | None = None) -> Trained:
        """Train all lanes from their first weights.

        Parameters
        ----------
        epochs
            How many; a lane that diverges has fewer.
        threshold
            For the first epoch that reaches it; None without one.

        Returns
        -------
        Trained
        """
        lanes, device = len(self._runs), self._device
        trace = DeviceTrace(self._evaluated(), threshold)
        done = torch.zeros(lanes, dtype=torch.int32, device=device)
        best, before = self._memory[0].clone(), self._memory[1].clone()
        epoch = 0
        while epoch < epochs:
            together = max(1, min(self._stepper.most_epochs, epochs - epoch, self._most_together()))
            feed, first = self._load(epoch, together)
            for number in range(together):
                done.fill_(feed.batches)
                self._train_epoch(first + number * feed.batches, feed.batches, done)
                newly = trace.end(done < feed.batches)
                torch.where(newly[:, None], self._memory[1], before, out=before)
                better = trace.note(self._evaluated(), epoch + number + 1)
                torch.where(better[:, None], self._memory[0], best, out=best)
            epoch += together
        self._go_back(trace, best, before)
        zero, ratio = self._layers()
        numbers = self._evaluated().cpu()
        fit_parts(numbers.numpy())
        return trace.trained(numbers, zero, ratio)

    def _most_together(self) -> int:
        """For how many epochs there is room for the numbers of each lane's steps."""
        numbers = len(self._stepper.changing) * len(self._runs) * self._stepper.batches
        return max(1, MOST_NUMBERS // max(numbers, 1))

    def _load(self, epoch: int, epochs: int) -> tuple[Feed, int]:
        """Let the steps of some epochs read their batches and numbers; returns the feed and the first step's index."""
        feed, first = self._feed(epoch, epochs)
        batches = feed.memory.to(self._device)
        numbers = self._numbers.of(epoch, epochs)
        for step in self._steps:
            step.set("batch", batches, steps=0)
            for index, name in enumerate(self._stepper.changing):
                step.set(f"hyper {name}", numbers[:, index], lanes=1, steps=0)
        return feed, first

    def _train_epoch(self, first: int, batches: int, done: Tensor) -> None:
        lanes, step = len(self._runs), self._steps[0]
        if len(self._steps) == 1:
            step.run(0, lanes, batches, first, done)
            return
        step.run(0, lanes, batches - 1, first, done)
        last = torch.zeros_like(done)
        self._steps[1].run(0, lanes, 1, first + batches - 1, last)
        done += last if batches > 1 else last - done

    def _evaluated(self) -> Tensor:
        """Losses by split, penalty, scores by split, parts of the penalty [lanes, 9] of all lanes."""
        self._evaluation.spread(0, len(self._runs), self._blocks)
        return self._table.of(self._values.flatten(2), self._penalties)

    def _go_back(self, trace: DeviceTrace, best: Tensor, before: Tensor) -> None:
        """Give lanes that have diverged the weights of their best epoch, or without validation points those of before
        the step, or the first ones where these are no worse.
        """
        flat, diverged = self._memory[0], trace.diverged
        if not bool(diverged.any()):
            return
        flat.copy_(torch.where(diverged[:, None], before, flat))
        loss = self._evaluated()[:, 0]
        worse = ~(loss <= torch.nan_to_num(trace.first_loss, nan=inf))
        back = torch.where((worse & ~trace.has_best)[:, None], self._first, before)
        back = torch.where(trace.has_best[:, None], best, back)
        flat.copy_(torch.where(diverged[:, None], back, flat))

    @without_denormals()
    def _layers(self) -> tuple[Tensor, Tensor]:
        """The share of weights that are zero, and the first layer's gradient relative to the last one's [lanes]."""
        layout, data = self._key.layout, self._data
        flat, count = self._memory[0], data.training
        zero = (flat[:, : layout.weights] == 0.0).double().mean(1)
        ratios = []
        inputs, encoded = data.inputs[:count], data.encoded[:count]
        # Once in a training: the processor does it, as it does for everybody else.
        for start in range(0, len(flat), LANES_AT_ONCE):
            part = flat[start : start + LANES_AT_ONCE].cpu()
            network = LaneNetwork(layout, self._key.activation, part)
            terms = {name: term[start : start + LANES_AT_ONCE].cpu() for name, term in self._terms.items()}
            shares = torch.full((len(part), count), 1.0 / count)
            gradient = backprop_of(
                network, data, terms, None, inputs.expand(len(part), -1, -1), encoded, shares
            ).gradient
            one, other = (gradient[:, layout.weight_slices()[at]].double().norm(dim=1) for at in (0, -1))
            ratios.append(torch.where(other > 0.0, one / other, nan))
        ratio = torch.cat(ratios)
        return zero.cpu(), torch.where(ratio.isfinite(), ratio, nan)


def _first_rows(runs: Sequence[LaneRun]) -> Tensor:
    """The first parameters [lanes, size]; lanes with the same seed and initializer begin with the same ones."""
    known: dict[object, Tensor] = {}
    rows = []
    for run in runs:
        key = (run.lane.seed, run.lane.network.initializer)
        if key not in known:
            known[key] = run.first_state().row
        rows.append(known[key])
    return torch.stack(rows)


def _state(
    key: StackKey,
    memory: Tensor,
    hyper: Mapping[str, Tensor],
    terms: Mapping[str, Tensor],
    rates: Sequence[Tensor | None],
    by_step: StepNumbers,
) -> StepState:
    optimizer = OPTIMIZERS[key.optimizer]
    return StepState(
        network=LaneNetwork(key.layout, key.activation, memory[0]),
        memory=memory,
        slots=dict(zip(optimizer.slots, memory[2:], strict=True)),
        hyper={**{name: tensor.clone() for name, tensor in hyper.items()}, **by_step.now},
        optimizer=optimizer,
        terms={name: tensor.clone() for name, tensor in terms.items()},
        rates=[rate if rate is None else rate.clone() for rate in rates],
    )
