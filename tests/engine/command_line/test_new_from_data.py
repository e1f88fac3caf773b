"""``new --data``: a document of a data file, and an account of how that was read."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from engine.__main__ import main
from engine.experiment import Experiment, loads

TABLE = "kind;height;width\nred;1,5;2\nblue;oops;3\nblue;4,25;-1\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "a.csv"
    path.write_text(TABLE)
    return path


def new(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[Experiment, str]:
    assert main(["new", *map(str, arguments)]) == 0
    found = capsys.readouterr()
    return loads(found.out), found.err


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    try:
        status: object = main(["new", *map(str, arguments)])
    except SystemExit as end:
        status = end.code
    assert status == 2
    found = capsys.readouterr()
    assert found.out == ""
    assert found.err.count("\n") == 1
    return found.err


def test_points_classes_and_what_was_taken_for_what(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    experiment, said = new(capsys, "--data", table)
    points = experiment.data.points
    assert points is not None
    assert points.xy.tolist() == [[1.5, 2], [4.25, -1]]
    assert points.target.tolist() == [1, 0]
    assert experiment.data.class_names == ("blue", "red")
    assert said.splitlines() == [
        f"{table}: 2 points of 2 classes (classification); by name: class = “kind”; guessed from their values: "
        "x1 = “height”, x2 = “width”; semicolon; decimal comma, as in “1,5”; names in the first row; Unicode (UTF-8); "
        "1 row refused",
        "line 3: expected a number for x1 but found “oops”",
    ]


def test_one_is_not_many(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.csv").write_text("x1,x2,class\n1,2,a\n")
    assert ": 1 point of 1 class (classification);" in new(capsys, "--data", tmp_path / "a.csv")[1]


def test_columns_can_be_named_or_numbered(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    experiment, _ = new(capsys, "--data", table, "--columns", "x1=width,x2=2,target=kind")
    assert experiment.data.points is not None
    assert experiment.data.points.xy.tolist() == [[2, 1.5], [-1, 4.25]]


def test_the_account_as_json(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, said = new(capsys, "--data", table, "--json", "--columns", "x1=width")
    account = json.loads(said)
    assert account["task"] == "classification"
    assert account["points"] == 2
    assert account["classes"] == ["blue", "red"]
    assert account["names"] == ["kind", "height", "width"]
    assert {role: (found["column"], found["name"]) for role, found in account["roles"].items()} == {
        "x1": (3, "width"),
        "x2": (2, "height"),
        "class": (1, "kind"),
    }
    assert account["roles"]["class"]["by"] == "name"
    assert account["refused"] == [{"line": 3, "reason": "expected a number for x2 but found “oops”"}]


def test_the_account_names_the_proposed_frame(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.csv"
    rows = "".join(f"{k},{k % 7},{k % 2}\n" for k in range(40))
    path.write_text(f"age (years),height_cm,class\n{rows}20,99999,0\n")
    experiment, said = new(capsys, "--data", path, "--json")
    frame = json.loads(said)["frame"]
    assert frame["extent"]["x"] == [*experiment.data.extent.x]
    assert frame["extent"]["y"] == [*experiment.data.extent.y]
    assert frame["axes"]["x"] == {"name": "age", "unit": "years"}
    assert frame["axes"]["y"] == {"name": "height", "unit": "cm"}
    assert frame["aspect"] == "free"
    assert frame["outside"] == 1
    _, said = new(capsys, "--data", path)
    assert "1 point outside the axes" in said


@pytest.mark.parametrize(
    ("text", "task"),
    [
        ("1,2,a\n3,4,b\n", "classification"),
        ("1,2,0.5\n3,4,0.25\n", "surface"),
        ("x1,x2,value\n1,2,1\n3,4,2\n", "surface"),
        ("time,load\n1,2\n3,4\n", "curve"),
        ("1.5,2\n3.5,4\n", "curve"),
        ("date,x,y\n2024-01-01,1,2.5\n2024-01-02,2,3.5\n2024-01-03,3,1.5\n", "curve"),
        ("date,load,heat\n2024-01-01,1,2.5\n2024-01-02,2,3.5\n2024-01-03,3,1.5\n", "curve"),
        ("day,x,y\n" + "".join(f"{k % 2}. May,{k},{k * k}\n" for k in range(8)), "classification"),
        ("colour,x,y\nred,1,2.5\nblue,2,3.5\n", "classification"),
        ("0.5,1.5,1\n0.25,2.5,0\n0.125,3.5,0\n0.75,3.25,1\n", "classification"),
        ("".join(f"{k / 8},{-k / 8},{k * k}\n" for k in range(40)), "surface"),
    ],
)
def test_the_task_is_what_the_table_looks_like(
    text: str, task: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.csv").write_text(text)
    experiment, _ = new(capsys, "--data", tmp_path / "a.csv")
    assert experiment.data.task == task
    assert experiment.data.points is not None
    assert len(experiment.data.points) == text.count("\n") - text[0].isalpha()


def test_task_settings_and_columns_can_be_given(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.csv").write_text("a,b,c\n1,2,3\n4,5,6\n")
    experiment, _ = new(
        capsys, "--data", tmp_path / "a.csv", "--task", "surface", "--set", "lanes.0.training.loss=huber"
    )
    assert experiment.data.task == "surface"
    assert experiment.lanes[0].training.loss.name == "huber"
    experiment, _ = new(capsys, "--data", tmp_path / "a.csv", "--columns", "x=c,y=a")
    assert experiment.data.task == "curve"
    assert experiment.data.points is not None
    assert experiment.data.points.xy.tolist() == [[3, 1], [6, 4]]


def test_a_table_proposes_extents_and_names_unless_they_are_set(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "".join(f"{k},{470 + k},{k % 2}\n" for k in range(60))
    (tmp_path / "a.csv").write_text(f"Age [a],weight,kind\n{rows}")
    experiment, _ = new(capsys, "--data", tmp_path / "a.csv")
    data = experiment.data
    assert experiment.lanes[0].network.input_scaling == "unit"
    assert (data.extent.x, data.extent.y) == ((-5.0, 65.0), (465.0, 535.0))
    assert (data.axes.x.name, data.axes.x.unit, data.axes.y.name) == ("Age", "a", "weight")
    for asked in ("data.extent.x=[0, 100]", 'data={"extent": {"x": [0, 100]}}'):
        experiment, _ = new(capsys, "--data", tmp_path / "a.csv", "--set", asked)
        assert experiment.data.extent.x == (0.0, 100.0)
    experiment, _ = new(capsys, "--set", "data.extent.x=[0, 9]", "--set", "data.axes.x.unit=cm")
    assert (experiment.data.extent.x, experiment.data.axes.x.unit) == ((0.0, 9.0), "cm")


def test_data_that_are_fed_raw_are_standardized_unless_that_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.csv").write_text("".join(f"{k},{470 + k},{k % 2}\n" for k in range(60)))
    for asked in (
        "lanes.0.network.input_scaling=none",
        'lanes.0.network={"input_scaling": "none"}',
        'lanes=[{"name": "A", "network": {"input_scaling": "none"}}]',
    ):
        experiment, _ = new(capsys, "--data", tmp_path / "a.csv", "--set", asked)
        assert experiment.lanes[0].network.input_scaling == "none"


def test_splits_come_with_the_file_or_are_dealt(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.csv").write_text("x1,x2,class,split\n1,2,a,train\n3,4,b,val\n5,6,b,test\n" * 4)
    experiment, _ = new(capsys, "--data", tmp_path / "a.csv")
    assert experiment.data.points is not None
    assert experiment.data.points.split.tolist() == [0, 1, 2] * 4
    experiment, _ = new(
        capsys, "--data", tmp_path / "a.csv", "--columns", "split=none", "--set", "data.split.test=0"
    )
    assert experiment.data.points is not None
    assert 2 not in experiment.data.points.split.tolist()


def test_arrays_are_files_of_data_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    xy = np.array([[1.0, 2], [3, 4]])
    np.savez(tmp_path / "a.npz", X_train=xy, y_train=[0, 1], X_test=xy[::-1], y_test=[1, 0])
    experiment, said = new(capsys, "--data", tmp_path / "a.npz")
    assert experiment.data.points is not None
    assert experiment.data.points.split.tolist() == [0, 0, 2, 2]
    assert "X_train and y_train become training points; X_test and y_test become test points" in said


@pytest.mark.parametrize(
    ("content", "options", "words"),
    [
        (b"", (), "no point can be read: line 1: expected 3 columns (x1, x2, class) but found an empty file"),
        (
            b"t,v\n10:00,1\n10:01,2\n",
            (),
            "no point can be read: line 2: expected a number for x but found “10:00”",
        ),
        (b"a,b,c\nx,y,z\n", (), "no point can be read: line 1: "),
        (b"\x89PNG\r\n\x1a\n" + bytes(99), (), "this is a PNG picture, not a table of text"),
        (
            b"a,b,c\n1,2,x\n",
            ("--columns", "x1=nothing"),
            "--columns: there is no column 'nothing', but a, b, c",
        ),
        (b"a,b,c\n1,2,x\n", ("--columns", "x1=9"), "--columns: there is no column '9'"),
        (b"a,b,c\n1,2,x\n", ("--columns", "nonsense"), "expected ROLE=COLUMN"),
        (
            b"a,b,c\n1,2,x\n",
            ("--columns", "x1=a,x1=b"),
            "x1 stands twice, for 'a' and 'b'; leave one of them",
        ),
        (
            b"a,b,c\n1,2,x\n",
            ("--columns", "x1=a", "--task", "curve"),
            "curve data has no column x1, but x, y, split",
        ),
        (b"a,b,c\n1,2,x\n", ("--set", "data.task=foo"), "data.task: expected one of classification, curve"),
        (b"a,b,c\n1,2,x\n", ("--set", "data.task=[1]"), "data.task: expected "),
    ],
)
def test_exit_2_only_where_no_point_could_be_read(
    content: bytes, options: tuple[str, ...], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    assert words in refused(capsys, "--data", tmp_path / "a.csv", *options)


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "none.csv: No such file or directory" in refused(capsys, "--data", tmp_path / "none.csv")


def test_a_column_is_named_exactly_before_it_is_named_loosely(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.csv").write_text("X_1,x1,x2,class\n9,1,2,a\n9,3,4,b\n")
    experiment, _ = new(capsys, "--data", tmp_path / "a.csv", "--columns", "x1=x1,x2=x2,class=class")
    assert experiment.data.points is not None
    assert experiment.data.points.xy.tolist() == [[1, 2], [3, 4]]


def test_an_ambiguous_sign_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.csv").write_text("x;y\n1,500;1\n2,250;2\n")
    error = refused(capsys, "--data", tmp_path / "a.csv")
    assert "“1,500” for x may mean 1500 or 1.5" in error
    assert "--decimal point or --decimal comma" in error
    for sign, places in (("point", [1500, 2250]), ("comma", [1.5, 2.25]), (",", [1.5, 2.25])):
        experiment, said = new(capsys, "--data", tmp_path / "a.csv", "--decimal", sign)
        assert experiment.data.points is not None
        assert experiment.data.points.xy[:, 0].tolist() == places
        assert "--decimal" not in said


def test_where_some_rows_are_refused_for_their_sign_the_option_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.csv").write_text("x;y\n1,500;1\n7;2\n")
    _, said = new(capsys, "--data", tmp_path / "a.csv")
    assert "--decimal point or --decimal comma" in said.splitlines()[0]


def test_a_sign_for_what_has_none_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    np.save(tmp_path / "a.npy", np.array([[1.234, 2, 0]]))
    assert "--decimal: arrays" in refused(capsys, "--data", tmp_path / "a.npy", "--decimal", "comma")
    assert "--decimal: there is no table" in refused(capsys, "--decimal", "comma")
    assert "expected point or comma" in refused(capsys, "--data", tmp_path / "a.npy", "--decimal", "x")
