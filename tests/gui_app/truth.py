"""The engine's own numbers, taken from its trainer and not from what it sent to the window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.experiment import Experiment
from engine.network import EncodedData
from engine.observation.observables import Inside
from engine.observation.snapshot import Chain, Extent, LaneSnapshot, Measurement, Observed
from engine.service import messages as m
from engine.service.interface import Inbox
from engine.service.worker import Worker
from engine.training.lane_snapshots import lane_snapshot
from engine.training.trainer import Trainer
from tests.observing import predicted

CANVAS = 6.0
"""Half the canvas, by which coordinates are divided where input scaling is "unit"."""


@dataclass(frozen=True)
class Truth:
    """What is so of one lane at one moment. ``now`` was measured for this alone."""

    trainer: Trainer
    index: int
    now: Measurement
    chain: Chain | None
    lane: LaneSnapshot

    @classmethod
    def of(cls, trainer: Trainer, index: int = 0) -> Truth:
        """Of the lane with this index, and a trainer that does nothing meanwhile."""
        run = trainer.runs[index]
        stack, row = trainer.lanes.stacks.find(run.lane.name)
        anew = stack.new_measuring()
        anew.measure_layers([row])
        measured = anew.layers(row)
        assert measured is not None
        layers, chain = measured
        now = run.measured(anew.numbers()[row], layers)
        return cls(trainer, index, now, chain, lane_snapshot(run, run.history.view(), Observed()))

    @property
    def has_best_weights(self) -> bool:
        """Whether there is a best epoch whose weights are those that there are now."""
        run, _, row = self.trainer.parameters(self.lane.name)
        return run.best_row is not None and bool((row == run.best_row).all())

    def prediction(self, size: int, extent: Extent) -> NDArray[np.float32]:
        values: NDArray[np.float32] = predicted(self.trainer, size, extent)[self.lane.name].values
        return values

    def forward(self, inside: Inside) -> list[tuple[NDArray[np.floating], ...]]:
        """Weights, biases and values of each layer, from the inputs that ``inside`` says, in NumPy alone.

        The hidden layers are tanh layers.
        """
        run, data, flat = self.trainer.parameters(self.lane.name)
        layout, row, a = run.layout, flat.numpy(), inside.inputs.astype(np.float64)
        parts = zip(layout.shapes, layout.weight_slices(), layout.bias_slices(), strict=True)
        found: list[tuple[NDArray[np.floating], ...]] = []
        for number, (shape, weights, biases) in enumerate(parts, 1):
            weight, bias = row[weights].reshape(shape), row[biases]
            z = np.tensordot(weight.astype(np.float64), a, (0, 0)) + bias.reshape(-1, *[1] * (a.ndim - 1))
            a = np.tanh(z) if number < layout.layers else _answer(z, data)
            found.append((weight, bias, a))
        return found


def _answer(z: NDArray[np.float64], data: EncodedData) -> NDArray[np.float64]:
    if data.task != "classification":
        return z * data.scaling.target_scale + data.scaling.target_shift
    exponents = np.exp(z - z.max(0))
    shares: NDArray[np.float64] = exponents / exponents.sum(0)
    return shares


def headless(experiment: Experiment, steps: int, index: int = 0) -> Truth:
    """What is so of a lane after this number of steps, without any window."""
    trainer = Trainer(experiment)
    while trainer.runs[index].step < steps:
        trainer.step()
    trainer.measure()
    return Truth.of(trainer, index)


def losses_by_hand(trainer: Trainer, index: int = 0) -> NDArray[np.float64]:
    """Losses [3] of a lane whose layers are tanh layers, in NumPy alone."""
    run, data, flat = trainer.parameters(trainer.runs[index].lane.name)
    layout, row, a = run.layout, flat.double().numpy(), trainer.points.xy / CANVAS
    parts = zip(layout.shapes, layout.weight_slices(), layout.bias_slices(), strict=True)
    for number, (shape, weights, biases) in enumerate(parts, 1):
        z = a @ row[weights].reshape(shape) + row[biases]
        a = z if number == layout.layers else np.tanh(z)
    task, target = trainer.lanes.data.task, trainer.points.target
    if task == "classification":
        exponents = a - a.max(1, keepdims=True)
        per_point = np.log(np.exp(exponents).sum(1)) - exponents[np.arange(len(a)), target.astype(int)]
    else:
        scaling = data.scaling
        per_point = (a[:, 0] * scaling.target_scale + scaling.target_shift - target) ** 2
    splits = trainer.points.split
    return np.array([per_point[splits == s].mean() if (splits == s).any() else np.nan for s in range(3)])


class Workers:
    """The workers of all engines that run in threads of this process."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        all_of_them: list[Worker] = []
        waiting: set[int] = set()

        class Kept(Worker):
            def __init__(self, inbox: Inbox[m.Command], *others: Any, **more: Any) -> None:
                super().__init__(inbox, *others, **more)
                all_of_them.append(self)
                drain = inbox.drain

                def noting(wait: bool = False) -> list[m.Command]:
                    if wait and inbox.empty:
                        waiting.add(id(self))
                    items = drain(wait)
                    waiting.discard(id(self))
                    return items

                monkeypatch.setattr(inbox, "drain", noting)

        monkeypatch.setattr("engine.service.worker.Worker", Kept)
        self._all, self._waiting = all_of_them, waiting

    @property
    def newest(self) -> Worker:
        return self._all[-1]

    @property
    def rests(self) -> bool:
        """Whether the newest has nothing to do."""
        return id(self.newest) in self._waiting and self.newest._inbox.empty
