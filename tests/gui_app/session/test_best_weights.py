"""Best weights beside weights that were set by hand."""

from __future__ import annotations

from dataclasses import replace
from math import nan

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from engine.catalogue.texts import value_text
from engine.experiment import Experiment, edit
from engine.experiment.repeats import expanded
from engine.observation.seeds import Seeds
from engine.observation.snapshot import Best, LaneSnapshot, Snapshot
from engine.training.keeping import run_bytes
from engine.training.parameter_edits import ParameterPlace
from engine.training.trainer import Trainer
from gui_app.panels.regularization.stopping_card import Ended, outcome_of
from gui_app.panels.training.bar_buttons import BestButton
from gui_app.panels.training.progress import NOT_BEGUN, figures_of
from gui_app.session.best_weights import (
    best_to_restore,
    bests_to_restore,
    compare_by_hand,
    describe_lanes_restored,
    describe_restored,
    return_of,
)
from tests.engine.helpers import experiment, trained

WEIGHT = ParameterPlace(2, "weight", 0, 0)


def test_after_a_weight_was_set_by_hand_there_are_best_ones_to_go_back_to() -> None:
    trainer = trained(experiment({"lanes.0.training.learning_rate": 0.05}, task="surface"), 1, way="replay")
    (shown,) = trainer.lane_snapshots()
    assert shown.best is not None
    assert shown.best.step == shown.now.step
    assert best_to_restore(shown, playing=False) is None
    trainer.set_parameter(0, WEIGHT, 5.0)
    (shown,) = trainer.lane_snapshots()
    assert best_to_restore(shown, playing=False) == shown.best
    assert best_to_restore(shown, playing=True) is None
    trainer.restore_best()
    (shown,) = trainer.lane_snapshots()
    assert best_to_restore(shown, playing=False) is None
    assert return_of(shown) is not None
    trainer.set_parameter(0, WEIGHT, 5.0)
    (shown,) = trainer.lane_snapshots()
    assert best_to_restore(shown, playing=False) == shown.best
    assert return_of(shown) is None


def test_before_the_first_step_what_was_set_by_hand_is_the_best_there_is() -> None:
    trainer = Trainer(experiment(), way="replay")
    trainer.set_parameter(0, WEIGHT, 5.0)
    assert best_to_restore(trainer.lane_snapshots()[0], playing=False) is None


def test_after_a_drag_that_went_on_over_the_best_epoch_there_are_best_ones_to_go_back_to() -> None:
    trainer = trained(experiment({"lanes.0.training.learning_rate": 0.05}, task="surface"), 1, way="replay")
    trainer.set_parameter(0, WEIGHT, 0.1, gesture=7)
    trainer.train_epoch()
    while (run := trainer.runs[0]).best is None or run.best.step != run.step:
        assert trainer.epoch < 100
        trainer.train_epoch()
    trainer.set_parameter(0, WEIGHT, 3.0, gesture=7)
    (shown,) = trainer.lane_snapshots()
    (mark,) = shown.marks
    assert (mark.epoch, mark.until_step) == (1, shown.now.step)
    assert mark.step < mark.until_step
    assert best_to_restore(shown, playing=False) == shown.best
    again = Trainer.of_run(run_bytes(trainer.lanes), way="replay")
    (kept,) = again.lane_snapshots()
    assert kept.marks == shown.marks
    trainer.restore_best()
    (shown,) = trainer.lane_snapshots()
    assert best_to_restore(shown, playing=False) is None


def test_weights_set_by_hand_that_are_better_are_said_to_be() -> None:
    trainer = trained(experiment({"lanes.0.training.learning_rate": 0.05}, task="surface"), 1, way="replay")
    (shown,) = trainer.lane_snapshots()
    assert shown.best is not None
    former = shown.best.loss[1]
    old = float(trainer.lanes.stacks.find("A")[0].network.flat[0, WEIGHT.column_of(trainer.runs[0].layout)])

    def loss_with(value: float) -> float:
        trainer.set_parameter(0, WEIGHT, value)
        return float(trainer.lane_snapshots()[0].now.loss[1])

    now = min(map(loss_with, (old + 0.2, old - 0.2)))
    assert now < former
    (shown,) = trainer.lane_snapshots()
    said = compare_by_hand(shown)
    assert said.startswith("The present weights, some set by hand, are better")
    assert value_text(now) in said
    assert value_text(former) in said
    loss_with(50.0)
    assert compare_by_hand(trainer.lane_snapshots()[0]) == ""
    trainer.restore_best()
    assert compare_by_hand(trainer.lane_snapshots()[0]) == ""


def test_button_and_card_say_how_the_present_weights_compare(qtbot: QtBot) -> None:
    trainer = trained(experiment(), 1, way="replay")
    (shown,) = trainer.lane_snapshots()
    said, button = "The present weights are better.", BestButton()
    qtbot.addWidget(button)
    assert shown.best is not None
    button.show_bests((shown.best,), said)
    assert said in button.accessibleDescription()
    assert outcome_of(Ended("training", (), False, (shown.best,), True, by_hand=said)).text.endswith(said)


def test_each_seed_goes_back_to_its_own_best_epoch_and_all_that_is_said_is_of_the_medians(
    qtbot: QtBot,
) -> None:
    sketch = edit(experiment(), "lanes.0.repeats", 3)
    trainer = Trainer(expanded(sketch))
    for _ in range(6):
        trainer.train_epoch()
    networks = trainer.lane_snapshots()
    losses = [(0.2, 0.5, 0.4), (0.1, 0.9, 0.8), (0.3, 0.7, 0.9)]
    bests = tuple(Best(epoch, 10 * epoch, loss) for epoch, loss in zip((2, 1, 5), losses, strict=True))
    networks = tuple(replace(lane, best=best) for lane, best in zip(networks, bests, strict=True))
    shown = grouped(networks, sketch)
    assert bests_to_restore(shown, playing=False) == bests
    assert bests_to_restore(shown, playing=True) == ()
    button = BestButton()
    qtbot.addWidget(button)
    button.show_bests(bests)
    button.fit(1000)
    assert button.text() == "Best of each seed"
    training, validation, test = np.median(losses, axis=0)
    said = (
        f"Best epochs of 3 seeds: 1 to 5, in the median 2, with median losses of training {value_text(training)}, "
        f"validation {value_text(validation)}, test {value_text(test)}."
    )
    assert said in button.accessibleDescription()
    assert "its own best epoch" in button.accessibleDescription()
    assert outcome_of(Ended("training", (), False, bests, True)).text == said


def test_a_repeated_lane_is_back_when_its_seeds_are() -> None:
    sketch = edit(experiment(), "lanes.0.repeats", 3)
    trainer = Trainer(expanded(sketch))
    while any(run.best is None or run.best.step == run.step for run in trainer.runs):
        trainer.train_epoch()
    shown = grouped(trainer.lane_snapshots(), sketch)
    assert len(bests_to_restore(shown, playing=False)) == 3
    assert return_of(shown) is None
    trainer.restore_best()
    shown = grouped(trainer.lane_snapshots(), sketch)
    assert bests_to_restore(shown, playing=False) == ()
    back = return_of(shown)
    assert back is not None
    assert describe_restored(back.text).startswith("All 3 seeds have gone back to their best weights.")
    for network in shown.repeats:
        assert network.best is not None
        assert network.now.loss.tolist() == pytest.approx(list(network.best.loss), nan_ok=True)


def grouped(networks: tuple[LaneSnapshot, ...], sketch: Experiment) -> LaneSnapshot:
    whole = Snapshot(0, 0, 0, "classification", 2, False, 6, 60, 0.0, 40, networks)
    return Seeds().grouped(whole, sketch).lanes[0]


def test_with_several_lanes_selected_the_button_and_its_tip_are_about_all_that_go_back(qtbot: QtBot) -> None:
    first, second = Best(12, 120, (0.1, 0.2, nan)), Best(31, 310, (0.3, 0.4, nan))
    progress = replace(
        NOT_BEGUN, bests=(first,), of_lanes=(("A", (first,)), ("B", (second,)), ("C", (first,)))
    )
    assert figures_of(progress, ("A",)).bests == (first,)
    shown = figures_of(progress, ("A", "B", "D"))
    assert shown.bests == (first, second)
    button = BestButton()
    qtbot.addWidget(button)
    button.show_bests(shown.bests, shown.by_hand, shown.lanes)
    button.fit(1000)
    assert button.text() == "Best of 2 lanes"
    said = button.accessibleDescription()
    assert "“A”: best epoch 12" in said
    assert "“B”: best epoch 31" in said
    assert "In each of 2 selected lanes: " in said
    assert figures_of(progress, ("D", "E")).bests == (), "none of the selected lanes can go back"


@pytest.mark.parametrize(
    ("back", "kept", "said"),
    [
        (["A", "B"], [], "“A” and “B” have gone back to their best weights."),
        (["A"], ["B", "C"], "“A” has gone back to its best weights. “B” and “C” stay as they are."),
        ([], ["A", "B"], "“A” and “B” have no better weights to go back to."),
    ],
)
def test_one_message_says_which_of_several_lanes_went_back(
    back: list[str], kept: list[str], said: str
) -> None:
    assert describe_lanes_restored(back, kept).startswith(said)
