"""Phenomena of training as statistics over seeds.

Training is chaotic: the last bit of a product, which depends on the processor, decides how one seed ends. What is a
fact is how most seeds end. So the seeds are the lanes of one group, which train at little more than the cost of one,
and a test says of their median, or of the share of them for which something holds, what holds with room to spare.
"""

from __future__ import annotations

from math import inf

import numpy as np
from numpy.typing import NDArray

from engine.catalogue.schedules import SCHEDULES
from engine.experiment import Experiment, edit_many
from engine.training.trainer import Trained, Trainer
from tests.engine.helpers import with_lanes

SEEDS = 20
NEARLY_ALL = 0.85
"""A bound for shares that are 0.97 or more in the long run: three standard errors of 20 seeds above it."""
MOST = 0.75
"""The same for shares that are 0.95 or more."""


def of_seeds(one: Experiment, count: int = SEEDS) -> Experiment:
    """The first lane once for each of so many seeds, all else the same; lanes are named by their seeds."""
    lanes = [edit_many(one, {"lanes.0.name": str(n), "lanes.0.seed": n}).lanes[0] for n in range(count)]
    return with_lanes(one, *lanes)


class Unseen(Trainer):
    """Trains to the same bits and keeps no history: nobody measures or looks at it after an epoch."""

    def train(self, most_epochs: int | None = None, seconds: float = inf) -> Trained:
        """Batch by batch to the end of an epoch: a burst measures each of its epochs."""
        steps = 0
        while self.can_train and most_epochs != 0:
            steps += 1
            if self.step():
                return Trained(1, steps)
        return Trained(0, steps)

    def _finish_epoch(self) -> bool:
        for run in self.lanes.running:
            run.epoch += 1
        self.lanes.batches.end_epoch()
        return True


def trained_unseen(settings: Experiment, epochs: int) -> Trainer:
    """After so many epochs, measured only then, unless a lane looks at its losses itself."""
    looks = any(
        lane.regularization.early_stopping is not None or SCHEDULES[lane.training.schedule.name].reduces
        for lane in settings.lanes
    )
    trainer = Trainer(settings) if looks else Unseen(settings)
    while trainer.epoch < epochs and trainer.can_train:
        trainer.step()
    trainer.measure()
    return trainer


def scores(trainer: Trainer, split: int = 0) -> NDArray[np.float64]:
    """Of each lane [lanes]: accuracy or R² on a split (0 training, 1 validation, 2 test)."""
    return np.array([run.now.score[split] for run in trainer.runs if run.now is not None])


def losses(trainer: Trainer, split: int = 0) -> NDArray[np.float64]:
    """Of each lane [lanes], on a split."""
    return np.array([run.now.loss[split] for run in trainer.runs if run.now is not None])


def weights_at_zero(trainer: Trainer) -> NDArray[np.float64]:
    """Of each lane [lanes], the share of its weights that are exactly zero."""
    shares = []
    for run in trainer.runs:
        _, _, flat = trainer.parameters(run.lane.name)
        shares.append((flat[: run.layout.weights] == 0.0).double().mean().item())
    return np.array(shares)
