"""The copy of a lane in which a cure is tried: what it is called, and what is changed in it."""

from __future__ import annotations

import pytest

from engine.experiment import default_experiment
from engine.experiment.lanes import with_lane_name
from engine.observation.diagnosis import Cure
from engine.observation.diagnosis.trial import trial_name
from tests.gui_app.hands import with_lanes


@pytest.mark.parametrize(
    ("label", "short"),
    [
        ("Switch to ReLU with He weights", "ReLU with He weights"),
        ("Leaky ReLU at rate 0.1", "leaky ReLU at rate 0.1"),
        ("Restart at rate 0.1", "rate 0.1"),
        ("Clip at 1 and restart", "clip at 1"),
        ("L2 0.001, restart", "L2 0.001"),
        ("L2 × 3", "L2 × 3"),
        ("Learning rate × 10", "learning rate × 10"),
        ("Add a hidden layer of 8", "hidden layer of 8"),
        ("Start from He weights", "He weights"),
        ("Switch to Adam", "Adam"),
        ("Switch on early stopping", "early stopping"),
        ("Switch off early stopping", "no early stopping"),
        ("Double the neurons", "double the neurons"),
    ],
)
def test_a_cure_has_a_short_form_for_the_name_of_a_lane(label: str, short: str) -> None:
    assert Cure(label, {}).short == short


def test_a_copy_is_called_after_the_lane_and_the_cure() -> None:
    cure = Cure("Add dropout 0.2", {})
    experiment = with_lanes(default_experiment(), A={}, B={})
    assert trial_name(experiment, 1, cure) == "B + dropout 0.2"
    taken = with_lane_name(experiment, 0, "B + dropout 0.2")
    assert trial_name(taken, 1, cure) == "B + dropout 0.2 (2)"
    long = with_lane_name(experiment, 1, "b" * 30)
    assert trial_name(long, 1, cure) == "C", "the letter of its place"


def test_a_copy_has_what_the_cure_brings_but_no_other_seed_and_no_other_data() -> None:
    assert Cure("Restart", {"training.learning_rate": 0.1, "seed": 5}).changes_of_copy == {
        "training.learning_rate": 0.1
    }
    assert Cure("Points", {"data.generator.points": 500}).changes_of_copy == {}
    assert Cure("Both", {"data.generator.points": 500, "network.residual": True}).changes_of_copy == {}
