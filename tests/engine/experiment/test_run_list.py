"""The list of ended runs: its bounds hold, its file gives back the same bits, and what is damaged costs only itself."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.experiment import Lane, Points, default_experiment, dumps, edit, edit_many, from_json, loads
from engine.experiment import run_list as runs_module
from engine.experiment import schema as document_schema
from engine.experiment.document import Sketch, loads_sketch
from engine.experiment.run_list import (
    COLUMNS,
    ENDS,
    MOST_BYTES,
    MOST_PICTURE,
    MOST_ROWS,
    MOST_RUNS,
    PARTS,
    SIDE,
    RunRecord,
    bare_lane,
    bounded,
    curves_of,
    data_digest,
    is_same_run,
    last_number,
    packed_curves,
    packed_picture,
    picture_of,
    size_of,
    thinned_rows,
    total_size,
    with_runs,
    without_runs,
)
from engine.experiment.settings import SweepAxis
from engine.experiment.sweeps.cells import with_sweep

FINITE = st.floats(allow_nan=False, allow_infinity=False)
KNOWN = st.none() | FINITE
BY_SPLIT = st.tuples(KNOWN, KNOWN, KNOWN)
RATES = st.sampled_from([0.001, 0.03, 1.0])


def record(number: int = 1, **changes: Any) -> RunRecord:
    fields = {"lane": Lane(), "task": "classification", "classes": 2, "data": "0" * 16, "epochs": 3}
    return RunRecord(**{"number": number, **fields, "when": 1_700_000_000, "ended": "reset", **changes})


@st.composite
def records(draw: st.DrawFn, number: int = 1) -> RunRecord:
    task = draw(st.sampled_from(["classification", "curve", "surface"]))
    document = from_json(
        {
            "format": "neural-sketchbook/4",
            "data": {"task": task},
            "lanes": [
                {
                    "name": draw(st.sampled_from(["A", "über", 'a "b"'])),
                    "training": {"learning_rate": draw(RATES)},
                }
            ],
        }
    )
    seed = np.random.default_rng(draw(st.integers(0, 99)))
    shape = (SIDE,) if task == "curve" else (SIDE, SIDE)
    rows = seed.normal(size=(draw(st.integers(0, MOST_ROWS)), len(COLUMNS)))
    rows[rows > 2] = np.nan
    epochs = draw(st.integers(1, 10**9))
    return record(
        number,
        lane=document.lanes[0],
        task=task,
        epochs=epochs,
        ended=draw(st.sampled_from(list(ENDS))),
        reason=draw(st.sampled_from(["", "no better for 50 epochs"])),
        best_epoch=draw(st.none() | st.integers(0, epochs)),
        loss=draw(BY_SPLIT),
        score=draw(BY_SPLIT),
        gap=draw(KNOWN),
        diverged=draw(st.integers(0, 20)),
        penalty=draw(KNOWN),
        zero_share=draw(st.none() | st.floats(0, 1)),
        gradient_ratio=draw(st.none() | st.floats(0, 1e300)),
        curves=packed_curves(rows),
        picture=packed_picture(seed.integers(0, 2, shape).astype(np.uint8)),
        pinned=draw(st.booleans()),
    )


def reread(runs: tuple[RunRecord, ...]) -> Sketch:
    return loads_sketch(dumps(default_experiment(), runs=runs))


@given(st.lists(st.integers(1, 40), unique=True, max_size=4).flatmap(
    lambda numbers: st.tuples(*(records(number) for number in sorted(numbers)))
))  # fmt: skip
def test_the_file_gives_the_list_back_to_the_bit(runs: tuple[RunRecord, ...]) -> None:
    sketch = reread(runs)
    assert (sketch.runs, sketch.runs_problem) == (runs, "")
    assert sketch.experiment == default_experiment()
    assert dumps(sketch.experiment, runs=sketch.runs) == dumps(default_experiment(), runs=runs)


def test_the_record_of_a_cell_is_that_of_an_ordinary_lane() -> None:
    swept = with_sweep(default_experiment(), 0, [SweepAxis("regularization.l2", (0.0, 0.5))])
    run = record(lane=bare_lane(swept.lanes[1]))
    sketch = loads_sketch(dumps(swept, runs=(run,)))
    assert (sketch.experiment, sketch.runs, sketch.runs_problem) == (swept, (run,), "")
    assert (run.name, run.lane.cell, run.lane.regularization.l2) == ("λ₂ 0.5", None, 0.5)


def test_a_file_without_ended_runs_says_nothing_of_them() -> None:
    text = dumps(default_experiment())
    assert '"runs"' not in text
    assert reread(()).runs == ()
    assert loads(dumps(default_experiment(), b"", (record(),))) == default_experiment()


@pytest.mark.parametrize("last", [0, 3, 7])
def test_a_file_knows_the_numbers_of_deleted_runs(last: int) -> None:
    text = dumps(default_experiment(), runs=(record(1), record(3)), last_run=last)
    assert ('"last_run": 7' in text) == (last == 7)
    assert loads_sketch(text).last_run == max(3, last)
    assert loads(text) == default_experiment()
    assert loads_sketch(dumps(default_experiment(), last_run=last)).last_run == last


@pytest.mark.parametrize("damaged", [0, -3, "7", 2.5, True, [], 2**40])
def test_a_damaged_highest_number_is_said_and_left_out(damaged: object) -> None:
    document = json.loads(dumps(default_experiment(), runs=(record(2),)))
    sketch = loads_sketch(json.dumps({**document, "last_run": damaged}))
    assert (sketch.last_run, sketch.experiment) == (2, default_experiment())
    assert sketch.runs_problem.startswith("last_run: expected a whole number from 1 to 2147483648, not ")
    assert sketch.runs_problem.endswith("; it was left out.")


def test_files_of_former_formats_have_none() -> None:
    former = {"format": "neural-sketchbook/1"}
    assert loads_sketch(json.dumps(former)).runs == ()


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 60)), max_size=60))
def test_the_bounds_hold_for_any_sequence(steps: list[tuple[bool, int]]) -> None:
    most_runs, most_bytes = 7, 12_000
    patch = pytest.MonkeyPatch()
    with patch.context() as bounds:
        bounds.setattr(runs_module, "MOST_RUNS", most_runs)
        bounds.setattr(runs_module, "MOST_BYTES", most_bytes)
        runs: tuple[RunRecord, ...] = ()
        for pinned, rows in steps:
            curves = packed_curves(np.random.default_rng(rows).normal(size=(rows, len(COLUMNS))))
            new = record(last_number(runs) + 1, pinned=pinned, curves=curves)
            before, runs = runs, with_runs(runs, [new])
            assert len(runs) <= most_runs
            assert total_size(runs) <= most_bytes
            gone = [one for one in (*before, new) if one not in runs]
            if any(one.pinned for one in gone):
                assert all(one.pinned for one in runs)
            unpinned = [one.number for one in runs if not one.pinned]
            assert all(one.number < min(unpinned, default=one.number + 1) for one in gone if not one.pinned)
            assert [one.number for one in runs] == sorted(one.number for one in runs)


def test_the_oldest_unpinned_runs_leave_first() -> None:
    runs = tuple(record(number, pinned=number in (1, 3)) for number in range(1, MOST_RUNS + 1))
    assert bounded(runs) is runs
    more = with_runs(runs, [record(MOST_RUNS + 1), record(MOST_RUNS + 2)])
    assert [one.number for one in more][:3] == [1, 3, 5]
    assert len(more) == MOST_RUNS


def test_a_full_list_stays_below_its_bytes() -> None:
    rows = np.random.default_rng(0).normal(size=(MOST_ROWS, len(COLUMNS)))
    noise = np.random.default_rng(1).integers(0, 2, (SIDE, SIDE)).astype(np.uint8)
    full = record(curves=packed_curves(rows), picture=packed_picture(noise))
    assert MOST_RUNS * size_of(full) < MOST_BYTES
    runs = tuple(record(number) for number in range(1, 4))
    text = dumps(default_experiment(), runs=runs)
    assert len(text) - len(dumps(default_experiment())) >= total_size(runs)


def test_a_run_replaces_the_one_with_its_number() -> None:
    runs = (record(1), record(2), record(5))
    changed = with_runs(runs, [record(2, epochs=9)])
    assert [(one.number, one.epochs) for one in changed] == [(1, 3), (2, 9), (5, 3)]
    assert without_runs(changed, [1, 5]) == (changed[1],)
    assert last_number(changed) == 5
    assert last_number(changed, 9) == 9


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("epochs", 0, "its number of epochs cannot be read (expected int >= 1)."),
        ("ended", "gone", "why it ended cannot be read (expected one of"),
        (
            "task",
            "cats",
            "its task cannot be read (expected one of classification, curve, surface, not 'cats').",
        ),
        (
            "classes",
            99,
            "its number of classes cannot be read (expected a whole number from 2 to 10, not 99).",
        ),
        ("curves", "AAAA", "its curves cannot be read (the bytes are damaged)."),
        ("curves", 3, "its curves cannot be read (expected bytes, got int)."),
        ("picture", "eJwDAAAAAAE=", "its picture cannot be read (the bytes are damaged)."),
        ("extra", 1, "object contains unknown field extra."),
        ("reason", "\ud800", "it has a character that no text can have."),
        ("\ud800", 1, "it has a character that no text can have."),
        ("lane", {"name": "\ud800"}, "its settings cannot be read ("),
        ("lane", {"seed": -1}, "its settings cannot be read (expected"),
        ("lane", 7, "its settings cannot be read (expected"),
        ("best_epoch", 4, "its best epoch cannot be read (it is 4 of 3 epochs)."),
        ("gradient_ratio", float("inf"), "its ratio of gradients cannot be read ("),
        ("gap", 1e999, "its loss gap cannot be read ("),
        ("loss", [0.1, float("nan"), None], "its losses cannot be read ("),
        ("diverged", -1, "how many of its seeds diverged cannot be read (expected int >= 0)."),
    ],
)
def test_a_damaged_run_is_left_out_in_a_sentence_without_paths(
    key: str, value: object, sentence: str
) -> None:
    document = json.loads(dumps(default_experiment(), runs=(record(1), record(2), record(3))))
    document["runs"][1][key] = value
    sketch = loads_sketch(json.dumps(document))
    assert [one.number for one in sketch.runs] == [1, 3]
    assert sketch.runs_problem.startswith(f"Run 2 was damaged and is left out: {sentence}")
    assert sketch.experiment == default_experiment()
    assert set(PARTS) == set(RunRecord.__struct_fields__)


def test_several_damaged_runs_are_counted_in_one_sentence() -> None:
    document = json.loads(dumps(default_experiment(), runs=(record(1), record(2), record(3))))
    document["runs"][0], document["runs"][2]["number"] = "a run", 2
    sketch = loads_sketch(json.dumps(document))
    assert [one.number for one in sketch.runs] == [2]
    assert sketch.runs_problem == (
        "Entry 1 of the list of runs and Run 2 were damaged and are left out. "
        "The first: expected an object, not 'a run'."
    )
    document["runs"] = ["a run"] * 7
    shown = "Entry 1 of the list of runs, Entry 2 of the list of runs, Entry 3 of the list of runs and 4 more were"
    assert loads_sketch(json.dumps(document)).runs_problem.startswith(shown)
    document["runs"] = {}
    problem = loads_sketch(json.dumps(document)).runs_problem
    assert problem == "The list of runs was damaged and is left out."


def test_too_many_runs_of_a_file_lose_the_oldest() -> None:
    document = json.loads(dumps(default_experiment(), runs=(record(1),)))
    document["runs"] = [{**document["runs"][0], "number": number} for number in range(1, MOST_RUNS + 3)]
    sketch = loads_sketch(json.dumps(document))
    assert [one.number for one in sketch.runs] == list(range(3, MOST_RUNS + 3))
    assert sketch.runs_problem == "There is no room for all runs of the file: the oldest 2 are left out."


def test_bytes_that_unpack_to_more_than_a_run_may_have_are_damaged() -> None:
    import zlib

    with pytest.raises(ValueError, match="end"):
        curves_of(record(curves=zlib.compress(bytes(10**6))))
    with pytest.raises(ValueError, match="class"):
        picture_of(record(picture=packed_picture(np.full((SIDE, SIDE), 2, np.uint8))))


@given(st.integers(1, 30_000), st.integers(0, 29_999))
def test_thinning_keeps_the_first_the_best_and_the_last_row(count: int, best: int) -> None:
    best = min(best, count - 1)
    rows = thinned_rows(count, best).tolist()
    assert len(rows) <= MOST_ROWS
    assert {0, best, count - 1} <= set(rows)
    assert rows == sorted(set(rows))
    assert len(rows) == count or count > MOST_ROWS


def test_a_picture_is_small_and_comes_back() -> None:
    cells = np.random.default_rng(0).integers(0, 10, (SIDE, SIDE)).astype(np.uint8)
    packed = packed_picture(cells)
    assert len(packed) <= MOST_PICTURE
    unpacked = picture_of(record(classes=10, picture=packed))
    assert unpacked is not None
    assert np.array_equal(unpacked, cells)
    assert picture_of(record()) is None


def test_the_digest_tells_data_sets_apart() -> None:
    sketch = default_experiment()
    points = Points([[0.0, 1.0], [1.0, 0.0]], [0.0, 1.0], [0, 1])
    moved = Points([[0.0, 1.0], [1.0, 0.5]], [0.0, 1.0], [0, 1])
    digest = data_digest(sketch.data, points)
    named = edit(sketch, "data.class_names", ["cat", "dog"])
    assert data_digest(named.data, points) == digest
    other = edit_many(sketch, {"data.classes": 3})
    assert len({digest, data_digest(sketch.data, moved), data_digest(other.data, points)}) == 3


def test_two_records_of_one_run_differ_in_their_end_alone() -> None:
    assert is_same_run(record(1), record(2, ended="divergence", when=5, pinned=True))
    assert not is_same_run(record(1), record(1, epochs=4))
    assert not is_same_run(record(1), record(1, lane=Lane(seed=1)))


def test_the_schema_names_the_list() -> None:
    described = document_schema()["$defs"]["Experiment"]["properties"]["runs"]
    assert (described["type"], described["maxItems"]) == ("array", MOST_RUNS)
