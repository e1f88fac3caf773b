"""Train a stack on the batches of an epoch, each with the runner for its size."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from engine.network import EncodedData
from engine.tape.ways import Way
from engine.training.step.batches import Batches
from engine.training.step.per_step import StepNumbers
from engine.training.step.step_runner import StepRunner, StepState


@dataclass(frozen=True, slots=True, eq=False)
class StackBatch:
    """The batch of one step, with all that is needed to repeat the step.

    ``inputs`` are features [points, features], or offsets [points, 2] with augmentation; ``encoded`` [points, outputs]
    are the targets. ``seed`` is that of the random numbers, ``number`` counts from 0 in the ``epoch``.
    """

    runner: StepRunner
    inputs: Tensor
    encoded: Tensor
    seed: int
    epoch: int
    number: int


class Stepper:
    """Trains the ``state`` of a stack on batches of ``batch_size`` points; ``numbers`` change with every step."""

    def __init__(
        self, state: StepState, numbers: StepNumbers, data: EncodedData, batch_size: int, way: Way
    ) -> None:
        self._state, self._numbers, self._data = state, numbers, data
        self._batch_size, self._way = batch_size, way
        self._random = state.drops or bool(state.augmentation)
        self._runners: dict[int, StepRunner] = {}
        self._order: Tensor | None = None
        self._batches: list[StackBatch] = []
        self.latest: StepRunner | None = None
        """The runner of the latest step; None before the first step on the data."""

    @property
    def way(self) -> Way | None:
        """How the latest step was computed; None before the first one on the data."""
        return None if self.latest is None else self.latest.way

    def take_data(self, data: EncodedData) -> None:
        """Continue with other points."""
        self._data = data
        self.forget_batches()
        if self._state.augmentation:
            # Runners measure offsets from the centre of the old data and use their scaling.
            self._runners.clear()
            self.latest = None

    def forget_batches(self) -> None:
        """Divide the epoch into batches again before the next step."""
        self._order = None

    def begin_epoch(self, batches: Batches) -> bool:
        """Divide the current epoch into batches of this stack; return False if that was done already."""
        if batches.order is self._order:
            return False
        order, size = batches.order, self._batch_size
        inputs = (self._data.offsets if self._state.augmentation else self._data.inputs).index_select(
            0, order
        )
        encoded = self._data.encoded.index_select(0, order)
        self._batches = [
            StackBatch(
                self._runner(min(size, batches.points - start)),
                inputs[start : start + size],
                encoded[start : start + size],
                batches.seed_of(number) if self._random else 0,
                batches.epoch,
                number,
            )
            for number, start in enumerate(range(0, batches.points, size))
        ]
        self._order = order
        return True

    def batch(self, number: int) -> StackBatch | None:
        """Return the batch with this number in the epoch; None if the epoch has fewer batches."""
        return self._batches[number] if number < len(self._batches) else None

    def load(self, batch: StackBatch) -> None:
        """Load the batch's points into its runner, and seed its random numbers."""
        batch.runner.load(batch.inputs, batch.encoded)
        if self._random:
            self._state.seed(batch.seed)

    def train(self, batch: StackBatch) -> None:
        """Update all lanes once, on a batch."""
        self.latest = batch.runner
        self.load(batch)
        if self._numbers:
            self._numbers.advance()
        batch.runner.step()

    def _runner(self, points: int) -> StepRunner:
        runner = self._runners.get(points)
        if runner is None:
            runner = self._runners[points] = StepRunner(self._state, self._data, points, self._way)
        return runner
