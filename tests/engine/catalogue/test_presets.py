"""Demonstrations as settings: valid, complete in words, and what their names say."""

from __future__ import annotations

import re

import pytest

from engine.catalogue.generators import GENERATORS
from engine.catalogue.presets import PRESETS, Preset, Promise
from engine.experiment import dumps, edit_many, loads, preset_experiment
from engine.observation.diagnosis import RULES

ALL = [pytest.param(preset, id=key) for key, preset in PRESETS.items()]


def test_the_promised_demonstrations_are_there() -> None:
    assert list(PRESETS) == [
        "underfits",
        "overfits",
        "vanishing_gradient",
        "exploding_gradient",
        "dead_units",
    ]


@pytest.mark.parametrize("preset", ALL)
def test_a_demonstration_is_an_experiment_that_can_be_saved(preset: Preset) -> None:
    experiment = preset_experiment(preset.key)
    assert loads(dumps(experiment)) == experiment
    assert experiment.data.generator.name == preset.generator
    assert GENERATORS[preset.generator].label.lower() in preset.formula
    assert f"{experiment.data.generator.points} points" in preset.formula
    assert f"η = {experiment.lanes[0].training.learning_rate:g}" in preset.formula
    assert preset.shows in RULES
    assert preset.why.endswith(".")


@pytest.mark.parametrize("preset", ALL)
def test_each_remedy_changes_something_and_says_so_briefly(preset: Preset) -> None:
    experiment = preset_experiment(preset.key)
    outcomes = [edit_many(experiment, remedy.edits()) for remedy in preset.remedies]
    assert experiment not in outcomes
    assert len({dumps(outcome) for outcome in outcomes}) == len(outcomes) >= 2
    assert all(len(remedy.label) <= 40 for remedy in preset.remedies)


def test_a_promise_is_kept_by_the_number_it_names() -> None:
    learns, generalizes = Promise("training accuracy", 0.95), Promise("validation loss", 0.2)
    assert learns.kept(0.95, 9.0)
    assert not learns.kept(0.94, 0.0)
    assert generalizes.kept(0.0, 0.2)
    assert not generalizes.kept(1.0, 0.21)
    assert not generalizes.kept(1.0, float("nan"))
    assert re.fullmatch("training accuracy ≥ 95\u00a0%", learns.text)
    assert generalizes.text == "validation loss ≤ 0.2"


def test_an_unknown_demonstration_names_those_there_are() -> None:
    with pytest.raises(KeyError, match="underfits"):
        preset_experiment("nothing")
