"""Another extent while lanes train: who starts again, who goes on, and what the history says."""

from __future__ import annotations

import torch

from engine.experiment import edit_many
from engine.training.trainer import Trainer
from tests.engine.helpers import experiment, lane, row, with_lanes

WIDE = {"data.extent.x": [-12, 12], "data.axes.x": {"name": "Age", "unit": "a"}}
PLAIN = {"network.input_scaling": "standardize"}


def test_only_lanes_that_are_fed_by_the_extent_start_again() -> None:
    before = with_lanes(
        experiment(),
        lane("unit"),
        lane("standard", PLAIN),
        lane("shifted", {**PLAIN, "regularization.augmentation.shift": 0.3}),
    )
    trainer = Trainer(before, way="eager")
    trainer.train_epoch()
    kept = {name: row(trainer, name) for name in ("standard", "shifted")}
    after = edit_many(before, WIDE)
    trainer.set_experiment(after)
    runs = {run.lane.name: run for run in trainer.runs}
    assert [runs[name].epoch for name in ("unit", "standard", "shifted")] == [0, 1, 1]
    assert all(torch.equal(row(trainer, name), kept[name]) for name in kept)
    text = "extent of Age −6 to 6 a → −12 to 12 a"
    assert [mark.text for mark in runs["unit"].marks.view] == [f"{text}: restarted"]
    assert runs["standard"].marks.view == ()
    assert [mark.text for mark in runs["shifted"].marks.view] == [text]
    fresh = Trainer(after, way="eager")
    assert torch.equal(row(trainer, "unit"), row(fresh, "unit"))


def test_after_the_edit_augmentation_moves_in_the_new_units() -> None:
    shifted = {
        "lanes.0.network.input_scaling": "standardize",
        "lanes.0.regularization.augmentation.shift": 0.3,
    }
    trainer = Trainer(experiment(shifted), way="eager")
    trainer.train_epoch()
    trainer.set_experiment(edit_many(experiment(shifted), {"data.extent.x": [-60, 60]}))
    _, data, _ = trainer.parameters("A")
    assert data.units.tolist() == [10.0, 1.0]
    trainer.train_epoch()


def test_names_and_units_leave_training_and_history_alone() -> None:
    trainer, plain = (Trainer(experiment(), way="eager") for _ in range(2))
    for one in (trainer, plain):
        one.train_epoch()
    trainer.set_experiment(edit_many(experiment(), {"data.axes.x": {"name": "Age", "unit": "a"}}))
    for one in (trainer, plain):
        one.train_epoch()
    assert torch.equal(row(trainer), row(plain))
    assert trainer.runs[0].marks.view == ()


def test_another_data_set_brings_its_extent_without_a_word_about_it() -> None:
    trainer = Trainer(experiment(), way="eager")
    trainer.train_epoch()
    rows = [[1900.0 + n, 0.1 * n, n % 2, "training"] for n in range(20)]
    trainer.set_experiment(edit_many(experiment(), {"data.points": rows, "data.extent.x": [1900, 1920]}))
    assert [mark.text for mark in trainer.runs[0].marks.view] == ["data: 20 other points"]
