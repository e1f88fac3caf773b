"""Bad documents, tables, arrays and command lines: a corpus of small files, and mutations of good ones."""

from __future__ import annotations

import io
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from engine.catalogue.presets import PRESETS
from engine.data.library import Library
from engine.experiment import dumps, preset_experiment
from tests.engine.bad_files import answer, files, mutated

FEW = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
MANY = settings(
    max_examples=700,
    derandomize=False,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
"""Four fuzzers: 2,800 cases in all."""


@pytest.mark.parametrize("path", files("documents"), ids=lambda path: path.name)
def test_each_bad_document_is_refused_in_a_sentence(path: Path) -> None:
    status, said = answer("validate", str(path))
    assert status == 2
    assert said.startswith(f"neural-sketchbook: {path}: ")


@pytest.mark.parametrize("path", files("tables"), ids=lambda path: path.name)
def test_each_odd_table_gets_an_answer(path: Path) -> None:
    answer("new", "--data", str(path))
    answer("validate", str(path))


@pytest.mark.parametrize("path", files("arrays"), ids=lambda path: path.name)
def test_each_odd_file_of_arrays_gets_an_answer(path: Path) -> None:
    answer("new", "--data", str(path))


@pytest.mark.parametrize("path", files("documents") + files("tables"), ids=lambda path: path.name)
def test_the_library_of_data_sets_survives_each_of_them(path: Path, tmp_path: Path) -> None:
    (tmp_path / "odd.data.json").write_bytes(path.read_bytes())
    (found,) = Library(tmp_path).sets()
    assert 0 < len(found.problem) <= 300


def test_reasons_are_told_apart() -> None:
    arrays = Path(files("arrays")[0]).parent
    incomplete = "this is not a complete file of NumPy arrays"
    for name, reason in (
        ("claims-10-million.npy", incomplete),
        ("claims-too-much.npy", incomplete),
        ("token-error.npy", incomplete),
        ("zlib-error.npz", incomplete),
        ("size-lies.npz", incomplete),
        ("objects.npy", "Python objects"),
        ("nested-objects.npy", "Python objects"),
        ("lzma.npz", "numpy.savez"),
        ("encrypted.npz", incomplete),
        ("wide.npy", "at most 200 columns but found 5,000"),
        ("far.npy", "beyond ±1e100"),
    ):
        status, said = answer("new", "--data", str(arrays / name))
        assert (status, reason in said) == (2, True), said


def test_columns_in_memory_order_are_read(tmp_path: Path) -> None:
    np.save(tmp_path / "f.npy", np.asfortranarray([[1.5, 2.0, 0.0], [3.0, 4.0, 1.0]]))
    out = tmp_path / "out.json"
    status, said = answer("new", "--data", str(tmp_path / "f.npy"))
    assert (status, "2 points of 2 classes" in said) == (0, True), said
    assert not out.exists()


# -- mutations


@cache
def documents() -> list[bytes]:
    small = [dumps(preset_experiment(key)).encode() for key in PRESETS]
    points = json.loads(small[0])
    points["data"]["points"] = [[0.5, 1.25, 0, "training"], [1, 2, 1, "test"]]
    return [*small, json.dumps(points).encode()]


@cache
def tables() -> list[bytes]:
    return [
        b"x1,x2,class,split\n1.5,2,red,training\n-3,4e-3,blue,test\n" * 3,
        b"width;height;kind\n1,5;2;a\n3,25;4;b\n" * 4,
        b"# made by hand\n1 2 0\n3 4 1\n5 6 0\n",
        'sep=|\n"x"|"y"\n"1"|"2"\n"3"|"4\n5"\n'.encode("utf-16"),
        "Größe\tNäme\tx\n1\tä\t3\n2\tö\t4\n".encode("cp1252"),
    ]


@cache
def arrays() -> list[bytes]:
    made: list[bytes] = []
    table = np.array([[1.5, 2.0, 0.0], [3.0, 4.0, 1.0], [5.0, 6.0, 1.0]])
    named = np.array([(1.0, 2.0, b"a"), (3.0, 4.0, b"b")], dtype=[("x", "f8"), ("y", "f8"), ("kind", "S3")])
    for array in (table, table.T.copy(order="F"), named):
        file = io.BytesIO()
        np.save(file, array)
        made.append(file.getvalue())
    for save in (np.savez, np.savez_compressed):
        file = io.BytesIO()
        save(file, X=table[:, :2], y=np.array(["a", "b", "b"]))
        made.append(file.getvalue())
    return made


def check_document(content: bytes, folder: Path) -> None:
    path = folder / "a.sketch.json"
    path.write_bytes(content)
    answer("validate", str(path))


def check_table(content: bytes, folder: Path, name: str = "a.csv") -> None:
    path = folder / name
    path.write_bytes(content)
    answer("new", "--data", str(path))


def check_line(words: list[str], folder: Path) -> None:
    answer(*(word.replace("FILE", str(folder / "none")) for word in words))


@FEW
@given(content=mutated(documents))
@example(content=b"")
def test_mutated_documents(content: bytes, tmp_path: Path) -> None:
    check_document(content, tmp_path)


@FEW
@given(content=mutated(tables))
def test_mutated_tables(content: bytes, tmp_path: Path) -> None:
    check_table(content, tmp_path)


@FEW
@given(content=mutated(arrays), zipped=st.booleans())
def test_mutated_arrays(content: bytes, zipped: bool, tmp_path: Path) -> None:
    check_table(content, tmp_path, "a.npz" if zipped else "a.npy")


PATHS = st.sampled_from(
    ["lanes.0.seed", "lanes.0.name", "data.classes", "data", "lanes", "lanes.0.network.hidden", "data.points", "", ".",
     "lanes.99999999999999999999", "format", "lanes.0.training.optimizer", "data.split.validation", "lanes.-1"]
)  # fmt: skip
VALUES = st.one_of(
    st.sampled_from(
        [
            "",
            "[" * 990 + "]" * 990,
            "1e999",
            "NaN",
            "9" * 5000,
            "null",
            "{}",
            "[]",
            '"\\ud800"',
            "2,5",
            "x" * 5000,
            "-1",
        ]
    ),
    st.text(max_size=20),
)
WORDS = [
    "new", "run", "validate", "schema", "--set", "--data", "--preset", "FILE", "--epochs", "-1", "--out", "x1=1",
    "--columns", "--json", "--task", "curve", "--help",
]  # fmt: skip
LINES = st.one_of(
    st.lists(st.sampled_from(WORDS), max_size=6),
    st.builds(lambda path, value: ["new", "--set", f"{path}={value}"], PATHS, VALUES),
    st.builds(lambda value: ["new", "--columns", value, "--data", "FILE"], VALUES),
    st.builds(lambda value: ["run", "FILE", "--epochs", value], VALUES),
    st.builds(lambda value: ["validate", value], VALUES),
)  # fmt: skip


@FEW
@given(words=LINES)
@example(words=["new", "--set", "data=" + "[" * 990 + "]" * 990])
@example(words=["new", "--set", "data=" + "[" * 60 + "]" * 60])
@example(words=["new", "--set", "data" + ".a" * 990 + "=1"])
@example(words=["validate", "a" * 5000])
@example(words=["validate", "a\0b"])
@example(words=["x" * 5000])
def test_odd_command_lines(words: list[str], tmp_path: Path) -> None:
    check_line(words, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("kind", ["documents", "tables", "arrays", "lines"])
def test_many_mutations(kind: str, tmp_path: Path) -> None:
    checks: dict[str, Any] = {
        "documents": (mutated(documents), check_document),
        "tables": (mutated(tables), check_table),
        "arrays": (mutated(arrays), lambda content, folder: check_table(content, folder, "a.npz")),
        "lines": (LINES, check_line),
    }
    strategy, check = checks[kind]

    @MANY
    @given(value=strategy)
    def try_all(value: Any) -> None:
        check(value, tmp_path)

    try_all()
