"""Data sets that a person has just begun to draw."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine.catalogue.tasks import TASKS
from engine.experiment import Points
from engine.training.trainer import Trainer
from tests.engine.helpers import experiment, lane, points_of, row, trained, with_lanes, with_points
from tests.engine.seeds import losses, of_seeds
from tests.observing import prediction_of, prediction_request

Rows = list[tuple[float, float, float, int]]
ONE: Rows = [(1.0, 2.0, 0, 0)]
ONE_CLASS: Rows = [(float(x), 1.0, 1, x % 3) for x in range(9)]
SAME_PLACE: Rows = [(1.0, 1.0, 0, 0), (1.0, 1.0, 1, 0), (1.0, 1.0, 1, 1)]
CASES = {"one": ONE, "one class": ONE_CLASS, "same place": SAME_PLACE}


@pytest.mark.parametrize("rows", CASES.values(), ids=CASES)
@pytest.mark.parametrize("scaling", ["none", "unit", "standardize"])
@pytest.mark.parametrize("task", list(TASKS))
@pytest.mark.parametrize("size", [1, 2, 100])
def test_training_goes_well(rows: Rows, scaling: str, task: str, size: int) -> None:
    points = points_of(rows)
    if task == "curve":
        points = Points(points.xy, points.xy[:, 1], points.split)
    changes: dict[str, Any] = {
        "lanes.0.network.input_scaling": scaling,
        "lanes.0.training.batch_size": size,
        "lanes.0.training.learning_rate": 0.05,
        "lanes.0.regularization.early_stopping": {"patience": 1000},
    }
    trainer = trained(of_seeds(with_points(experiment(changes, task=task), points)), 30)
    run = trainer.runs[0]
    training = points.counts()[0]
    before = np.array([run.history.view().loss[0, 0] for run in trainer.runs])
    # In the worst of all cases 90 % of the seeds, in nearly all cases every one.
    assert (losses(trainer) <= np.maximum(1.001 * before, 0.01)).mean() >= 0.7
    assert run.status == "training"
    assert run.step == 30 * -(-training // size)
    assert row(trainer, "0").isfinite().all()
    view = run.history.view()
    assert np.isnan(view.loss[:, 1]).all() == (points.counts()[1] == 0)
    snapshot = trainer.lane_snapshots([prediction_request(6)])[0]
    assert np.isfinite(prediction_of(snapshot).values).all()


@pytest.mark.parametrize("rows", [[], [(1.0, 1.0, 0, 1), (2.0, 1.0, 1, 2)]], ids=["none", "held out only"])
@pytest.mark.parametrize("task", ["classification", "surface"])
def test_without_training_points_nothing_happens_and_all_can_be_seen(rows: Rows, task: str) -> None:
    trainer = Trainer(with_points(experiment(task=task), points_of(rows)))
    before = row(trainer)
    assert not trainer.can_train
    assert trainer.runs[0].status == "training"
    assert trainer.step() is False
    trainer.train_epoch()
    assert (row(trainer) == before).all()
    assert trainer.epoch == 0
    (snapshot,) = trainer.lane_snapshots([prediction_request(4)])
    assert np.isnan(snapshot.now.loss[0])
    assert np.isnan(snapshot.now.weight_gradient).all()
    assert np.isfinite(prediction_of(snapshot).values).all()


def test_two_groups_of_different_batch_sizes_share_their_epochs() -> None:
    """30 points: the larger batches wait until the smaller ones have seen all."""
    lanes = [
        lane("A", {"training.batch_size": 4}),
        lane("B", {"training.batch_size": 7}),
        lane("C", {"training.batch_size": 100}),
    ]
    trainer = trained(with_lanes(experiment(), *lanes), 3)
    assert [run.step for run in trainer.runs] == [3 * 8, 3 * 5, 3 * 1]
    assert [run.epoch for run in trainer.runs] == [3, 3, 3]
    assert trainer.epoch == 3


def test_when_the_lane_with_the_smallest_batches_ends_the_epoch_does_too() -> None:
    wild = lane("W", {"training.batch_size": 1, "training.learning_rate": 100.0, "training.optimizer": "sgd",
                      "regularization.l2": 100.0, "network.activation": "relu"})  # fmt: skip
    trainer = Trainer(with_lanes(experiment(), lane("B", {"training.batch_size": 30}), wild))
    steps = 1
    while not trainer.step():
        steps += 1
    assert trainer.runs[1].status == "diverged"
    assert trainer.runs[0].epoch == 1
    assert trainer.runs[0].step == 1
    assert steps < 30
