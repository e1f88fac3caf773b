"""Edits by path: one thing changes, everything else is the very same object."""

from __future__ import annotations

from typing import Any

import pytest

from engine.catalogue.generators import GENERATORS
from engine.experiment import (
    EarlyStoppingSettings,
    Experiment,
    ExperimentError,
    Points,
    default_experiment,
    edit,
    edit_many,
    from_json,
    get,
    switch_classes,
    switch_generator,
    switch_task,
)
from engine.experiment.choice import ActivationChoice, OptimizerChoice


def two_lanes() -> Experiment:
    document = {"format": "neural-sketchbook/4", "data": {"points": [[1, 2, 0, "training"]]}}
    return from_json({**document, "lanes": [{"name": "A"}, {"name": "B"}]})


EDITS: list[tuple[str, Any, Any]] = [
    ("lanes.0.training.learning_rate", 0.01, 0.01),
    ("lanes.0.training.learning_rate", 1, 1.0),
    ("lanes.1.name", "C", "C"),
    ("lanes.0.network.hidden", [4, 4], (4, 4)),
    ("lanes.0.network.hidden", (), ()),
    ("lanes.0.network.hidden.1", 16, 16),
    ("lanes.0.network.features.0", "sin_x1", "sin_x1"),
    ("lanes.0.network.activation", "relu", ActivationChoice("relu")),
    (
        "lanes.0.network.activation",
        ActivationChoice("elu", {"alpha": 2.0}),
        ActivationChoice("elu", {"alpha": 2.0}),
    ),
    ("lanes.0.training.optimizer.beta1", 0.5, 0.5),
    ("lanes.0.regularization.dropout.layers", [1, 3], (1, 3)),
    ("lanes.0.regularization.early_stopping", {"patience": 3}, EarlyStoppingSettings(patience=3)),
    (
        "lanes.0.regularization.early_stopping",
        EarlyStoppingSettings(patience=3),
        EarlyStoppingSettings(patience=3),
    ),
    ("data.generator.noise", 0.5, 0.5),
    ("data.points", None, None),
    ("data.points", [[3, 4, 1, "test"]], Points([[3, 4]], [1], [2])),
    ("data.points", Points([[3, 4]], [1]), Points([[3, 4]], [1])),
]


@pytest.mark.parametrize(("path", "value", "expected"), EDITS)
def test_an_edit_changes_what_it_names(path: str, value: Any, expected: Any) -> None:
    before = two_lanes()
    after = edit(before, path, value)
    assert get(after, path) == expected
    assert type(get(after, path)) is type(expected)
    assert before == two_lanes()


@pytest.mark.parametrize(("path", "value", "expected"), EDITS)
def test_all_else_is_shared(path: str, value: Any, expected: Any) -> None:
    before = two_lanes()
    after = edit(before, path, value)
    keys = path.split(".")
    for depth in range(len(keys)):
        above = ".".join(keys[:depth])
        inner = get(before, above) if above else before
        names = inner.__struct_fields__ if hasattr(inner, "__struct_fields__") else map(str, range(len(inner))) \
            if isinstance(inner, tuple) else ()  # fmt: skip
        for name in names:
            if name != keys[depth]:
                place = f"{above}.{name}" if above else name
                assert get(after, place) is get(before, place), place


def test_points_given_are_the_points_kept() -> None:
    points = Points([[3, 4]], [1])
    assert edit(two_lanes(), "data.points", points).data.points is points


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("lane", "no setting 'lane' here; there are: format, data, lanes, sweep, drawings"),
        ("lanes.2.seed", "expected a number from 0 to 1 in place of '2'"),
        ("lanes.-1.seed", "expected a number from 0 to 1"),
        ("lanes.x.seed", "expected a number from 0 to 1"),
        ("lanes.².seed", "expected a number from 0 to 1"),
        ("lanes.0.seed.x", "nothing lies below this one"),
        ("lanes.0.training.optimizer.alpha", "alpha"),
        ("lanes.0.regularization.early_stopping.patience", "nothing lies below this one"),
        ("data.points.0", "nothing lies below this one"),
        ("", "there are: format, data, lanes, sweep, drawings"),
        ("lanes..seed", "expected a number from 0 to 1"),
    ],
)
def test_an_unknown_path_is_refused(path: str, words: str) -> None:
    with pytest.raises(ExperimentError, match=words):
        edit(two_lanes(), path, 1)
    if "optimizer" not in path:
        with pytest.raises(ExperimentError, match=words):
            get(two_lanes(), path)


@pytest.mark.parametrize(
    ("path", "value"),
    [("lanes.0.network.hidden.0", 513), ("lanes.0.network.hidden.0", 0), ("lanes.0.network.hidden.0", 1.5)],
)
def test_an_item_of_a_list_has_its_range_too(path: str, value: Any) -> None:
    with pytest.raises(ExperimentError, match=path):
        edit(two_lanes(), path, value)


def test_of_several_edits_only_the_outcome_must_be_valid() -> None:
    after = edit_many(
        default_experiment(),
        {
            "data.task": "surface",
            "data.generator.name": "plane",
            "lanes.0.training.loss": "huber",
        },
    )
    assert after.data.task == "surface"
    with pytest.raises(ExperimentError, match="does not make surface data"):
        edit(default_experiment(), "data.task", "surface")


def test_a_parameter_of_a_choice_keeps_the_others() -> None:
    base = edit(default_experiment(), "lanes.0.training.optimizer", {"name": "adam", "beta1": 0.5})
    after = edit(base, "lanes.0.training.optimizer.beta2", 0.9)
    assert after.lanes[0].training.optimizer == OptimizerChoice("adam", {"beta1": 0.5, "beta2": 0.9})


@pytest.mark.parametrize("name", GENERATORS)
@pytest.mark.parametrize("start", ["three_spirals", "sine", "plane"])
def test_any_data_set_can_follow_any_other(start: str, name: str) -> None:
    after = switch_generator(switch_generator(two_lanes(), start), name)
    entry = GENERATORS[name]
    assert (after.data.task, after.data.generator.name, after.data.points) == (entry.task, name, None)
    if entry.classes:
        assert after.data.classes == entry.classes


def test_switching_there_and_back_brings_the_features_back() -> None:
    curve = switch_task(two_lanes(), "curve")
    assert curve.lanes[0].network.features == ("x1",)
    assert switch_task(curve, "classification").lanes[0].network.features == ("x1", "x2")


def test_a_loss_gives_way_only_where_it_must() -> None:
    playground = edit(default_experiment(), "lanes.0.training.loss", "playground")
    assert switch_task(playground, "curve").lanes[0].training.loss.name == "playground"
    assert switch_classes(playground, 2) == playground
    assert switch_classes(playground, 3).lanes[0].training.loss.name == "cross_entropy"
