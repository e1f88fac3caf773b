"""The loss follows the task there and back, and a loss that was chosen stays."""

from __future__ import annotations

import pytest

from engine.experiment import default_experiment, edit, switch_task


@pytest.mark.parametrize("task", ["curve", "surface"])
def test_the_usual_loss_comes_back_with_the_task(task: str) -> None:
    there = switch_task(default_experiment(), task)
    assert there.lanes[0].training.loss.name == "squared"
    assert switch_task(there, "classification").lanes[0].training.loss.name == "cross_entropy"


def test_a_loss_of_ones_own_stays_where_it_applies() -> None:
    chosen = edit(switch_task(default_experiment(), "curve"), "lanes.0.training.loss", "huber")
    assert switch_task(chosen, "surface").lanes[0].training.loss.name == "huber"
    assert switch_task(chosen, "classification").lanes[0].training.loss.name == "cross_entropy"


def test_switching_between_regressions_changes_nothing() -> None:
    curve = switch_task(default_experiment(), "curve")
    assert switch_task(curve, "surface").lanes[0].training.loss == curve.lanes[0].training.loss
