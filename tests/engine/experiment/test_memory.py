"""Experiments that would take too much memory are refused, with settings that fit."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any

import msgspec
import numpy as np
import pytest

from engine.experiment import (
    FORMAT,
    Experiment,
    ExperimentError,
    Lane,
    Points,
    TooManyPointsError,
    default_experiment,
    dumps,
    edit_many,
    from_json,
    loads,
    require_room,
    validate,
)
from engine.experiment.memory import estimate, memory_problem

HIDDEN, POINTS, BATCH = "lanes.0.network.hidden", "data.generator.points", "lanes.0.training.batch_size"
NORMALIZED = {"lanes.0.network.normalization": {"kind": "batch"}}


def _lanes(base: Experiment, count: int) -> Experiment:
    lanes = tuple(msgspec.structs.replace(base.lanes[0], name=f"L{n}", seed=n) for n in range(count))
    return msgspec.structs.replace(base, lanes=lanes)


def _settings(changes: dict[str, Any], lanes: int = 1) -> Experiment:
    """Without the check, which is what is tested."""
    base = default_experiment()
    (lane,), data = base.lanes, base.data
    network = msgspec.structs.replace(lane.network, hidden=tuple(changes.get(HIDDEN, lane.network.hidden)))
    training = msgspec.structs.replace(lane.training, batch_size=changes.get(BATCH, 10))
    points = msgspec.structs.replace(data.generator, points=changes.get(POINTS, 500))
    lane = msgspec.structs.replace(lane, network=network, training=training)
    data = msgspec.structs.replace(data, generator=points)
    return _lanes(msgspec.structs.replace(base, data=data, lanes=(lane,)), lanes)


LARGE: list[tuple[dict[str, Any], int]] = [
    ({HIDDEN: [512] * 64}, 2),
    ({HIDDEN: [512] * 64, POINTS: 100_000, BATCH: 4000}, 1),
    ({HIDDEN: [512] * 64, POINTS: 100_000}, 64),
    ({HIDDEN: [512] * 2, POINTS: 100_000, BATCH: 100_000}, 1),
    ({HIDDEN: [512] * 8, POINTS: 100_000, BATCH: 50_000}, 64),
    ({HIDDEN: [200, 100] * 30}, 64),
]


@pytest.mark.parametrize(("changes", "lanes"), LARGE)
def test_too_large_an_experiment_is_one_sentence_with_what_fits(changes: dict[str, Any], lanes: int) -> None:
    settings = _settings(changes, lanes)
    with pytest.raises(ExperimentError) as refused:
        validate(settings)
    sentence = str(refused.value)
    assert refused.value.path == "lanes.0.network.hidden"
    assert len(sentence) <= 300
    assert re.search(r"[\d,.]+ GB of memory, and 4 GB is the limit; (.* would fit|make)", sentence)


def test_at_most_so_many_lanes_layers_neurons_or_points_fit() -> None:
    def advice(changes: dict[str, Any], lanes: int) -> str:
        problem = memory_problem(_settings(changes, lanes))
        assert problem is not None
        return problem[1].split("; ")[1]

    for changes, key, lanes in (({HIDDEN: [512] * 64}, "lanes", 64), ({HIDDEN: [256] * 10}, "lanes", 64)):
        found = re.search(r"(\d+) lanes? ", advice(changes, lanes))
        assert found, key
        number = int(found[1])
        assert memory_problem(_settings(changes, number)) is None
        assert memory_problem(_settings(changes, number + 1)) is not None
    changes = {HIDDEN: [512] * 64, BATCH: 4000, POINTS: 100_000}
    found = re.search(r"(\d+) layers of 512", advice(changes, 1))
    assert found
    depth = int(found[1])
    assert memory_problem(_settings({**changes, HIDDEN: [512] * depth})) is None
    assert memory_problem(_settings({**changes, HIDDEN: [512] * (depth + 1)})) is not None
    found = re.search(r"batches of ([\d,]+) points", advice(changes, 1))
    assert found
    batch = int(found[1].replace(",", ""))
    assert memory_problem(_settings({**changes, BATCH: batch})) is None
    assert memory_problem(_settings({**changes, BATCH: batch + 1})) is not None


def advice_of(settings: Experiment) -> str:
    problem = memory_problem(settings)
    assert problem is not None
    return problem[1].split("; ")[1]


@pytest.mark.parametrize(
    "changes",
    [
        {"network": {"normalization": {"kind": "batch", "layers": [60]}}},
        {"regularization": {"dropout": {"rate": 0.5, "layers": [60]}}},
        {"regularization": {"dropout": {"rates": [0.1] * 64}}},
    ],
)
def test_no_fewer_layers_are_offered_than_other_settings_name(changes: dict[str, Any]) -> None:
    document = {
        "format": FORMAT,
        "data": {"generator": {"name": "spiral", "points": 100_000}},
        "lanes": [
            {
                **changes,
                "network": {**changes.get("network", {}), "hidden": [512] * 64},
                "training": {"batch_size": 4000},
            }
        ],
    }
    with pytest.raises(ExperimentError, match="GB of memory") as refused:
        from_json(document)
    found = re.search(r"64 layers of (\d+)", str(refused.value).split("; ")[1])
    assert found, str(refused.value)
    document["lanes"][0]["network"]["hidden"] = [int(found[1])] * 64
    assert from_json(document).lanes[0].network.hidden[0] == int(found[1])


def test_it_says_which_lanes_fit_and_whose_layers() -> None:
    def lane(name: str, hidden: list[int], batch: int) -> Lane:
        one = default_experiment().lanes[0]
        network = msgspec.structs.replace(one.network, hidden=tuple(hidden))
        training = msgspec.structs.replace(one.training, batch_size=batch)
        return msgspec.structs.replace(one, name=name, network=network, training=training)

    big, small = [512] * 60, [8, 8, 8]
    base = default_experiment()
    lanes = (lane("A", big, 10), lane("B", big, 10), lane("C", small, 10))
    settings = msgspec.structs.replace(base, lanes=lanes)
    found = re.fullmatch(r"all lanes but B or (\d+) layers of 512 in lane A would fit", advice_of(settings))
    assert found, advice_of(settings)
    assert memory_problem(msgspec.structs.replace(base, lanes=(lanes[0], lanes[2]))) is None
    fewer = lane("A", [512] * int(found[1]), 10)
    assert memory_problem(msgspec.structs.replace(base, lanes=(fewer, *lanes[1:]))) is None
    huge = (lane("A", [512] * 64, 10), lane("B", [512] * 64, 10), lane("C", big, 10))
    assert advice_of(msgspec.structs.replace(base, lanes=huge)).startswith("lane C alone")
    others = (*huge[:2], lanes[2], lane("D", small, 10))
    assert advice_of(msgspec.structs.replace(base, lanes=others)).startswith("all lanes but B")


def test_what_is_hardly_too_much_is_not_called_as_much_as_the_limit() -> None:
    """The smallest batch that does not fit."""
    deep = {HIDDEN: [512] * 64, POINTS: 100_000}
    fitting = advice_of(_settings({**deep, BATCH: 100_000}))
    most = re.search(r"batches of ([\d,]+) points", fitting)
    assert most, fitting
    problem = memory_problem(_settings({**deep, BATCH: int(most[1].replace(",", "")) + 1}))
    assert problem is not None
    assert "takes slightly more than 4 GB of memory, which is the limit; " in problem[1]
    assert "4.0" not in problem[1]


def test_what_can_be_edited_can_be_opened_and_nothing_else() -> None:
    settings = _settings({HIDDEN: [512] * 64}, 2)
    with pytest.raises(ExperimentError, match="GB of memory"):
        loads(dumps(settings))
    with pytest.raises(ExperimentError, match="GB of memory"):
        edit_many(_settings({HIDDEN: [512] * 64}), {BATCH: 50_000, POINTS: 100_000})
    assert loads(dumps(_settings({HIDDEN: [512] * 8}))).lanes[0].network.hidden == (512,) * 8


def test_ordinary_experiments_have_room() -> None:
    for changes, lanes in (
        ({}, 64),
        ({POINTS: 100_000}, 64),
        ({HIDDEN: [8] * 64}, 1),
        ({HIDDEN: [512] * 16}, 1),
    ):
        assert memory_problem(_settings(changes, lanes)) is None


def test_points_beyond_the_limit_are_refused() -> None:
    def points(count: int) -> Points:
        return Points(np.zeros((count, 2)), np.zeros(count), np.zeros(count, dtype=np.int8))

    settings = validate(_settings({HIDDEN: [512] * 2, BATCH: 100_000}))
    require_room(settings, points(1000))
    with pytest.raises(TooManyPointsError, match="GB of memory") as refused:
        require_room(settings, points(100_000))
    assert refused.value.path == "data.points"
    assert len(str(refused.value)) <= 300


def test_more_of_anything_takes_no_less() -> None:
    least = estimate(_settings({}))
    for changes in ({HIDDEN: [9, 8, 8]}, {HIDDEN: [8] * 4}, {POINTS: 600}, {BATCH: 20}):
        assert estimate(_settings(changes)) >= least
    assert estimate(_settings({}, 3)) > estimate(_settings({}, 2))


MEASURE = """
import json, resource, sys
import msgspec
from engine.experiment import default_experiment, edit_many
from engine.experiment.memory import estimate
from engine.observation.observables import PREDICTION, Grid
from engine.training.trainer import Trainer

changes, lanes, way, steps = json.loads(sys.argv[1])

def memory():
    # Pages of files, such as PyTorch's own, are left out: where memory is short, the system takes them back. The peak
    # is known of all pages alone. Linux counts in it what the parent had at the start, but for this file.
    try:
        lines = open("/proc/self/status").read().splitlines()
        found = {line.split(":")[0]: 1024 * int(line.split()[1]) for line in lines if line.endswith(" kB")}
        return found["RssAnon"], found["VmHWM"] - found["RssFile"]
    except OSError:
        peak = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak, peak

def forget_peak():
    try:
        open("/proc/self/clear_refs", "w").write("5")
    except OSError:
        pass

def run(settings, steps):
    trainer = Trainer(settings, way=way)
    for _ in range(steps):
        trainer.step()
    for _ in range(8):
        trainer.lanes.runs[0].now = None
        for stack in trainer.lanes.stacks:
            stack.measuring.forget()
        trainer.lane_snapshots([PREDICTION.request(Grid(50))])

run(default_experiment(), 3)
forget_peak()
before, _ = memory()
settings = edit_many(default_experiment(), changes)
lane = settings.lanes[0]
settings = msgspec.structs.replace(
    settings, lanes=tuple(msgspec.structs.replace(lane, name=f"L{n}", seed=n) for n in range(lanes))
)
run(settings, steps)
_, peak = memory()
print(json.dumps([estimate(settings), peak - before]))
"""


def _measure(changes: dict[str, Any], lanes: int, way: str, steps: int) -> tuple[int, int]:
    """The estimate, and by how much the peak of a process has grown."""
    arguments = [sys.executable, "-c", MEASURE, json.dumps([changes, lanes, way, steps])]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True)
    guessed, taken = json.loads(done.stdout)
    return guessed, taken


SHAPES: dict[str, tuple[dict[str, Any], int]] = {
    "deep and wide": ({HIDDEN: [512] * 8}, 1),
    "large batches": ({HIDDEN: [512] * 4, POINTS: 10_000, BATCH: 5000}, 1),
    "many lanes": ({HIDDEN: [256] * 3}, 16),
    "many points": ({POINTS: 100_000}, 16),
    "normalized": ({HIDDEN: [64] * 8, POINTS: 5000, BATCH: 1000, **NORMALIZED}, 8),
    "narrow and deep": ({HIDDEN: [8] * 64, POINTS: 5000, BATCH: 1000}, 8),
}


@pytest.mark.skipif(sys.platform == "win32", reason="there is no ru_maxrss")
def test_an_estimate_is_what_a_run_takes() -> None:
    guessed, taken = _measure({HIDDEN: [256] * 4, POINTS: 3000, BATCH: 1500}, 3, "replay", 3)
    assert taken <= guessed <= 2 * taken


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("way", ["replay", "auto"])
def test_estimates_are_what_runs_take(name: str, way: str) -> None:
    changes, lanes = SHAPES[name]
    guessed, taken = _measure(changes, lanes, way, 6)
    assert taken <= guessed
    # Native code keeps less of a step.
    assert way == "auto" or guessed <= 2 * taken
