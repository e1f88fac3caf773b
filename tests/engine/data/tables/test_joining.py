"""Arrays: features stay with their own labels, and what nobody can know is refused in a sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.data import CsvData, CsvError, CsvReader, guess_reading, read_table
from engine.data.tables import Text
from engine.data.tables.facts import MOST_COLUMNS

RNG = np.random.default_rng(5)
FEATURES, MORE, THIRD = (RNG.normal(size=(count, 2)) for count in (6, 6, 4))
LABELS, OTHERS, LAST = np.array([0, 1, 2, 0, 1, 2]), np.array([2, 2, 1, 1, 0, 0]), np.array([0, 1, 0, 1])


def saved(folder: Path, **arrays: Any) -> Path:
    np.savez(folder / "a.npz", **arrays)
    return folder / "a.npz"


def read(path: Path, task: str = "classification") -> tuple[Text, CsvData]:
    text = read_table(path)
    reader = CsvReader(text, guess_reading(text, task), stop=False)
    reader.finish()
    assert not reader.problems
    return text, reader.result()


@pytest.mark.parametrize(
    "names",
    [
        ("X_train", "y_train", "X_test", "y_test"),
        ("x_test", "y_test", "x_train", "y_train"),
        ("trainX", "trainY", "testX", "testY"),
        ("train_data", "train_labels", "test_data", "test_labels"),
        ("xtrain", "ytrain", "xtest", "ytest"),
        ("training_features", "training_targets", "testing_features", "testing_targets"),
    ],
)
def test_parts_keep_their_labels_whatever_their_order(names: tuple[str, ...], tmp_path: Path) -> None:
    swapped = names[0].startswith("x_test")
    text, data = read(saved(tmp_path, **dict(zip(names, (FEATURES, LABELS, MORE, OTHERS), strict=True))))
    first, second = ((MORE, OTHERS), (FEATURES, LABELS)) if swapped else ((FEATURES, LABELS), (MORE, OTHERS))
    assert data.xy.tolist() == np.concatenate((first[0], second[0])).tolist()
    assert data.target.tolist() == [*first[1], *second[1]]
    assert data.split is not None
    assert data.split.tolist() == [0] * 6 + [2] * 6
    assert all("points" in note for note in text.notes)


def test_validation_and_labels_as_columns_or_words(tmp_path: Path) -> None:
    words = np.array(["dog", "cat", "eel"])
    path = saved(
        tmp_path, X_val=THIRD, y_val=words[LAST], X_train=FEATURES, y_train=words[LABELS][:, None], seed=7
    )
    text, data = read(path)
    assert data.class_names == ("cat", "dog", "eel")
    assert [data.class_names[int(k)] for k in data.target] == [*words[LABELS], *words[LAST]]
    assert data.split is not None
    assert data.split.tolist() == [0] * 6 + [1] * 4
    assert text.notes[-1] == "seed is left out"


def test_one_hot_labels_are_labels(tmp_path: Path) -> None:
    _, data = read(saved(tmp_path, X=FEATURES, y=np.eye(3)[LABELS]))
    assert data.target.tolist() == LABELS.tolist()


def test_one_part_is_dealt_out(tmp_path: Path) -> None:
    text, data = read(saved(tmp_path, X_train=FEATURES, y_train=LABELS, X_test=MORE))
    assert data.split is None
    assert data.xy.tolist() == FEATURES.tolist()
    assert text.notes == (
        "X_train and y_train belong together",
        "X_test has no labels of its own",
        "X_test is left out",
    )


def test_values_of_a_surface(tmp_path: Path) -> None:
    values = RNG.normal(size=6)
    _, data = read(saved(tmp_path, X=FEATURES, y=values), "surface")
    assert data.target.tolist() == values.tolist()


@pytest.mark.parametrize(
    "arrays",
    [
        {"x1": FEATURES[:, 0], "x2": FEATURES[:, 1], "label": LABELS},
        {"label": LABELS, "x1": FEATURES[:, 0], "x2": FEATURES[:, 1]},
        {"arr_0": FEATURES, "arr_1": LABELS},
        {"labels": LABELS, "points": FEATURES},
        {"points": FEATURES, "class": LABELS, "other": np.zeros((3, 3, 3))},
    ],
)
def test_arrays_side_by_side(arrays: dict[str, Any], tmp_path: Path) -> None:
    _, data = read(saved(tmp_path, **arrays))
    assert data.xy.tolist() == FEATURES.tolist()
    assert data.target.tolist() == LABELS.tolist()


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"X_train": FEATURES, "y_train": LABELS[:5]}, "X_train has 6 rows and y_train 5"),
        ({"X": FEATURES, "y": LAST}, "X has 6 rows and y 4; each point needs a label of its own"),
        ({"a": FEATURES, "b": MORE}, "not clear which arrays are features and which are labels among a, b"),
        ({"a": FEATURES, "b": LABELS, "c": OTHERS}, "not clear which arrays are features"),
        ({"X": FEATURES, "y": LABELS, "label": OTHERS}, "not clear which arrays are features"),
        ({"X": FEATURES, "y": RNG.normal(size=(6, 3))}, "y has 3 columns, but each point has one label"),
        ({"X_train": FEATURES, "X_test": MORE, "y_test": OTHERS}, None),
        (
            {"X": FEATURES, "y": np.array(["2020-01-01"] * 6, "M8[D]")},
            "expected numbers or text but found datetime64",
        ),
        ({"X": FEATURES, "y": np.array([{}] * 6)}, "Python objects, which could do harm and are never read"),
    ],
)
def test_what_nobody_can_know_is_refused(arrays: dict[str, Any], words: str | None, tmp_path: Path) -> None:
    path = saved(tmp_path, **arrays)
    if words is None:
        text, data = read(path)
        assert data.xy.tolist() == MORE.tolist()
        assert "X_train is left out" in text.notes
        return
    with pytest.raises(CsvError, match=words) as caught:
        read_table(path)
    assert "\n" not in str(caught.value)


KIND = np.dtype([("width", "f8"), ("height", "f4"), ("kind", "U5")])
ROWS = np.array([(1.5, 2, "red"), (3, 4, "blue")], KIND)


@pytest.mark.parametrize("array", [ROWS, ROWS.view(np.recarray)], ids=["structured", "recarray"])
def test_records_are_columns_by_their_fields(array: Any, tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", array)
    _, data = read(tmp_path / "a.npy")
    assert data.xy.tolist() == [[1.5, 2], [3, 4]]
    assert [data.class_names[int(k)] for k in data.target] == ["red", "blue"]


def test_records_of_two_parts(tmp_path: Path) -> None:
    _, data = read(saved(tmp_path, test=ROWS[:1], train=ROWS))
    assert data.xy.tolist() == [[1.5, 2], [3, 4], [1.5, 2]]
    assert data.split is not None
    assert data.split.tolist() == [0, 0, 2]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ([("x1", "f8"), ("x2", "f8"), ("class", "O")], "Python objects"),
        ([("x1", "f8"), ("x2", "c16"), ("class", "U3")], "found complex128"),
        ([("x1", "f8"), ("when", "M8[s]"), ("class", "U3")], "found datetime64"),
        ([("xy", "f8", (2, 2, 2)), ("class", "U3")], "a field of 4 dimensions"),
    ],
)
def test_records_of_other_things_are_refused(kind: list[Any], words: str, tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.zeros(3, kind))
    with pytest.raises(CsvError, match=words):
        read_table(tmp_path / "a.npy")


def test_an_array_with_another_name_is_read_or_reported(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.column_stack((FEATURES, LABELS)))
    (tmp_path / "a.npy").rename(tmp_path / "a.csv")
    assert read(tmp_path / "a.csv")[1].target.tolist() == LABELS.tolist()
    path = saved(tmp_path, X=FEATURES, y=LABELS).rename(tmp_path / "b.csv")
    with pytest.raises(CsvError, match=r"call it \.npz"):
        read_table(path)


def test_arrays_may_have_as_many_columns_as_texts(tmp_path: Path) -> None:
    widest = np.arange(3.0 * MOST_COLUMNS).reshape(3, -1)
    np.save(tmp_path / "a.npy", widest)
    np.savetxt(tmp_path / "a.csv", widest, delimiter=",")
    for name in ("a.npy", "a.csv"):
        _, data = read(tmp_path / name, "curve")
        assert data.xy[:, 0].tolist() == widest[:, 0].tolist()
    np.save(tmp_path / "b.npy", np.zeros((3, MOST_COLUMNS + 1)))
    with pytest.raises(CsvError, match=f"at most {MOST_COLUMNS} columns but found {MOST_COLUMNS + 1}"):
        read_table(tmp_path / "b.npy")
