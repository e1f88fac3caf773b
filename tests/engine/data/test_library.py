"""A person's own data sets: saved whole, read back to the bit, and damaged files told about."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.catalogue.tasks import TASKS
from engine.data import Library, free_name, varied, with_saved
from engine.data.library import NOISE_REACH, SUFFIX
from engine.experiment import Points, default_experiment, edit_many, switch_task, validate
from engine.experiment.frame import Frame
from tests.engine.data.strategies import arrays_of, bits

NAMED = edit_many(
    default_experiment(), {"data.class_names": ("cat", None), "data.class_colours": (None, "#112233")}
)
POINTS = Points([[0.1, 0.2], [3, -4], [5, 5]], [0, 1, 1], [0, 1, 2])


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "sets")


def test_there_is_no_folder_before_something_is_saved(library: Library) -> None:
    assert list(library.sets()) == []
    assert not library.folder.exists()


def test_what_is_saved_comes_back_to_the_bit(library: Library) -> None:
    saved = library.save("Mine & yours/2 ✓", NAMED.data, POINTS)
    (found,) = library.sets()
    assert found == saved
    assert (found.name, found.problem) == ("Mine & yours/2 ✓", "")
    assert bits(found.points) == bits(POINTS)
    assert found.data is not None
    assert found.data.class_names == ("cat", None)
    assert found.data.class_colours == (None, "#112233")


def test_renaming_keeps_the_file_and_deleting_takes_it_away(library: Library) -> None:
    saved = library.save("a", NAMED.data, POINTS)
    renamed = library.rename(saved, "b")
    assert [found.name for found in library.sets()] == ["b"]
    assert renamed.path == saved.path
    library.delete(renamed)
    library.delete(renamed)
    assert list(library.sets()) == []
    assert os.listdir(library.folder) == []


def test_a_set_is_never_half_written(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    saved = library.save("a", NAMED.data, POINTS)

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="No space left"):
        library.rename(saved, "b")
    assert [found.name for found in library.sets()] == ["a"]
    assert len(os.listdir(library.folder)) == 1


DAMAGED = {
    "nothing": (b"", "the file is empty"),
    "no JSON": (b"{", "the file ends too early, in line 1"),
    "binary": (b"\xff\xfe\x00", "this is not a text file"),
    "a list": (b"[]", "this is not a data set of this version"),
    "deep": (b"[" * 100_000, "the JSON is nested too deeply"),
    "another format": (
        b'{"format": "neural-sketchbook-data-set/9"}',
        "this is not a data set of this version",
    ),
    "no name": (b'{"format": "neural-sketchbook-data-set/2"}', "this is a data set without a name"),
    "no data": (b'{"format": "neural-sketchbook-data-set/2", "name": "a"}', "data: expected an object"),
    "no points": (
        b'{"format": "neural-sketchbook-data-set/2", "name": "a", "data": {}}',
        "this is a data set without points",
    ),
    "a bad point": (
        b'{"format": "neural-sketchbook-data-set/2", "name": "a", "data": {"points": [[0, 0, 7, "test"]]}}',
        "data.points.0: the target must be a class number from 0 to 1, not 7",
    ),
}


@pytest.mark.parametrize("kind", DAMAGED)
def test_a_damaged_file_is_told_about_beside_the_others(library: Library, kind: str) -> None:
    content, words = DAMAGED[kind]
    library.save("good", NAMED.data, POINTS)
    (library.folder / f"-odd{SUFFIX}").write_bytes(content)
    odd, good = library.sets()
    assert (odd.name, odd.data) == ("-odd", None)
    assert odd.problem.startswith(words)
    assert good.name == "good"
    assert len(odd.points) == 0
    library.delete(odd)
    assert [found.name for found in library.sets()] == ["good"]


def test_a_huge_file_and_a_folder_are_told_about(library: Library) -> None:
    library.save("good", NAMED.data, POINTS)
    with (library.folder / f"-0{SUFFIX}").open("wb") as file:
        file.truncate(200 * 2**20)
    (library.folder / f"-1{SUFFIX}").mkdir()
    assert [found.problem[:17] for found in library.sets()][:2] == ["the file has more", "this is a folder,"]


def test_a_line_that_was_edited_by_hand_is_validated(library: Library) -> None:
    saved = library.save("a", NAMED.data, POINTS)
    document = json.loads(saved.path.read_bytes())
    document["data"]["points"][1][0] = float("nan")
    saved.path.write_text(json.dumps(document))
    (found,) = library.sets()
    assert found.problem == "data.points.1.0: numbers must be finite"


ANY_TASK = st.sampled_from(list(TASKS))
CASES = ANY_TASK.flatmap(lambda task: st.tuples(st.just(task), arrays_of(task)))


@given(CASES, st.integers(2, 40), st.integers(0, 2**32 - 1))
def test_more_points_of_one_seed_are_the_same_and_some_more(
    case: tuple[str, Points], size: int, seed: int
) -> None:
    task, points = case
    few, more = (varied(points, task, count, 0.0, seed) for count in (size, size + 5))
    assert len(few) == min(size, len(points))
    # A point may have become the one that its class is trained on.
    for part, whole in ((few, more), (more, points)):
        spared = {(*row[:3], "training") for row in map(tuple, points.to_rows())}
        assert {*map(tuple, part.to_rows())} - spared <= {*map(tuple, whole.to_rows())}
        assert {tuple(row[:3]) for row in part.to_rows()} <= {tuple(row[:3]) for row in whole.to_rows()}
    assert bits(varied(points, task, len(points), 0.0, seed)) == bits(points)


def test_noise_of_one_seed_grows_along_the_same_ways() -> None:
    rng = np.random.default_rng(1)
    points = Points(rng.normal(size=(5000, 2)), np.zeros(5000))
    little, much = (varied(points, "surface", 5000, noise, 3).xy - points.xy for noise in (0.1, 0.2))
    assert much == pytest.approx(2 * little)
    assert little.std() == pytest.approx(0.1 * NOISE_REACH, rel=0.03)
    some = varied(points, "surface", 100, 0.1, 3)
    whole = varied(points, "surface", 5000, 0.1, 3)
    assert {*map(tuple, some.to_rows())} <= {*map(tuple, whole.to_rows())}
    curve = varied(Points(points.xy, points.xy[:, 1]), "curve", 50, 0.5, 3)
    assert np.array_equal(curve.target, curve.xy[:, 1])


@pytest.mark.parametrize("task", list(TASKS))
def test_a_saved_set_takes_its_task_classes_and_looks_along(library: Library, task: str) -> None:
    saved = library.save("a", edit_many(NAMED, {}).data, POINTS)
    after = validate(with_saved(switch_task(default_experiment(), task), saved, 7))
    assert after.data.task == "classification"
    assert after.data.points == POINTS
    assert after.data.class_names == ("cat", None)
    assert (after.data.generator.points, after.data.generator.noise, after.data.generator.seed) == (3, 0.0, 7)
    surface = switch_task(default_experiment(), "surface")
    values = library.save("b", surface.data, Points([[0, 0]], [0.5]))
    after = validate(with_saved(NAMED, values, 0))
    assert after.data.task == "surface"
    assert after.data.points.target.tolist() == [0.5]


def test_a_saved_set_keeps_its_frame_and_varies_in_its_units(library: Library) -> None:
    framed = edit_many(
        NAMED, {"data.extent.x": [0, 1200], "data.axes.x": {"name": "Length", "unit": "mm"}}
    ).data
    saved = library.save("a", framed, POINTS)
    after = with_saved(default_experiment(), saved, 0).data
    assert Frame.of(after) == Frame.of(framed)
    (again,) = library.sets()
    assert again.data == saved.data
    steps = saved.varied(3, 0.1, 4).xy - POINTS.xy
    plain = varied(POINTS, "classification", 3, 0.1, 4).xy - POINTS.xy
    np.testing.assert_allclose(steps, plain * (100.0, 1.0))
    # Sets from before there were frames have the default one.
    document = json.loads(saved.path.read_text())
    for key in ("extent", "axes", "aspect"):
        del document["data"][key]
    saved.path.write_text(json.dumps(document))
    (older,) = library.sets()
    assert older.data is not None
    assert Frame.of(older.data) == Frame()


@pytest.mark.parametrize(
    ("name", "taken", "expected"),
    [
        ("a", set(), "a"),
        ("  a \n b\x00 ", set(), "a b"),
        ("", set(), "Data set"),
        ("a", {"a"}, "a 2"),
        ("a", {"a", "a 2"}, "a 3"),
        ("x" * 90, {"x" * 40}, "x" * 35 + " 2"),
    ],
)
def test_names_are_tidy_and_differ(name: str, taken: set[str], expected: str) -> None:
    assert free_name(name, taken) == expected
