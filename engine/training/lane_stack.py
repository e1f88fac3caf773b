"""Lanes of one shape and one key, trained together in one batched step."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
import torch
from torch import Tensor

from engine.catalogue.optimizers import OPTIMIZERS
from engine.network import EncodedData, LaneNetwork
from engine.observation.looks import LatestStep
from engine.observation.rows import Floats
from engine.tape.denormals import without_denormals
from engine.tape.placement import PROCESSOR, Placement
from engine.tape.ways import Way, resolve
from engine.training.divergence_guard import DivergenceGuard
from engine.training.lane_run import LaneRun
from engine.training.lane_state import LaneState
from engine.training.stack_key import StackKey
from engine.training.step.batches import Batches
from engine.training.step.calibration import calibrate
from engine.training.step.feed import Feed
from engine.training.step.lane_numbers import LaneNumbers, is_scheduled
from engine.training.step.measuring import Measuring
from engine.training.step.per_step import Rule, StepNumbers
from engine.training.step.step_rule import RuleSettings, step_rule
from engine.training.step.step_state import StepState
from engine.training.step.stepper import Stepper
from engine.training.whole_epochs import Ran, SteppedEpochs, WholeEpochs, improved


class LaneStack:
    """Stacked tensors of ``runs`` [lanes, …]; hyperparameters are tensors too, so that edits change no key.

    A lane's numbers are the same to the bit whatever its neighbours. Two properties of PyTorch would spoil that: for
    some shapes its operations take another way for a single lane, so there a lane alone is computed twice (see
    ``engine.training.step.batch_invariance``), and the tail of a tensor (see ``LaneNetwork.whole_vectors``).

    Parameters
    ----------
    key
        What the lanes share.
    members
        The runs and the tensors that they begin with.
    data
        The points, encoded as the lanes see them.
    way
        How steps and measurings are computed.
    place
        Where, and how precisely. Layers, predictions and all else that is only looked at are computed of copies, by the
        processor in single precision.
    """

    def __init__(
        self,
        key: StackKey,
        members: Sequence[tuple[LaneRun, LaneState]],
        data: EncodedData,
        way: Way = Way.AUTO,
        place: Placement = PROCESSOR,
    ) -> None:
        self.key, self.data, self.place = key, data, place
        self.runs = [run for run, _ in members]
        self._build(members, way)

    def _build(self, members: Sequence[tuple[LaneRun, LaneState]], way: Way) -> None:
        key = self.key
        self.way, self._compiles = way, resolve(way, key.layout.parameters, self.place) is Way.COMPILED
        self._tried = False
        """Whether the steps were compiled, or could not be."""
        if len(members) == 1 and not self._trains_alone():
            members = [*members, *members]
        self._rows = [run for run, _ in members]
        """The run of each row of the tensors: ``runs``, or one run twice."""
        self._numbered = {id(run): row for row, run in enumerate(self._rows)}
        self._numbers = LaneNumbers.of(self._rows, self.place)
        self._updates = [state.updates for _, state in members]
        self._scheduled = is_scheduled(self._rows)
        self._for_rule: RuleSettings | None = None
        """None where nobody has read the settings since they changed."""
        self._by_step = StepNumbers(self._rule(), self.place)
        self._state = _stack(key, [state for _, state in members], self._numbers, self._by_step, self.place)
        self._stepper = Stepper(self._state, self._by_step, self.data, key.batch_size, way)
        self._burst: tuple[Feed, int]
        self._guard = DivergenceGuard(self._state, self._stepper)
        self._take_measuring()
        self._forget_now()

    @property
    def network(self) -> LaneNetwork:
        return self._state.network

    def state(self, index: int) -> LaneState:
        """Copies of one lane's tensors."""
        row, checkpoint, *slots = self._state.memory[:, index].cpu().clone()
        return LaneState(
            row, checkpoint, dict(zip(self._state.slots, slots, strict=True)), self._updates[index]
        )

    def states(self) -> list[LaneState]:
        """Copies of the tensors of each lane, to be stacked into another stack."""
        rows, checkpoints, *slots = self._state.memory.cpu()
        return [
            LaneState(
                rows[index].clone(),
                checkpoints[index].clone(),
                {key: slot[index].clone() for key, slot in zip(self._state.slots, slots, strict=True)},
                self._updates[index],
            )
            for index in range(len(self.runs))
        ]

    def row(self, index: int) -> Tensor:
        """The parameters [size] of a lane, in the processor's memory."""
        return self.network.flat[index].cpu()

    # -- what there is to look at

    def new_measuring(self) -> Measuring:
        """What measures the lanes of ``runs`` on the data there are."""
        state = self._state
        return Measuring(
            state.network,
            state.checkpoint,
            state.terms,
            self.data,
            len(self.runs),
            lambda points: self.key.measures_alone(self.data.task, points, self.place.dtype),
            self.way,
        )

    def _take_measuring(self) -> None:
        self.measuring = self.new_measuring()
        self._whole: WholeEpochs | None = None
        self._tried = False

    def part(self, indexes: Sequence[int]) -> tuple[LaneNetwork, Sequence[Tensor | None]]:
        """The lanes of these indexes, in this order, and their rates of dropout.

        There may be more lanes after them, so that a lane alone gives the numbers that it gives in company.
        """
        network, rates = self._state.network, self._state.rates
        if len(indexes) == len(self.runs) and self.place.is_plain:
            return network, rates
        alone = self.key.trains_alone(self.data.task, self.data.training)
        rows = list(indexes) if len(indexes) > 1 or alone else [*indexes, *indexes]
        flat = network.flat[rows].to("cpu", torch.float32)
        chosen = [rate if rate is None else rate[rows].to("cpu", torch.float32) for rate in rates]
        return LaneNetwork(network.layout, network.activation, flat), chosen

    def augmented_batch(self, index: int) -> tuple[Floats, Floats] | None:
        """Positions [n, 2] and targets [n] of the latest batch as augmentation made them for the lane of this index;
        None without augmentation or before the first step.
        """
        moved = self._stepper.moved(index)
        if moved is None:
            return None
        xy, target = moved[0], self.data.decode(moved[1])
        if self.data.task == "curve":
            # Only x is fed to the network, so that only x has moved.
            xy[:, 1] = target
        return xy, target

    def latest_step(self, index: int) -> LatestStep:
        """What the latest step did to the lane of this index."""
        state = self._state
        update = (state.network.flat[index] - state.checkpoint[index]).cpu()
        return LatestStep(update, self._stepper.silenced(index))

    # -- edits

    def calibrate(self) -> None:
        """Set the running moments of lanes that have made no step; see ``engine.training.step.calibration``."""
        fresh = [row for row, run in enumerate(self._rows) if not run.step]
        if calibrate(self._state, self.data.at(self.place), fresh):
            self._forget_now()

    def retune(self) -> bool:
        """Take over the numbers of the lanes' settings; False where these need another arrangement."""
        numbers = LaneNumbers.of(self._rows, self.place)
        if not numbers.uses_the_same(self._numbers) or is_scheduled(self._rows) != self._scheduled:
            return False
        if any(StackKey.of(run) != self.key for run in self.runs):
            return False
        self.forget_feed()
        self._numbers.copy_(numbers)
        self._forget_now()
        return True

    def take_data(self, data: EncodedData) -> bool:
        """Go on with other points; False where these need another arrangement."""
        self.data = data
        self._stepper.take_data(data)
        self._take_measuring()
        self._forget_now()
        return self.network.lanes > 1 or self._trains_alone()

    def set_parameter(self, index: int, column: int, value: float, met: float | None = None) -> float:
        """Set one number of the lane of this index, and change nothing else.

        ``met`` is what the latest step is said to have met there: by default the value itself, because no step has
        changed it. Returns what it was said to have met before.
        """
        state, run = self._state, self.runs[index]
        before = float(state.checkpoint[index, column])
        for row in self._rows_of(run):
            state.checkpoint[row, column] = value if met is None else met
            state.network.flat[row, column] = value
        self._forget_now()
        return before

    def still(self, index: int) -> None:
        """Let the lane of this index make no further steps: all its numbers are 0 from now on, and so is its rate."""
        run = self.runs[index]
        training = msgspec.structs.replace(run.lane.training, learning_rate=0.0)
        run.lane = msgspec.structs.replace(run.lane, training=training)
        for row in self._rows_of(run):
            self._state.memory[:, row] = 0.0
            self._numbers.hyper["learning_rate"][row] = 0.0
        self.forget_feed()
        self._forget_now([run])

    def put(self, index: int, parameters: Tensor) -> None:
        """Give the lane of this index other parameters [size]."""
        for row in self._rows_of(self.runs[index]):
            self._state.checkpoint[row] = parameters
            self._state.network.flat[row] = parameters
        self._forget_now([self.runs[index]])

    def _rows_of(self, run: LaneRun) -> Sequence[int]:
        """The rows of a run: one, or both of a run that is there twice."""
        if len(self._rows) == len(self.runs):
            return (self._numbered[id(run)],)
        return range(len(self._rows))

    # -- steps

    @property
    def batches(self) -> int:
        """How many batches make an epoch."""
        return self._stepper.batches

    @property
    def room(self) -> int:
        """How many steps may be made at once; 1 or more."""
        return self._guard.room

    @without_denormals()
    def steps(self, batches: Batches, count: int) -> Sequence[LaneRun]:
        """Updates on the current batch and the next ones, as far as the epoch has them for this stack.

        Parameters
        ----------
        batches
            The current batch.
        count
            At most ``room``.

        Returns
        -------
        sequence
            What ``settle`` returns, if it is time for that.
        """
        number, end = batches.number, min(batches.number + count, self.batches)
        while number < end:
            feed, first = self._feed_at(batches, number, 1)
            together = min(end - number, len(feed) - first)
            self._guard.train(feed, first, together)
            number += together
        if self._guard.unchecked:
            self.measuring.forget()
        return () if self._guard.room else self.settle()

    def _feed_at(self, batches: Batches, number: int, steps: int) -> tuple[Feed, int]:
        def rule() -> Rule:
            return self._rule(self._guard.unchecked, number)

        epoch = self.runs[0].epoch
        feed, first = self._stepper.feed_at(batches, epoch, number, steps, rule)
        if self._compiles and not self._tried:
            self._tried = True
            if not self._stepper.compiles(feed, first):
                self._replay_instead()
                return self._stepper.feed_at(batches, epoch, number, steps, rule)
        return feed, first

    def _replay_instead(self) -> None:
        """Go on with PyTorch, which may need a single lane twice, because the step cannot be compiled."""
        if self._guard.unchecked:
            self._compiles = False
        else:
            self._build(list(zip(self.runs, self.states(), strict=True)), Way.REPLAY)

    # -- whole epochs

    @property
    def most_epochs(self) -> int:
        """How many whole epochs may be trained at once; 0 where a feed has no room for one."""
        return self._stepper.most_epochs

    @without_denormals()
    def train_epochs(self, batches: Batches, epochs: int) -> Ran:
        """Train whole epochs, which count only when ``count_epochs`` is called; there must be no unsettled steps.

        Parameters
        ----------
        batches
            The orders of the points.
        epochs
            At most ``most_epochs``.
        """
        self._guard.remember()
        self.measuring.forget()
        feed, first = self._feed_at(batches, 0, epochs * self.batches)
        self._burst = feed, first
        lowest = np.array([run.progress.lowest for run in self.runs])
        return self._whole_epochs(feed, first).run(feed, first, epochs, lowest)

    def _whole_epochs(self, feed: Feed, first: int) -> WholeEpochs:
        if self._whole is None:
            stepper, measuring, state = self._stepper, self.measuring, self._state
            if self.place.on_gpu and self.way not in (Way.EAGER, Way.REPLAY):
                from engine.training.graph_epochs import GraphEpochs

                self._whole = GraphEpochs(state, stepper, self.data, len(self.runs))
            elif self._compiles:
                from engine.training.compiled_epochs import compiled_epochs

                self._whole = compiled_epochs(stepper, measuring, state.network.flat, feed, first)
            self._whole = self._whole or SteppedEpochs(state, stepper, measuring, len(self.runs))
        return self._whole

    def go_back(self) -> None:
        """Go back to what was before ``train_epochs``."""
        self._guard.go_back()
        self.measuring.forget()

    def count_epochs(self, epochs: int, ran: Ran) -> None:
        """Count the epochs that were trained last."""
        feed, first = self._burst
        steps = epochs * self.batches
        self._stepper.skip_to(feed, first + steps - 1)
        self._count(steps)
        for run in self.runs:
            run.epoch += epochs
        self.measuring.take(ran.numbers[-1])

    def measured(self) -> Ran:
        """What there is after the latest epoch, which was trained step by step."""
        numbers = self.measuring.numbers()[: len(self.runs)]
        better = improved(numbers, np.array([run.progress.lowest for run in self.runs]))
        return Ran(numbers[None], better.astype(np.int64) - 1, self.network.flat.cpu(), 1)

    def forget_feed(self) -> None:
        """Make new numbers for the next steps, because a rate has changed."""
        self._stepper.forget_feed()
        self._for_rule = None

    def _count(self, steps: int) -> None:
        self._updates = [updates + steps for updates in self._updates]
        way = self._stepper.way
        for run in self.runs:
            run.step += steps
            run.now, run.way = None, way

    @without_denormals()
    def settle(self) -> Sequence[LaneRun]:
        """Check the steps made since the last call, and count them.

        Returns
        -------
        sequence
            The runs that diverged in one of these steps, with the counts of before it; they must go back to their
            checkpoints.
        """
        made = self._guard.unchecked
        if not made:
            return ()
        self._count(made)
        found = [one for one in self._guard.check() if one.row < len(self.runs)]
        for one in found:
            self.runs[one.row].step -= one.steps_lost
            self.runs[one.row].epoch = one.epoch
        return [self.runs[one.row] for one in found]

    def _rule(self, updates: int = 0, batch: int = 0) -> Rule:
        """The numbers of the steps from a batch of the current epoch on, which so many unchecked updates precede."""
        self._for_rule = self._for_rule or RuleSettings.of(self._rows)
        return step_rule(
            self._rows,
            self.key.optimizer,
            [made + updates for made in self._updates],
            max(1, -(-self.data.training // self.key.batch_size)),
            batch,
            self._for_rule,
        )

    def _forget_now(self, runs: Sequence[LaneRun] | None = None) -> None:
        """Forget what was measured of all runs, or of the only ones that have changed."""
        self.measuring.forget()
        for run in self.runs if runs is None else runs:
            run.now = None

    def _trains_alone(self) -> bool:
        """Whether one row gets the bits that it gets beside others: native code computes each lane by itself."""
        alone = self._compiles or self.place.on_gpu
        return alone or self.key.trains_alone(self.data.task, self.data.training, self.place.dtype)


def _stack(
    key: StackKey,
    states: Sequence[LaneState],
    numbers: LaneNumbers,
    by_step: StepNumbers,
    place: Placement,
) -> StepState:
    optimizer, blank = OPTIMIZERS[key.optimizer], torch.zeros(key.layout.size)
    kinds = [[s.row for s in states], [s.checkpoint for s in states]]
    kinds += [[s.slots.get(name, blank) for s in states] for name in optimizer.slots]
    memory = torch.stack([torch.stack([row.to(place.dtype) for row in rows]) for rows in kinds])
    memory = memory.to(place.device)
    return StepState(
        network=LaneNetwork(key.layout, key.activation, memory[0]),
        memory=memory,
        slots=dict(zip(optimizer.slots, memory[2:], strict=True)),
        hyper={**numbers.hyper, **by_step.now},
        optimizer=optimizer,
        terms=numbers.used_terms,
        rates=numbers.used_dropout,
    )
