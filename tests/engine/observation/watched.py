"""Runs trained on many seeds at once, and what a diagnosis says of each seed as it trains and at its end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import msgspec

from engine.observation.diagnosis import Diagnostician, Finding
from engine.training.trainer import Trainer
from tests.engine.observation.diagnosed_runs import Run
from tests.engine.observation.made_up import first

LOOK_EVERY = 10


@dataclass(frozen=True)
class Told:
    """``ever`` are all codes that were told at some time, ``last`` the findings at the end."""

    ever: frozenset[str]
    last: tuple[Finding, ...]

    def silent(self) -> bool:
        return not self.ever

    def right(self, run: Run) -> bool:
        """Whether what is told first at the end is the cause."""
        return bool(self.last) and self.last[0].code in run.codes

    def beside(self, run: Run) -> frozenset[str]:
        """What was told at some time that is not wrong with the run."""
        return self.ever - run.codes - run.also


def watch(run: Run, seeds: Sequence[int]) -> list[Told]:
    """One entry a seed of the lane."""
    (lane,) = run.experiment.lanes
    lanes = tuple(msgspec.structs.replace(lane, name=str(seed), seed=seed) for seed in seeds)
    experiment = msgspec.structs.replace(run.experiment, lanes=lanes)
    trainer = Trainer(experiment)
    while trainer.epoch < run.epochs and trainer.can_train:
        trainer.train_epoch()
    told = []
    for place, end in enumerate(trainer.lane_snapshots()):
        diagnostician, rows, ever = Diagnostician(), len(end.history), set[str]()
        for count in range(LOOK_EVERY, rows, LOOK_EVERY):
            shown = replace(end, history=first(end.history, count), stop=None)
            ever |= {one.code for one in diagnostician.look(experiment, place, trainer.points, shown)}
        last = diagnostician.look(experiment, place, trainer.points, end)
        told.append(Told(frozenset(ever | {one.code for one in last}), last))
    return told


def share(truths: Iterable[bool]) -> float:
    known = list(truths)
    return sum(known) / len(known)
