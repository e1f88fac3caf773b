"""A loss that is not finite ends its lane alone, with a reason, its last finite state and its history."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.experiment import Experiment, Points, edit_many
from engine.observation.report import Report
from engine.service import messages as m
from engine.service.interface import Inbox, Mailbox
from engine.service.worker import Worker
from engine.tape.ways import Way
from engine.training.endings import divergence
from engine.training.trainer import Trainer
from tests.engine.helpers import experiment, lane, row, torch_network, trained, with_lanes, with_points
from tests.observing import prediction_of, prediction_request

WILD = {
    "lanes.0.training.optimizer": "sgd",
    "lanes.0.training.learning_rate": 100.0,
    "lanes.0.network.activation": "relu",
    "lanes.0.regularization.l2": 10.0,
}
CALM = {"lanes.0.training.learning_rate": 0.001, "lanes.0.regularization.l2": 0.0}


def diverging(settings: Experiment) -> Trainer:
    """Trained up to its end."""
    trainer = Trainer(settings)
    for _ in range(1000):
        if not trainer.can_train:
            return trainer
        trainer.step()
    raise AssertionError("it did not diverge")


@pytest.mark.parametrize("activation", ["relu", "tanh", "linear", "sine"])
@pytest.mark.parametrize("optimizer", ["sgd", "momentum"])
@pytest.mark.parametrize("features", [["x1", "x2"], ["x1_squared"]], ids=str)
def test_a_huge_rate_ends_the_lane_with_its_last_finite_state(
    activation: str, optimizer: str, features: list[str]
) -> None:
    changes = {
        "lanes.0.network.activation": activation,
        "lanes.0.training.optimizer": optimizer,
        "lanes.0.network.features": features,
        "lanes.0.network.input_scaling": "none",
    }
    trainer = diverging(experiment({**WILD, **changes}))
    run, data, flat = trainer.parameters("A")
    assert run.status == "diverged"
    assert run.stop is not None
    assert run.stop.kind == "divergence"
    assert run.stop.best_epoch == run.best.epoch
    assert (
        run.stop.reason
        == f"the loss is no longer finite; the weights are those of epoch {run.best.epoch}, the best"
    )
    assert torch.equal(flat, run.best_row)
    trainer.measure()
    assert run.now is not None
    assert run.now.loss[1] == run.best.loss[1]
    with torch.no_grad():
        output = torch_network(run.layout.widths, activation, flat)(data.inputs)
    assert output.isfinite().any()


NO_VALIDATION = {"data.split.validation": 0.0, "data.split.test": 0.0}


@pytest.mark.parametrize("way", [Way.EAGER, Way.REPLAY, Way.COMPILED])
def test_without_validation_points_a_huge_last_loss_is_not_kept(way: Way) -> None:
    """The last finite loss may be 1e18; the weights that it began with are worth more."""
    settings = experiment({**WILD, **NO_VALIDATION})
    trainer = Trainer(settings, way=way)
    first = row(trainer)
    while trainer.can_train:
        trainer.train_epoch()
    run = trainer.runs[0]
    assert run.stop is not None
    assert run.stop.reason.endswith("those that it began with, because the loss had grown beyond its first")
    assert torch.equal(row(trainer), first)
    trainer.measure()
    assert run.now is not None
    assert run.now.loss[0] == run.history.view().loss[0, 0]


def test_without_validation_points_the_last_finite_weights_are_kept_where_they_are_better() -> None:
    trainer = Trainer(experiment(NO_VALIDATION))
    begun = row(trainer)
    for _ in range(3):
        trainer.train_epoch()
    run = trainer.runs[0]
    better = row(trainer)
    kept = divergence(run, better, loss=float(run.history.view().loss[-1, 0]))
    assert kept.row is better
    assert kept.stop.reason.endswith("; the weights are the last with a finite loss")
    worse = divergence(run, better, loss=1e18)
    assert worse.row is not None
    assert torch.equal(worse.row, begun)


@pytest.mark.parametrize("after", [1, 2, 7, 40])
def test_the_step_is_found_however_late_it_is_looked_for(after: int) -> None:
    """Numbers are looked at every few steps, and whenever somebody asks; both must find the same."""
    calm = experiment({**WILD, **CALM, "lanes.0.regularization.dropout": {"rate": 0.3, "layers": "all"}})
    wild = edit_many(calm, {key: WILD[key] for key in CALM})
    found = []
    for looks in (True, False):
        trainer = Trainer(calm)
        for _ in range(after):
            trainer.step()
        trainer.set_experiment(wild)
        for _ in range(60):
            trainer.step()
            if looks:
                row(trainer)
        run, _, flat = trainer.parameters("A")
        assert run.stop is not None
        found.append((run.step, run.epoch, run.stop, flat.numpy().tobytes()))
    assert found[0] == found[1]
    assert found[0][0] >= after


def test_the_history_stays_and_holds_only_finite_losses() -> None:
    settings = experiment({**WILD, "lanes.0.regularization.l2": 0.0, "lanes.0.training.learning_rate": 0.01})
    trainer = trained(settings, 3)
    trainer.set_experiment(edit_many(settings, {key: WILD[key] for key in CALM}))
    while trainer.can_train:
        trainer.train_epoch()
    (snapshot,) = trainer.lane_snapshots([prediction_request(5)])
    assert snapshot.status == "diverged"
    assert snapshot.history.epoch.tolist()[:4] == [0, 1, 2, 3]
    assert np.isfinite(snapshot.history.loss).all()
    assert np.isfinite(prediction_of(snapshot).values).all()


def test_measuring_a_broken_loss_ends_nothing_the_next_step_does() -> None:
    """When a lane ends must not depend on how often somebody looks."""
    settings = experiment(WILD)
    updates = diverging(settings).runs[0].step
    trainer = Trainer(settings)
    for _ in range(updates):
        trainer.step()
        trainer.measure()
    run = trainer.runs[0]
    assert run.now is not None
    assert not np.isfinite(run.now.loss[0])
    assert np.isfinite(run.history.view().loss[:, 0]).all()
    assert run.status == "training"
    trainer.step()
    assert trainer.runs[0].status == "diverged"
    assert trainer.runs[0].step == updates
    assert torch.equal(row(trainer), row(diverging(settings)))
    assert [name for name, _ in trainer.lanes.take_stops()] == ["A"]


def test_in_a_window_that_rests_a_broken_loss_is_an_end() -> None:
    """After one batch, too, nobody is left with an infinite loss and the word that it trains."""
    mailbox: Mailbox[Report] = Mailbox(Report.merged)
    worker = Worker(Inbox(), mailbox, Inbox())
    worker.obey(m.SetExperiment(experiment(WILD)))
    steps = diverging(experiment(WILD)).runs[0].step
    for _ in range(steps):
        worker.obey(m.StepBatch())
        worker.publish()
    report = mailbox.take()
    assert report is not None
    (lane,), run = report.snapshot.lanes, worker.trainer.runs[0]
    assert (lane.status, lane.stop.kind) == ("diverged", "divergence")
    assert np.isfinite(lane.now.loss[0])
    assert report.snapshot.epoch == lane.now.epoch == run.epoch == lane.stop.whole_epochs
    assert len(lane.stops) == 1


def test_without_points_a_window_that_rests_ends_nothing() -> None:
    trainer = trained(experiment({**WILD, **CALM}), 2)
    trainer.set_experiment(with_points(experiment({**WILD, **CALM}), trainer.points[:0]))
    trainer.end_broken()
    assert trainer.runs[0].status == "training"


def test_a_broken_loss_at_the_end_of_an_epoch_is_no_part_of_the_history() -> None:
    trainer = Trainer(experiment({**WILD, "lanes.0.training.batch_size": 1000}))
    measured = []
    while trainer.can_train:
        trainer.step()
        assert trainer.at_epoch_end
        trainer.measure()
        measured.append(float(trainer.runs[0].now.loss[0]))
    assert not np.isfinite(measured).all()
    assert np.isfinite(trainer.runs[0].history.view().loss[:, 0]).all()


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam", "rmsprop", "adagrad"])
def test_with_a_lower_rate_it_trains_on_from_there(optimizer: str) -> None:
    """The optimizer must not remember the gradients that broke it."""
    settings = experiment({**WILD, "lanes.0.training.optimizer": "sgd"})
    trainer = diverging(settings)
    trainer.set_experiment(edit_many(settings, {**CALM, "lanes.0.training.optimizer": optimizer}))
    before = row(trainer)
    assert not trainer.can_train, "an edit alone begins no training"
    trainer.resume()
    trainer.train_epoch()
    assert trainer.runs[0].status == "training"
    assert row(trainer).isfinite().all()
    assert not torch.equal(before, row(trainer))


def test_momenta_of_the_broken_run_are_forgotten() -> None:
    settings = experiment({**WILD, "lanes.0.training.optimizer": "momentum"})
    trainer = diverging(settings)
    trainer.set_experiment(edit_many(settings, CALM))
    trainer.resume()
    trainer.train_epoch()
    assert trainer.runs[0].status == "training"
    assert row(trainer).isfinite().all()


@pytest.mark.parametrize("wild", [1, 2, 3])
def test_several_lanes_may_diverge_at_once(wild: int) -> None:
    names = "ABC"[:wild]
    below = {path.removeprefix("lanes.0."): value for path, value in WILD.items()}
    lanes = [lane(name, below) for name in names] + [lane("Z")]
    trainer = trained(with_lanes(experiment(), *lanes), 3)
    assert sorted(name for name, _ in trainer.lanes.take_stops()) == sorted(names)
    assert [run.status for run in trainer.runs] == ["diverged"] * wild + ["training"]
    assert trainer.runs[-1].epoch == 3
    assert trainer.runs[-1].step == 9


def test_initial_weights_that_overflow_end_at_the_first_step_not_before() -> None:
    changes = {
        "lanes.0.network.activation": "relu",
        "lanes.0.network.hidden": [64] * 64,
        "lanes.0.network.initializer": {"name": "normal", "std": 100.0},
    }
    trainer = Trainer(experiment(changes))
    assert trainer.runs[0].status == "training"
    assert not np.isfinite(trainer.lane_snapshots()[0].now.loss[0])
    trainer.set_experiment(experiment({**changes, "data.generator.seed": 1}))
    trainer.measure()
    assert trainer.runs[0].status == "training"
    before = row(trainer)
    trainer.step()
    assert trainer.runs[0].status == "diverged"
    assert trainer.runs[0].step == 0
    assert torch.equal(row(trainer), before)


def test_a_held_out_point_that_overflows_does_not_end_the_training() -> None:
    settings = experiment({"lanes.0.network.hidden": []}, task="surface")
    points = Trainer(settings).points
    far = Points([[1e30, 1e30]], [0], [2])
    trainer = trained(with_points(settings, Points.concatenate([points, far])), 3)
    assert trainer.runs[0].status == "training"
    loss = trainer.runs[0].history.view().loss
    assert np.isfinite(loss[:, :2]).all()
    assert np.isinf(loss[:, 2]).all()


def test_an_ending_says_where_the_lane_goes_back_to() -> None:
    trainer = Trainer(experiment())
    checkpoint = row(trainer)
    assert divergence(trainer.runs[0], checkpoint, 1e18).stop.best_epoch == 0
    trainer = Trainer(experiment(NO_VALIDATION))
    ending = divergence(trainer.runs[0], checkpoint, 0.0)
    assert ending.row is checkpoint
    assert ending.stop.best_epoch is None
