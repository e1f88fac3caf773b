"""The document: JSON and value are the same thing, strict, with defaults, migrations and a stable hash."""

from __future__ import annotations

import copy
import json
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from engine.experiment import (
    Experiment,
    ExperimentError,
    Points,
    default_experiment,
    dumps,
    from_json,
    loads,
    stable_hash,
    to_json,
)
from engine.experiment import document as document_module
from engine.experiment.choice import (
    ActivationChoice,
    Choice,
    InitializerChoice,
    LossChoice,
    OptimizerChoice,
    ScheduleChoice,
)
from tests.deadline import DEADLINE
from tests.engine.experiment.strategies import JSON, documents, partial_documents

ROOT = Path(__file__).parents[3]
FORMAT = "neural-sketchbook/4"

WHOLE = """
{"format": "neural-sketchbook/4",
 "data": {"task": "classification", "classes": 2,
          "generator": {"name": "spiral", "points": 500, "noise": 0.1, "seed": 0},
          "points": null,
          "split": {"validation": 0.25, "test": 0.25, "seed": 0}},
 "lanes": [{"name": "A", "seed": 0,
            "network": {"features": ["x1", "x2"], "input_scaling": "unit", "hidden": [8, 8, 8], "activation": "tanh",
                        "initializer": "glorot_uniform", "normalization": null, "residual": false},
            "training": {"optimizer": "adam", "learning_rate": 0.003, "batch_size": 10, "loss": "cross_entropy",
                         "schedule": {"name": "constant"}},
            "regularization": {"l1": 0.0, "l2": 0.0, "max_norm": null,
                               "dropout": {"rate": 0.0, "layers": "last", "input_rate": 0.0},
                               "augmentation": {"rotate": 0.0, "shear": 0.0, "shift": 0.0, "scale": 0.0},
                               "early_stopping": null,
                               "gradient_clipping": null}}]}
"""


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Paths of every key and item below a JSON value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, item in items for place in [(*path, key), *places(item, (*path, key))]]


def value_at(document: Any, path: tuple[str | int, ...]) -> Any:
    for key in path:
        document = document[key]
    return document


def is_leaf(document: JSON, path: tuple[str | int, ...]) -> bool:
    return not isinstance(value_at(document, path), dict | list)


def changed(document: JSON, path: tuple[str | int, ...], value: Any) -> JSON:
    document = copy.deepcopy(document)
    inner: Any = document
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return document


def test_the_published_document_is_the_default() -> None:
    assert loads(WHOLE) == default_experiment()
    here, published = to_json(default_experiment()), json.loads(WHOLE)
    assert all(
        value_at(here, path) == value_at(published, path)
        for path in places(published)
        if is_leaf(published, path)
    )


KEYS = [
    path
    for path in places(json.loads(WHOLE))
    # A choice without a name would be none.
    if isinstance(path[-1], str) and path != ("format",) and path[-2:] != ("schedule", "name")
]


@pytest.mark.parametrize("path", KEYS, ids=str)
def test_every_key_but_format_may_be_left_out(path: tuple[str | int, ...]) -> None:
    document = json.loads(WHOLE)
    inner = document
    for key in path[:-1]:
        inner = inner[key]
    del inner[path[-1]]
    assert from_json(document) == default_experiment()


def test_format_may_not_be_left_out() -> None:
    with pytest.raises(
        ExperimentError, match='format: is missing; a sketch says "format": "neural-sketchbook/4"'
    ):
        from_json({})


@pytest.mark.parametrize(
    ("data", "generator", "classes", "features", "loss"),
    [
        ({}, "spiral", 2, ("x1", "x2"), "cross_entropy"),
        ({"task": "curve"}, "sine", 2, ("x1",), "squared"),
        ({"task": "surface"}, "plane", 2, ("x1", "x2"), "squared"),
        ({"generator": {"name": "three_spirals"}}, "three_spirals", 3, ("x1", "x2"), "cross_entropy"),
        ({"classes": 5}, "spiral", 5, ("x1", "x2"), "cross_entropy"),
    ],
)
def test_defaults_follow_the_task(
    data: JSON, generator: str, classes: int, features: tuple[str, ...], loss: str
) -> None:
    for lanes in ({}, {"lanes": [{}]}, {"lanes": [{"network": {}, "training": {"batch_size": 3}}]}):
        found = from_json({"format": FORMAT, "data": data, **lanes})
        assert found.data.generator.name == generator
        assert found.data.classes == classes
        assert found.lanes[0].network.features == features
        assert found.lanes[0].training.loss.name == loss


@settings(max_examples=50)
@given(documents())
def test_json_and_value_are_the_same_to_the_bit(document: JSON) -> None:
    value = from_json(document)
    text = dumps(value)
    again = loads(text)
    assert again == value
    assert dumps(again) == text
    assert loads(text.encode()) == value
    assert from_json(to_json(value)) == value
    assert stable_hash(again) == stable_hash(value)
    if document["data"]["points"] is not None:
        assert value.data.points is not None
        table = (
            np.array([row[:3] for row in document["data"]["points"]], dtype=np.float64).reshape(-1, 3) + 0.0
        )
        assert np.array_equal(value.data.points.xy, table[:, :2])
        assert value.data.points.xy.tobytes() == table[:, :2].tobytes()
        assert again.data.points is not None
        assert again.data.points.digest == value.data.points.digest


CHOICES = {
    "activation": ActivationChoice,
    "initializer": InitializerChoice,
    "optimizer": OptimizerChoice,
    "loss": LossChoice,
    "schedule": ScheduleChoice,
}


def written_out(choice: Choice) -> JSON:
    """With every parameter; the document leaves out those that have their default."""
    return {"name": choice.name, **choice.parameters}


@settings(max_examples=50)
@given(partial_documents())
def test_what_is_left_out_gets_its_default_and_the_rest_is_kept(document: JSON) -> None:
    whole = to_json(from_json(document))
    for path in places(document):
        given_value, kept = document, whole
        for key in path:
            given_value = given_value[key]  # type: ignore[index]
            kept = written_out(CHOICES[key].parse(kept[key])) if key in CHOICES else kept[key]
            if isinstance(given_value, str) and isinstance(kept, dict):
                kept = kept["name"]
        if isinstance(given_value, str | bool | int | float):
            assert kept == given_value


@settings(max_examples=50)
@given(documents())
def test_pickling_gives_an_equal_value(document: JSON) -> None:
    value = from_json(document)
    again = pickle.loads(pickle.dumps(value))
    assert again == value
    assert hash(again) == hash(value)
    assert stable_hash(again) == stable_hash(value)


def test_points_stand_one_a_line() -> None:
    value = from_json(
        {"format": FORMAT, "data": {"points": [[0.1, -2, 1, "test"], [1e-300, 5, 0, "training"]]}}
    )
    lines = [line.strip() for line in dumps(value).splitlines()]
    assert '[0.1, -2.0, 1.0, "test"],' in lines
    assert "[8, 8, 8]," in next(line for line in lines if line.startswith('"hidden": ['))


@pytest.mark.parametrize(
    "rows", [[], [[0.1, -2.0, 1.0, "test"]], [[0.1, -2.0, 1.0, "test"], [1e-300, 5.0, 0.0, "training"]]]
)
def test_points_are_indented_like_the_rest_and_come_back_whatever_a_lane_is_called(
    rows: list[object],
) -> None:
    value = from_json({"format": FORMAT, "data": {"points": rows}, "lanes": [{"name": '"points": null'}]})
    text = dumps(value)
    assert loads(text) == value
    lines = ",".join(f"\n   {json.dumps(row)}" for row in rows)
    end = "\n  " if rows else ""
    assert f'\n  "points": [{lines}{end}],\n' in text


def test_the_hash_is_the_same_in_every_process() -> None:
    code = "from engine.experiment import *; print(stable_hash(loads(open(0).read())))"
    text = dumps(from_json({"format": FORMAT, "data": {"points": [[0.1, 0.2, 1, "test"]]}}))
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            input=text,
            env={"PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
            timeout=DEADLINE,
        ).stdout.strip()
        for seed in ("0", "1")
    }
    assert found == {stable_hash(loads(text))}


OTHERS: list[tuple[str, Any]] = [
    ("data.task", "surface"), ("data.classes", 3), ("data.generator.name", "xor"), ("data.generator.points", 501),
    ("data.generator.noise", 0.2), ("data.generator.seed", 1), ("data.points", []),
    ("data.points", [[1, 2, 0, "test"]]), ("data.points", [[1, 2, 0, "training"]]),
    ("data.points", [[1, 2, 1, "test"]]),
    ("data.points", [[1, 2.000000000000001, 0, "test"]]), ("data.split.validation", 0.2), ("data.split.test", 0.2),
    ("data.split.seed", 1), ("data.extent", {"x": [0, 6]}), ("data.extent", {"value": [0, 6]}),
    ("data.axes", {"x": {"name": "Age"}}), ("data.axes", {"y": {"unit": "cm"}}), ("data.aspect", "equal"),
    ("lanes.0.name", "B"), ("lanes.0.seed", 1), ("lanes.0.network.features", ["x2", "x1"]),
    ("lanes.0.network.input_scaling", "none"), ("lanes.0.network.hidden", [8, 8]),
    ("lanes.0.network.activation", "relu"),
    ("lanes.0.network.activation", "leaky_relu"), ("lanes.0.network.activation", {"name": "leaky_relu", "slope": 0.2}),
    ("lanes.0.network.initializer", "zeros"), ("lanes.0.training.optimizer", "sgd"),
    ("lanes.0.training.optimizer", {"name": "adam", "beta1": 0.8}), ("lanes.0.training.learning_rate", 0.0031),
    ("lanes.0.training.batch_size", 11), ("lanes.0.training.loss", "squared"), ("lanes.0.regularization.l1", 1e-9),
    ("lanes.0.regularization.l2", 1e-9), ("lanes.0.regularization.dropout.rate", 0.1),
    ("lanes.0.regularization.dropout.layers", "all"), ("lanes.0.regularization.dropout.layers", [1]),
    ("lanes.0.regularization.dropout.input_rate", 0.1), ("lanes.0.regularization.early_stopping", {}),
    ("lanes.0.regularization.early_stopping", {"patience": 7}), ("lanes", [{}, {"name": "B"}]),
]  # fmt: skip


def with_change(path: str, value: Any) -> Experiment:
    keys = tuple(int(key) if key.isdecimal() else key for key in path.split("."))
    document = changed(json.loads(WHOLE), keys, value)
    if path == "data.task":
        document["data"].pop("generator")
        document["lanes"][0]["training"].pop("loss")
    return from_json(document)


def test_the_hash_changes_with_each_field() -> None:
    hashes = [stable_hash(default_experiment()), *(stable_hash(with_change(*other)) for other in OTHERS)]
    assert len(set(hashes)) == len(hashes)


def test_the_hash_does_not_depend_on_how_a_default_is_written() -> None:
    optimizer = {"name": "adam", "beta1": 0.9, "eps": 1e-8}
    assert stable_hash(with_change("lanes.0.training.optimizer", optimizer)) == stable_hash(
        default_experiment()
    )
    assert stable_hash(with_change("lanes.0.regularization.l1", 0)) == stable_hash(default_experiment())
    assert stable_hash(with_change("lanes.0.regularization.l1", -0.0)) == stable_hash(default_experiment())


def test_nothing_of_it_can_be_changed() -> None:
    value = from_json({"format": FORMAT, "data": {"points": [[1, 2, 0, "test"]]}})
    points, choice = value.data.points, value.lanes[0].network.activation
    assert points is not None
    for thing, field in [
        (value, "lanes"),
        (value.data, "points"),
        (value.lanes[0].training, "learning_rate"),
        (points, "xy"),
        (choice, "name"),
    ]:
        with pytest.raises(AttributeError):
            setattr(thing, field, None)
    for array in (points.xy, points.target, points.split):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    choice.parameters["slope"] = 3.0
    assert choice.parameters == {}


def test_points_copy_what_they_are_made_of() -> None:
    xy, target, split = np.zeros((1, 2)), np.zeros(1), np.zeros(1, dtype=np.uint8)
    points = Points(xy, target, split)
    xy[0], target[0], split[0] = 5.0, 5.0, 2
    assert points.to_rows() == [[0.0, 0.0, 0.0, "training"]]


def test_an_older_format_is_migrated_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    def first(document: JSON) -> JSON:
        return {"format": "test/b", "lanes": [{"learning_rate": document["rate"]}]}

    def second(document: JSON) -> JSON:
        return {"format": FORMAT, "lanes": [{"training": lane} for lane in document["lanes"]]}

    monkeypatch.setitem(document_module.MIGRATIONS, "test/a", first)
    monkeypatch.setitem(document_module.MIGRATIONS, "test/b", second)
    value = loads('{"format": "test/a", "rate": 0.5}')
    assert value.lanes[0].training.learning_rate == 0.5
    assert value.format == FORMAT


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("neural-sketchbook/5", "newer version; update the app"),
        ("neural-sketchbook/10", "newer version; update the app"),
        ("neural-sketchbook/0", "is unknown"),
        ("word", "is unknown"),
        (None, "is missing; a sketch says"),
        ([], "is unknown"),
    ],
)
def test_another_format_is_refused_readably(name: Any, words: str) -> None:
    with pytest.raises(ExperimentError, match=words) as caught:
        from_json({"format": name})
    assert caught.value.path == "format"


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[1, 2", "nonsense", '{"format": }', '{"format": "neural-sketchbook/4"} x', "\ufeff{}", "null", "[]",
        "3", '"text"', "[" * 100_000, '{"a":' * 5000, '{"format": "neural-sketchbook/4", "x": NaN}',
        '{"format": "neural-sketchbook/4", "lanes": [{"seed": ' + "9" * 5000 + "}]}",
    ],
    ids=lambda text: text[:20],
)  # fmt: skip
def test_what_is_no_document_is_refused_in_one_sentence(text: str) -> None:
    for form in (text, text.encode()):
        with pytest.raises(ExperimentError) as caught:
            loads(form)
        assert 0 < len(str(caught.value)) < 200


@pytest.mark.parametrize("content", [b"\xff\xfe\x00\x01\x80", bytes(range(256)), b"\x80abc"])
def test_binary_is_refused(content: bytes) -> None:
    with pytest.raises(ExperimentError):
        loads(content)


def test_the_line_of_a_mistake_is_named() -> None:
    with pytest.raises(ExperimentError, match="line 3 is not valid JSON"):
        loads('{\n"format": 1,\n]')


@settings(max_examples=30)
@given(documents())
def test_equal_experiments_have_equal_hashes_and_others_others(document: JSON) -> None:
    value = from_json(document)
    other = from_json(changed(document, ("lanes", 0, "seed"), (document["lanes"][0]["seed"] + 1) % 2**32))
    assert value != other
    assert stable_hash(value) != stable_hash(other)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "the file is empty"),
        (" \n", "the file is empty"),
        ('{"format": "neural-sketchbook/4",\n "data', "the file ends too early, in line 2"),
        ('{"format": "neural-sketchbook/4",\n "data": {', "the file ends too early, in line 2"),
    ],
)
def test_a_file_that_was_cut_says_so(text: str, sentence: str) -> None:
    for content in (text, text.encode()):
        with pytest.raises(ExperimentError, match=sentence):
            loads(content)
