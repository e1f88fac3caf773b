"""CSV: our own files come back to the bit, other people's are understood or refused with a reason."""

from __future__ import annotations

import io
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data import CsvData, CsvError, read_csv, write_csv
from engine.data.importing import with_imported
from engine.data.tables import COLUMNS
from engine.experiment import default_experiment
from engine.experiment.points import Points
from tests.engine.data.strategies import arrays_of, bits

TASKS = st.sampled_from(list(COLUMNS))


def written(points: Points, task: str) -> str:
    file = io.StringIO()
    write_csv(points, task, file)
    return file.getvalue()


def to_points(data: CsvData) -> Points:
    return Points(data.xy, data.target, data.split)


@given(TASKS.flatmap(lambda task: st.tuples(st.just(task), arrays_of(task))))
def test_our_own_text_comes_back_to_the_bit(case: tuple[str, Points]) -> None:
    task, points = case
    if len(points):
        assert bits(to_points(read_csv(written(points, task), task))) == bits(points)


@pytest.mark.parametrize("task", COLUMNS)
def test_our_own_file_comes_back_to_the_bit(task: str, tmp_path: Path) -> None:
    y = np.array([-0.0, 5e-324, 0.1 + 0.2])
    target = np.array([0.0, 7.0, 2.0]) if task == "classification" else y
    points = Points(np.column_stack((y[::-1], y)), target, [2, 0, 1])
    write_csv(points, task, tmp_path / "data.csv")
    assert bits(to_points(read_csv(tmp_path / "data.csv", task))) == bits(points)


def test_written_files_look_as_promised() -> None:
    points = Points([[1.5, -2], [0.1, 3]], [0, 1], [0, 2])
    assert written(points, "classification") == "x1,x2,class,split\n1.5,-2.0,1,training\n0.1,3.0,2,test\n"
    assert written(points, "surface") == "x1,x2,value,split\n1.5,-2.0,0.0,training\n0.1,3.0,1.0,test\n"
    curve = Points([[1.5, -2]], [-2], [1])
    assert written(curve, "curve") == "x,y,split\n1.5,-2.0,validation\n"


@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        ("1 2", [0, 1]),
        ("2 3", [1, 2]),
        ("10 1", [9, 0]),
        # Earlier versions counted from 0, and a class 0 shows it.
        ("0 1", [0, 1]),
        ("2 0", [2, 0]),
        ("9 0", [9, 0]),
    ],
)
def test_a_class_number_is_that_of_the_window_or_of_an_earlier_version(
    labels: str, classes: list[int]
) -> None:
    rows = "".join(f"1,2,{label},test\n" for label in labels.split())
    data = read_csv(f"x1,x2,class,split\n{rows}", "classification")
    assert data.target.tolist() == classes
    imported = with_imported(default_experiment(), data)
    assert imported.data.class_names is None
    assert imported.data.classes == max(2, *(number + 1 for number in classes))


def test_other_numbers_are_names() -> None:
    data = read_csv("x1,x2,class,split\n1,2,0,test\n1,2,10,test\n", "classification")
    assert with_imported(default_experiment(), data).data.class_names == ("0", "10")


EXPECTED = [[1.5, -2.0], [0.25, 3.0]]


@pytest.mark.parametrize(
    "text",
    [
        "1.5,-2,0\n0.25,3,1\n",
        "1.5,-2,0\r\n0.25,3,1",
        "1.5,-2,0\r0.25,3,1\r",
        "x1,x2,class\n1.5,-2,0\n0.25,3,1\n",
        "\ufeffx1,x2,class\n1.5,-2,0\n0.25,3,1\n",
        "1.5;-2;0\n0.25;3;1\n",
        "1,5;-2;0\n0,25;3;1\n",
        "x1;x2;class\n1,5;-2,0;0\n0,25;3,0;1\n",
        "1.5\t-2\t0\n0.25\t3\t1\n",
        "1,5\t-2\t0\n0,25\t3\t1\n",
        "  1.5   -2 0\n0.25 3   1  \n",
        "1.5 \t -2 \t 0\n0.25\t3 1\n",
        "\n\n1.5, -2, 0\n\n0.25, 3, 1\n\n",
        '"1.5","-2","0"\n"0.25","3","1"\n',
        '"x 1","x,2","class; name"\n1.5,-2,0\n0.25,3,1\n',
        "1.5e0,-2.,0.0\n+.25,3,1.0\n",
    ],
)
def test_other_spellings_of_one_data_set(text: str) -> None:
    for content in (text, text.encode()):
        data = read_csv(content, "classification")
        assert data.xy.tolist() == EXPECTED
        assert data.target.tolist() == [0, 1]
        assert data.split is None
        assert data.class_names == ("0", "1")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_bytes("1,2,ä\n3,4,Öl\n".encode(encoding))
    assert read_csv(tmp_path / "data.csv", "classification").class_names == ("Öl", "ä")


@pytest.mark.parametrize(
    ("labels", "target", "names"),
    [
        (["0", "1", "2"], [0, 1, 2], ("0", "1", "2")),
        (["1", "1.0", "0"], [1, 1, 0], ("0", "1")),
        (["1", "2", "2"], [0, 1, 1], ("1", "2")),
        (["1", "-1", "1"], [1, 0, 1], ("-1", "1")),
        (["10", "9", "0"], [2, 1, 0], ("0", "9", "10")),
        (["0.5", "2", "0.5"], [0, 1, 0], ("0.5", "2")),
        (["dog", "cat", "dog"], [1, 0, 1], ("cat", "dog")),
        (["b", "1", '"a, b"'], [2, 0, 1], ("1", "a, b", "b")),
    ],
)
def test_class_labels(labels: list[str], target: list[float], names: tuple[str, ...]) -> None:
    data = read_csv("".join(f"1,2,{label}\n" for label in labels), "classification")
    assert data.target.tolist() == target
    assert data.class_names == names


def test_a_gap_in_our_own_file_is_an_empty_class() -> None:
    data = read_csv("x1,x2,class,split\n1,2,0,training\n1,2,2,test\n", "classification")
    assert data.target.tolist() == [0, 2]
    assert data.class_names == ("0", "1", "2")


def test_curve_and_surface() -> None:
    curve = read_csv("x;y\n1,5;2\n-1;0,5\n", "curve")
    assert curve.xy.tolist() == [[1.5, 2], [-1, 0.5]]
    assert curve.target.tolist() == [2, 0.5]
    surface = read_csv("1 2 0.5 Test\n3 4 -1 training\n", "surface")
    assert surface.target.tolist() == [0.5, -1]
    assert surface.class_names == ()
    assert surface.split is not None
    assert surface.split.tolist() == [2, 0]


@pytest.mark.parametrize(
    ("text", "task", "message"),
    [
        ("", "surface", "line 1: expected 3 columns (x1, x2, value) but found an empty file"),
        (" \n\n", "curve", "line 1: expected 2 columns (x, y) but found an empty file"),
        ("x,y\n", "curve", "line 2: expected 2 columns (x, y) but found nothing after the header"),
        ("1\n2\n", "curve", "line 1: expected 2 columns (x, y) but found 1"),
        ("1,2\n", "surface", "line 1: expected 3 columns (x1, x2, value) but found 2"),
        ("1,2,3,4,5\n", "surface", "line 1: expected 3 columns (x1, x2, value) but found 5"),
        ("1,2,0\n3,4\n", "classification", "line 2: expected 3 columns (x1, x2, class) but found 2"),
        (
            "x,y,split\n1,2,test\n\n1,2\n",
            "curve",
            "line 4: expected 3 columns (x, y, split) but found 2",
        ),
        ("1,2,3\n1,abc,3\n", "surface", "line 2: expected a number for x2 but found “abc”"),
        ("1,2,3\n1,,3\n", "surface", "line 2: expected a number for x2 but found nothing"),
        ("1,2,3\n1_0,2,3\n", "surface", "line 2: expected a number for x1 but found “1_0”"),
        ("1;2;3\n1.00,5;2;3\n", "surface", "line 2: expected a number for x1 but found “1.00,5”"),
        ("1,2,x\n", "surface", "line 1: expected a number for value but found “x”"),
        ("nan,2,0\n", "classification", "line 1: expected a finite number for x1 but found “nan”"),
        ("1,2\n1,-inf\n", "curve", "line 2: expected a finite number for y but found “-inf”"),
        ("1,2\n1e999,1\n", "curve", "line 2: expected a finite number for x but found “1e999”"),
        ("1,2,nan\n", "classification", "line 1: expected a class but found “nan”"),
        ("1,2,a\n1,2,\n", "classification", "line 2: expected a class but found nothing"),
        (
            "1,2,0,holdout\n",
            "surface",
            "line 1: expected a split (training, validation, test) but found “holdout”",
        ),
        (
            '1,2,a\n1,2,"b\n',
            "classification",
            "line 2: expected 3 columns (x1, x2, class) but found broken quotes",
        ),
        (
            "".join(f"1,2,k{k}\n" for k in range(11)),
            "classification",
            "line 11: expected at most 10 classes but found one more, “k10”",
        ),
    ],
)
def test_what_cannot_be_read_is_named(text: str, task: str, message: str) -> None:
    with pytest.raises(CsvError) as caught:
        read_csv(text, task)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)
    assert caught.value.problems[0] == str(caught.value)


def test_the_first_five_bad_lines_are_listed() -> None:
    with pytest.raises(CsvError) as caught:
        read_csv("1,2\n" + "1,x\n3,4\n" * 10, "curve")
    assert [problem.split(":")[0] for problem in caught.value.problems] == [
        f"line {n}" for n in (2, 4, 6, 8, 10)
    ]


@given(st.one_of(st.text(), st.binary(), st.text("0123456789.,;\t \n\"'-xe")), TASKS)
def test_any_text_is_read_or_refused(content: str | bytes, task: str) -> None:
    with suppress(CsvError):
        assert len(to_points(read_csv(content, task))) > 0


def test_a_huge_field_is_refused() -> None:
    with pytest.raises(CsvError):
        read_csv("1,2," + "9" * 200_000, "surface")


def test_a_missing_file_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_csv(tmp_path / "none.csv", "curve")


def test_a_hundred_thousand_rows() -> None:
    rng = np.random.default_rng(0)
    points = Points(rng.normal(size=(100_000, 2)), rng.integers(0, 3, 100_000), rng.integers(0, 3, 100_000))
    assert to_points(read_csv(written(points, "classification"), "classification")) == points
