"""Real runs, healthy and sick, in all three tasks: what a diagnosis says of them as they train, and at their end."""

from __future__ import annotations

from functools import cache

import pytest

from engine.experiment import edit_many
from engine.observation import LaneSnapshot
from engine.observation.diagnosis import Diagnostician, Finding, diagnose
from engine.training.trainer import Trainer
from tests.engine.observation.diagnosed_runs import HEALTHY, RUNS, SICK, Run
from tests.engine.observation.made_up import first, snapshot

pytestmark = pytest.mark.slow


@cache
def trained(run: Run) -> tuple[Trainer, LaneSnapshot]:
    return _train(Trainer(run.experiment), run.epochs)


def _train(trainer: Trainer, epochs: int) -> tuple[Trainer, LaneSnapshot]:
    for _ in range(epochs):
        if not trainer.can_train:
            break
        trainer.train_epoch()
    return trainer, trainer.lane_snapshots(None)[0]


@cache
def watched(run: Run) -> list[tuple[Finding, ...]]:
    """What is found while it trains, looked at every ten epochs and at its end."""
    trainer, end = trained(run)
    diagnostician, rows = Diagnostician(), len(end.history)
    shown = [snapshot(first(end.history, count)) for count in range(10, rows, 10)]
    return [diagnostician.look(run.experiment, 0, trainer.points, one) for one in [*shown, end]]


@pytest.mark.parametrize("run", HEALTHY, ids=lambda run: run.name)
def test_a_healthy_run_shows_nothing_at_any_time(run: Run) -> None:
    trainer, end = trained(run)
    assert [finding.message for found in watched(run) for finding in found] == []
    assert diagnose(run.experiment, 0, trainer.points, end) == ()


@pytest.mark.parametrize("run", SICK, ids=lambda run: run.name)
def test_a_sick_run_shows_what_is_wrong_and_nothing_else(run: Run) -> None:
    trainer, end = trained(run)
    seen = watched(run)
    for last in (seen[-1], diagnose(run.experiment, 0, trainer.points, end)):
        assert {finding.code for finding in last} >= run.codes, [finding.message for finding in last]
    assert {finding.code for found in seen for finding in found} <= run.codes | run.also


@pytest.mark.parametrize("run", SICK, ids=lambda run: run.name)
def test_each_finding_comes_with_cures_that_can_be_applied(run: Run) -> None:
    for finding in watched(run)[-1]:
        assert finding.cures
        for cure in finding.cures:
            assert edit_many(run.experiment, cure.edits(0)) != run.experiment


@pytest.mark.parametrize(
    ("name", "code", "label"),
    [
        ("ten ReLU layers", "vanishing_gradient", "Start from He weights"),
        ("ten tanh layers", "vanishing_gradient", "Switch to ReLU with He weights"),
        ("exploding", "exploding_gradient", "Clip gradients at 1"),
        ("tanh of scaled inputs", "plateau", "Switch to ReLU with He weights"),
        ("linear on xor", "underfitting", "Switch to tanh"),
        ("rate 1 with Adam", "learning_rate_too_high", "Learning rate ÷ 10"),
        ("saturated sigmoid", "saturation", "Start from Glorot weights"),
        ("L2 of 1", "over_regularized", "Lower L2 to 0.001"),
        ("patience of 2", "premature_stop", "Patience 50"),
        ("rate 0", "learning_rate_too_low", "Learning rate 0.003"),
    ],
)
def test_a_cure_helps(name: str, code: str, label: str) -> None:
    """From the start with the cure, what it is against is not found, and the training loss is lower."""
    run = next(run for run in SICK if run.name == name)
    trainer, end = trained(run)
    finding = next(one for one in diagnose(run.experiment, 0, trainer.points, end) if one.code == code)
    cure = next(one for one in finding.cures if one.label == label)
    cured = edit_many(run.experiment, cure.edits(0))
    again, better = _train(Trainer(cured), max(run.epochs, 100))
    assert code not in {one.code for one in diagnose(cured, 0, again.points, better)}
    assert better.history.loss[-1, 0] < end.history.loss[-1, 0]


def test_there_are_enough_runs_of_each_kind() -> None:
    assert len(RUNS) >= 40
    assert len(HEALTHY) >= 15
    assert {run.experiment.data.task for run in HEALTHY} == {run.experiment.data.task for run in SICK}
    assert len({run.experiment.data.task for run in SICK}) == 3
    assert len({code for run in SICK for code in run.codes}) == 14
