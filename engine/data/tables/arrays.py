"""Read NumPy files (.npy, .npz) as tables, by writing their arrays as CSV."""

from __future__ import annotations

import csv
import io
import struct
import tokenize
import warnings
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.catalogue.texts import counted
from engine.data.bounded_reading import read_bounded, read_start
from engine.data.tables.array_files import ArraysError, npy_array, npz_arrays
from engine.data.tables.joining import Column, JoinError, join
from engine.data.tables.kinds import NUMPY, ZIP
from engine.data.tables.labels import kept_label, written_labels
from engine.data.tables.reader import CsvError
from engine.data.tables.source import MOST_FIELDS, Text
from engine.data.tables.vocabulary import COLUMNS, SPLIT

_DAMAGE = (
    ValueError, TypeError, LookupError, AttributeError, ArithmeticError, SyntaxError, RecursionError, MemoryError,
    EOFError, NotImplementedError, RuntimeError, tokenize.TokenError, struct.error, zlib.error, zipfile.BadZipFile,
)  # fmt: skip
"""What NumPy and zipfile raise for damaged files: a header is a literal of Python, and an archive may hold anything."""
ARRAY_SUFFIXES = (".npy", ".npz")


def is_array_file(path: Path) -> bool:
    """Whether the file has the suffix of a NumPy file or begins like one."""
    if path.suffix.lower() in ARRAY_SUFFIXES:
        return True
    return read_start(path, len(NUMPY)) == NUMPY


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
    content = read_bounded(path)
    try:
        with warnings.catch_warnings():
            # NumPy tells of files of Python 2, which it reads as well.
            warnings.simplefilter("ignore")
            arrays = npz_arrays(content) if content.startswith(ZIP) else {"": npy_array(content)}
        columns, notes = join(arrays)
        _require_few(columns)
        return Text(_as_csv(columns).encode(), "utf-8", fixed=True, tidy=True, notes=notes)
    except (ArraysError, JoinError) as error:
        raise CsvError(str(error)) from None
    except _DAMAGE:
        raise CsvError("this is not a complete file of NumPy arrays (.npy or .npz)") from None


def _require_few(columns: list[Column]) -> None:
    rows = len(columns[0][1]) if columns else 0
    if rows * len(columns) > MOST_FIELDS:
        raise ArraysError(
            f"the array has {counted(rows, 'row')} of {counted(len(columns), 'column')}, and at most "
            f"{MOST_FIELDS:,} values are read; keep only the columns that you need"
        )


def _as_csv(columns: list[Column]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    names = [name for name, _ in columns]
    # Under the very names that we write, texts are names of classes as they stand.
    exact = names == [*COLUMNS["classification"], SPLIT]
    writer.writerow(names)
    writer.writerows(zip(*(_plain(values, exact) for _, values in columns), strict=True))
    return text.getvalue()


def _plain(values: NDArray[Any], exact: bool) -> list[Any]:
    """Return values as Python objects that ``csv`` writes: text, floats, and booleans as 0 and 1."""
    if values.dtype.kind in "SU":
        texts = [
            value.decode("utf-8", "replace") if isinstance(value, bytes) else value
            for value in values.tolist()
        ]
        written = written_labels(texts) if exact else {text: kept_label(text) for text in texts}
        return [written[text] for text in texts]
    if values.dtype.kind == "f":
        values = values.astype(np.float64)
    plain: list[Any] = (values.astype(np.int64) if values.dtype.kind == "b" else values).tolist()
    return plain
