"""Edits while training: hyperparameters at once, shapes from the seed again, data under the same weights."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import numpy as np
import pytest
import torch

from engine.catalogue.optimizers import OPTIMIZERS
from engine.experiment import Experiment, Points, edit_many, switch_classes, switch_task
from engine.training.trainer import Trainer
from tests.engine.helpers import bits, experiment, lane, points_of, row, trained, with_lanes, with_points

LIVE: list[tuple[str, Any]] = [
    ("training.learning_rate", 0.05),
    ("training.loss", "squared"),
    ("regularization.l1", 0.01),
    ("regularization.l2", 0.01),
    ("regularization.dropout", {"rate": 0.5}),
    ("regularization.dropout", {"input_rate": 0.5}),
    ("regularization.early_stopping", {"patience": 3}),
    ("training.optimizer", {"name": "adam", "beta1": 0.5}),
    *(("training.optimizer", name) for name in OPTIMIZERS if name != "adam"),
]
SHAPE: list[tuple[str, Any]] = [
    ("network.hidden", [5, 4, 3]),
    ("network.hidden", [5]),
    ("network.hidden", [5, 5]),
    ("network.activation", "relu"),
    ("network.initializer", "he_normal"),
    ("network.features", ["x1"]),
    ("network.input_scaling", "none"),
    ("training.batch_size", 20),
    ("training.loss", "playground"),
    ("seed", 1),
]


def edited(path: str, value: Any) -> tuple[Experiment, Experiment]:
    settings = experiment()
    return settings, edit_many(settings, {f"lanes.0.{path}": value})


@pytest.mark.parametrize(("path", "value"), LIVE)
def test_a_live_edit_keeps_weights_and_counters_and_takes_effect(path: str, value: Any) -> None:
    before, after = edited(path, value)
    trainer, plain = trained(before, 2), trained(before, 2)
    trainer.step()
    plain.step()
    weights = row(trainer)
    trainer.set_experiment(after)
    assert torch.equal(row(trainer), weights)
    assert (trainer.runs[0].epoch, trainer.runs[0].step, trainer.lanes.run_number) == (2, 7, 1)
    assert trainer.runs[0].history.last_epoch == 2
    trainer.train_epoch()
    plain.train_epoch()
    assert trainer.runs[0].step == 9
    if path != "regularization.early_stopping":
        assert not torch.equal(row(trainer), row(plain))


@pytest.mark.parametrize(("path", "value"), SHAPE)
@pytest.mark.parametrize("epochs", [0, 2])
def test_a_shape_edit_starts_again_from_the_seed(path: str, value: Any, epochs: int) -> None:
    before, after = edited(path, value)
    trainer = trained(before, epochs)
    trainer.step()
    trainer.set_experiment(after)
    assert (trainer.runs[0].epoch, trainer.runs[0].step, trainer.lanes.run_number) == (0, 0, 2)
    trainer.train_epoch()
    trainer.train_epoch()
    assert bits(trainer) == bits(trained(after, 2))


@pytest.mark.parametrize(
    ("path", "first", "then"),
    [
        ("l2", 0.01, 0.1),
        ("l1", 0.1, 0.01),
        ("gradient_clipping", {"threshold": 1.0}, {"threshold": 1e-3}),
    ],
)
def test_an_edit_before_the_first_step_is_in_the_first_row(path: str, first: Any, then: Any) -> None:
    before, after = (experiment({f"lanes.0.regularization.{path}": value}) for value in (first, then))
    trainer, plain = Trainer(before), Trainer(after)
    trainer.set_experiment(after)
    for _ in range(2):
        edited, fresh = (one.lane_snapshots()[0].history for one in (trainer, plain))
        for name in ("epoch", "loss", "penalty", "score", "layer_epoch", "layers"):
            np.testing.assert_array_equal(getattr(edited, name), getattr(fresh, name))
        trainer.train_epoch()
        plain.train_epoch()


def test_a_rate_changed_between_two_steps_is_that_of_the_next() -> None:
    sgd = experiment({"lanes.0.training.optimizer": "sgd", "lanes.0.training.learning_rate": 0.1})
    slow, fast = Trainer(sgd), Trainer(sgd)
    fast.set_experiment(edit_many(sgd, {"lanes.0.training.learning_rate": 0.2}))
    start = row(slow)
    slow.step()
    fast.step()
    torch.testing.assert_close(row(fast) - start, 2 * (row(slow) - start), rtol=1e-4, atol=1e-6)


def test_another_optimizer_begins_without_the_momenta_of_the_last() -> None:
    momentum = experiment({"lanes.0.training.optimizer": "momentum", "lanes.0.training.learning_rate": 0.01})
    sgd = edit_many(momentum, {"lanes.0.training.optimizer": "sgd"})
    fresh, plain, kept = (trained(momentum, 2) for _ in range(3))
    plain.set_experiment(sgd)
    fresh.set_experiment(sgd)
    fresh.set_experiment(momentum)
    for trainer in (fresh, plain, kept):
        trainer.step()
    torch.testing.assert_close(row(fresh), row(plain), rtol=1e-6, atol=1e-8)
    assert not torch.allclose(row(kept), row(plain), rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_edit_that_changes_nothing_disturbs_nothing(name: str) -> None:
    """Regrouping in mid-epoch keeps slots, counters and the order of the points."""
    settings = experiment({"lanes.0.training.optimizer": name})
    l2 = edit_many(settings, {"lanes.0.regularization.l2": 0.1})
    trainer = Trainer(settings)
    for _ in range(7):
        trainer.set_experiment(l2)
        trainer.set_experiment(settings)
        trainer.step()
    plain = Trainer(settings)
    for _ in range(7):
        plain.step()
    trainer.measure()
    assert torch.equal(row(trainer), row(plain))
    assert trainer.runs[0].step == 7


def test_a_data_edit_keeps_the_weights_and_trains_on_the_new_points() -> None:
    settings = experiment()
    trainer = trained(settings, 2)
    trainer.step()
    weights = row(trainer)
    # All but one of the points are erased, and others drawn.
    stroke = points_of([(1.0, 2.0, 0, 0), (-1.0, 3.0, 1, 1)])
    drawn = with_points(settings, Points.concatenate([trainer.points.of_split(0)[:1], stroke]))
    trainer.set_experiment(drawn)
    assert torch.equal(row(trainer), weights)
    assert (trainer.runs[0].epoch, trainer.lanes.run_number, trainer.training_points) == (2, 1, 2)
    assert trainer.at_epoch_end
    trainer.measure()
    assert trainer.runs[0].now is not None
    assert np.isnan(trainer.runs[0].now.loss[2])
    trainer.train_epoch()
    assert trainer.runs[0].step == 8
    assert not torch.equal(row(trainer), weights)


def test_data_and_lanes_may_change_together() -> None:
    settings = experiment()
    after = with_lanes(
        with_points(settings, Trainer(settings).points[5:]),
        lane("A", {"training.learning_rate": 0.1}),
        lane("B", {"network.hidden": [3]}),
    )
    trainer = trained(settings, 2)
    weights = row(trainer)
    trainer.set_experiment(after)
    assert torch.equal(row(trainer), weights)
    assert torch.equal(row(trainer, "B"), row(Trainer(after), "B"))
    trainer.train_epoch()
    assert [run.epoch for run in trainer.runs] == [3, 1]


@pytest.mark.parametrize("change", [lambda e: switch_task(e, "curve"), lambda e: switch_classes(e, 4)])
def test_another_task_or_number_of_classes_starts_again(change: Any) -> None:
    settings = experiment()
    after = change(settings)
    trainer = trained(settings, 2)
    trainer.set_experiment(after)
    assert (trainer.epoch, trainer.runs[0].step, trainer.lanes.run_number) == (0, 0, 2)
    trainer.train_epoch()
    trainer.train_epoch()
    assert bits(trainer) == bits(trained(after, 2))


def test_reset_gives_the_same_numbers_again() -> None:
    settings = experiment({"lanes.0.regularization.dropout": {"rate": 0.3}})
    trainer = trained(settings, 3)
    first = bits(trainer)
    trainer.step()
    trainer.reset()
    assert (trainer.epoch, trainer.runs[0].step, trainer.lanes.run_number) == (0, 0, 2)
    assert torch.equal(row(trainer), row(Trainer(settings)))
    for _ in range(3):
        trainer.train_epoch()
    assert bits(trainer) == first


def test_a_lane_added_in_mid_epoch_has_its_start_in_its_history() -> None:
    trainer = trained(with_lanes(experiment(), lane("A")), 1)
    trainer.step()
    trainer.set_lanes([lane("A"), lane("B")])
    trainer.measure()
    assert trainer.runs[1].history.view().epoch.tolist() == [0]


def test_points_drawn_before_training_are_what_the_history_begins_with() -> None:
    settings = experiment()
    trainer = Trainer(with_points(settings, Points.empty()))
    assert np.isnan(trainer.runs[0].history.view().loss).all()
    trainer.set_experiment(settings)
    trainer.train_epoch()
    assert (
        trainer.runs[0].history.view().loss.tobytes()
        == trained(settings, 1).runs[0].history.view().loss.tobytes()
    )


def test_encodings_that_no_lane_uses_are_forgotten() -> None:
    settings = experiment({"lanes.0.training.loss": "huber"}, task="curve")
    trainer = Trainer(settings)
    former = []
    for step in range(20):
        former.append(weakref.ref(trainer.parameters("A")[1]))
        loss = {"name": "huber", "delta": 1.5 + step / 10}
        trainer.set_experiment(edit_many(settings, {"lanes.0.training.loss": loss}))
    gc.collect()
    assert not any(encoded() for encoded in former)


def test_names_and_colours_of_classes_disturb_nothing() -> None:
    settings = experiment()
    trainer, plain = trained(settings, 3), trained(settings, 3)
    best = trainer.runs[0].best.epoch
    looks = {"data.class_names": ["a", None], "data.class_colours": [None, "#112233"]}
    trainer.set_experiment(edit_many(settings, looks))
    assert trainer.lanes.data.class_names == ("a", None)
    assert trainer.runs[0].best.epoch == best is not None
    trainer.train_epoch()
    plain.train_epoch()
    assert torch.equal(row(trainer), row(plain))
