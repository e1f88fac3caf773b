"""Lanes of one shape and one program, trained together in one batched step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.catalogue.optimizers import OPTIMIZERS, Derived
from engine.experiment.choice import ActivationChoice, LossChoice
from engine.network import EncodedData, LaneNetwork, Layout
from engine.training.dropout import dropout_rates
from engine.training.lane_run import LaneRun, LaneState
from engine.training.stage import Stage, Step

TWIN_LIMIT = 100_000
"""Up to this many parameters a lane alone is computed twice (see ``Group``)."""


@dataclass(frozen=True)
class Program:
    """What lanes must share to train in one batched step."""

    layout: Layout
    features: tuple[str, ...]
    input_scaling: str
    activation: ActivationChoice
    loss: LossChoice
    optimizer: str
    batch_size: int
    running: bool

    @classmethod
    def of(cls, run: LaneRun) -> Program:
        network, training = run.lane.network, run.lane.training
        return cls(
            run.layout,
            network.features,
            network.input_scaling,
            network.activation,
            training.loss,
            training.optimizer.name,
            training.batch_size,
            run.status == "training",
        )


class Group:
    """Stacked tensors of ``runs`` [lanes, …]; hyperparameters are tensors too, so that edits change no program.

    A lane's numbers are the same to the bit whatever its neighbours. Two things of PyTorch's would spoil that: its
    matrix products take another way for a single lane, so a lane alone is computed twice (it costs little, because
    small networks spend their time in calls), and the tail of a tensor (see ``LaneNetwork.whole_vectors``).
    """

    def __init__(
        self,
        program: Program,
        members: Sequence[tuple[LaneRun, LaneState]],
        data: EncodedData,
        recording: bool = True,
    ) -> None:
        self.program = program
        self.runs = [run for run, _ in members]
        self.data = data
        self._recording = recording
        if len(members) == 1 and program.layout.parameters <= TWIN_LIMIT:
            members = [*members, *members]
        self._numbers = _numbers([run for run, _ in members])
        self._step = _stack(program, [state for _, state in members], self._numbers)
        self._drops = self._step.drops
        self._stages: dict[int, Stage] = {}
        self._steps = 0

    @property
    def network(self) -> LaneNetwork:
        return self._step.network

    @property
    def l1(self) -> Tensor:
        """Strengths [lanes, 1]."""
        return self._numbers["l1"]

    @property
    def l2(self) -> Tensor:
        """Strengths [lanes, 1]."""
        return self._numbers["l2"]

    def retune(self) -> bool:
        """Take over the numbers of the lanes' settings; False where other terms are used now than before."""
        self.flush_steps()
        runs = [*self.runs, *self.runs] if len(self.runs) < self.network.lanes else self.runs
        numbers = _numbers(runs)
        if _used(numbers) != _used(self._numbers):
            return False
        for key, tensor in numbers.items():
            self._numbers[key].copy_(tensor)
        return True

    def flush_steps(self) -> None:
        """Add the steps made since the last call to the lanes' counters."""
        for run in self.runs:
            run.step += self._steps
        self._steps = 0

    def state(self, index: int) -> LaneState:
        """Copies of one lane's tensors, to be stacked into another group."""
        self.flush_steps()
        step = self._step
        return LaneState(
            step.network.flat[index].clone(),
            step.checkpoint[index].clone(),
            {key: slot[index].clone() for key, slot in step.slots.items()},
            int(step.hyper["step"][index]),
        )

    def step(self, rows: Tensor, seed: int) -> list[LaneRun]:
        """One update on the training points ``rows``; ``seed`` makes the dropout masks.

        Returns the lanes whose loss or parameters are not finite: they must go back to their checkpoints.
        """
        points = len(rows)
        stage = self._stages.get(points)
        if stage is None:
            stage = self._stages[points] = Stage(self._step, self.data, points, self._recording)
        stage.load(self.data, rows)
        if self._drops:
            self._step.generator.manual_seed(seed)
        stage.differentiate()
        self._steps += 1
        lost = [] if stage.is_finite else self._lost(stage.finite_lanes())
        if not lost:
            stage.update()
            return []
        before = self._step.checkpoint.clone()
        finite = stage.finite_lanes()
        stage.update()
        # What a lost lane is now is worth nothing, and neither is what it was just before.
        self._step.checkpoint.copy_(torch.where(finite[:, None], self._step.checkpoint, before))
        self.flush_steps()
        for run in lost:
            run.step -= 1
        return lost

    def _lost(self, finite: Tensor) -> list[LaneRun]:
        return [run for run, fine in zip(self.runs, finite.tolist(), strict=False) if not fine]


def _stack(program: Program, states: Sequence[LaneState], numbers: dict[str, Tensor]) -> Step:
    optimizer, layout = OPTIMIZERS[program.optimizer], program.layout
    blank = torch.zeros(layout.parameters)
    used = _used(numbers)
    hyper = {key.removeprefix(HYPER): tensor for key, tensor in numbers.items() if key.startswith(HYPER)}
    places = [numbers[f"{RATE}{place}"] for place in range(len(layout.widths) - 1)]
    return Step(
        network=LaneNetwork(layout, program.activation, torch.stack([s.row for s in states])),
        checkpoint=torch.stack([s.checkpoint for s in states]),
        slots={key: torch.stack([s.slots.get(key, blank) for s in states]) for key in optimizer.slots},
        hyper={**hyper, "step": torch.tensor([[float(s.updates)] for s in states])},
        optimizer=optimizer,
        l1=numbers["l1"] if "l1" in used else None,
        l2=numbers["l2"] if "l2" in used else None,
        rates=[rate if f"{RATE}{place}" in used else None for place, rate in enumerate(places)],
    )


HYPER, RATE = "hyper ", "rate "


def _numbers(runs: Sequence[LaneRun]) -> dict[str, Tensor]:
    """Every number that an edit may change during training, by a name of its own.

    Hyperparameters of the optimizer (and what derives from them), ``l1`` and ``l2`` are [lanes, 1]; dropout rates,
    of the inputs (place 0) and of each hidden layer, are [lanes, 1, 1].
    """
    rows: list[dict[str, Derived]] = []
    for run in runs:
        training, regularization = run.lane.training, run.lane.regularization
        parameters = training.optimizer.parameters
        derived = OPTIMIZERS[training.optimizer.name].derive(parameters)
        hyper = {"learning_rate": training.learning_rate, **parameters, **derived}
        rows.append({f"{HYPER}{key}": value for key, value in hyper.items()})
        rows[-1] |= {"l1": regularization.l1, "l2": regularization.l2}
    numbers = {key: torch.tensor([_as_row(row[key]) for row in rows]) for key in rows[0]}
    rates = torch.tensor([dropout_rates(run.lane) for run in runs])
    return numbers | {f"{RATE}{place}": rate.view(-1, 1, 1).clone() for place, rate in enumerate(rates.T)}


def _as_row(value: Derived) -> list[float]:
    return list(value) if isinstance(value, tuple) else [value]


def _used(numbers: dict[str, Tensor]) -> set[str]:
    """Names of the regularizers' numbers that are not zero in every lane: only these take part in a step."""
    return {key for key, tensor in numbers.items() if not key.startswith(HYPER) and tensor.any()}
