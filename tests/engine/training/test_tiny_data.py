"""Data of very few points: nothing breaks, each class is trained on, and what is too few is told."""

from __future__ import annotations

import math

import numpy as np
import pytest

from engine.data import CsvData, read_csv, stratified_split
from engine.experiment import Experiment, Points, default_experiment, edit_many
from engine.export.summary import summary
from engine.training.trainer import Trainer

TEN_AND_ONE = """x1,x2,class
-3.326,-0.087,common
-2.168,0.330,common
-3.821,-0.003,common
-3.312,0.074,common
-3.804,0.121,common
-2.882,0.788,common
-2.842,0.255,common
-3.747,1.126,common
-3.958,0.551,common
-3.165,-0.440,common
2.672,2.664,rare
"""
STOPPING = {"lanes.0.regularization.early_stopping": {"patience": 3}}


def of(rows: list[list[float]], split: list[int], **changes: object) -> Experiment:
    table = np.array(rows)
    points = Points(table[:, :2], table[:, 2], split)
    return edit_many(default_experiment(), {"data.points": points, **changes})


CASES = {
    "one of a class, which is for validation": (
        of([[0, 0, 0], [1, 1, 0], [2, 2, 0], [-1, 3, 0], [4, -4, 1]], [0, 0, 0, 1, 1], **STOPPING),
        "class 2 has 0 to train on and 1 for validation.",
    ),
    "one point": (
        of([[1, 2, 0]], [0], **STOPPING),
        "The only point is of class 1; there is nothing to tell apart.",
    ),
    "two points with early stopping": (
        of([[-1, 0, 0], [1, 0.5, 1]], [0, 0], **STOPPING),
        "2 classes have too few points.",
    ),
    "one class": (
        of([[x, 0, 1] for x in range(5)], [0, 0, 0, 1, 2]),
        "All points are of class 2; there is nothing to tell apart.",
    ),
}


@pytest.mark.parametrize(("experiment", "words"), CASES.values(), ids=CASES)
def test_tiny_data_train_and_are_told(experiment: Experiment, words: str) -> None:
    trainer = Trainer(experiment)
    for _ in range(120):
        if trainer.can_train:
            trainer.train_epoch()
    outcome = summary(
        trainer.lane_snapshots(), [run.epoch for run in trainer.runs], experiment, trainer.points
    )
    lane = outcome["lanes"][0]
    assert math.isfinite(lane["loss"]["training"])
    messages = [finding["message"] for finding in lane["diagnosis"] if finding["code"] == "class_imbalance"]
    assert len(messages) == 1
    assert words in messages[0]


@pytest.mark.parametrize("seed", range(120))
def test_ten_of_a_class_and_one_of_another_are_both_trained_on(seed: int) -> None:
    data: CsvData = read_csv(TEN_AND_ONE, "classification")
    split = stratified_split(data.target, "classification", 0.25, 0.25, seed)
    rare = data.class_names.index("rare")
    assert split[data.target == rare].tolist() == [0]
    assert set(split[data.target != rare].tolist()) == {0, 1, 2}
