"""What is refused: with the path to it and what is allowed; and the published schema refuses the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from math import inf, nan
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from engine.__main__ import main
from engine.catalogue.entry import Parameter
from engine.catalogue.losses import LOSSES, applies
from engine.catalogue.regularizers import REGULARIZERS
from engine.experiment import (
    Experiment,
    ExperimentError,
    default_experiment,
    edit,
    from_json,
    loads,
    schema,
    to_json,
)
from tests.engine.experiment.strategies import JSON, documents
from tests.engine.experiment.test_document import WHOLE, changed, places

VALIDATOR = Draft202012Validator(schema())
ROWS = [[1.0, 2.0, 0, "training"]]

# Path, a value that is not allowed there, and what the message must say about what is.
REFUSED: list[tuple[str, Any, str]] = [
    ("data.task", "clustering", "classification, curve, surface"),
    ("data.task", 3, "text"),
    ("data.classes", 1, "at least 2"),
    ("data.classes", 11, "at most 10"),
    ("data.classes", 2.5, "a whole number"),
    ("data.classes", True, "a whole number"),
    ("data.classes", "2", "a whole number"),
    ("data.generator.name", "triangle", "circle, xor"),
    ("data.generator.name", ["spiral"], "text"),
    ("data.generator.points", 1, "at least 2"),
    ("data.generator.points", 100_001, "at most 100000"),
    ("data.generator.noise", -0.1, "at least 0"),
    ("data.generator.noise", 1.1, "at most 1"),
    ("data.generator.seed", -1, "at least 0"),
    ("data.generator.seed", 2**32, "at most 4294967295"),
    ("data.split.validation", 0.95, "at most 0.9"),
    ("data.split.test", -0.1, "at least 0"),
    ("data.points", "none", r"\[x1, x2, target, split\]"),
    ("data.points", [[1, 2, 0]], r"point 0 must be \[x1, x2, target, split\]"),
    ("data.points", [*ROWS, [1, "2", 0, "test"]], "point 1 must begin with three numbers"),
    ("data.points", [[1, 2, 0, "both"]], "training, validation, test"),
    ("data.points", [[1, 2, True, "test"]], "three numbers"),
    ("lanes", [], "length at least 1"),
    ("lanes", [{"name": str(n)} for n in range(73)], "length at most 72"),
    ("lanes.0", 3, "an object"),
    ("lanes.0.name", "", "length at least 1"),
    ("lanes.0.name", "x" * 41, "length at most 40"),
    ("lanes.0.name", "a\nb", "without control characters"),
    ("lanes.0.seed", -1, "at least 0"),
    ("lanes.0.network.features", [], "length at least 1"),
    ("lanes.0.network.features", ["x3"], "x1, x2, x1_squared"),
    ("lanes.0.network.input_scaling", "log", "none, unit, standardize"),
    ("lanes.0.network.hidden", [8, 0], "at least 1"),
    ("lanes.0.network.hidden", [513], "at most 512"),
    ("lanes.0.network.hidden", [1] * 65, "length at most 64"),
    ("lanes.0.network.hidden", 8, "a list"),
    ("lanes.0.network.activation", "step", "linear, sigmoid, tanh"),
    ("lanes.0.network.activation", {"name": "elu", "alpha": 11}, "from 0 to 10"),
    ("lanes.0.network.activation", {"name": "elu", "beta": 1}, "it has: alpha"),
    ("lanes.0.network.activation", {"alpha": 1}, "the name of one activation"),
    ("lanes.0.network.activation", None, "the name of one activation"),
    ("lanes.0.network.initializer", {"name": "normal", "std": -1}, "from 0 to 100"),
    ("lanes.0.network.normalization", {"kind": "group"}, "'batch' or 'layer'"),
    ("lanes.0.network.normalization", {"layers": []}, "at least"),
    ("lanes.0.network.residual", 1, "true or false"),
    ("lanes.0.training.optimizer", {"name": "adam", "beta1": 1.0}, "from 0 to 0.9999"),
    ("lanes.0.training.learning_rate", -1.0, "at least 0"),
    ("lanes.0.training.learning_rate", 101, "at most 100"),
    ("lanes.0.training.learning_rate", "fast", "a number"),
    ("lanes.0.training.batch_size", 0, "at least 1"),
    ("lanes.0.training.batch_size", 2.5, "a whole number"),
    ("lanes.0.training.loss", "no_such_loss", ", ".join(LOSSES)),
    ("lanes.0.training.schedule", "linear", "constant"),
    ("lanes.0.training.schedule", {"name": "step", "every": 0}, "from 1 to 1e"),
    ("lanes.0.regularization.l1", -1e-9, "at least 0"),
    ("lanes.0.regularization.l2", 101.0, "at most 100"),
    ("lanes.0.regularization.max_norm", 0, "above 0"),
    ("lanes.0.regularization.dropout.rate", 0.96, "at most 0.95"),
    ("lanes.0.regularization.dropout.layers", "first", "'last' or 'all' or a list"),
    ("lanes.0.regularization.dropout.layers", [0], "at least 1"),
    ("lanes.0.regularization.dropout.layers", 3, "text or a list"),
    ("lanes.0.regularization.dropout.input_rate", -0.1, "at least 0"),
    ("lanes.0.regularization.augmentation.rotate", 180.1, "at most 180"),
    ("lanes.0.regularization.augmentation.scale", 0.96, "at most 0.95"),
    ("lanes.0.regularization.mixup", 11.0, "at most 10"),
    ("lanes.0.regularization.input_noise", -0.1, "at least 0"),
    ("lanes.0.regularization.label_smoothing", 0.91, "at most 0.9"),
    ("lanes.0.regularization.dropout.rates", [0.5, 0.5, 0.96], "at most 0.95"),
    ("lanes.0.regularization.early_stopping", {"criterion": "loss"}, "patience, generalization_loss"),
    ("lanes.0.regularization.early_stopping", {"alpha": 0}, "above 0"),
    ("lanes.0.regularization.early_stopping", {"strips": 0}, "at least 1"),
    ("lanes.0.regularization.early_stopping", {"patience": 0}, "at least 1"),
    ("lanes.0.regularization.early_stopping", {"min_delta": -1}, "at least 0"),
    ("lanes.0.regularization.early_stopping", 5, "an object or null"),
    ("lanes.0.regularization.gradient_clipping", {"kind": "length"}, "'norm' or 'value'"),
    ("lanes.0.regularization.gradient_clipping", {"threshold": 0}, "above 0"),
    ("lanes.0.regularization.l1_update", "exact", "'subgradient' or 'proximal'"),
    ("lanes.0.regularization.weight_decay", -1, "at least 0"),
]
IDS = [f"{path}={str(value)[:24]}" for path, value, _ in REFUSED]


def keys_of(path: str) -> tuple[str | int, ...]:
    return tuple(int(key) if key.isdecimal() else key for key in path.split("."))


@pytest.mark.parametrize(("path", "value", "allowed"), REFUSED, ids=IDS)
def test_a_bad_value_is_refused_with_its_path_and_what_is_allowed(
    path: str, value: Any, allowed: str
) -> None:
    document = changed(json.loads(WHOLE), keys_of(path), value)
    with pytest.raises(ExperimentError, match=allowed) as caught:
        from_json(document)
    assert caught.value.path.startswith(path)
    assert str(caught.value).startswith(path)
    assert "\n" not in str(caught.value)
    assert not VALIDATOR.is_valid(document)


@pytest.mark.parametrize(("path", "value", "allowed"), [case for case in REFUSED if "." in case[0]])
def test_an_edit_refuses_the_same(path: str, value: Any, allowed: str) -> None:
    with pytest.raises(ExperimentError, match=allowed) as caught:
        edit(default_experiment(), path, value)
    assert caught.value.path.startswith(path)


NUMBERS = [
    path
    for path in places(json.loads(WHOLE))
    if isinstance(
        [value := json.loads(WHOLE), *(value := value[key] for key in path)][-1],  # type: ignore[index]
        float | int,
    )
]


@pytest.mark.parametrize("number", [nan, inf, -inf])
@pytest.mark.parametrize("path", NUMBERS, ids=str)
def test_numbers_must_be_finite(path: tuple[str | int, ...], number: float) -> None:
    with pytest.raises(ExperimentError, match="numbers must be finite") as caught:
        from_json(changed(json.loads(WHOLE), path, number))
    assert caught.value.path == ".".join(map(str, path))


@pytest.mark.parametrize("number", [nan, inf])
def test_points_must_be_finite(number: float) -> None:
    with pytest.raises(ExperimentError, match=r"data.points.0.1: numbers must be finite"):
        from_json(changed(json.loads(WHOLE), ("data", "points"), [[1, number, 0, "test"]]))


@pytest.mark.parametrize("number", [-1e308, 1.1e100, 10**400])
def test_points_must_be_near_enough_to_square(number: float) -> None:
    with pytest.raises(ExperimentError, match=r"point 1 holds .* lies beyond ±1e100; scale the data"):
        from_json(
            changed(json.loads(WHOLE), ("data", "points"), [[1e100, 0, 0, "test"], [1, number, 0, "test"]])
        )


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_file_with_such_a_number_is_refused_with_its_path(number: str) -> None:
    text = '{"format": "neural-sketchbook/4", "data": {"points": [[1, NUMBER, 0, "test"]]}}'.replace(
        "NUMBER", number
    )
    with pytest.raises(ExperimentError, match=r"data.points.0.1: numbers must be finite"):
        loads(text)


OBJECTS = [(), *(path for path in places(json.loads(WHOLE)) if path[-1] in
           ("data", "generator", "split", 0, "network", "training", "regularization", "dropout", "augmentation")
           and "features" not in path and "hidden" not in path)]  # fmt: skip


@pytest.mark.parametrize("path", OBJECTS, ids=str)
def test_an_unknown_key_is_refused_with_those_there_are(path: tuple[str | int, ...]) -> None:
    document = changed(json.loads(WHOLE), (*path, "knob"), 1)
    with pytest.raises(ExperimentError, match="no such setting; there are: ") as caught:
        from_json(document)
    assert caught.value.path == ".".join(map(str, (*path, "knob")))
    assert not VALIDATOR.is_valid(document)


@pytest.mark.parametrize("points", ["", {}], ids=repr)
def test_points_that_are_no_list_are_not_taken_for_none(points: object) -> None:
    document = changed(json.loads(WHOLE), ("data", "points"), points)
    with pytest.raises(ExperimentError, match="points must be a list of"):
        from_json(document)
    assert not VALIDATOR.is_valid(document)


def test_a_misspelt_key_is_recognized() -> None:
    with pytest.raises(ExperimentError, match="did you mean 'learning_rate'"):
        from_json(changed(json.loads(WHOLE), ("lanes", 0, "training", "learning_rat"), 1))


def fitting(task: str, classes: int) -> list[str]:
    """Keys of the losses that can train a task."""
    return [key for key, loss in LOSSES.items() if applies(loss, task, classes)]


# Rules between fields, which no schema tells.
TOGETHER: list[tuple[JSON, str, str]] = [
    ({"data": {"generator": {"name": "sine"}}}, "data.generator.name", "does not make classification data"),
    ({"data": {"generator": {"name": "three_spirals"}, "classes": 2}}, "data.classes", "at least that many"),
    ({"data": {"class_names": ["a", "b", "c"]}}, "data.class_names", "each of the 2 classes, not 3"),
    ({"data": {"class_colours": [None]}}, "data.class_colours", "each of the 2 classes, not 1"),
    ({"data": {"class_names": ["a", "a"]}}, "data.class_names.1", "two classes are called 'a'"),
    ({"data": {"class_names": [" a", "b"]}}, "data.class_names.0", "must not begin or end with a blank"),
    ({"data": {"split": {"validation": 0.5, "test": 0.5}}}, "data.split", "a sum below 100 %"),
    ({"data": {"points": [[0, 0, 2, "test"]]}}, "data.points.0", "a class number from 0 to 1, not 2"),
    ({"data": {"points": [[0, 0, 0, "test"], [0, 0, 0.5, "test"]]}}, "data.points.1", "a class number"),
    ({"data": {"task": "curve", "points": [[0, 1, 2, "test"]]}}, "data.points.0", "must equal the third"),
    ({"lanes": [{}, {}]}, "lanes.1.name", "two lanes are named 'A'"),
    ({"lanes": [{"network": {"features": ["x1", "x1"]}}]}, "lanes.0.network.features", "named twice"),
    ({"lanes": [{"network": {"normalization": {"layers": [4]}}}]}, "lanes.0.network.normalization.layers",
     "none is numbered 4"),
    ({"lanes": [{"network": {"normalization": {"layers": [1, 1]}}}]}, "lanes.0.network.normalization.layers",
     "named twice"),
    ({"data": {"task": "curve"}, "lanes": [{"network": {"features": ["x2"]}}]}, "lanes.0.network.features.0",
     "not known in a curve; choose among x1, x1_squared, sin_x1"),
    ({"data": {"task": "curve"}, "lanes": [{"training": {"loss": "cross_entropy"}}]}, "lanes.0.training.loss",
     f"cannot train the curve task; choose one of {', '.join(fitting('curve', 2))}"),
    ({"data": {"classes": 3}, "lanes": [{"training": {"loss": "playground"}}]}, "lanes.0.training.loss",
     f"cannot train 3 classes; choose one of {', '.join(fitting('classification', 3))}"),
    ({"lanes": [{"network": {"hidden": [4]}, "regularization": {"dropout": {"layers": [2]}}}]},
     "lanes.0.regularization.dropout.layers", "none is numbered 2"),
    ({"lanes": [{"network": {"hidden": [4, 4]}, "regularization": {"dropout": {"rates": [0.5]}}}]},
     "lanes.0.regularization.dropout.rates", "one rate for each of the 2 hidden layers, not 1"),
    ({"lanes": [{"training": {"loss": "playground"}, "regularization": {"label_smoothing": 0.1}}]},
     "lanes.0.regularization.label_smoothing", "the playground loss has no class probabilities to smooth"),
    ({"data": {"task": "surface"}, "lanes": [{"training": {"loss": "squared"}, "regularization": {"mixup": 0.1}}]},
     "lanes.0.regularization.mixup", "mixup is for labels, not for the values of the surface task"),
    ({"lanes": [{"regularization": {"dropout": {"layers": [1, 1]}}}]}, "lanes.0.regularization.dropout.layers",
     "named twice"),
]  # fmt: skip


@pytest.mark.parametrize(("part", "path", "words"), TOGETHER, ids=[words for _, _, words in TOGETHER])
def test_what_does_not_go_together_is_refused(part: JSON, path: str, words: str) -> None:
    document = {"format": "neural-sketchbook/4", **part}
    with pytest.raises(ExperimentError, match=words) as caught:
        from_json(document)
    assert caught.value.path == path
    assert VALIDATOR.is_valid(document)


def test_a_regularizer_without_a_field_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the line that its author has forgotten, and not by a traceback."""
    pull = Parameter("pull", "π", 0.0, 0.0, 1.0, "How strongly weights are pulled.")
    forgotten = replace(REGULARIZERS["l2"], key="pull", parameters=(pull,))
    monkeypatch.setitem(REGULARIZERS._entries, "pull", forgotten)
    assert main(["new"]) == 2
    sentence = capsys.readouterr().err
    assert "the regularizer 'pull' has no field; add 'pull' to RegularizationSettings" in sentence
    assert "engine/experiment/settings.py" in sentence


def test_text_that_no_file_can_hold_is_refused() -> None:
    with pytest.raises(ExperimentError, match=r"lanes.0.name: the text is not valid Unicode"):
        from_json({"format": "neural-sketchbook/4", "lanes": [{"name": "\ud800"}]})


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(schema())
    assert schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    json.dumps(schema())


@given(documents())
def test_the_schema_accepts_what_the_validator_does(document: JSON) -> None:
    VALIDATOR.validate(document)
    VALIDATOR.validate(to_json(from_json(document)))


BAD = st.sampled_from(
    [-1, -0.5, 1e9, 2.5, True, None, "word", "", [], [0], [-1], ["word"], {}, {"name": "word"}, {"x": 1}]
)


@settings(max_examples=100)
@given(documents(), st.data(), BAD)
def test_the_schema_and_the_validator_agree_on_a_document_with_one_odd_value(
    document: JSON, data: st.DataObject, value: Any
) -> None:
    path = data.draw(st.sampled_from(places(document)))
    document = changed(document, path, value)
    accepted = outcome(document)
    if isinstance(accepted, Experiment):
        VALIDATOR.validate(document)
    elif not any(words in str(accepted) for words in BETWEEN_FIELDS):
        assert not VALIDATOR.is_valid(document), accepted


BETWEEN_FIELDS = [
    "must leave points to train on", "does not make", "at least that many are needed", "must be a class number",
    "must equal the third", "two lanes are named", "is named twice", "not known in a curve", "cannot train",
    "none is numbered", "one rate for each", "set it to 0", "must be below the second", "one number for each of",
    "an entry for each of",
]  # fmt: skip


def outcome(document: JSON) -> Experiment | ExperimentError:
    try:
        return from_json(document)
    except ExperimentError as error:
        return error


@pytest.mark.parametrize("whole", [2.0, 3e0, 1e1])
def test_a_whole_number_may_be_written_with_a_point(whole: float) -> None:
    document = {"format": "neural-sketchbook/4", "data": {"classes": whole}}
    VALIDATOR.validate(document)
    classes = from_json(document).data.classes
    assert (classes, type(classes)) == (int(whole), int)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)


def sections() -> Iterator[tuple[str | int, ...]]:
    yield ()
    yield from places(json.loads(WHOLE))


@settings(max_examples=100)
@given(st.sampled_from(list(sections())), JUNK)
def test_junk_anywhere_raises_nothing_but_experiment_error(path: tuple[str | int, ...], junk: Any) -> None:
    document = changed(json.loads(WHOLE), path, junk) if path else junk
    error = outcome(document)
    if isinstance(error, ExperimentError):
        assert "\n" not in error.args[0].partition(": ")[0]
