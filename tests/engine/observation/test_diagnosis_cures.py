"""Cures: each makes a valid experiment, does what its button says, and is not offered where it is there already."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine.data import resolve_points
from engine.experiment import Experiment, edit_many, get, switch_generator
from engine.observation import Stop
from engine.observation.diagnosis import RULES, Case, Cure, cures
from engine.observation.diagnosis.cures import usable
from tests.engine.observation.made_up import case, circle, classes, history, lane

SEEN = history(np.full(100, 0.69), score=0.53)


def of(settings: Experiment) -> Case:
    return case(settings, SEEN)


def applied(cure: Cure | None, settings: Experiment) -> Experiment:
    assert cure is not None
    assert cure.applies(settings, 0)
    return edit_many(settings, cure.edits(0))


@pytest.mark.parametrize(
    ("make", "start", "label", "path", "value"),
    [
        (
            cures.relu,
            {"network__activation": "tanh"},
            "Switch to ReLU with He weights",
            "network.activation.name",
            "relu",
        ),
        (cures.relu, {}, "Switch to ReLU with He weights", "network.initializer.name", "he_normal"),
        (
            cures.tanh_for_sigmoid,
            {"network__activation": "sigmoid"},
            "Switch to tanh, Glorot weights",
            "network.activation.name",
            "tanh",
        ),
        (
            cures.slower_leaky_relu,
            {"training__learning_rate": 1.0},
            "Leaky ReLU at rate 0.1",
            "network.activation.name",
            "leaky_relu",
        ),
        (cures.fitting_rate, {}, "Learning rate × 100", "training.learning_rate", 0.3),
        (cures.tanh, {"network__activation": "linear"}, "Switch to tanh", "network.activation.name", "tanh"),
        (
            cures.fitting_weights,
            {"network__activation": "relu"},
            "Start from He weights",
            "network.initializer.name",
            "he_normal",
        ),
        (
            cures.fitting_weights,
            {"network__initializer": "zeros"},
            "Start from Glorot weights",
            "network.initializer.name",
            "glorot_normal",
        ),
        (cures.batch_norm, {}, "Add batch normalization", "network.normalization.kind", "batch"),
        (cures.residual, {}, "Add residual connections", "network.residual", True),
        (cures.standardize, {}, "Standardize the inputs", "network.input_scaling", "standardize"),
        (cures.larger, {"network__hidden": ()}, "Add a hidden layer of 8", "network.hidden", (8,)),
        (cures.larger, {"network__hidden": (2, 3)}, "Widen the layers to 8", "network.hidden", (8, 8)),
        (cures.larger, {"network__hidden": (8, 4)}, "Double the neurons", "network.hidden", (16, 8)),
        (cures.deeper, {"network__hidden": (8,)}, "Add a hidden layer", "network.hidden", (8, 8)),
        (cures.clipping, {}, "Clip gradients at 1", "regularization.gradient_clipping.threshold", 1.0),
        (
            cures.faster,
            {"training__learning_rate": 3e-6},
            "Learning rate × 10",
            "training.learning_rate",
            3e-5,
        ),
        (
            cures.faster,
            {"training__learning_rate": 0.0},
            "Learning rate 0.003",
            "training.learning_rate",
            0.003,
        ),
        (cures.adam, {"training__optimizer": "sgd"}, "Switch to Adam", "training.optimizer.name", "adam"),
        (cures.dropout, {}, "Add dropout 0.2", "regularization.dropout.rate", 0.2),
        (cures.l2, {}, "Add L2, λ₂ = 0.01", "regularization.l2", 0.01),
        (cures.input_noise, {}, "Add input noise 0.5", "regularization.input_noise", 0.5),
        (cures.clipping_and_restart, {"seed": 4}, "Clip at 1 and restart", "seed", 5),
        (
            cures.slower_and_restart,
            {"training__learning_rate": 0.1, "seed": 2**32 - 1},
            "Restart at rate 0.01",
            "seed",
            0,
        ),
        (cures.l2, {"regularization__l2": 0.01}, "L2 × 3", "regularization.l2", 0.03),
        (cures.l2, {"regularization__l2": 0.0001}, "L2: λ₂ = 0.01", "regularization.l2", 0.01),
        (cures.early_stopping, {}, "Switch on early stopping", "regularization.early_stopping.patience", 50),
        (
            cures.no_early_stopping,
            {"regularization__early_stopping": {}},
            "Switch off early stopping",
            "regularization.early_stopping",
            None,
        ),
        (
            cures.more_patience,
            {"regularization__early_stopping": {"patience": 2}},
            "Patience 50",
            "regularization.early_stopping.patience",
            50,
        ),
        (
            cures.more_patience,
            {"regularization__early_stopping": {"criterion": "up"}},
            "Patience 250",
            "regularization.early_stopping.criterion",
            "patience",
        ),
    ],
)
def test_a_cure_does_what_its_button_says(
    make: Callable[[Case], Cure | None], start: dict[str, Any], label: str, path: str, value: object
) -> None:
    settings = lane(**start)
    cure = make(of(settings))
    outcome = applied(cure, settings)
    assert cure is not None
    assert cure.label == label
    assert _at(outcome, path) == value
    assert outcome.data is settings.data
    assert make(of(outcome)) is None or make(of(outcome)) != cure or not usable([cure], of(outcome))


def _at(experiment: Experiment, path: str) -> object:
    if path.endswith(".name"):
        return get(experiment, f"lanes.0.{path.removesuffix('.name')}").name
    return get(experiment, f"lanes.0.{path}")


@pytest.mark.parametrize(
    ("make", "start"),
    [
        (cures.relu, {"network__activation": "relu"}),
        (cures.tanh, {"network__activation": "tanh"}),
        (cures.tanh, {"network__hidden": ()}),
        (cures.tanh_for_sigmoid, {"network__activation": "relu"}),
        (cures.larger, {"network__activation": "linear"}),
        (cures.deeper, {"network__activation": "linear"}),
        (cures.deeper, {"network__hidden": (4,)}),
        (cures.input_noise, {"regularization__input_noise": 0.1}),
        (cures.clipping_and_restart, {"regularization__gradient_clipping": {}}),
        (cures.fitting_weights, {}),
        (cures.fitting_weights, {"network__activation": "relu", "network__initializer": "he_uniform"}),
        (cures.batch_norm, {"network__normalization": {"kind": "layer"}}),
        (cures.batch_norm, {"network__hidden": ()}),
        (cures.batch_norm, {"training__batch_size": 1}),
        (cures.residual, {"network__residual": True}),
        (cures.residual, {"network__hidden": (8, 4)}),
        (cures.standardize, {"network__input_scaling": "standardize"}),
        (cures.clipping, {"regularization__gradient_clipping": {"kind": "value"}}),
        (cures.adam, {"training__optimizer": "adamw"}),
        (cures.dropout, {"regularization__dropout__rate": 0.2}),
        (cures.dropout, {"regularization__dropout__rates": (0.0, 0.5, 0.0)}),
        (cures.dropout, {"network__hidden": ()}),
        (cures.early_stopping, {"regularization__early_stopping": {}}),
        (cures.more_patience, {}),
    ],
)
def test_what_is_there_already_is_not_offered(
    make: Callable[[Case], Cure | None], start: dict[str, Any]
) -> None:
    assert make(of(lane(**start))) is None


def test_early_stopping_is_not_offered_without_validation_points() -> None:
    assert cures.early_stopping(of(circle(data__split__validation=0.0))) is None


@pytest.mark.parametrize(("name", "offered"), [("circle", False), ("sine", True), ("bumps", True)])
def test_dropout_is_offered_where_it_helped(name: str, offered: bool) -> None:
    """On classes it made the validation loss larger in every situation of the table, from every seed."""
    seen = of(switch_generator(circle(), name))
    labels = [cure.label for cure in RULES["overfitting"].cures(seen) if cure]
    assert ("Add dropout 0.2" in labels) == offered


@pytest.mark.parametrize(("share", "wanted"), [(0.02, 0.25), (0.15, 0.4), (0.3, None)])
def test_more_validation_points_come_from_the_training_split(share: float, wanted: float | None) -> None:
    settings = circle(data__split__validation=share, data__split__test=0.1)
    cure = cures.more_validation(of(settings))
    if wanted is None:
        assert cure is None
        return
    outcome = applied(cure, settings)
    before, after = (resolve_points(one.data).counts() for one in (settings, outcome))
    assert outcome.data.split.validation == wanted
    assert after[1] > before[1]
    assert sum(after) == sum(before)


def test_a_generator_makes_more_points_and_a_hand_is_left_alone() -> None:
    outcome = applied(cures.more_points(of(circle())), circle())
    assert len(resolve_points(outcome.data)) == 2000
    drawn = circle(data__points=resolve_points(circle().data))
    assert cures.more_points(of(drawn)) is None


def test_rare_points_are_repeated_until_classes_are_alike() -> None:
    points = classes({0: 100, 1: 10, 2: 30})
    settings = circle(data__classes=3, data__points=points)
    cure = cures.balance(of(settings))
    assert cure is not None
    more = resolve_points(applied(cure, settings).data)
    assert np.bincount(more.target.astype(int)).tolist() == [100, 100, 90]
    assert more[: len(points)] == points
    even = circle(data__points=classes({0: 50, 1: 45}))
    assert cures.balance(of(even)) is None


def test_a_cure_that_would_not_be_valid_is_not_offered() -> None:
    seen = of(circle())
    bad = Cure("Learn at −1", {"training.learning_rate": -1.0})
    same = Cure("The same", {"training.learning_rate": 0.003})
    good = Cure("Faster", {"training.learning_rate": 0.1})
    assert usable([None, bad, same, good], seen) == (good,)


def test_edits_are_of_the_lane_that_is_ill() -> None:
    cure = Cure("Both", {"training.learning_rate": 0.1, "data.split.validation": 0.4})
    assert cure.edits(3) == {"lanes.3.training.learning_rate": 0.1, "data.split.validation": 0.4}


SETTINGS: tuple[dict[str, Any], ...] = (
    {},
    {"network.hidden": ()},
    {"network.hidden": (3,), "network.activation": "sigmoid", "training.optimizer": "sgd"},
    {"network.hidden": (4, 4), "regularization.dropout.rates": (0.9, 0.1), "network.initializer": "zeros"},
    {"regularization.early_stopping": {"patience": 1}, "regularization.l2": 0.5, "regularization.l1": 9.0},
    {"training.learning_rate": 100.0, "regularization.gradient_clipping": {}, "training.batch_size": 1},
    {"network.hidden": (512,) * 3, "training.learning_rate": 0.0, "network.normalization": {}},
)


@pytest.mark.parametrize("code", sorted(RULES))
@pytest.mark.parametrize("name", ["circle", "three_spirals", "sine", "bumps"])
def test_all_cures_of_all_rules_can_be_applied_whatever_the_settings(code: str, name: str) -> None:
    base = switch_generator(circle(), name)
    for start in SETTINGS:
        settings = edit_many(base, {f"lanes.0.{path}": value for path, value in start.items()})
        seen = case(settings, SEEN, Stop("early_stopping", 99, None, ""), found=True)
        offered = usable(RULES[code].cures(seen), seen)
        assert len({cure.label for cure in offered}) == len(offered)
        for cure in offered:
            assert edit_many(settings, cure.edits(0)) != settings
            assert cure.label[0].isupper()
            assert len(cure.label) <= 32
