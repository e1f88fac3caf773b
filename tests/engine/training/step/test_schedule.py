"""Learning-rate schedules equal ``torch.optim.lr_scheduler``'s, and steps are made with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch.optim import lr_scheduler

from engine.catalogue.schedules import SCHEDULES
from engine.experiment import Lane
from engine.experiment.choice import ScheduleChoice
from engine.training.step.schedule import Plateau, Rate, epochs_before
from engine.training.trainer import Trainer
from tests.engine.helpers import experiment, lane, row, trained, with_lanes
from tests.engine.oracles import Oracles

SCHEDULE = "lanes.0.training.schedule"
RATE = "lanes.0.training.learning_rate"
SGD = {"lanes.0.training.optimizer": "sgd", RATE: 0.1}
BY_EPOCH = [key for key in SCHEDULES if key not in ("constant", "plateau")]
"""Schedules whose rates follow from the epoch alone."""
CHOSEN: Oracles[dict[str, Any]] = Oracles(
    "CHOSEN",
    __file__,
    {
        "step": {"every": 3, "factor": 0.3},
        "exponential": {"factor": 0.9},
        "cosine": {"epochs": 20, "lowest": 0.1},
        "warm_up": {"epochs": 7, "first": 0.2},
    },
)
TORCH: Oracles[Callable[..., Any]] = Oracles(
    "TORCH",
    __file__,
    {
        "step": lambda optimizer, rate, every, factor: lr_scheduler.StepLR(optimizer, every, factor),
        "exponential": lambda optimizer, rate, factor: lr_scheduler.ExponentialLR(optimizer, factor),
        "cosine": lambda optimizer, rate, epochs, lowest: lr_scheduler.CosineAnnealingLR(
            optimizer, epochs, lowest * rate
        ),
        "warm_up": lambda optimizer, rate, epochs, first: lr_scheduler.LinearLR(
            optimizer, first, 1.0, epochs
        ),
    },
)


@pytest.mark.parametrize("name", BY_EPOCH)
def test_rates_are_torchs_epoch_by_epoch(name: str) -> None:
    optimizer = torch.optim.SGD([torch.zeros(1)], 0.4)
    torchs = TORCH[name](optimizer, 0.4, **CHOSEN[name])
    ours = Rate(0.4, ScheduleChoice(name, CHOSEN[name]))
    for epoch in range(20):
        assert ours.at(np.array([float(epoch)]))[0] == pytest.approx(
            optimizer.param_groups[0]["lr"], rel=1e-9
        )
        optimizer.step()
        torchs.step()


def test_after_its_epochs_a_cosine_stays_at_its_lowest() -> None:
    rate = Rate(0.4, ScheduleChoice("cosine", {"epochs": 20, "lowest": 0.1}))
    np.testing.assert_allclose(rate.at(np.array([20.0, 33.5, 1e6])), 0.04)


def test_a_warm_up_rises_from_step_to_step() -> None:
    rates = Rate(1.0, ScheduleChoice("warm_up", {"epochs": 2, "first": 0.0})).at(epochs_before(0, 0, 5, 12))
    np.testing.assert_allclose(rates, [*np.arange(10) / 10, 1.0, 1.0])


def test_a_plateau_reduces_like_torchs() -> None:
    optimizer = torch.optim.SGD([torch.zeros(1)], 1.0)
    torchs = lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=3)
    plateau, choice = Plateau(), ScheduleChoice("plateau", {"factor": 0.5, "patience": 3})
    losses = [1.0, 0.9, 0.95, 0.9, 0.9, 0.89999, 0.5, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.4, 0.4]
    for loss in losses:
        torchs.step(loss)
        plateau.note(loss, 3)
        ours = Rate(1.0, choice, plateau.reductions).at(np.array([0.0]))[0]
        assert ours == optimizer.param_groups[0]["lr"]
    assert plateau.reductions == 3


def test_a_step_has_the_same_epochs_wherever_the_count_begins() -> None:
    whole = epochs_before(0, 0, 7, 700)
    for start in range(0, 700, 13):
        epoch, batch = divmod(start, 7)
        np.testing.assert_array_equal(epochs_before(epoch, batch, 7, 700 - start), whole[start:])
    assert (np.floor(whole) == np.arange(700) // 7).all()


@pytest.mark.parametrize("name", BY_EPOCH)
@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam", "adamw"])
def test_a_run_is_torchs_with_that_rate_in_each_epoch(name: str, optimizer: str) -> None:
    """One batch an epoch, so that torch's schedulers step with every update."""
    settings = experiment(
        {
            "lanes.0.training.batch_size": 1000,
            "lanes.0.training.optimizer": optimizer,
            "lanes.0.training.learning_rate": 0.05,
            SCHEDULE: {"name": name, **CHOSEN[name]},
        }
    )
    trainer = Trainer(settings)
    plain = Rate(0.05, ScheduleChoice(name, CHOSEN[name])).at(np.arange(12.0)).tolist()
    by_hand = Trainer(experiment({**_plain(settings), "lanes.0.training.learning_rate": plain[0]}))
    for epoch in range(12):
        by_hand.set_experiment(
            experiment({**_plain(settings), "lanes.0.training.learning_rate": plain[epoch]})
        )
        trainer.train_epoch()
        by_hand.train_epoch()
    torch.testing.assert_close(row(trainer), row(by_hand), rtol=1e-6, atol=1e-7)


def _plain(settings: Any) -> dict[str, Any]:
    training = settings.lanes[0].training
    return {
        "lanes.0.training.batch_size": training.batch_size,
        "lanes.0.training.optimizer": training.optimizer,
    }


def test_rates_go_on_from_epoch_to_epoch() -> None:
    settings = experiment(
        {**SGD, SCHEDULE: {"name": "exponential", "factor": 0.9}, "lanes.0.training.batch_size": 1}
    )
    trainer, by_hand = Trainer(settings), Trainer(settings)
    for epoch in range(6):
        constant = {**SGD, RATE: 0.1 * 0.9**epoch, "lanes.0.training.batch_size": 1}
        by_hand.set_experiment(experiment(constant))
        trainer.train_epoch()
        by_hand.train_epoch()
        torch.testing.assert_close(row(trainer), row(by_hand), rtol=1e-5, atol=1e-6)


def test_pausing_looking_and_sliders_do_not_disturb_a_schedule() -> None:
    settings = experiment({**SGD, SCHEDULE: {"name": "warm_up", "epochs": 4, "first": 0.0}})
    plain, disturbed = Trainer(settings), Trainer(settings)
    for step in range(30):
        plain.step()
        disturbed.step()
        if step % 7 == 3:
            disturbed.measure()
            disturbed.set_experiment(
                experiment({**SGD, SCHEDULE: {"name": "warm_up", "epochs": 4, "first": 0.5}})
            )
            disturbed.set_experiment(settings)
    assert torch.equal(row(plain), row(disturbed))


def test_a_schedule_may_be_switched_on_while_training() -> None:
    trainer, by_hand = trained(experiment(SGD), 2), trained(experiment(SGD), 2)
    halving = {**SGD, SCHEDULE: {"name": "step", "every": 1, "factor": 0.5}}
    for scheduled, constant in ((halving, 0.025), (SGD, 0.1)):
        trainer.set_experiment(experiment(scheduled))
        by_hand.set_experiment(experiment({**SGD, RATE: constant}))
        trainer.step()
        by_hand.step()
        torch.testing.assert_close(row(trainer), row(by_hand), rtol=1e-6, atol=1e-7)


def test_a_plateau_lowers_the_rate_of_its_lane_alone() -> None:
    """At a rate of next to nothing the loss cannot improve; at a larger one the steps show what is left of it."""
    plateau = {"training.schedule": {"name": "plateau", "patience": 2, "factor": 0.5}}

    def lanes(a: float, b: float, schedule: dict[str, object]) -> list[Lane]:
        rates = [{"training.optimizer": "sgd", "training.learning_rate": rate} for rate in (a, b)]
        return [lane("A", rates[0]), lane("B", {**rates[1], **schedule})]

    trainer = trained(with_lanes(experiment(), *lanes(1e-12, 1e-12, plateau)), 8)
    by_hand = trained(with_lanes(experiment(), *lanes(1e-12, 1e-12, {})), 8)
    trainer.set_lanes(lanes(0.1, 0.1, plateau))
    by_hand.set_lanes(lanes(0.1, 0.1 / 4, {}))
    trainer.step()
    by_hand.step()
    for name in "AB":
        torch.testing.assert_close(row(trainer, name), row(by_hand, name), rtol=1e-6, atol=1e-8)


def test_a_plateau_does_not_depend_on_who_looks() -> None:
    settings = experiment({**SGD, SCHEDULE: {"name": "plateau", "patience": 1, "factor": 0.5}})
    rows = []
    for looks in (True, False):
        trainer = Trainer(settings)
        for _ in range(90):
            trainer.step()
            if looks:
                trainer.measure()
        rows.append((row(trainer).numpy().tobytes(), trainer.runs[0].progress.plateau.reductions))
    assert rows[0] == rows[1]


@pytest.mark.parametrize("name", SCHEDULES)
def test_lanes_with_different_schedules_do_not_disturb_each_other(name: str) -> None:
    changes = {"training.schedule": name}
    alone = Trainer(with_lanes(experiment(), lane("B", changes)))
    together = Trainer(
        with_lanes(experiment(), lane("A", {"training.schedule": "step"}), lane("B", changes), lane("C"))
    )
    for _ in range(20):
        alone.step()
        together.step()
    assert torch.equal(row(alone, "B"), row(together, "B"))


def test_a_lane_that_diverges_under_a_schedule_is_found_at_its_step() -> None:
    wild = experiment(
        {
            "lanes.0.network.activation": "relu",
            "lanes.0.training.optimizer": "sgd",
            "lanes.0.training.learning_rate": 100.0,
            "lanes.0.regularization.l2": 1.0,
            SCHEDULE: {"name": "warm_up", "epochs": 1000, "first": 0.0},
        }
    )
    ends = []
    for looks in (True, False):
        trainer = Trainer(wild)
        while trainer.can_train:
            trainer.step()
            if looks:
                trainer.measure()
        ends.append((trainer.runs[0].step, trainer.runs[0].epoch, row(trainer).numpy().tobytes()))
    assert ends[0] == ends[1]
