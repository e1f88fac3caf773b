"""Tables of other people: columns found by name or by what they hold, and every bad row named."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.catalogue.tasks import TASKS
from engine.data import (
    CsvData,
    CsvError,
    CsvReader,
    Problem,
    guess_reading,
    points_to_text,
    read_table,
    read_text,
)
from engine.data.tables import Text, read_as, survey_of
from engine.experiment import Points
from tests.engine.data.strategies import arrays_of, bits

MANY = ";id;x2;label;x1;note\n;1;0,5;a;2;hm\n;2;1,5;b;3;\n;3;oops;b;3;\n"


def read(text: str | bytes, task: str) -> tuple[CsvData, list[Problem]]:
    source = read_text(text)
    reader = CsvReader(source, guess_reading(source, task), stop=False)
    reader.finish()
    return reader.result(), reader.problems


@pytest.mark.parametrize(
    ("text", "task", "columns", "split"),
    [
        ("x1,x2,class\n1,2,0\n", "classification", (0, 1, 2), None),
        ("class,x2,x1\n0,1,2\n", "classification", (2, 1, 0), None),
        ("species,width,length\na,1,2\n", "classification", (1, 2, 0), None),
        ("name,a,b,c\nx,1,2,k\ny,1,2,l\n", "classification", (1, 2, 3), None),
        ("1,2,a\n1,2,b\n", "classification", (0, 1, 2), None),
        ("1,2,a,test\n1,2,b,training\n", "classification", (0, 1, 2), 3),
        ("test,1,2,a\ntraining,1,2,b\n", "classification", (1, 2, 3), 0),
        ("t,y,x\n1,2,3\n", "curve", (2, 1), None),
        ("date,temperature,load\nmon,1,2\ntue,3,4\n", "curve", (1, 2), None),
        ("a,b,c,d\n1,2,3,4\n", "surface", (0, 1, 2), None),
        ("value,x1,x2\n1,2,3\n", "surface", (1, 2, 0), None),
        ("id,a,b,c\n7,1,2,k\n8,1,2,l\n", "classification", (1, 2, 3), None),
        (",a,b\n0,1,2\n1,1,2\n", "curve", (1, 2), None),
        ("1\n2\n", "surface", (0, 1, 2), None),
    ],
)
def test_columns_are_found(text: str, task: str, columns: tuple[int, ...], split: int | None) -> None:
    reading = guess_reading(Text.of(text), task)
    assert (reading.columns, reading.split) == (columns, split)


@pytest.mark.parametrize(
    ("text", "delimiter", "comma", "header"),
    [
        ("1,2,0\n3,4,1\n", ",", False, False),
        ("1;2;0\n3;4;1\n", ";", False, False),
        ("1,5;2,5;0\n3;4;1\n", ";", True, False),
        ("1.5;2;0\n3;4;1\n", ";", False, False),
        ("a b c\n1 2 0\n", " ", False, True),
        ("a\tb\tc\td\te\n1\t2\t0\t1\t1\n", "\t", False, True),
        ("x,y,class\n", ",", False, True),
        ("1,two,0\n1,2,1\n", ",", False, False),
    ],
)
def test_the_dialect_is_found(text: str, delimiter: str, comma: bool, header: bool) -> None:
    reading = guess_reading(Text.of(text), "classification")
    assert (reading.dialect.delimiter, reading.header) == (delimiter, header)
    assert {reading.style(place).convention.decimal for place in reading.columns[:2]} == {
        "," if comma else "."
    }


def test_another_delimiter_can_be_asked_for() -> None:
    reading = read_as(survey_of(Text.of("1,5 2 0\n3 4 1\n"), ","), "classification")
    assert (reading.dialect.delimiter, reading.width) == (",", 3)


def test_what_can_be_read_is_read_and_the_rest_named() -> None:
    data, problems = read(MANY, "classification")
    assert data.xy.tolist() == [[2, 0.5], [3, 1.5]]
    assert data.class_names == ("a", "b")
    assert list(map(str, problems)) == ["line 4: expected a number for x2 but found “oops”"]


def test_a_row_that_spans_lines_is_named_by_its_first() -> None:
    data, problems = read('1,2,a\n1,x,"b\nc"\n3,4,"d\ne"\n', "classification")
    assert [problem.line for problem in problems] == [2]
    assert data.class_names == ("a", "d\ne")


@given(arrays_of("surface"))
def test_our_own_text_is_read_as_such(points: Points) -> None:
    if len(points):
        data, problems = read(points_to_text(points, "surface"), "surface")
        assert not problems
        assert bits(Points(data.xy, data.target, data.split)) == bits(points)


BAD = {
    "empty": (b"", "found an empty file"),
    "blank": (b"\n \n\n", "found an empty file"),
    "one column": (b"1\n2\n3\n", "line 1: expected 3 columns (x1, x2, class) but found 1"),
    "header only": (b"x1,x2,class\n", "line 2: expected 3 columns (x1, x2, class) but found nothing after"),
    "text in numbers": (b"1,2,a\n1,two,b\n", "line 2: expected a number for x2 but found “two”"),
    "nan": (b"1,2,a\nnan,2,b\n", "line 2: expected a finite number for x1 but found “nan”"),
    "inf": (b"1,2,a\n1,-inf,b\n", "line 2: expected a finite number for x2 but found “-inf”"),
    "too large": (b"1,2,a\n1,1e400,b\n", "line 2: expected a finite number for x2 but found “1e400”"),
    "ragged": (b"1,2,a\n1,2\n1,2,b,c\n", "line 2: expected 3 columns (x1, x2, class) but found 2"),
    "wide": (b",".join([b"1"] * 1_000_000) + b"\n", "a line of more than 100,000 characters"),
    "long": (b"1,2," + b"9" * 300_000 + b"\n", "a line of more than 100,000 characters"),
    "open quote": (b'1,2,a\n1,2,"b\n' + b"1,2,c\n" * 50_000, "found broken quotes"),
    "binary": (bytes(range(256)) * 20, "this is not a table of text"),
    "utf-16 read as such": ("1,2,a\n1,zwei,b\n".encode("utf-16-le"), "line 2: expected a number for x2"),
    "many rows": (b"1,2,a\n" * 100_001, "line 100001: at most 100,000 rows can be imported"),
}


def refusal(path: Path) -> str:
    """What is wrong with a file in the first place."""
    try:
        source = read_table(path)
    except CsvError as error:
        return str(error)
    reader = CsvReader(source, guess_reading(source, "classification"), stop=False)
    reader.finish()
    return str(reader.problems[0])


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_with_one_clear_sentence(name: str, tmp_path: Path) -> None:
    content, words = BAD[name]
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    sentence = refusal(path)
    assert words in sentence
    assert "\n" not in sentence
    assert len(sentence) < 200


def test_a_large_file_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "sparse.csv"
    with path.open("wb") as file:
        file.truncate(200 * 2**20)
    monkeypatch.setattr("engine.data.bounded_reading._CHUNK", 0)
    with pytest.raises(OSError, match="the file has more than 64 MB, the most that is read"):
        read_table(path)


def test_far_numbers_are_numbers() -> None:
    data, problems = read("1e100,-1e100,a\n0,0,b\n", "classification")
    assert not problems
    assert data.xy.tolist() == [[1e100, -1e100], [0, 0]]


def test_numbers_too_far_to_square_are_refused_with_place_and_remedy() -> None:
    content = "x1,x2,value\n0,0,1e308\n1e101,0,3\n1,-2e100,2.5\n1,1,1e100\n"
    data, problems = read(content, "surface")
    assert [str(problem) for problem in problems] == [
        "line 2: “1e308” for value lies beyond ±1e100; scale the data",
        "line 3: “1e101” for x1 lies beyond ±1e100; scale the data",
        "line 4: “-2e100” for x2 lies beyond ±1e100; scale the data",
    ]
    assert data.target.tolist() == [1e100]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_encodings(encoding: str) -> None:
    data, problems = read("1,2,ä\n3,4,Öl\n".encode(encoding), "classification")
    assert not problems
    assert data.class_names == ("Öl", "ä")


def test_a_utf_8_text_is_known_by_its_last_byte_too() -> None:
    content = b"1000000,2000000,a\n" * 150_000
    assert Text.of(content + b"1,2,\xe4\n").encoding == "cp1252"
    assert Text.of(content + "1,2,ä\n".encode()).encoding == "utf-8"


@pytest.mark.parametrize("stop", [True, False])
def test_reading_takes_short_steps(stop: bool) -> None:
    source = Text.of("1,2,a\n" * 5000 + "1,x,a\n" * 5000)
    reader = CsvReader(source, guess_reading(source, "classification"), most_problems=10, stop=stop)
    steps = [len(reader) for _ in reader.steps()]
    assert steps[:5] == [1000, 2000, 3000, 4000, 5000]
    assert len(reader.problems) == 10
    assert reader.failed == (10 if stop else 5000)


ARRAYS = {
    "three columns": (np.array([[1.5, 2, 0], [3, 4, 1]]), None),
    "whole numbers": (np.array([[1, 2, 0], [3, 4, 1]]), None),
    "fields": (
        np.array([(1.5, 2, "a"), (3, 4, "b")], dtype=[("x1", float), ("x2", "f4"), ("class", "U3")]),
        None,
    ),
    "objects": (np.array([{}, 1], dtype=object), "Python objects"),
    "complex": (np.zeros((3, 3), dtype=complex), "expected numbers or text but found complex128"),
    "no rows": (np.zeros((0, 3)), "expected an array with a row for each point"),
    "one number": (np.array(5.0), "expected an array with a row for each point"),
    "many rows": (np.zeros((100_001, 2), dtype=np.float32), "the array has 100,001 rows"),
    "many columns": (np.zeros((2, 200_000), dtype=np.int8), "expected at most 200 columns but found 200,000"),
}


@pytest.mark.parametrize("name", ARRAYS)
@pytest.mark.parametrize("suffix", [".npy", ".npz"])
def test_arrays(name: str, suffix: str, tmp_path: Path) -> None:
    array, words = ARRAYS[name]
    path = tmp_path / f"a{suffix}"
    (np.save if suffix == ".npy" else np.savez)(path, array)
    if words is not None:
        with pytest.raises(CsvError, match=words):
            read_table(path)
        return
    source = read_table(path)
    reader = CsvReader(source, guess_reading(source, "classification"))
    reader.finish()
    assert not reader.problems
    assert reader.result().xy.tolist() == [[float(array[k][0]), float(array[k][1])] for k in range(2)]
    assert reader.result().target.tolist() == [0, 1]


def test_arrays_side_by_side(tmp_path: Path) -> None:
    xy = np.random.default_rng(0).normal(size=(20, 2))
    labels = np.array(["dog", "cat"] * 10)
    np.savez(tmp_path / "a.npz", X=xy, y=labels, seed=3, other=np.zeros((5, 2)))
    source = read_table(tmp_path / "a.npz")
    reader = CsvReader(source, guess_reading(source, "classification"))
    reader.finish()
    assert bits(Points(reader.result().xy, np.zeros(20))) == bits(Points(xy, np.zeros(20)))
    assert reader.result().class_names == ("cat", "dog")


@pytest.mark.parametrize("suffix", [".npy", ".npz"])
@pytest.mark.parametrize("content", [b"", b"hello", b"\x93NUMPY\x01\x00", b"PK\x03\x04rubbish"])
def test_broken_array_files(suffix: str, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(content)
    with pytest.raises(CsvError, match="not a complete file of NumPy arrays"):
        read_table(path)


def test_an_array_that_ends_early(tmp_path: Path) -> None:
    path = tmp_path / "a.npy"
    np.save(path, np.zeros((9, 3)))
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(CsvError, match="not a complete file"):
        read_table(path)


SENTENCE = "this is [^\n]*; save the table as CSV first"


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    for task in TASKS:
        try:
            data, problems = read(content, task)
        except CsvError as error:
            refused = str(error)
        else:
            refused = "" if problems or len(data.target) else "nothing"
            Points(data.xy, data.target, data.split)
        assert not refused or re.fullmatch(SENTENCE, refused)
