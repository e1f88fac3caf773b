"""What lanes are called and look like, and in which order they are, changes no number."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
import torch

from engine.data.kept_run import read_kept
from engine.experiment import Experiment, Lane, edit_many
from engine.experiment.lanes import with_duplicate, with_moved, with_swapped_settings, without_lane
from engine.service import messages as m
from engine.service.interface import Inbox, Mailbox
from engine.service.worker import Worker
from engine.training.keeping import run_bytes
from engine.training.models import save_models
from engine.training.trainer import Trainer
from tests.engine.helpers import bits, experiment, lane, row, trained, with_lanes

BASE = experiment({"data.generator.points": 74})
A = lane("A", {"regularization.dropout": {"rate": 0.4}})
B = lane("B", {"seed": 1, "training.optimizer": "momentum"})
C = lane("C", {"seed": 2, "network.hidden": [3]})
THREE = with_lanes(BASE, A, B, C)


def called(one: Lane, name: str, **look: Any) -> Lane:
    return msgspec.structs.replace(one, name=name, **look)


def in_mid_epoch(settings: Experiment = THREE) -> Trainer:
    trainer = trained(settings, 3, "replay")
    trainer.step()
    return trainer


def all_of(trainer: Trainer, names: str = "ABC") -> list[tuple[Any, ...]]:
    runs = {run.lane.name: run for run in trainer.runs}
    return [
        (*bits(trainer, name), runs[name].marks.view, runs[name].best, runs[name].status, runs[name].step)
        for name in names
    ]


def test_a_lane_with_another_name_trains_on_to_the_bit() -> None:
    trainer, plain = in_mid_epoch(), in_mid_epoch()
    run, number, changes = trainer.runs[1], trainer.lanes.run_number, trainer.lanes.stacks.changes
    trainer.set_experiment(with_lanes(BASE, called(A, "A", colour=4), called(B, "X", hidden=True), C))
    assert trainer.runs[1] is run
    assert (trainer.lanes.run_number, trainer.lanes.stacks.changes) == (number, changes)
    assert [one.name for one in trainer.lane_snapshots()] == ["A", "X", "C"]
    for one in (trainer, plain):
        one.train_epoch()
        one.train_epoch()
    assert all_of(trainer, "AXC") == all_of(plain)


def test_an_ended_lane_keeps_its_end_under_another_name() -> None:
    early = {"regularization.early_stopping": {"patience": 1, "min_delta": 10.0}}
    trainer = Trainer(with_lanes(BASE, A, lane("S", early)), way="replay")
    for _ in range(5):
        trainer.train_epoch()
    stop = trainer.runs[1].stop
    assert stop is not None
    trainer.set_lanes([A, called(lane("S", early), "T")])
    assert trainer.runs[1].stop is stop
    assert not trainer.runs[1].waits
    assert trainer.lanes.take_stops() == [("T", stop)]


@pytest.mark.parametrize("names", ["BCA", "CBA", "BA", "C", "ACB"])
def test_the_order_and_others_that_are_removed_change_nothing(names: str) -> None:
    trainer, plain = in_mid_epoch(), in_mid_epoch()
    by_name = {one.name: one for one in (A, B, C)}
    trainer.set_lanes([by_name[name] for name in names])
    for one in (trainer, plain):
        one.train_epoch()
        one.train_epoch()
    assert [run.lane.name for run in trainer.runs] == list(names)
    assert all_of(trainer, names) == all_of(plain, names)


def test_an_added_lane_changes_nothing_for_others() -> None:
    trainer, plain = in_mid_epoch(), in_mid_epoch()
    trainer.set_experiment(with_duplicate(THREE, 0)[0])
    for one in (trainer, plain):
        one.train_epoch()
        one.train_epoch()
    assert [run.lane.name for run in trainer.runs] == ["A", "D", "B", "C"]
    assert all_of(trainer) == all_of(plain)


def test_swapped_settings_are_edits_of_both_lanes() -> None:
    """The weights stay with the names, where the shapes allow it."""
    other = lane("B", {"training.learning_rate": 0.1})
    two = with_lanes(BASE, lane("A"), other)
    trainer = in_mid_epoch(two)
    weights = [row(trainer, name) for name in "AB"]
    trainer.set_experiment(with_swapped_settings(two, 0, 1))
    assert all(torch.equal(row(trainer, name), before) for name, before in zip("AB", weights, strict=True))
    assert [run.marks.view[-1].text for run in trainer.runs] == [
        "learning rate 0.003 → 0.1",
        "learning rate 0.1 → 0.003",
    ]


def test_of_names_that_are_swapped_at_once_no_lane_has_the_weights_of_another() -> None:
    two = with_lanes(BASE, lane("A"), lane("B", {"training.learning_rate": 0.1}))
    swapped = with_lanes(BASE, *(called(one, name) for one, name in zip(two.lanes, "BA", strict=True)))
    trainer = in_mid_epoch(two)
    trainer.set_experiment(swapped)
    assert [(run.lane.name, run.step) for run in trainer.runs] == [("B", 0), ("A", 0)]
    # One after the other is what a person does.
    trainer = in_mid_epoch(two)
    runs = list(trainer.runs)
    for names in ("XB", "XA", "BA", "BX", "AX", "AB"):
        trainer.set_lanes([called(one, name) for one, name in zip(two.lanes, names, strict=True)])
        assert trainer.runs == runs
        assert [run.lane.name for run in runs] == list(names)


def test_a_new_name_and_its_undo_with_an_edit_between_keep_the_weights() -> None:
    trainer = in_mid_epoch()
    weights = row(trainer, "B")
    named = with_lanes(BASE, A, called(B, "X"), C)
    faster = edit_many(named, {"lanes.1.training.learning_rate": 0.5})
    for settings, name in ((named, "X"), (faster, "X"), (named, "X"), (THREE, "B")):
        trainer.set_experiment(settings)
        assert torch.equal(row(trainer, name), weights)
    assert trainer.runs[1].marks.view == ()


def test_a_new_name_and_an_edit_of_the_shape_in_one_message_start_that_lane_alone() -> None:
    trainer = in_mid_epoch()
    trainer.set_lanes([A, called(lane("B", {"network.hidden": [2]}), "X"), C])
    assert [run.step for run in trainer.runs] == [13, 0, 13]


def test_a_kept_run_and_saved_models_have_the_new_names(tmp_path: Path) -> None:
    trainer = in_mid_epoch()
    trainer.set_lanes([called(C, "X"), A])
    again = Trainer.of_run(run_bytes(trainer.lanes), way="replay")
    assert all_of(again, "XA") == all_of(trainer, "XA")
    models = {path.name for path in save_models(trainer, tmp_path)}
    assert {"model-X.pt", "model-A.pt", "model-X-best.pt", "model-A-best.pt"} == models


def test_a_folder_follows_lanes_that_are_moved_renamed_and_removed(tmp_path: Path) -> None:
    worker = Worker(Inbox(), Mailbox(), Inbox())
    for command in (m.SetExperiment(THREE), m.KeepRun(str(tmp_path / "run")), m.StepEpoch(3)):
        worker.obey(command)
    while worker.busy:
        worker.train()
    worker._keep(now=True)
    for settings in (
        with_moved(THREE, 2, 0),
        with_lanes(BASE, called(C, "X"), A, B),
        without_lane(with_lanes(BASE, called(C, "X"), A, B), 1),
    ):
        worker.obey(m.SetExperiment(settings))
        worker._keep(now=True)
    run = read_kept(tmp_path / "run")
    assert run is not None
    assert worker.trainer is not None
    again = Trainer.of_run(run)
    assert all_of(again, "XB") == all_of(worker.trainer, "XB")
