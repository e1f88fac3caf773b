"""Where a lane is: at an epoch, or at the weights of its best one."""

from __future__ import annotations

from engine.experiment import Experiment
from engine.experiment.lane_looks import trained_part
from engine.experiment.repeats import members
from engine.observation.difference_table import UNEQUAL_WEIGHTS, Column, difference_table
from engine.observation.results import results_of
from engine.observation.seeds import Seeds
from engine.observation.snapshot import LaneSnapshot
from engine.observation.stage import Stage, stage_of
from engine.observation.verdict import group_of, verdict_on
from engine.training.parameter_edits import ParameterPlace
from engine.training.trainer import Trainer
from tests.engine.helpers import experiment, lane, trained, with_lanes
from tests.engine.observation.test_seeds import snapshot_of

UNSTEADY = {"lanes.0.training.learning_rate": 0.3}


def past_its_best(settings: Experiment) -> Trainer:
    """A trainer none of whose networks is at its best epoch."""
    trainer = trained(settings, 3, way="replay")
    for _ in range(40):
        shown = trainer.lane_snapshots()
        if all(one.best is not None and one.best.step < one.now.step for one in shown):
            return trainer
        trainer.train_epoch()
        trainer.measure()
    raise AssertionError("it gets better and better")


def only(trainer: Trainer) -> LaneSnapshot:
    (shown,) = trainer.lane_snapshots()
    return shown


def test_a_lane_is_at_its_best_weights_until_it_trains_or_a_weight_is_set() -> None:
    trainer = past_its_best(experiment(UNSTEADY))
    before = only(trainer)
    assert before.best is not None
    assert stage_of(before).text == f"epoch {before.now.epoch}"
    trainer.restore_best()
    found = stage_of(only(trainer))
    assert found == Stage(before.now.epoch, (before.best.epoch,))
    assert (found.is_best, found.text) == (True, f"best weights (epoch {before.best.epoch})")
    trainer.set_parameter(0, ParameterPlace(1, "weight", 0, 0), 5.0)
    assert not stage_of(only(trainer)).best
    trainer.restore_best()
    assert stage_of(only(trainer)).is_best
    trainer.train_epoch()
    trainer.measure()
    assert not stage_of(only(trainer)).best


def test_early_stopping_that_restores_the_best_weights_counts_as_well() -> None:
    stopping = {"patience": 1, "restore_best": True}
    trainer = trained(
        experiment(UNSTEADY | {"lanes.0.regularization.early_stopping": stopping}), 60, way="replay"
    )
    shown = only(trainer)
    assert shown.stop is not None
    assert shown.status == "stopped"
    assert stage_of(shown).best == (shown.stop.best_epoch,)


def test_table_and_verdict_say_which_of_two_repeated_lanes_is_at_its_best_weights() -> None:
    rate = {"training.learning_rate": 0.3, "repeats": 5}
    settings = with_lanes(experiment(), lane("A", rate), lane("B", rate | {"regularization.l2": 0.001}))
    trainer = past_its_best(trained_part(settings))
    trainer.restore_best(range(5))
    lanes = Seeds().grouped(snapshot_of(trainer), settings).lanes
    stages = [stage_of(one) for one in lanes]
    assert [stage.is_best for stage in stages] == [True, False]
    table = difference_table(
        [
            Column(own.name, 0, own, results_of(seen, own, settings.data))
            for seen, own in zip(lanes, settings.lanes, strict=True)
        ]
    )
    (row,) = (row for row in table.rows if row.name == "Weights")
    assert [cell.text for cell in row.cells] == [stage.text for stage in stages]
    assert (UNEQUAL_WEIGHTS in table.note) == any(row.best for row in table.rows)
    groups = [
        group_of(seen, own, networks)
        for seen, own, networks in zip(lanes, settings.lanes, members(settings), strict=True)
    ]
    assert groups[0] is not None
    assert groups[1] is not None
    names = [one.name for one in settings.lanes]
    said = verdict_on(groups[0], groups[1], settings.data.task)
    assert said.startswith(f"Not alike, because only “{names[0]}” is at its best weights.")
    assert said.endswith(f"Compared: “{names[0]}” at {stages[0].text}, “{names[1]}” at {stages[1].text}.")
    trainer.restore_best(range(5, 10))
    both = [stage_of(one) for one in Seeds().grouped(snapshot_of(trainer), settings).lanes]
    assert all(stage.is_best for stage in both)


def test_where_only_some_seeds_are_at_their_best_weights_it_says_how_many() -> None:
    assert Stage(40, (3, 9), 5).text == "epoch 40, 2 of 5 seeds at best weights (epochs 3 to 9)"
    assert not Stage(40, (3, 9), 5).is_best
    assert Stage(1200, (3, 1009), 2).text == "best weights (epochs 3 to 1,009)"
