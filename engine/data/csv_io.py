"""Data sets as CSV files: writing exactly, reading what spreadsheets and people make of them."""

from __future__ import annotations

import csv
import io
import math
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

import numpy as np
from numpy.typing import NDArray

from engine.catalogue.hyperparameters import CLASSES
from engine.data.csv_dialect import decode, detect, is_number, number, rows
from engine.data.files import atomic_write
from engine.experiment.points import SPLITS, Points

COLUMNS = {
    "classification": ("x1", "x2", "class"),
    "curve": ("x", "y"),
    "surface": ("x1", "x2", "value"),
}
"""The columns of each task's file; one more, ``split``, may follow."""
MAX_CLASSES = int(CLASSES.high)
MAX_PROBLEMS = 5


class CsvError(ValueError):
    """One sentence with the line, what is expected and what was found; ``problems`` has up to five."""

    def __init__(self, *problems: str) -> None:
        super().__init__(problems[0])
        self.problems = problems


@dataclass(frozen=True, slots=True, eq=False)
class CsvData:
    """``xy`` float64 [n, 2], ``target`` float64 [n], ``split`` uint8 [n] or None where the file has none.

    ``class_names[k]`` is what the file calls class k; empty for regression.
    """

    xy: NDArray[np.float64]
    target: NDArray[np.float64]
    split: NDArray[np.uint8] | None
    class_names: tuple[str, ...]


def write_csv(points: Points, task: str, destination: str | os.PathLike[str] | TextIO) -> None:
    """A header and one line a point, to a path or an open text file; reading it back gives the same bits.

    A file at a path is replaced in one step or left as it was; OSError says why it could not be.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*COLUMNS[task], "split"])
    columns = [column.tolist() for column in points.xy.T]
    if task == "classification":
        columns.append(points.target.astype(np.int64).tolist())
    elif task == "surface":
        columns.append(points.target.tolist())
    splits = [SPLITS[split] for split in points.split.tolist()]
    writer.writerows(zip(*columns, splits, strict=True))
    if isinstance(destination, str | os.PathLike):
        atomic_write(destination, text.getvalue())
    else:
        destination.write(text.getvalue())


def read_csv(source: os.PathLike[str] | str | bytes, task: str) -> CsvData:
    """The points of a file (a path object) or of the text itself (str or bytes).

    Header or not, delimiter (comma, semicolon, tab or blanks), a decimal comma where the comma is no
    delimiter, and encoding are detected. Class labels that are the numbers 0, 1, … without gaps keep their
    number; others are numbered in sorted order. CsvError for what cannot be read, OSError for a file that
    cannot be opened.
    """
    text = decode(Path(source).read_bytes() if isinstance(source, os.PathLike) else source)
    reader = _Reader(task, detect(text, len(COLUMNS[task])))
    reader.read(text)
    return reader.result()


@dataclass(slots=True)
class _Reader:
    """The points and problems of one file, line by line."""

    task: str
    delimiter: str
    columns: tuple[str, ...] = ()
    own_header: bool = False
    numbers: list[list[float]] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    splits: list[int] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def read(self, text: str) -> None:
        self.columns = COLUMNS[self.task]
        line = 0
        try:
            for line, row in self._points(text):
                self._try(line, row)
                if len(self.problems) == MAX_PROBLEMS:
                    break
        except csv.Error as error:
            self._refuse(line + 1, f"expected {self._layout()} but found broken quotes ({error})")
        if not (self.numbers or self.problems):
            header = bool(text.strip())
            found = "nothing behind the header" if header else "an empty file"
            self._refuse(1 + header, f"expected {self._layout()} but found {found}")
        if self.problems:
            raise CsvError(*self.problems)

    def _try(self, line: int, row: list[str]) -> None:
        try:
            self._take(row)
        except ValueError as error:
            self._refuse(line, str(error))

    def _refuse(self, line: int, reason: str) -> None:
        self.problems.append(f"line {line}: {reason}")

    def _points(self, text: str) -> Iterator[tuple[int, list[str]]]:
        """The lines behind the header, if there is one; the first line tells whether there is a split."""
        lines = rows(text, self.delimiter)
        for line, row in lines:
            if len(row) == len(self.columns) + 1:
                self.columns = (*self.columns, "split")
            if len(row) != len(self.columns) or not self._is_header(row):
                yield line, row
            break
        yield from lines

    def _is_header(self, row: list[str]) -> bool:
        self.own_header = tuple(row) == self.columns and self.columns[-1] == "split"
        return all(name and not is_number(name, self.delimiter) for name in row[:2])

    def _layout(self) -> str:
        return f"{len(self.columns)} columns ({', '.join(self.columns)})"

    def _take(self, row: list[str]) -> None:
        """Keeps one point; ValueError says what is wrong with it."""
        if len(row) != len(self.columns):
            raise ValueError(f"expected {self._layout()} but found {len(row)}")
        numeric = 3 if self.task == "surface" else 2
        numbers = list(map(self._number, row[:numeric], self.columns))
        if self.task == "classification":
            self.labels.append(self.names.get(row[2]) or self._name(row[2]))
        if self.columns[-1] == "split":
            self.splits.append(self._split(row[-1]))
        self.numbers.append(numbers)

    def _number(self, text: str, column: str) -> float:
        try:
            value = number(text, self.delimiter)
        except ValueError:
            raise ValueError(f"expected a number for {column} but found {text!r:.60}") from None
        if not math.isfinite(value):
            raise ValueError(f"expected a finite number for {column} but found {text!r:.60}")
        return value

    def _name(self, label: str) -> str:
        """The class's name: whole numbers in their shortest form, so that 1 and 1.0 are one class."""
        name = label
        if is_number(label, self.delimiter):
            value = self._number(label, "class")
            name = str(int(value)) if value.is_integer() else repr(value)
        if not name:
            raise ValueError("expected a class but found nothing")
        known = set(self.names.values())
        if name not in known and len(known) == MAX_CLASSES:
            raise ValueError(f"expected at most {MAX_CLASSES} classes but found one more, {label!r:.60}")
        self.names[label] = name
        return name

    def _split(self, text: str) -> int:
        try:
            return SPLITS.index(text.lower())
        except ValueError:
            raise ValueError(f"expected a split ({', '.join(SPLITS)}) but found {text!r:.60}") from None

    def result(self) -> CsvData:
        table = np.array(self.numbers, dtype=np.float64)
        names = class_order(set(self.labels), keep_gaps=self.own_header)
        target = table[:, -1].copy()
        if self.task == "classification":
            numbered = {name: index for index, name in enumerate(names)}
            target = np.array([numbered[name] for name in self.labels], dtype=np.float64)
        split = np.array(self.splits, dtype=np.uint8) if self.splits else None
        return CsvData(table[:, :2].copy(), target, split, names)


def class_order(names: set[str], keep_gaps: bool = False) -> tuple[str, ...]:
    """Class names in the order of their numbers: 0, 1, … as they are, other numbers by size, texts by letter.

    With ``keep_gaps``, classes between 0 and the highest that no point belongs to are named too.
    """
    if not all(is_number(name, "") for name in names):
        return tuple(sorted(names))
    ordered = sorted(names, key=float)
    allowed = {str(number) for number in range(MAX_CLASSES)}
    if keep_gaps and ordered and names <= allowed:
        return tuple(str(number) for number in range(int(ordered[-1]) + 1))
    return tuple(ordered)
