"""Data sets as CSV files: writing exactly, reading what spreadsheets and people make of them."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

import numpy as np

from engine.data.files import atomic_write, require_size
from engine.data.tables.arrays import is_array_file, read_arrays
from engine.data.tables.reader import CsvData, CsvError, CsvReader
from engine.data.tables.reading import plain_reading
from engine.data.tables.source import Text
from engine.data.tables.vocabulary import COLUMNS, SPLIT
from engine.experiment.points import SPLITS, Points

MAX_PROBLEMS = 5


def write_csv(
    points: Points,
    task: str,
    destination: str | os.PathLike[str] | TextIO,
    names: Sequence[str] = (),
) -> None:
    """A header and one line a point, to a path or an open text file; reading it back gives the same bits.

    ``names``, where given, stand for the class numbers. A file at a path is replaced in one step or left as it
    was; OSError says why it could not be.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*COLUMNS[task], SPLIT])
    columns = [column.tolist() for column in points.xy.T]
    if task == "classification":
        numbers = points.target.astype(np.int64).tolist()
        columns.append([names[number] for number in numbers] if names else numbers)
    elif task == "surface":
        columns.append(points.target.tolist())
    splits = [SPLITS[split] for split in points.split.tolist()]
    writer.writerows(zip(*columns, splits, strict=True))
    if isinstance(destination, str | os.PathLike):
        atomic_write(destination, text.getvalue())
    else:
        destination.write(text.getvalue())


def read_csv(source: os.PathLike[str] | str | bytes, task: str, names: Sequence[str] = ()) -> CsvData:
    """The points of a file (a path object) or of the text itself (str or bytes), which nobody is asked about.

    Its columns are those of the task, known by name or in their order, and perhaps a split; how it is written is
    detected. Labels that are all among ``names`` are these classes; others that are the numbers 0, 1, … without gaps
    keep their number, and all others are numbered in sorted order. CsvError for what cannot be read, OSError for a
    file that cannot be opened.
    """
    text = read_text(source)
    reader = CsvReader(text, plain_reading(text, task), names, most_problems=MAX_PROBLEMS)
    reader.finish()
    if reader.problems:
        raise CsvError(*map(str, reader.problems))
    return reader.result()


def read_table(path: Path) -> Text:
    """The rows of any file of points: text, or arrays of NumPy. Errors as those of ``read_text``."""
    return read_arrays(path) if is_array_file(path) else read_text(path)


def read_text(source: os.PathLike[str] | str | bytes) -> Text:
    """The text of a file or of what was in one.

    CsvError, with a sentence, for one that is too large or no text, OSError as in ``read_csv``.
    """
    try:
        if isinstance(source, os.PathLike):
            require_size(Path(source).stat().st_size)
            source = Path(source).read_bytes()
        return Text.of(source)
    except ValueError as error:
        raise CsvError(str(error)) from None
