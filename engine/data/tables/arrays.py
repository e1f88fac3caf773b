"""Read NumPy files (.npy, .npz) as tables, by writing their arrays as CSV."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data.files import require_size
from engine.data.tables.joining import Column, JoinError, join
from engine.data.tables.kinds import NUMPY, ZIP
from engine.data.tables.reader import CsvError
from engine.data.tables.source import Text

ARRAY_SUFFIXES = (".npy", ".npz")


def is_array_file(path: Path) -> bool:
    """Whether the file has the suffix of a NumPy file or begins like one."""
    if path.suffix.lower() in ARRAY_SUFFIXES:
        return True
    with path.open("rb") as file:
        return file.read(len(NUMPY)) == NUMPY


def read_arrays(path: Path) -> Text:
    """Read the arrays of a file as a table with a header.

    Returns
    -------
    Text
        CSV; its notes say which arrays were joined and which were left out.

    Raises
    ------
    CsvError
        With a sentence, if the file cannot be read. Python objects are never read.
    OSError
        If the file cannot be opened.
    """
    try:
        require_size(path.stat().st_size)
        with path.open("rb") as file:
            zipped = file.read(len(ZIP)) == ZIP
        columns, notes = join(_npz(path) if zipped else {"": _npy(path)})
        return Text(_as_csv(columns).encode(), "utf-8", fixed=True, tidy=True, notes=notes)
    except (ValueError, EOFError, zipfile.BadZipFile, MemoryError, KeyError, NotImplementedError) as error:
        raise CsvError(_sentence(error)) from None


def _npy(path: Path) -> NDArray[Any]:
    with path.open("rb") as file:
        if file.read(len(NUMPY)) != NUMPY:
            raise ValueError("not a NumPy file")
    # A memory map never needs more memory than the file has bytes, whatever its header says.
    array: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    return array


def _npz(path: Path) -> dict[str, NDArray[Any]]:
    with zipfile.ZipFile(path) as archive:
        require_size(sum(member.file_size for member in archive.infolist()))
    with np.load(path, allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def _as_csv(columns: list[Column]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([name for name, _ in columns])
    writer.writerows(zip(*(_plain(values) for _, values in columns), strict=True))
    return text.getvalue()


def _plain(values: NDArray[Any]) -> list[Any]:
    """Return values as Python objects that ``csv`` writes: text, floats, and booleans as 0 and 1."""
    if values.dtype.kind == "S":
        return [value.decode("utf-8", "replace") for value in values.tolist()]
    if values.dtype.kind == "f":
        values = values.astype(np.float64)
    plain: list[Any] = (values.astype(np.int64) if values.dtype.kind == "b" else values).tolist()
    return plain


def _sentence(error: Exception) -> str:
    """Return a sentence for the screen about an error of NumPy."""
    message = str(error)
    if isinstance(error, JoinError) or message.startswith("the file has"):
        return message
    if "allow_pickle" in message or "objects" in message:
        return "the file holds Python objects, which could do harm and are never read; save plain arrays"
    return "this is not a complete file of NumPy arrays (.npy or .npz)"
