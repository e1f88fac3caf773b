"""NumPy's files as tables: what is in a .npy or .npz, written as the lines of a CSV file."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data.csv_dialect import Text, require_size
from engine.data.csv_reader import MAX_ROWS, CsvError

ARRAY_SUFFIXES = (".npy", ".npz")
MAX_COLUMNS = 100
_MAGIC = b"\x93NUMPY"
Column = tuple[str, NDArray[Any]]


def read_arrays(path: Path) -> Text:
    """The columns of a file's arrays, with a header; parts of one point must be in arrays of one length.

    CsvError says in a sentence what cannot be read (objects never are); OSError for a file that cannot be opened.
    """
    try:
        require_size(path.stat().st_size)
        arrays = _npz(path) if path.suffix.lower() == ".npz" else {"": _npy(path)}
        return Text(_as_csv(_columns(arrays)).encode(), "utf-8")
    except (ValueError, EOFError, zipfile.BadZipFile, MemoryError, KeyError, NotImplementedError) as error:
        raise CsvError(_sentence(error)) from None


def _npy(path: Path) -> NDArray[Any]:
    with path.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise ValueError("no NumPy file")
    # A map of the file cannot ask for more memory than there is file.
    array: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    return array


def _npz(path: Path) -> dict[str, NDArray[Any]]:
    with zipfile.ZipFile(path) as archive:
        require_size(sum(member.file_size for member in archive.infolist()))
    with np.load(path, allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def _columns(arrays: dict[str, NDArray[Any]]) -> list[Column]:
    """All columns of all arrays that have as many rows as the longest; ValueError where there are none."""
    tables = [(name, array) for name, array in arrays.items() if array.ndim in (1, 2)]
    rows = max((len(array) for _, array in tables), default=0)
    if not rows:
        raise ValueError("expected an array with a row for each point but found none")
    if rows > MAX_ROWS:
        raise ValueError(f"the array has {rows:,} rows, and at most {MAX_ROWS:,} can be imported")
    columns = [column for name, array in tables if len(array) == rows for column in _parts(name, array)]
    if len(columns) > MAX_COLUMNS:
        raise ValueError(f"expected at most {MAX_COLUMNS} columns but found {len(columns):,}")
    return columns


def _parts(name: str, array: NDArray[Any]) -> Iterator[Column]:
    """The columns of one array; ValueError for anything but numbers and text."""
    if array.dtype.names:
        for field in array.dtype.names:
            yield from _parts(field, array[field])
        return
    if array.dtype.kind not in "biufUS":
        raise ValueError(f"expected numbers or text but found {array.dtype}")
    if array.ndim == 1:
        yield name or "column", array
        return
    if array.shape[1] > MAX_COLUMNS:
        raise ValueError(f"expected at most {MAX_COLUMNS} columns but found {array.shape[1]:,}")
    for number in range(array.shape[1]):
        yield f"{name or 'column'} {number + 1}", array[:, number]


def _as_csv(columns: list[Column]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([name for name, _ in columns])
    writer.writerows(zip(*(_plain(values) for _, values in columns), strict=True))
    return text.getvalue()


def _plain(values: NDArray[Any]) -> list[Any]:
    if values.dtype.kind == "S":
        return [value.decode("utf-8", "replace") for value in values.tolist()]
    plain: list[Any] = (values.astype(np.int64) if values.dtype.kind == "b" else values).tolist()
    return plain


def _sentence(error: Exception) -> str:
    """What NumPy means, for a person."""
    words = str(error)
    if words.startswith(("expected", "the array has", "the file has")):
        return words
    if "allow_pickle" in words or "objects" in words:
        return "the file holds Python objects, which could do harm and are never read; save plain arrays"
    return "this is not a whole file of NumPy arrays (.npy or .npz)"
