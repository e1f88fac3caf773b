"""One drawing a task: what another task leaves comes back as it was, and nothing trains on it."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from engine.catalogue.presets import PRESETS
from engine.catalogue.tasks import TASKS
from engine.data import read_csv
from engine.data.importing import with_imported
from engine.experiment import (
    Experiment,
    ExperimentError,
    Points,
    default_experiment,
    dumps,
    edit_many,
    from_json,
    kept_drawing,
    loads,
    preset_experiment,
    schema,
    stable_hash,
    switch_task,
    to_json,
    without_drawings,
)
from engine.experiment.bounded_json import MOST_POINTS


def drawn(task: str, count: int = 6) -> Experiment:
    """A task with points, and everything else of its data, as no default has it."""
    rng = np.random.default_rng(count)
    xy = rng.uniform(-6, 6, (count, 2))
    target = {"classification": np.arange(count) % 3, "curve": xy[:, 1], "surface": rng.normal(size=count)}[
        task
    ]
    changes: dict[str, object] = {
        "data.generator.noise": 0.35,
        "data.generator.seed": 11,
        "data.split": {"validation": 0.1, "test": 0.3, "seed": 5},
        "data.classes": 3,
        "data.class_names": ("cat", None, "dog") if task == "classification" else None,
        "data.class_colours": (None, "#123456", None) if task == "classification" else None,
        "data.points": Points(xy, target, np.arange(count) % 3),
    }
    return edit_many(switch_task(default_experiment(), task), changes)


def emptied(experiment: Experiment) -> Experiment:
    return msgspec.structs.replace(experiment, drawings=())


@pytest.mark.parametrize("there", TASKS)
@pytest.mark.parametrize("task", TASKS)
def test_a_task_comes_back_as_it_was_left(task: str, there: str) -> None:
    before = emptied(drawn(task))
    if there == task:
        return
    away = switch_task(before, there)
    assert away.data == switch_task(emptied(before), there).data
    assert away.data.points is None
    back = switch_task(away, task)
    assert back.data == before.data
    assert back.data.points is not None
    assert before.data.points is not None
    assert back.data.points.digest == before.data.points.digest
    assert [data.task for data in back.drawings] == [there]


def test_three_tasks_have_three_drawings() -> None:
    experiment = emptied(drawn("classification"))
    left = {"classification": experiment.data}
    for task in ("curve", "surface"):
        experiment = edit_many(switch_task(experiment, task), {"data.points": drawn(task, 9).data.points})
        left[task] = experiment.data
    for task in ("curve", "classification", "surface", "classification", "curve"):
        experiment = switch_task(experiment, task)
        assert experiment.data == left[task]
        assert {data.task: data for data in (*experiment.drawings, experiment.data)} == left


def test_a_file_holds_all_of_them_exactly() -> None:
    experiment = switch_task(switch_task(drawn("classification"), "curve"), "surface")
    text = dumps(edit_many(experiment, {"data.points": drawn("surface").data.points}))
    again = loads(text)
    assert dumps(again) == text
    assert switch_task(again, "classification").data == drawn("classification").data
    # A line for each point.
    assert sum(line.strip().rstrip(",").endswith('"]') and "[" in line for line in text.splitlines()) == 12


def test_a_file_without_them_is_written_as_it_was() -> None:
    assert "drawings" not in to_json(default_experiment())
    assert "drawings" not in dumps(default_experiment())
    assert from_json({"format": "neural-sketchbook/4"}).drawings == ()


def test_what_is_trained_has_the_same_hash_with_and_without_them() -> None:
    away = switch_task(drawn("classification"), "curve")
    alone = without_drawings(away)
    assert away != alone
    assert stable_hash(away) == stable_hash(alone)
    assert without_drawings(alone) is alone


def test_defaults_of_a_drawing_follow_its_own_task() -> None:
    document = {"format": "neural-sketchbook/4", "drawings": [{"task": "curve"}, {"task": "surface"}]}
    assert [data.generator.name for data in from_json(document).drawings] == ["sine", "plane"]


@pytest.mark.parametrize(
    ("drawings", "sentence"),
    [
        ([{"task": "classification"}], "drawings.0.task: 'classification' has its data already"),
        ([{"task": "curve"}, {"task": "curve"}], "drawings.1.task: 'curve' has its data already"),
        ([{"task": "tables"}], "drawings.0.task: expected one of"),
        ([{"task": "curve", "points": [[0, 1, 2, "test"]]}], "drawings.0.points.0: in a curve"),
        ([{"task": "curve", "split": {"validation": 0.6, "test": 0.6}}], "drawings.0.split"),
        ([{"task": "curve", "generator": {"name": "spiral"}}], "drawings.0.generator.name"),
        ([{"task": "curve", "colour": "red"}], "drawings.0"),
        ([{}, {}, {}], "drawings"),
        ({"task": "curve"}, "drawings"),
        (["curve"], "drawings.0"),
    ],
)
def test_a_drawing_is_as_strict_as_the_data(drawings: object, sentence: str) -> None:
    with pytest.raises(ExperimentError) as refused:
        from_json({"format": "neural-sketchbook/4", "drawings": drawings})
    assert str(refused.value).startswith(sentence)


def test_the_schema_knows_them() -> None:
    described = schema()["$defs"]["Experiment"]["properties"]["drawings"]
    assert described["items"] == {"$ref": "#/$defs/DataSettings"}
    assert described["maxItems"] == len(TASKS) - 1


def test_the_largest_drawings_of_all_tasks_can_be_read_again() -> None:
    points = Points(np.zeros((MOST_POINTS, 2)), np.zeros(MOST_POINTS))
    data = {task: switch_task(default_experiment(), task).data for task in TASKS}
    first, *others = (msgspec.structs.replace(one, points=points) for one in data.values())
    whole = msgspec.structs.replace(default_experiment(), data=first, drawings=tuple(others))
    assert loads(dumps(whole)) == whole


def test_an_import_of_another_task_keeps_what_it_leaves_and_takes_the_place_of_what_it_finds() -> None:
    curve = switch_task(drawn("classification"), "curve")
    table = read_csv("x1,x2,class\n1,2,0\n3,4,1\n", "classification")
    imported = with_imported(curve, table, "classification")
    assert len(imported.data.points or ()) == 2
    assert imported.data.class_colours is None
    assert kept_drawing(imported, "classification") is None
    assert kept_drawing(imported, "curve") == curve.data


def test_a_demonstration_begins_without_drawings() -> None:
    assert all(preset_experiment(key).drawings == () for key in PRESETS)
