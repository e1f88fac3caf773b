"""Lanes of one shape and one key, trained together in one batched step."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from engine.catalogue.optimizers import OPTIMIZERS
from engine.network import EncodedData, LaneNetwork
from engine.observation.rows import Floats
from engine.tape.ways import Way, resolve
from engine.training.divergence_guard import DivergenceGuard
from engine.training.lane_run import LaneRun
from engine.training.lane_state import LaneState
from engine.training.stack_key import StackKey
from engine.training.step.batches import Batches
from engine.training.step.calibration import calibrate
from engine.training.step.lane_numbers import LaneNumbers, is_scheduled
from engine.training.step.measuring import Measuring
from engine.training.step.per_step import Rule, StepNumbers
from engine.training.step.step_rule import step_rule
from engine.training.step.step_state import StepState
from engine.training.step.stepper import Stepper


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
    """

    def __init__(
        self,
        key: StackKey,
        members: Sequence[tuple[LaneRun, LaneState]],
        data: EncodedData,
        way: Way = Way.AUTO,
    ) -> None:
        self.key, self.data, self._way = key, data, way
        self.runs = [run for run, _ in members]
        if len(members) == 1 and not self._trains_alone():
            members = [*members, *members]
        self._rows = [run for run, _ in members]
        """The run of each row of the tensors: ``runs``, or one run twice."""
        self._numbers = LaneNumbers.of(self._rows)
        self._updates = [state.updates for _, state in members]
        self._scheduled = is_scheduled(self._rows)
        self._by_step = StepNumbers(self._rule())
        self._state = _stack(key, [state for _, state in members], self._numbers, self._by_step)
        self._stepper = Stepper(self._state, self._by_step, data, key.batch_size, way)
        self._guard = DivergenceGuard(self._state, self._stepper)
        self.measuring = self.new_measuring()
        self._forget_now()

    @property
    def network(self) -> LaneNetwork:
        return self._state.network

    def state(self, index: int) -> LaneState:
        """Copies of one lane's tensors, to be stacked into another stack."""
        state = self._state
        return LaneState(
            state.network.flat[index].clone(),
            state.checkpoint[index].clone(),
            {key: slot[index].clone() for key, slot in state.slots.items()},
            self._updates[index],
        )

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
            lambda points: self.key.measures_alone(self.data.task, points),
            self._way,
        )

    def part(self, indexes: Sequence[int]) -> tuple[LaneNetwork, Sequence[Tensor | None]]:
        """The lanes of these indexes, in this order, and their rates of dropout.

        There may be more lanes after them, so that a lane alone gives the numbers that it gives in company.
        """
        network, rates = self._state.network, self._state.rates
        if len(indexes) == len(self.runs):
            return network, rates
        alone = self.key.trains_alone(self.data.task, self.data.training)
        rows = list(indexes) if len(indexes) > 1 or alone else [*indexes, *indexes]
        return network.of(rows), [rate if rate is None else rate[rows] for rate in rates]

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

    # -- edits

    def calibrate(self) -> None:
        """Set the running moments of lanes that have made no step; see ``engine.training.step.calibration``."""
        fresh = [row for row, run in enumerate(self._rows) if not run.step]
        if calibrate(self._state, self.data, fresh):
            self._forget_now()

    def retune(self) -> bool:
        """Take over the numbers of the lanes' settings; False where these need another arrangement."""
        numbers = LaneNumbers.of(self._rows)
        if not numbers.uses_the_same(self._numbers) or is_scheduled(self._rows) != self._scheduled:
            return False
        if any(StackKey.of(run) != self.key for run in self.runs):
            return False
        self._stepper.forget_feed()
        self._numbers.copy_(numbers)
        self._forget_now()
        return True

    def take_data(self, data: EncodedData) -> bool:
        """Go on with other points; False where these need another arrangement."""
        self.data = data
        self._stepper.take_data(data)
        self.measuring = self.new_measuring()
        self._forget_now()
        return self.network.lanes > 1 or self._trains_alone()

    # -- steps

    def step(self, batches: Batches) -> Sequence[LaneRun]:
        """One update on the current batch, if there is one of this stack's size; returns what ``settle`` returns."""
        at = self._stepper.feed_at(batches, lambda: self._rule(self._guard.unchecked, batches.number))
        if at is None:
            return ()
        self._guard.train(*at)
        self.measuring.forget()
        return self.settle(batches.epoch) if self._guard.due else ()

    def settle(self, epoch: int) -> Sequence[LaneRun]:
        """Check the steps made since the last call, and count them.

        Parameters
        ----------
        epoch
            The epoch of the batch that comes next.

        Returns
        -------
        sequence
            The runs that diverged in one of these steps, with the counts of before it; they must go back to their
            checkpoints.
        """
        made = self._guard.unchecked
        if not made:
            return ()
        for run in self.runs:
            run.step += made
            run.now = None
            run.way = self._stepper.way
        self._updates = [updates + made for updates in self._updates]
        found = [one for one in self._guard.check() if one.row < len(self.runs)]
        for one in found:
            self.runs[one.row].step -= one.steps_lost
            self.runs[one.row].epoch -= epoch - one.epoch
        return [self.runs[one.row] for one in found]

    def _rule(self, updates: int = 0, batch: int = 0) -> Rule:
        """The numbers of the steps from a batch of the current epoch on, which so many unchecked updates precede."""
        return step_rule(
            self._rows,
            self.key.optimizer,
            [made + updates for made in self._updates],
            max(1, -(-self.data.training // self.key.batch_size)),
            batch,
        )

    def _forget_now(self) -> None:
        self.measuring.forget()
        for run in self.runs:
            run.now = None

    def _trains_alone(self) -> bool:
        """Whether one row gets the bits that it gets beside others: native code computes each lane by itself."""
        way = resolve(self._way, self.key.layout.parameters, self.key.batch_size)
        return way is Way.COMPILED or self.key.trains_alone(self.data.task, self.data.training)


def _stack(
    key: StackKey, states: Sequence[LaneState], numbers: LaneNumbers, by_step: StepNumbers
) -> StepState:
    optimizer, blank = OPTIMIZERS[key.optimizer], torch.zeros(key.layout.size)
    memory = torch.stack(
        [torch.stack([s.row for s in states]), torch.stack([s.checkpoint for s in states])]
        + [torch.stack([s.slots.get(name, blank) for s in states]) for name in optimizer.slots]
    )
    return StepState(
        network=LaneNetwork(key.layout, key.activation, memory[0]),
        memory=memory,
        slots=dict(zip(optimizer.slots, memory[2:], strict=True)),
        hyper={**numbers.hyper, **by_step.now},
        optimizer=optimizer,
        terms=numbers.used_terms,
        rates=numbers.used_dropout,
    )
