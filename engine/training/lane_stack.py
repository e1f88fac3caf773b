"""Lanes of one shape and one key, trained together in one batched step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from engine.catalogue.optimizers import OPTIMIZERS, Floats
from engine.experiment.choice import ActivationChoice, LossChoice
from engine.network import Batch, EncodedData, LaneNetwork, Layout
from engine.observation import Ghosts
from engine.training.lane_run import LaneRun, LaneState
from engine.training.step.augmentation import STRENGTHS
from engine.training.step.batch_invariance import same_alone
from engine.training.step.batches import Batches
from engine.training.step.lane_numbers import (
    HYPER,
    RATE,
    TERMS,
    is_scheduled,
    numbers_of,
    optimizer_parameters,
    rate_of,
    terms_of,
    used_terms,
)
from engine.training.step.measuring import Layers, Measuring
from engine.training.step.per_step import Rule, StepNumbers
from engine.training.step.schedule import epochs_before
from engine.training.step.step_runner import StepRunner, StepState

TWIN_LIMIT = 100_000
"""Up to this many parameters a lane alone may be computed twice (see ``LaneStack``)."""
PATIENCE = 32
"""Steps after which a group makes sure that all numbers are finite, at the latest."""


@dataclass(frozen=True)
class StackKey:
    """What lanes must share to train in one batched step."""

    layout: Layout
    features: tuple[str, ...]
    input_scaling: str
    activation: ActivationChoice
    loss: LossChoice
    optimizer: str
    batch_size: int
    moves_points: bool
    running: bool

    @classmethod
    def of(cls, run: LaneRun) -> StackKey:
        network, training = run.lane.network, run.lane.training
        return cls(
            run.layout,
            network.features,
            network.input_scaling,
            network.activation,
            training.loss,
            training.optimizer.name,
            training.batch_size,
            any(terms_of(run.lane.regularization)[key] for key in STRENGTHS),
            run.status == "training",
        )


class LaneStack:
    """Stacked tensors of ``runs`` [lanes, …]; hyperparameters are tensors too, so that edits change no key.

    A lane's numbers are the same to the bit whatever its neighbours. Two things of PyTorch's would spoil that: for
    some shapes its operations take another way for a single lane, so there a lane alone is computed twice (see
    ``engine.training.step.batch_invariance``), and the tail of a tensor (see ``LaneNetwork.whole_vectors``).

    Whether all numbers are finite is looked at every few steps. When they are not, those steps are gone through
    again, one by one, to find the lanes and the step (see ``settle``).
    """

    def __init__(
        self,
        key: StackKey,
        members: Sequence[tuple[LaneRun, LaneState]],
        data: EncodedData,
        recording: bool = True,
    ) -> None:
        self.key = key
        self.runs = [run for run, _ in members]
        self.data = data
        self._recording = recording
        if len(members) == 1 and not self._same_alone():
            members = [*members, *members]
        self._stacked = [run for run, _ in members]
        self._numbers = numbers_of(self._stacked)
        self._updates = [state.updates for _, state in members]
        self._by_step = StepNumbers(self._rule())
        self._state = _stack(key, [state for _, state in members], self._numbers | self._by_step.now)
        self._random = self._state.drops or bool(self._state.augmentation)
        self._runners: dict[int, StepRunner] = {}
        self._latest: StepRunner | None = None
        self._order: Tensor | None = None
        self._epoch: list[_Batch] = []
        self._made: list[_Batch] = []
        self._mark = torch.empty_like(self._state.memory)
        self._patience = 1
        self._measuring = self._new_measuring()
        self._forget_now()

    @property
    def network(self) -> LaneNetwork:
        return self._state.network

    def numbers(self) -> Floats:
        """Losses of the three splits, penalty and scores of the three splits [lanes, 7] of ``runs`` as they are."""
        numbers: Floats = self._measuring.numbers()
        return numbers

    def measure_layers(self, places: Sequence[int]) -> None:
        """Measure the layers of the lanes at these places, as far as that has not been done since they changed."""
        missing = [place for place in places if self._measuring.layers(place) is None]
        if len(missing) == len(self.runs):
            self._measuring.measure_layers(range(self.network.lanes))
        elif missing:
            self._measuring.measure_layers(missing)

    def layers(self, place: int) -> Layers | None:
        """Probes [P, L] and chain of the lane at this place; None where they have not been measured as it is now."""
        return self._measuring.layers(place)

    def part(self, places: Sequence[int]) -> tuple[LaneNetwork, Sequence[Tensor | None]]:
        """The lanes at these places, in this order, and their rates of dropout.

        There may be more lanes after them, so that a lane alone gives the numbers that it gives in company.
        """
        network, rates = self._state.network, self._state.rates
        if len(places) == len(self.runs):
            return network, rates
        rows = list(places) if len(places) > 1 or self._same_alone() else [*places, *places]
        return network.of(rows), [rate if rate is None else rate[rows] for rate in rates]

    def calibrate(self) -> None:
        """Let batch normalization's running moments be those of the training split in lanes that have made no step.

        From then on they follow the batches. Beginning with 0 and 1 instead, as in ``torch.nn.BatchNorm1d``, a network
        would be measured with moments that nothing has ever had, until enough steps have washed them out.
        """
        points, step = self.data.training, self._state
        rows = [row for row, run in enumerate(self._stacked) if not run.step]
        if (
            points < 2
            or not rows
            or not any(norm.mean is not None for norm in self.network.normalizations.values())
        ):
            return
        batch, inputs = Batch(points), self.network.whole_vectors(self.data.inputs[:points])
        with torch.no_grad():
            self.network.forward(inputs.expand(self.network.lanes, -1, -1), batch=batch)
            for layer, moments in batch.moments.items():
                self.network.normalizations[layer].take(moments, rows)
        step.checkpoint[rows] = step.network.flat[rows]
        self._forget_now()

    def ghosts(self, place: int) -> Ghosts | None:
        """The latest batch as the lane at this place saw it; None where nothing is augmented or trained yet."""
        runner = self._latest
        moved = None if runner is None else runner.moved(place)
        if moved is None:
            return None
        xy, target = moved[0], self.data.decode(moved[1])
        if self.data.task == "curve":
            # Only x is fed to the network, so that only x has moved.
            xy[:, 1] = target
        return Ghosts(xy, target)

    def retune(self) -> bool:
        """Take over the numbers of the lanes' settings; False where other terms are used now than before."""
        numbers = numbers_of(self._stacked)
        if used_terms(numbers) != used_terms(self._numbers) or is_scheduled(self._stacked) != self._scheduled:
            return False
        if any(StackKey.of(run) != self.key for run in self.runs):
            return False
        for key, tensor in numbers.items():
            self._numbers[key].copy_(tensor)
        self._by_step.begin(self._rule())
        self._order = None
        self._forget_now()
        return True

    def take_data(self, data: EncodedData) -> bool:
        """Go on with other points; False where that needs another group."""
        self.data, self._order = data, None
        self._measuring = self._new_measuring()
        self._forget_now()
        if self._state.augmentation:
            # It moves points about their centre, and scales them as the data say.
            self._runners.clear()
            self._latest = None
        return self.network.lanes > 1 or self._same_alone()

    def state(self, index: int) -> LaneState:
        """Copies of one lane's tensors, to be stacked into another group."""
        step = self._state
        return LaneState(
            step.network.flat[index].clone(),
            step.checkpoint[index].clone(),
            {key: slot[index].clone() for key, slot in step.slots.items()},
            self._updates[index],
        )

    def step(self, batches: Batches) -> Sequence[LaneRun]:
        """One update on the current batch, if there is one of this group's size; returns what ``settle`` returns."""
        if batches.order is not self._order:
            self._assemble(batches)
        number, made = batches.number, self._made
        if number >= len(self._epoch):
            return ()
        if not made:
            self._mark.copy_(self._state.memory)
        batch = self._epoch[number]
        made.append(batch)
        self._measuring.forget()
        self._train(batch)
        return self.settle(batches.epoch) if len(made) == self._patience else ()

    def settle(self, epoch: int) -> Sequence[LaneRun]:
        """Make sure of the steps made since the last call and count them; ``epoch`` is the current one.

        Returns the lanes of which a loss or parameters were not finite in one of them, set back to that step's
        counts: they must go back to their checkpoints.
        """
        made = self._made
        if not made:
            return ()
        for run in self.runs:
            run.step += len(made)
            run.now = None
        self._updates = [updates + len(made) for updates in self._updates]
        lost = [] if made[-1].runner.looks_finite else self._find_lost(epoch)
        self._made = []
        self._patience = min(2 * self._patience, PATIENCE)
        return lost

    def _train(self, batch: _Batch) -> None:
        runner = self._latest = batch.runner
        runner.load(batch.inputs, batch.encoded)
        if self._random:
            self._state.seed(batch.seed)
        if self._by_step:
            self._by_step.advance()
        runner.differentiate()
        runner.update()

    def _find_lost(self, epoch: int) -> list[LaneRun]:
        step, made = self._state, self._made
        step.memory.copy_(self._mark)
        self._by_step.begin(self._rule(-len(made), made[0].epoch - epoch, made[0].number))
        fine = torch.ones(self.network.lanes, dtype=torch.bool)
        lost: list[LaneRun] = []
        for place, one in enumerate(made):
            one.runner.load(one.inputs, one.encoded)
            if self._random:
                step.seed(one.seed)
            still_fine = fine & one.runner.finite_lanes()
            for run, before, now in zip(self.runs, fine.tolist(), still_fine.tolist(), strict=False):
                if before and not now:
                    run.step -= len(made) - place
                    run.epoch -= epoch - one.epoch
                    lost.append(run)
            fine, checkpoint = still_fine, step.checkpoint.clone()
            self._train(one)
            # What a lost lane is now is worth nothing, and neither is what it was just before.
            step.checkpoint.copy_(torch.where(fine[:, None], step.checkpoint, checkpoint))
        return lost

    def _assemble(self, batches: Batches) -> None:
        """The current epoch's batches, and the learning rates that go with them."""
        order, points, size = batches.order, batches.points, self.key.batch_size
        data = self.data
        inputs = (data.offsets if self._state.augmentation else data.inputs).index_select(0, order)
        encoded = data.encoded.index_select(0, order)
        self._epoch = [
            _Batch(
                self._runner(min(size, points - start)),
                inputs[start : start + size],
                encoded[start : start + size],
                batches.seed_of(number) if self._random else 0,
                batches.epoch,
                number,
            )
            for number, start in enumerate(range(0, points, size))
        ]
        self._order = order
        if self._scheduled:
            self._by_step.begin(self._rule(len(self._made), 0, batches.number))

    def _rule(self, updates: int = 0, epochs: int = 0, batch: int = 0) -> Rule:
        """The numbers of steps from now on, or from so many updates and epochs later (or earlier), on that batch."""
        runs, per_step = self._stacked, OPTIMIZERS[self.key.optimizer].per_step
        parameters, rates = optimizer_parameters(runs), [rate_of(run) for run in runs]
        self._scheduled = is_scheduled(runs)
        made = np.array(self._updates, dtype=np.float64)[:, None] + updates
        begun = [run.epoch + epochs for run in runs]
        batches = max(1, -(-self.data.training // self.key.batch_size))

        def rule(first: int, count: int) -> dict[str, Floats]:
            numbers: dict[str, Floats] = {}
            if self._scheduled:
                numbers["learning_rate"] = np.stack(
                    [
                        rate.at(epochs_before(epoch, batch + first, batches, count))
                        for rate, epoch in zip(rates, begun, strict=True)
                    ]
                )
            steps = made + np.arange(first + 1, first + count + 1)
            return numbers | (per_step(parameters | numbers, steps) if per_step else {})

        return rule

    def _forget_now(self) -> None:
        self._measuring.forget()
        for run in self.runs:
            run.now = None

    def _new_measuring(self) -> Measuring:
        step = self._state
        return Measuring(
            step.network, step.checkpoint, step.terms, self.data, self._same_measured_alone, self._recording
        )

    def _runner(self, points: int) -> StepRunner:
        runner = self._runners.get(points)
        if runner is None:
            runner = self._runners[points] = StepRunner(self._state, self.data, points, self._recording)
        return runner

    def _same_alone(self) -> bool:
        """Whether a lane alone is trained to the numbers that it gets in company."""
        size, points = self.key.batch_size, self.data.training
        return self._same_measured_alone(min(size, points), points % size)

    def _same_measured_alone(self, *counts: int) -> bool:
        """Whether a lane alone has, on so many points, the numbers that it has in company."""
        key, layout = self.key, self.key.layout
        if layout.parameters > TWIN_LIMIT:
            return True
        return same_alone(layout, key.activation, key.loss, self.data.task, counts)


@dataclass(frozen=True, slots=True, eq=False)
class _Batch:
    """What a step is made on; kept until it is certain that it need not be made again."""

    runner: StepRunner
    inputs: Tensor
    encoded: Tensor
    seed: int
    epoch: int
    number: int


def _stack(key: StackKey, states: Sequence[LaneState], numbers: Mapping[str, Tensor]) -> StepState:
    optimizer, layout = OPTIMIZERS[key.optimizer], key.layout
    blank = torch.zeros(layout.size)
    used = used_terms(numbers)
    places = [numbers[f"{RATE}{place}"] for place in range(len(layout.widths) - 1)]
    memory = torch.stack(
        [torch.stack([s.row for s in states]), torch.stack([s.checkpoint for s in states])]
        + [torch.stack([s.slots.get(key, blank) for s in states]) for key in optimizer.slots]
    )
    return StepState(
        network=LaneNetwork(layout, key.activation, memory[0]),
        memory=memory,
        slots=dict(zip(optimizer.slots, memory[2:], strict=True)),
        hyper={key.removeprefix(HYPER): tensor for key, tensor in numbers.items()},
        optimizer=optimizer,
        terms={key: numbers[key] for key in TERMS if key in used},
        rates=[rate if f"{RATE}{place}" in used else None for place, rate in enumerate(places)],
    )
