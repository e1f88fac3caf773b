"""Read the rows of a table as points, with a reason for each row that is not a point."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.catalogue.hyperparameters import POINTS
from engine.catalogue.texts import shortened
from engine.data.numbers import read_number
from engine.data.quoting import quoted
from engine.data.tables.dialect import rows
from engine.data.tables.facts import MOST_COLUMNS
from engine.data.tables.labels import NO_LABELS, class_name, class_order, read_label
from engine.data.tables.reading import Reading
from engine.data.tables.roles import MAX_CLASSES
from engine.data.tables.source import Text
from engine.data.tables.vocabulary import split_code
from engine.experiment.points import LARGEST, SPLITS, TOO_FAR

MAX_ROWS = int(POINTS.high)
STEP = 1000
"""Rows of one step of ``CsvReader.steps``."""


class CsvError(ValueError):
    """A table that cannot be read. The message is the first sentence.

    Parameters
    ----------
    problems
        Sentences, at least one: each with the line, what was expected and what was found. All are kept as
        ``problems``, each shortened to 300 characters.
    """

    def __init__(self, *problems: str) -> None:
        self.problems = tuple(map(shortened, problems))
        super().__init__(self.problems[0])


@dataclass(frozen=True, slots=True)
class Problem:
    """The reason why a row is not a point.

    Attributes
    ----------
    line
        Number, from 1, of the row's first line.
    reason
        What was expected and what was found.
    """

    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


@dataclass(frozen=True, slots=True, eq=False)
class CsvData:
    """The points of a table.

    Attributes
    ----------
    xy : float64 [n, 2]
        Positions.
    target : float64 [n]
        Class numbers or values.
    split : uint8 [n] or None
        Indices of ``SPLITS``; None if the table has no split.
    class_names : tuple of str
        By class number, its name in the table; empty in regression.
    numbered : bool
        Whether names that are whole numbers are class numbers, and not marked as names by an apostrophe.
    own : bool
        Whether the table has the columns that ``write_csv`` writes, so that names stay as they are.
    """

    xy: NDArray[np.float64]
    target: NDArray[np.float64]
    split: NDArray[np.uint8] | None
    class_names: tuple[str, ...]
    numbered: bool = True
    own: bool = False


class CsvReader:
    """Reads a text step by step.

    Parameters
    ----------
    text : Text
        The whole text.
    reading : Reading
        How to read it.
    names : sequence of str
        Class names. If they contain all labels, labels mean these classes.
    most_problems : int
        Largest number of problems that are kept.
    stop : bool
        Whether reading ends after ``most_problems``.

    Attributes
    ----------
    problems : list of Problem
        Rows that are not points.
    failed : int
        Number of rows that are not points, including those not in ``problems``.
    beyond : int
        Number of rows among them that are too many; ``problems`` has one entry for all of them.
    """

    def __init__(
        self,
        text: Text,
        reading: Reading,
        names: Sequence[str] = (),
        most_problems: int = MAX_ROWS,
        stop: bool = True,
    ) -> None:
        self.reading = reading
        self.problems: list[Problem] = []
        self.failed = 0
        self._text, self._known = text, tuple(names)
        self._most, self._stop = most_problems, stop
        self._numeric = _numeric(reading)
        self.beyond = self._first_beyond = 0
        self._numbers: list[list[float]] = []
        self._labels: list[str] = []
        self._splits: list[int] = []
        self._names: dict[str, str] = {}

    def __len__(self) -> int:
        """Return how many points have been read."""
        return len(self._numbers)

    def finish(self) -> None:
        """Read to the end."""
        for _ in self.steps():
            pass

    def steps(self) -> Iterator[None]:
        """Read all rows; yield after every ``STEP`` rows."""
        line = seen = 0
        try:
            for line, row in rows(self._text, self.reading.dialect):
                seen += 1
                if not self._read(line, row, seen):
                    return
                if seen % STEP == 0:
                    yield
        except csv.Error as error:
            what = str(error) if str(error).startswith("a line of") else f"broken quotes ({error})"
            self._refuse(line + 1, f"expected {self.reading.layout()} but found {what}")
        if self.beyond:
            self.failed += self.beyond - 1
            rest = f"the last {self.beyond:,} are left out" if self.beyond > 1 else "the last one is left out"
            self._refuse(self._first_beyond, f"at most {MAX_ROWS:,} rows can be imported; {rest}")
        if not (self._numbers or self.problems):
            found = "nothing after the header" if seen else "an empty file"
            self._refuse(line + 1, f"expected {self.reading.layout()} but found {found}")

    def _read(self, line: int, row: list[str], seen: int) -> bool:
        """Read one row; return False to end reading."""
        if seen <= self.reading.header:
            return True
        if seen - self.reading.header > MAX_ROWS:
            self._first_beyond = self._first_beyond or line
            self.beyond += 1
            return True
        try:
            self._add_point(row)
        except ValueError as error:
            self._refuse(line, str(error))
        return not (self._stop and len(self.problems) == self._most)

    def _refuse(self, line: int, reason: str) -> None:
        self.failed += 1
        if len(self.problems) < self._most:
            self.problems.append(Problem(line, reason))

    def _add_point(self, row: list[str]) -> None:
        """Add the point of a row; ValueError, with a sentence, if the row is not a point."""
        reading = self.reading
        # Empty fields after the last column come from extra delimiters and are allowed.
        if len(row) < reading.width or any(row[reading.width :]):
            too_many = reading.width == MOST_COLUMNS < len(row)
            wanted = f"at most {MOST_COLUMNS} columns" if too_many else reading.layout()
            raise ValueError(f"expected {wanted} but found {len(row):,}")
        numbers = [read_number(row[column], decimal, name) for column, decimal, name in self._numeric]
        if max(map(abs, numbers)) > LARGEST:
            far = next(k for k, number in enumerate(numbers) if abs(number) > LARGEST)
            column, _, role = self._numeric[far]
            raise ValueError(f"{quoted(row[column])} for {role} {TOO_FAR}")
        label = row[reading.columns[2]] if reading.task == "classification" else None
        name = None if label is None else self._names.get(label) or self._name(label)
        split = None if reading.split is None else self._split(row[reading.split])
        self._numbers.append(numbers)
        if name is not None:
            self._labels.append(name)
        if split is not None:
            self._splits.append(split)

    def _name(self, label: str) -> str:
        """Return the name of a label's class (see ``class_name``); ValueError for no label or too many classes."""
        style = self.reading.style(self.reading.columns[2])
        name = read_label(label)
        if name == label and name not in self._known:
            if label.casefold() in NO_LABELS:
                raise ValueError(f"expected a class but found {quoted(label) if label else 'nothing'}")
            name = class_name(label, style.convention.decimal, style.machine)
        used = {*self._names.values()}
        if name not in used and len(used) == MAX_CLASSES:
            raise ValueError(f"expected at most {MAX_CLASSES} classes but found one more, {quoted(label)}")
        self._names[label] = name
        return name

    def _split(self, text: str) -> int:
        split = split_code(text)
        if split is None:
            raise ValueError(f"expected a split ({', '.join(SPLITS)}) but found {quoted(text)}")
        return split

    def result(self) -> CsvData:
        """Return the points that have been read."""
        width = len(self._numeric)
        table = np.array(self._numbers, dtype=np.float64).reshape(-1, width)
        found = set(self._labels)
        numbered = all(read_label(label) == label for label in self._names)
        names = class_order(found, keep_gaps=self.reading.own and numbered)
        if found and found <= {*self._known}:
            names = self._known
        target = table[:, -1].copy()
        if self.reading.task == "classification":
            index = {name: number for number, name in enumerate(names)}
            target = np.array([index[name] for name in self._labels], dtype=np.float64)
        split = np.array(self._splits, dtype=np.uint8) if self.reading.split is not None else None
        return CsvData(table[:, :2].copy(), target, split, names, numbered, self.reading.own)


def _numeric(reading: Reading) -> list[tuple[int, str, str]]:
    """Return index, decimal sign and role of each column of numbers."""
    return [
        (column, reading.style(column).convention.decimal, role) for role, column in reading.numeric.items()
    ]
