"""Files as people bring them in: each of a kind that was once misread, with the points that it holds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.data import CsvData, CsvError, CsvReader, Problem, guess_reading, read_csv, read_table
from engine.data.tables import Reading, Text, describe_form, describe_roles

CASES = Path(__file__).parents[1] / "cases"
RED_BLUE = ("blue", "red")


def read(source: Path | str | bytes, task: str = "classification") -> tuple[Reading, CsvData, list[Problem]]:
    text = read_table(source) if isinstance(source, Path) else Text.of(source)
    reading = guess_reading(text, task)
    reader = CsvReader(text, reading, stop=False)
    reader.finish()
    return reading, reader.result(), reader.problems


def points(
    source: Path | str | bytes, task: str = "classification"
) -> tuple[list[list[float]], list[object]]:
    """Places and labels (or values) of a source in which no row is refused."""
    _, data, problems = read(source, task)
    assert not problems
    names: tuple[object, ...] = data.class_names
    return data.xy.tolist(), [names[int(k)] for k in data.target] if names else data.target.tolist()


WIDTHS = [[1.5, 2.25], [-0.5, 3], [4, -1.75]]
R_ROWS = [[0.5, 1.25], [-2, 0.75], [1.5, -3], [2.25, 4]]
SAVED = [[1, 0.25], [-2, 3], [0.5, 1.5]]
CAT_DOG = [[1, 2], [-1, 0.5], [3, -4]]

READ = [
    ("sep-hint/semicolon.csv", WIDTHS, ["red", "blue", "red"]),
    ("sep-hint/comma.csv", WIDTHS, ["red", "blue", "red"]),
    ("sep-hint/columns.csv", [[2, 20], [3, 30], [4, 40]], ["1", "0", "1"]),
    ("trailing-delimiter/no-header.csv", [*CAT_DOG, [0, 0]], ["cat", "dog", "cat", "dog"]),
    ("trailing-delimiter/header.csv", CAT_DOG, ["cat", "dog", "cat"]),
    ("trailing-delimiter/own-names.csv", CAT_DOG[:2], ["cat", "dog"]),
    ("r-write-table/blanks.txt", R_ROWS, ["red", "blue", "red", "blue"]),
    ("r-write-table/tabs.tsv", R_ROWS, ["red", "blue", "red", "blue"]),
    ("thousands/de.csv", [[1500, 0.5], [2250, 1.5], [950, 2.25]], ["A", "B", "A"]),
    ("thousands/de-decimals.csv", [[1500.25, 0.5], [2250.5, 1.5], [950.75, 2.25]], ["A", "B", "A"]),
    ("thousands/us-quoted.csv", [[1234, 0.5], [2500, 1.5]], ["A", "B"]),
    ("thousands/us-semicolon.csv", [[1234, 0.5], [950, 1.5], [2001, 2.25]], ["A", "B", "A"]),
    ("leading-zeros/codes.csv", [[1, 2], [3, 4], [-1, 0], [0, 5]], ["01", "1", "02", "2"]),
    ("leading-zeros/ids.csv", [[1, 2], [3, 4]], ["9007199254740992", "9007199254740993"]),
    ("leading-zeros/exponents.csv", [[1, 2], [3, 4], [0, 1], [2, 2]], ["1e3", "1000", "2E1", "20"]),
    ("savetxt/blanks.txt", SAVED, ["0", "1", "1"]),
    ("savetxt/class-first.csv", SAVED, ["0", "1", "1"]),
    ("savetxt/class-first.txt", SAVED, ["0", "1", "1"]),
    ("zero-byte/one.csv", [[1, 2], [3, 4], [5, 6], [7, 8]], ["a", "b", "a", "b"]),
    ("zero-byte/padding.csv", [[1, 2], [3, 4], [5, 6]], ["a", "b", "a"]),
    ("quoted-comma/quoted.csv", [[0.5, 1.5], [-2.25, 3], [1, 0.125]], ["a", "b", "a"]),
]


@pytest.mark.parametrize(("file", "xy", "labels"), READ, ids=[file for file, _, _ in READ])
def test_a_file_holds_these_points(file: str, xy: list[list[float]], labels: list[str]) -> None:
    assert points(CASES / file) == (xy, labels)


PASTED = [file for file in READ if not file[0].startswith("sep-hint/comma")]


@pytest.mark.parametrize(("file", "xy", "labels"), PASTED, ids=[file for file, _, _ in PASTED])
def test_the_same_holds_where_nobody_is_asked(file: str, xy: list[list[float]], labels: list[str]) -> None:
    data = read_csv(CASES / file, "classification")
    assert data.xy.tolist() == xy
    assert [data.class_names[int(k)] for k in data.target] == labels


@pytest.mark.parametrize(
    ("file", "xy", "values"),
    [
        ("trailing-delimiter/surface.csv", [[1, 2], [-1, 0], [3, 1]], [0.5, -0.25, 0.75]),
        ("r-write-table/surface.txt", R_ROWS[:3], [0.1, 0.2, 0.3]),
    ],
)
def test_values_of_a_surface(file: str, xy: list[list[float]], values: list[float]) -> None:
    assert points(CASES / file, "surface") == (xy, values)
    pasted = read_csv(CASES / file, "surface")
    assert (pasted.xy.tolist(), pasted.target.tolist()) == (xy, values)


@pytest.mark.parametrize("file", ["words", "numbers"])
def test_splits_by_word_and_by_number(file: str) -> None:
    _, data, problems = read(CASES / f"split-names/{file}.csv")
    assert not problems
    assert data.split is not None
    assert data.split.tolist() == [0, 0, 1, 2]


def test_arrays_of_two_parts_keep_their_labels() -> None:
    path = CASES / "npz-train-test" / "equal.npz"
    _, data, problems = read(path)
    with np.load(path) as arrays:
        assert data.xy.tolist() == [*arrays["X_train"].tolist(), *arrays["X_test"].tolist()]
        assert data.target.tolist() == [*arrays["y_train"].tolist(), *arrays["y_test"].tolist()]
    assert not problems
    assert data.split is not None
    assert data.split.tolist() == [0] * 6 + [2] * 6


# -- more of each kind

FIVE = "1.5{0}2{0}a\n3{0}4{0}b\n"


@pytest.mark.parametrize("sign", [*";,|:!~^", "\t"])
def test_a_hint_says_any_delimiter(sign: str) -> None:
    assert points(f"sep={sign}\r\n" + FIVE.format(sign)) == ([[1.5, 2], [3, 4]], ["a", "b"])
    assert points(f'"SEP={sign}"\n' + FIVE.format(sign)) == ([[1.5, 2], [3, 4]], ["a", "b"])


@pytest.mark.parametrize("sign", ["|", ";", ",", "\t", " "])
@pytest.mark.parametrize("quote", ['"', "'"])
def test_delimiters_and_quote_signs_are_found(sign: str, quote: str) -> None:
    rows = [
        ("width", "height", "kind"),
        ("1.5", "2", f"red{sign}hot"),
        ("3", "4", "blue"),
        ("5", "6", "blue"),
    ]
    text = "".join(sign.join(f"{quote}{field}{quote}" for field in row) + "\n" for row in rows)
    assert points(text) == ([[1.5, 2], [3, 4], [5, 6]], [f"red{sign}hot".strip(), "blue", "blue"])


@pytest.mark.parametrize(
    ("text", "xy", "labels"),
    [
        # Names that are numbers.
        ("id,2023,2024,kind\na,1.5,2.5,x\nb,3,4,y\n", [[1.5, 2.5], [3, 4]], ["x", "y"]),
        ("2023;2024;kind\n1,5;2,5;x\n3;4;y\n", [[1.5, 2.5], [3, 4]], ["x", "y"]),
        ("0,1,class\n1.5,2.5,x\n3.5,4.5,y\n", [[1.5, 2.5], [3.5, 4.5]], ["x", "y"]),
        # Several lines above the points.
        ("width,height,kind\ncm,cm,\n1,2,x\n3,4,y\n", [[1, 2], [3, 4]], ["x", "y"]),
        ("My measurements\nwidth,height,kind\n1,2,x\n3,4,y\n", [[1, 2], [3, 4]], ["x", "y"]),
        (
            "kind\tnote\twidth\theight\nd\ts\tc\tc\nclass\tmeta\t\t\nx\tq\t1\t2\ny\tr\t3\t4\n",
            [[1, 2], [3, 4]],
            ["x", "y"],
        ),
        (
            "a,b,c,d\ncontinuous,continuous,continuous,x y\n,ignore,,class\n1,9,2,x\n3,9,4,y\n",
            [[1, 2], [3, 4]],
            ["x", "y"],
        ),
        ("cD#z,mS#note,C#a,C#b\nx,q,1,2\ny,r,3,4\n", [[1, 2], [3, 4]], ["x", "y"]),
        ("| x1 | x2 | class |\n|---|---|---|\n| 1 | 2 | x |\n| 3 | 4 | y |\n", [[1, 2], [3, 4]], ["x", "y"]),
        ("x1,x2\n1,2,x\n3,4,y\n", [[1, 2], [3, 4]], ["x", "y"]),
        # Comments.
        ("# made by hand\n# x1,x2,class\n1,2,x\n3,4,y\n# the end\n", [[1, 2], [3, 4]], ["x", "y"]),
        ("#x2\tx1\tclass\n2\t1\tx\n4\t3\ty\n", [[1, 2], [3, 4]], ["x", "y"]),
        ("#,a,b,c\n1,1,2,x\n2,3,4,y\n", [[1, 2], [3, 4]], ["x", "y"]),
        ("#ff0000,1,2\n#0000ff,3,4\nblack,5,6\n", [[1, 2], [3, 4], [5, 6]], ["#ff0000", "#0000ff", "black"]),
        # Empty last columns.
        ("x1,x2,class,,\n1,2,x,,\n3,4,y,,\n", [[1, 2], [3, 4]], ["x", "y"]),
        ("x1;x2;class\n1;2;x;\n3;4;y;\n", [[1, 2], [3, 4]], ["x", "y"]),
        # Names first.
        ("X_2,X_1,Label\n1,2,7\n3,4,8\n", [[2, 1], [4, 3]], ["7", "8"]),
        ("x0,x1,y\n1,2,7\n3,4,8\n", [[1, 2], [3, 4]], ["7", "8"]),
        ("y,x,colour\n1,2,red\n3,4,blue\n", [[2, 1], [4, 3]], ["red", "blue"]),
        ("x₁,x₂,y\n1,2,7\n3,4,8\n", [[1, 2], [3, 4]], ["7", "8"]),
        # Content of all rows.
        ("a,1,2\n" * 3 + "b,3,4\n" * 3, [[1, 2]] * 3 + [[3, 4]] * 3, ["a"] * 3 + ["b"] * 3),
        ("1,0.5,1.5\n1,0.75,2.5\n2,0.875,3.5\n2,0.625,4.5\n", [[0.5, 1.5], [0.75, 2.5], [0.875, 3.5], [0.625, 4.5]],
         ["1", "1", "2", "2"]),
    ],
)  # fmt: skip
def test_tables_of_many_shapes(text: str, xy: list[list[float]], labels: list[str]) -> None:
    assert points(text) == (xy, labels)


def test_a_column_is_judged_by_all_its_rows() -> None:
    # The first rows of the note look like numbers, the numbers of rows go up by one.
    text = "".join(f"{k},{k % 7 if k < 3 else 'seen'},{k / 8},{-k / 8},{'ab'[k % 2]}\n" for k in range(1, 40))
    reading, data, problems = read(text)
    assert reading.columns == (2, 3, 4)
    assert not problems
    assert data.xy[3].tolist() == [0.5, -0.5]


@pytest.mark.parametrize("bad", ["12 kg", "3,4,5", "1.2.3", "?", "NA"])
def test_fields_that_cannot_be_read_never_swap_columns(bad: str) -> None:
    reading, _, problems = read("".join(f'"{bad}";{k};a\n' for k in range(5)) + "7;8;b\n")
    assert reading.columns == (0, 1, 2)
    assert [problem.line for problem in problems] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        (["1", "1.0", "1.00"], {"1"}),
        (["1", "01", "1.5", "1.50"], {"1", "01", "1.5", "1.50"}),
        (["1", "1e0", "+1", " 1"], {"1", "1e0", "+1"}),
        (["1.0e+00", "2.0e+00", "1.000e+00"], {"1", "2"}),
        (["1.0e+00", "1"], {"1.0e+00", "1"}),
        (["1_0", "10", "1e1"], {"1_0", "10", "1e1"}),
        (["inf", "Infinity", "-0", "0"], {"inf", "Infinity", "-0", "0"}),
        (["1,234", "1234"], {"1,234", "1234"}),
    ],
)
def test_labels_are_texts(labels: list[str], names: set[str]) -> None:
    _, data, problems = read("".join(f'1.5,2,"{label}"\n' for label in labels))
    assert not problems
    assert set(data.class_names) == names


@pytest.mark.parametrize(
    ("values", "split"),
    [
        (["Train", "VALID", "Testing", "dev"], [0, 1, 2, 1]),
        (["training", "val", "test", "validation"], [0, 1, 2, 1]),
        (["0", "2", "1", "0"], [0, 2, 1, 0]),
        (["0", "1", "0", "1"], None),
        (["1", "2", "3", "1"], None),
        (["a", "b", "c", "train"], None),
        (["0", "1", "2", "x"], None),
    ],
)
def test_a_column_called_split(values: list[str], split: list[int] | None) -> None:
    reading, data, problems = read("x1,x2,class,split\n" + "".join(f"1,2,a,{value}\n" for value in values))
    assert not problems
    assert (data.split.tolist() if data.split is not None else None) == split
    said = any("“split” is not taken for the split" in doubt for doubt in reading.doubts)
    assert said == (split is None)


def test_one_split_that_is_none_is_refused_by_its_line() -> None:
    _, data, problems = read("x1,x2,class,split\n1,2,a,train\n3,4,b,later\n5,6,a,test\n")
    assert list(map(str, problems)) == [
        "line 3: expected a split (training, validation, test) but found “later”"
    ]
    assert data.xy.tolist() == [[1, 2], [5, 6]]


def test_the_report_names_the_chosen_roles() -> None:
    text = Text.of(b"# by hand\n#kind;a;b\nx;1,5;2\ny;3;4,25\n")
    reading = guess_reading(text, "classification")
    assert describe_roles(reading) == "by name: class = “kind”; guessed from their values: x1 = “a”, x2 = “b”"
    assert describe_form(reading, text) == (
        "semicolon; decimal comma, as in “1,5”; lines that begin with # are left out; names in the first row; "
        "Unicode (UTF-8)"
    )


def test_r_escapes_quotes_with_backslashes() -> None:
    text = '"a" "b" "kind"\n"1" 1.5 2 "the \\"red\\" one"\n"2" 3 4 "blue"\n'
    assert points(text) == ([[1.5, 2], [3, 4]], ['the "red" one', "blue"])
    assert points('1.5;2;"5\\";6"\n3;4;"5\\";6"\n') == ([[1.5, 2], [3, 4]], ['5";6', '5";6'])
    assert points('1.5;2;"C:\\"\n3;4;"D:\\"\n') == ([[1.5, 2], [3, 4]], ["C:\\", "D:\\"])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(200), "a PNG picture"),
        (b"\x80\x04\x95\x1a\0\0\0\0\0\0\0]\x94(K\x01K\x02K\x03e.", "a Python pickle"),
        (b"PK\x03\x04" + bytes(50), "a ZIP archive"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "a PDF document"),
        (b"\x1f\x8b\x08\x00" + bytes(range(200)), "a gzip archive"),
        (b"<!DOCTYPE html>\n<html><body>1,2,3</body></html>", "a web page"),
        (bytes(range(1, 256)) * 4, "this is not a table of text"),
        (b"\0\1\2\3" * 500, "this is not a table of text"),
    ],
)
def test_files_that_hold_no_table_get_one_sentence(content: bytes, words: str, tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_bytes(content)
    with pytest.raises(CsvError, match=words) as caught:
        read_table(tmp_path / "data.csv")
    assert str(caught.value).endswith("save the table as CSV first")
    assert "\n" not in str(caught.value)


def test_signs_that_differ_are_said_for_each_column() -> None:
    text = Text.of("pay;score;kind\n1.500;0,5;A\n2.250;1,5;B\n")
    assert describe_form(guess_reading(text, "classification"), text) == (
        "semicolon; for x1 decimal comma, as in “0,5” beside it: “1.500” is read as 1500; for x2 decimal comma, "
        "as in “0,5”; names in the first row"
    )


def test_a_column_called_as_a_parquet_file_begins_is_a_column() -> None:
    assert points(b"PAR1,PAR2,class\n1.5,2,a\n3,4,b\n") == ([[1.5, 2], [3, 4]], ["a", "b"])
    with pytest.raises(ValueError, match="a Parquet file"):
        Text.of(b"PAR1\x15\x04" + bytes(99) + b"PAR1")


def test_missing_numbers_make_no_column_one_that_counts_rows() -> None:
    """NA among the first rows and further down, in the first of three columns of measurements."""
    rows = [
        ["NA" if k in (1, 20) else f"{k % 7}.25", f"{k % 5}.5", f"{k % 3}.75", "ab"[k % 2]] for k in range(40)
    ]
    reading, _, problems = read("a,b,c,class\n" + "".join(",".join(row) + "\n" for row in rows))
    assert reading.columns == (0, 1, 3)
    assert [problem.line for problem in problems] == [3, 22]
