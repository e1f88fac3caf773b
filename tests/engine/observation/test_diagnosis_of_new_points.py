"""A run whose points are drawn anew: what is found compares with the best that the plot and the way back show."""

from __future__ import annotations

import re

import numpy as np

from engine.experiment import Points, edit_many
from engine.observation import Best, HistoryView
from engine.observation.diagnosis import Finding, diagnose
from engine.observation.diagnosis.rules.phrases import number, times
from tests.engine.helpers import trained
from tests.engine.observation.made_up import circle
from tests.engine.seeds import MOST, of_seeds

BEFORE, AFTER = 60, 200


def drawn_anew(former: Points) -> Points:
    """The former validation points, and of those that were trained on 24 with any class."""
    numbers = np.random.default_rng(0)
    training = np.flatnonzero(former.split == 0)[:24]
    kept = np.concatenate([training, np.flatnonzero(former.split == 1)])
    target = former.target.copy()
    target[training] = numbers.integers(0, 2, len(training))
    return Points(former.xy[kept], target[kept], former.split[kept])


def test_overfitting_to_new_points_is_told_from_the_best_of_the_lane() -> None:
    """Which is that of the edit, of 20 seeds of 20: no epoch since has been as good on the new validation points."""
    experiment = of_seeds(edit_many(circle(), {"lanes.0.training.learning_rate": 0.03}))
    trainer = trained(experiment, BEFORE)
    assert not any(lane.first_best for lane in trainer.lane_snapshots())
    points = drawn_anew(trainer.points)
    for drawn in (points[:0], points):
        experiment = edit_many(experiment, {"data.points": drawn})
        trainer.set_experiment(experiment)
    edited = trainer.lane_snapshots()
    assert all(lane.first_best == lane.best is not None for lane in edited)
    for _ in range(AFTER):
        trainer.train_epoch()
    lanes, from_the_edit = trainer.lane_snapshots(), 0
    assert [lane.first_best for lane in lanes] == [lane.best for lane in edited]
    for place, lane in enumerate(lanes):
        told = [one for one in diagnose(experiment, place, points, lane) if one.code == "overfitting"]
        for finding in told:
            assert lane.best is not None
            assert finding.title == f"Overfitting since epoch {lane.best.epoch}"
            assert_compares(finding, lane.history, lane.best)
            from_the_edit += lane.best.epoch == BEFORE
    assert from_the_edit >= MOST * len(lanes)
    trainer.reset()
    assert not any(lane.first_best for lane in trainer.lane_snapshots())


def assert_compares(finding: Finding, history: HistoryView, best: Best) -> None:
    """Its validation loss is that of the epoch that it names, and as far above the best as it says."""
    told = re.match(
        r"At epoch (\d+) the validation loss was (\S+), (?:up (\d+)\s%|(\S+) times)", finding.numbers
    )
    assert told is not None, finding.numbers
    loss = history.loss[history.epoch == int(told[1]), 1][0]
    assert told[2] == number(loss)
    share = loss / best.loss[1]
    assert (f"{100 * (share - 1):.0f}" == told[3]) if told[3] else times(share) == told[4]
