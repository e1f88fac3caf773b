"""From the rows of a table to points, with a reason for every row that is none."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.catalogue.hyperparameters import POINTS
from engine.data.numbers import read_in
from engine.data.quoting import quoted
from engine.data.tables.dialect import rows
from engine.data.tables.facts import MOST_COLUMNS
from engine.data.tables.labels import class_name, class_order
from engine.data.tables.reading import Reading
from engine.data.tables.roles import MAX_CLASSES
from engine.data.tables.source import Text
from engine.data.tables.vocabulary import split_code
from engine.experiment.points import LARGEST, SPLITS, TOO_FAR

MAX_ROWS = int(POINTS.high)
STEP = 1000
"""Rows that are read in one go."""
_NO_LABELS = {"", "nan"}


class CsvError(ValueError):
    """One sentence with the line, what is expected and what was found; ``problems`` has up to five."""

    def __init__(self, *problems: str) -> None:
        super().__init__(problems[0])
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Problem:
    """Why the row that begins at ``line`` is no point."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


@dataclass(frozen=True, slots=True, eq=False)
class CsvData:
    """``xy`` float64 [n, 2], ``target`` float64 [n], ``split`` uint8 [n] or None where the file has none.

    ``class_names[k]`` is what the file calls class k; empty for regression.
    """

    xy: NDArray[np.float64]
    target: NDArray[np.float64]
    split: NDArray[np.uint8] | None
    class_names: tuple[str, ...]


class CsvReader:
    """Reads a text step by step; ``problems`` are the rows that are no points, ``failed`` counts all of them.

    Only ``most_problems`` are kept, and with ``stop`` nothing is read after them. Labels that are all among
    ``names`` are these classes.
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
        self._numbers: list[list[float]] = []
        self._labels: list[str] = []
        self._splits: list[int] = []
        self._names: dict[str, str] = {}

    def __len__(self) -> int:
        """How many points have been read."""
        return len(self._numbers)

    def finish(self) -> None:
        """Read to the end."""
        for _ in self.steps():
            pass

    def steps(self) -> Iterator[None]:
        """Reads some rows a step."""
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
        if not (self._numbers or self.problems):
            found = "nothing behind the header" if seen else "an empty file"
            self._refuse(line + 1, f"expected {self.reading.layout()} but found {found}")

    def _read(self, line: int, row: list[str], seen: int) -> bool:
        """Takes one row; False when no more is to be read."""
        if seen <= self.reading.header:
            return True
        if seen - self.reading.header > MAX_ROWS:
            self._refuse(line, f"at most {MAX_ROWS:,} rows can be imported, and there are more")
            return False
        try:
            self._take(row)
        except ValueError as error:
            self._refuse(line, str(error))
        return not (self._stop and len(self.problems) == self._most)

    def _refuse(self, line: int, reason: str) -> None:
        self.failed += 1
        if len(self.problems) < self._most:
            self.problems.append(Problem(line, reason))

    def _take(self, row: list[str]) -> None:
        """Keeps one point; ValueError says what is wrong with it."""
        reading = self.reading
        # Empty fields at the end are delimiters too many.
        if len(row) < reading.width or any(row[reading.width :]):
            too_many = reading.width == MOST_COLUMNS < len(row)
            wanted = f"at most {MOST_COLUMNS} columns" if too_many else reading.layout()
            raise ValueError(f"expected {wanted} but found {len(row):,}")
        numbers = [read_in(row[place], decimal, name) for place, decimal, name in self._numeric]
        if max(map(abs, numbers)) > LARGEST:
            far = next(k for k, number in enumerate(numbers) if abs(number) > LARGEST)
            place, _, role = self._numeric[far]
            raise ValueError(f"{quoted(row[place])} for {role} {TOO_FAR}")
        label = row[reading.columns[2]] if reading.task == "classification" else None
        name = None if label is None else self._names.get(label) or self._name(label)
        split = None if reading.split is None else self._split(row[reading.split])
        self._numbers.append(numbers)
        if name is not None:
            self._labels.append(name)
        if split is not None:
            self._splits.append(split)

    def _name(self, label: str) -> str:
        """The class's name: the label as it stands, but that 1 and 1.0 are one class."""
        style = self.reading.style(self.reading.columns[2])
        name = label
        if label not in self._known:
            if label.casefold() in _NO_LABELS:
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
        """The points that have been read."""
        width = len(self._numeric)
        table = np.array(self._numbers, dtype=np.float64).reshape(-1, width)
        found = set(self._labels)
        names = class_order(found, keep_gaps=self.reading.own)
        if found and found <= {*self._known}:
            names = self._known
        target = table[:, -1].copy()
        if self.reading.task == "classification":
            numbered = {name: index for index, name in enumerate(names)}
            target = np.array([numbered[name] for name in self._labels], dtype=np.float64)
        split = np.array(self._splits, dtype=np.uint8) if self.reading.split is not None else None
        return CsvData(table[:, :2].copy(), target, split, names)


def _numeric(reading: Reading) -> list[tuple[int, str, str]]:
    """Place, decimal sign and role of each column of numbers."""
    return [(place, reading.style(place).convention.decimal, role) for role, place in reading.numeric.items()]
