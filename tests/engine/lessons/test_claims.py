"""Quantities equal what NumPy says of the history; claims hold or fail as their numbers say."""

from __future__ import annotations

import dataclasses
from math import inf, nan
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from engine.experiment import Experiment, default_experiment, edit_many
from engine.experiment.lane_looks import trained_part
from engine.lessons import Claim, Condition, Lesson, load_lesson
from engine.lessons.claims import Finding, _holds, check, check_all
from engine.lessons.conditions import Situation, all_met, met
from engine.lessons.lesson import Measure
from engine.lessons.measuring import Seen
from engine.lessons.quantities import QUANTITIES, measured
from engine.observation.snapshot import LaneSnapshot
from engine.training.parameter_edits import ParameterPlace
from engine.training.trainer import Trainer
from tests.engine.lessons.sample import write

CHANGES = {"data.generator.points": 60, "data.generator.noise": 0.4, "lanes.0.network.hidden": [6]}


@pytest.fixture(scope="module")
def experiment() -> Experiment:
    return edit_many(default_experiment(), {**CHANGES, "lanes.0.training.learning_rate": 0.05})


@pytest.fixture(scope="module")
def network(experiment: Experiment) -> LaneSnapshot:
    trainer = Trainer(trained_part(experiment))
    for _ in range(40):
        trainer.train_epoch()
    return trainer.lane_snapshots()[0]


@pytest.fixture
def lesson(tmp_path: Path) -> Lesson:
    return load_lesson(write(tmp_path))


def quantity(network: LaneSnapshot, experiment: Experiment, key: str, **values: object) -> float:
    measure = msgspec.convert({"quantity": key, **values}, Measure)
    return measured(Seen(network, experiment.lanes[0], experiment.data, measure))


def test_quantities_are_those_of_the_history(network: LaneSnapshot, experiment: Experiment) -> None:
    history = network.history
    training, validation, test = history.loss.T
    best = int(np.argmin(validation))
    norms = history.weight_gradient
    expected = {
        ("loss",): validation[-1],
        ("loss", ("split", "test")): test[-1],
        ("loss", ("epoch", 7)): validation[7],
        ("score", ("split", "training")): history.score[-1, 0],
        ("gap",): validation[-1] - training[-1],
        ("validation_rise",): validation[-1] / validation[best],
        ("lowest_loss",): validation.min(),
        ("training_fall",): training[-1] / training[best],
        ("penalty",): 0.0,
        ("cost",): training[-1],
        ("epochs",): 40.0,
        ("best_epoch",): float(best),
        ("epochs_to_score", ("level", 0.6), ("split", "training")): float(
            np.flatnonzero(history.score[:, 0] >= 0.6)[0]
        ),
        ("epochs_to_score", ("level", 1.5)): inf,
        ("stopped_early",): 0.0,
        ("diverged",): 0.0,
        ("zero_share",): 0.0,
        ("gradient_ratio", ("epoch", 3)): norms[3, 0] / norms[3, -1],
        ("gradient", ("epoch", 3), ("layer", 2)): norms[3, 1],
        ("gradient", ("epoch", 3)): float(np.sqrt((norms[3] ** 2).sum())),
        ("largest_gradient",): float(np.sqrt((norms**2).sum(axis=1)).max()),
        ("weight_norm", ("epoch", 40), ("layer", 1)): history.probe("weight_norm")[-1, 0],
        ("slope", ("epoch", 3)): np.nanmax(history.probe("slope")[3]),
        ("activation_spread", ("epoch", 3), ("layer", 1)): history.probe("activation_spread")[3, 0],
        ("backward_factor", ("epoch", 3)): np.nanmedian(history.probe("backward_factor")[3]),
        ("backward_factor", ("epoch", 3), ("layer", 1)): history.probe("backward_factor")[3, 0],
    }
    found = {key: quantity(network, experiment, key[0], **dict(key[1:])) for key in expected}  # type: ignore[arg-type]
    assert found == pytest.approx(expected)


def test_every_quantity_has_a_number_or_none(network: LaneSnapshot, experiment: Experiment) -> None:
    unknown = {key for key in QUANTITIES if np.isnan(quantity(network, experiment, key))}
    # This network has more than one neuron a layer, and tanh, which has no dead neurons.
    assert unknown == {"chain_error", "chain_weight", "chain_link", "chain_product", "dead"}


@pytest.mark.parametrize(
    ("validation", "training", "rise", "fall"),
    [
        ([nan, nan], [1.0, 0.5], nan, nan),
        ([2.0, 1.0, 3.0], [4.0, 2.0, 1.0], 3.0, 0.5),
        ([0.0, 1.0], [0.0, 1.0], inf, inf),
        ([1.0, 0.0], [1.0, 0.0], 1.0, 1.0),
        ([1.0, inf], [1.0, 2.0], inf, 2.0),
    ],
    ids=["no validation points", "it turns", "from zero", "at zero", "beyond all numbers"],
)
def test_rise_and_fall_are_known_wherever_there_are_validation_points(
    validation: list[float],
    training: list[float],
    rise: float,
    fall: float,
    network: LaneSnapshot,
    experiment: Experiment,
) -> None:
    losses = np.array([training, validation, validation]).T
    history = dataclasses.replace(network.history, loss=losses)
    changed = dataclasses.replace(network, history=history)
    found = [quantity(changed, experiment, key) for key in ("validation_rise", "training_fall")]
    assert found == pytest.approx([rise, fall], nan_ok=True)
    # In a lesson's panel, too.
    situation = Situation(experiment, (changed,))
    assert met(condition(quantity="validation_rise", at_least=2.0), situation) is (rise >= 2.0)


def test_the_product_of_the_chain_equals_autograd() -> None:
    changes = {
        "data.generator.points": 30,
        "lanes.0.network.hidden": [1, 1, 1],
        "lanes.0.network.activation": "sigmoid",
    }
    experiment = edit_many(default_experiment(), changes)
    network = Trainer(trained_part(experiment)).lane_snapshots()[0]
    assert quantity(network, experiment, "chain_error") < 1e-6
    assert network.chain is not None
    _, w2, slope2, w3, slope3, _ = network.chain.sample
    assert quantity(network, experiment, "chain_weight") == max(abs(w2), abs(w3))
    assert quantity(network, experiment, "chain_link") == max(abs(w2 * slope2), abs(w3 * slope3))
    assert quantity(network, experiment, "chain_product") == pytest.approx(abs(w2 * slope2 * w3 * slope3))


def a_claim(**values: object) -> Claim:
    return msgspec.convert(
        {"key": "c", "epochs": 2, "quantity": "loss", "at_most": 1.0, "share": 0.9} | values, Claim
    )


@pytest.mark.parametrize(
    ("claim", "values", "holds"),
    [
        (a_claim(), [0.5] * 9 + [2.0], True),
        (a_claim(), [0.5] * 8 + [2.0] * 2, False),
        (a_claim(), [0.5] * 9 + [nan], True),
        (a_claim(share=1.0), [0.5] * 9 + [nan], False),
        (a_claim(share=None, statistic="median"), [0.5, 0.9, 7.0], True),
        (a_claim(share=None, statistic="median"), [0.5, nan, nan], False),
        (a_claim(share=None, statistic="max"), [0.5, 0.9, 1.1], False),
        (a_claim(share=None, statistic="min"), [0.5, 0.9, 1.1], True),
        (a_claim(at_most=None, at_least=1.0), [2.0] * 9 + [inf], True),
        (a_claim(at_most=None, at_least=1.0, share=None, statistic="min"), [2.0, nan], False),
    ],
)
def test_a_claim_holds_as_its_share_or_statistic_says(claim: Claim, values: list[float], holds: bool) -> None:
    assert _holds(claim, values) is holds


def test_each_seed_is_trained_as_it_would_be_alone(lesson: Lesson) -> None:
    claim = a_claim(seeds=23)
    values = check(lesson, claim).values
    assert len(values) == 23
    for seed in (0, 7, 22):
        alone = Trainer(trained_part(edit_many(lesson.experiment, {"lanes.0.seed": seed})))
        alone.train_epoch()
        alone.train_epoch()
        assert values[seed] == alone.lane_snapshots()[0].now.loss[1]


def test_weights_are_set_by_hand_before_training(tmp_path: Path) -> None:
    by_hand = [{"layer": 1, "from": 2, "to": 3, "value": 0.5}, {"layer": 2, "to": 2, "value": -1.0}]
    changed = write(tmp_path, change=lambda settings: settings["steps"][1]["do"].update(weights=by_hand))
    lesson = load_lesson(changed)
    values = check(lesson, a_claim(after="cure", seeds=2)).values
    for seed in (0, 1):
        alone = Trainer(trained_part(edit_many(lesson.state(1, done=True), {"lanes.0.seed": seed})))
        alone.set_parameter(0, ParameterPlace(1, "weight", 1, 2), 0.5)
        alone.set_parameter(0, ParameterPlace(2, "bias", 0, 1), -1.0)
        alone.train_epoch()
        alone.train_epoch()
        assert values[seed] == alone.lane_snapshots()[0].now.loss[1]
    assert check(lesson, a_claim(set={"lanes.0.network.hidden": [4]}, seeds=2)).values != values


def test_weights_by_hand_are_those_of_the_first_lane_whichever_is_trained(tmp_path: Path) -> None:
    """A claim about the second lane trains that one alone."""

    def change(settings: dict[str, Any]) -> None:
        lane = settings["experiment"]["lanes"][0]
        settings["experiment"]["lanes"] = [
            {"name": "A", **lane},
            {"name": "B", **lane, "network": {"hidden": [4]}},
        ]
        settings["steps"][1]["do"]["weights"] = [{"layer": 1, "from": 1, "to": 1, "value": 50.0}]

    lesson = load_lesson(write(tmp_path, change=change))
    values = check(lesson, a_claim(after="cure", lane="B", seeds=1)).values
    state = lesson.state(1, done=True)
    alone = Trainer(trained_part(msgspec.structs.replace(state, lanes=state.lanes[1:])))
    alone.train_epoch()
    alone.train_epoch()
    assert values == (alone.lane_snapshots()[0].now.loss[1],)


def test_data_vary_where_the_claim_says_so(lesson: Lesson) -> None:
    values = check(lesson, a_claim(vary="data", seeds=3)).values
    changes = {"lanes.0.seed": 2, "data.generator.seed": 2, "data.split.seed": 2}
    alone = Trainer(trained_part(edit_many(lesson.experiment, changes)))
    alone.train_epoch()
    alone.train_epoch()
    assert values[2] == alone.lane_snapshots()[0].now.loss[1]


def test_a_claim_can_compare_two_moments_and_two_states(lesson: Lesson) -> None:
    first, last = (check(lesson, a_claim(epoch=epoch)).values for epoch in (0, 2))
    ratio = check(lesson, a_claim(epoch=2, over={"epoch": 0})).values
    assert ratio == pytest.approx([b / a for a, b in zip(first, last, strict=True)])
    difference = check(lesson, a_claim(epoch=2, minus={"epoch": 0})).values
    assert difference == pytest.approx([b - a for a, b in zip(first, last, strict=True)])
    cured = check(lesson, a_claim(after="cure", quantity="penalty", at_most=None, at_least=1e-9)).values
    assert min(cured) > 0.0


def test_the_sentence_has_the_numbers() -> None:
    finding = Finding(a_claim(seeds=3, lane="A"), (0.5, 0.25, 2.0), False)
    assert finding.held == 2
    said = "c: loss (validation) of A ≤ 1, in 90% of 3 seeds: median 0.500 (0.250 … 2.00), in 2 of 3"
    assert finding.sentence == said


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (
            {"split": "training", "epoch": 20, "over": {"epoch": 0}},
            "loss (training, epoch 20) over loss (training, epoch 0) ≤ 1",
        ),
        (
            {"quantity": "activation_spread", "layer": 8, "lane": "deep", "minus": {"layer": 1, "lane": "A"}},
            "spread of the activations (layer 8) of deep minus spread of the activations (layer 1) of A ≤ 1",
        ),
        ({"quantity": "epochs_to_score", "level": 0.95}, "epochs to a score (validation, at least 0.95) ≤ 1"),
        ({"quantity": "stopped_early"}, "stopped early ≤ 1"),
    ],
)
def test_the_sentence_says_all_that_a_quantity_depends_on(values: dict[str, Any], said: str) -> None:
    assert Finding(a_claim(**values), (0.5,), True).sentence.startswith(f"c: {said}, in 90% of ")


def test_what_is_trained_once_serves_all_claims(lesson: Lesson, monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.lessons import claims

    trained: list[int] = []
    real = claims._train
    monkeypatch.setattr(claims, "_train", lambda e, *others: trained.append(len(e.lanes)) or real(e, *others))
    twice = msgspec.structs.replace(a_claim(), key="d", quantity="gap")
    both = dataclasses.replace(lesson, claims=(a_claim(), twice))
    findings = list(check_all(both))
    assert trained == [1]
    assert findings[0].values != findings[1].values


def condition(**values: object) -> Condition:
    return msgspec.convert(values, Condition)


@pytest.mark.parametrize(
    ("wanted", "holds"),
    [
        ({"setting": "lanes.0.regularization.l2", "at_least": 0.001}, False),
        ({"setting": "data.generator.points", "at_least": 60}, True),
        ({"setting": "data.generator.points", "at_most": 59}, False),
        ({"setting": "lanes.0.network.hidden", "equals": [6]}, True),
        ({"setting": "lanes.0.network.hidden", "differs_from": [6]}, False),
        ({"setting": "lanes.0.network.activation", "equals": "tanh"}, True),
        ({"setting": "lanes.0.network.activation", "equals": "relu"}, False),
        ({"setting": "lanes.0.regularization.early_stopping.patience", "at_least": 1}, False),
        ({"setting": "lanes.7.seed", "equals": 0}, False),
        ({"epochs": 40}, True),
        ({"epochs": 41}, False),
        ({"playing": True}, False),
        ({"playing": False}, True),
        ({"drawn": 3}, True),
        ({"drawn": 4}, False),
        ({"quantity": "epochs", "at_least": 40}, True),
        ({"quantity": "epochs", "lane": "B", "at_least": 1}, False),
    ],
)
def test_conditions(
    wanted: dict[str, object], holds: bool, network: LaneSnapshot, experiment: Experiment
) -> None:
    situation = Situation(experiment, (network,), playing=False, drawn=3, epochs=40)
    assert met(condition(**wanted), situation) is holds
    assert all_met([condition(**wanted), condition(epochs=1)], situation) is holds


def test_nothing_to_wait_for_is_never_met(experiment: Experiment) -> None:
    assert all_met([], Situation(experiment)) is False
