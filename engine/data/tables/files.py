"""Read tables in any format, and write data sets as CSV without loss."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

import numpy as np

from engine.data.bounded_reading import read_bounded
from engine.data.files import atomic_write
from engine.data.tables.arrays import is_array_file, read_arrays
from engine.data.tables.labels import written_labels
from engine.data.tables.reader import CsvData, CsvError, CsvReader
from engine.data.tables.reading import plain_reading
from engine.data.tables.source import Text
from engine.data.tables.vocabulary import COLUMNS, SPLIT
from engine.experiment.points import SPLITS, Points

MAX_PROBLEMS = 5
"""Largest number of refused rows in an error of ``read_csv``."""


def write_csv(
    points: Points,
    task: str,
    destination: str | os.PathLike[str] | TextIO,
    names: Sequence[str] = (),
) -> None:
    """Write a header and one line for each point; ``read_csv`` returns the same points, bit for bit.

    Parameters
    ----------
    points : Points
        What to write, with splits.
    task : str
        Decides the columns; see ``COLUMNS``.
    destination : path-like or text file
        A file at a path is replaced in one step or left as it was.
    names : sequence of str
        Names of the classes, written instead of their numbers, which count from 1. One that would else be executed by a
        spreadsheet or not be read back as it is gets an apostrophe before it (see ``written_labels``).

    Raises
    ------
    OSError
        With a sentence, if the file cannot be written.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*COLUMNS[task], SPLIT])
    columns = [column.tolist() for column in points.xy.T]
    if task == "classification":
        indices = points.target.astype(np.int64).tolist()
        if names:
            written = written_labels(names[index] for index in indices)
            columns.append([written[names[index]] for index in indices])
        else:
            columns.append([index + 1 for index in indices])
    elif task == "surface":
        columns.append(points.target.tolist())
    splits = [SPLITS[split] for split in points.split.tolist()]
    writer.writerows(zip(*columns, splits, strict=True))
    if isinstance(destination, str | os.PathLike):
        atomic_write(destination, text.getvalue())
    else:
        destination.write(text.getvalue())


def read_csv(source: os.PathLike[str] | str | bytes, task: str, names: Sequence[str] = ()) -> CsvData:
    """Read points without asking a person; every row must be a point.

    Parameters
    ----------
    source : path-like, str or bytes
        A path, or the text itself. Its dialect is detected.
    task : str
        The columns are those of the task, by name or in order, and perhaps a split.
    names : sequence of str
        Class names. If they contain all labels, labels mean these classes. Otherwise labels that are class numbers are
        those classes: counted from 1, or from 0 where a label is 0, as earlier versions wrote them. Others are numbered
        in sorted order.

    Returns
    -------
    CsvData
        ``split`` is None if the table has no such column.

    Raises
    ------
    CsvError
        With a sentence for each of the first rows that are not points.
    OSError
        If the file cannot be opened.

    Examples
    --------
    >>> data = read_csv("x1;x2;class\\n0,5;1;red\\n2;3;blue\\n", "classification")
    >>> data.xy.tolist(), data.target.tolist(), data.class_names
    ([[0.5, 1.0], [2.0, 3.0]], [1.0, 0.0], ('blue', 'red'))
    """
    text = read_text(source)
    reader = CsvReader(text, plain_reading(text, task), names, most_problems=MAX_PROBLEMS)
    reader.finish()
    if reader.problems:
        raise CsvError(*map(str, reader.problems))
    return reader.result()


def read_table(path: Path) -> Text:
    """Read a file of text or of NumPy arrays as a table.

    Parameters
    ----------
    path
        .npy and .npz are read as arrays, anything else as text.

    Returns
    -------
    Text
        Arrays become text with a header and commas, exact in every bit.

    Raises
    ------
    CsvError
        With a sentence, if the file is not text, has too many lines or fields, or no suitable array.
    OSError
        If the file cannot be read (see ``engine.data.bounded_reading.read_bounded``).
    """
    return read_arrays(path) if is_array_file(path) else read_text(path)


def read_text(source: os.PathLike[str] | str | bytes) -> Text:
    """Read text and find its encoding.

    Parameters
    ----------
    source
        A path, or the content of a file as str or bytes.

    Returns
    -------
    Text
        Not yet decoded.

    Raises
    ------
    CsvError
        With a sentence, if it has too many lines or fields, or is not text.
    OSError
        If the file cannot be opened.
    """
    try:
        if isinstance(source, os.PathLike):
            source = read_bounded(source)
        return Text.of(source)
    except ValueError as error:
        raise CsvError(str(error)) from None
