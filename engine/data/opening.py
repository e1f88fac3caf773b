"""Open a file of points, and report how it was read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from engine.catalogue.texts import counted
from engine.data.conventions import Decimal
from engine.data.framing import propose_frame
from engine.data.importing import count_outside, outside_text, with_imported
from engine.data.tables.choice import guess_task, task_of_roles, with_columns
from engine.data.tables.describe import describe_form, describe_roles
from engine.data.tables.files import read_table
from engine.data.tables.reader import CsvData, CsvError, CsvReader, Problem
from engine.data.tables.reading import Reading, read_as, survey_of
from engine.data.tables.source import Text
from engine.data.tables.vocabulary import COLUMNS, SPLIT
from engine.experiment import Experiment
from engine.experiment.frame import Frame
from engine.experiment.points import SPLITS

_SAY_SIGN = "set the decimal sign with --decimal point or --decimal comma"


@dataclass(frozen=True, eq=False)
class Opened:
    """A file that was read as points.

    Attributes
    ----------
    path
        The file.
    text
        Its content, which can be read again in another way.
    reading
        How it was read.
    data
        The points.
    refused
        The rows that are not points, each with its line and the reason.
    """

    path: Path
    text: Text
    reading: Reading
    data: CsvData
    refused: tuple[Problem, ...]

    def to_experiment(self, experiment: Experiment) -> Experiment:
        """Put the points into an experiment.

        Parameters
        ----------
        experiment
            Its lanes are kept; its points are replaced.

        Returns
        -------
        Experiment
            With the task, the number of classes and the class names of the file, in the frame that its numbers and the
            names of its columns propose.

        Raises
        ------
        ExperimentError
            If the experiment cannot have the task or the number of classes.
        """
        return with_imported(experiment, self.data, self.reading.task, frame=self.frame)

    @property
    def frame(self) -> Frame:
        """The frame that the numbers and the names of the columns propose."""
        return propose_frame(self.data, self.reading)

    @property
    def certain(self) -> bool:
        """Whether nothing was guessed: every row is a point, and every column has a name that states its role."""
        reading = self.reading
        conventions = [reading.style(column).convention.why for column in reading.columns]
        doubted = self.refused or reading.doubts or self.text.notes
        return (
            not doubted and reading.named >= {*COLUMNS[reading.task]} and {*conventions} <= {"plain", "seen"}
        )

    def report(self, as_json: bool = False) -> str:
        """Say how the file was read.

        Parameters
        ----------
        as_json
            Whether to write JSON (see ``as_json``) instead of sentences.

        Returns
        -------
        str
            ``summary`` and a line for each refused row, or one line of JSON.
        """
        if as_json:
            return json.dumps(self.as_json(), ensure_ascii=False)
        return "\n".join([self.summary(), *map(str, self.refused)])

    def summary(self) -> str:
        """Say in one line how many points there are, which column has which role, and how many rows were refused."""
        count, refused = len(self.data.target), len(self.refused)
        found = len(self.data.class_names)
        classes = f" of {counted(found, 'class')}" if found else ""
        parts = [
            f"{counted(count, 'point')}{classes} ({self.reading.task})",
            describe_roles(self.reading),
        ]
        parts += [describe_form(self.reading, self.text), *self.reading.doubts, *self.text.notes]
        parts += [outside_text(self.data, self.frame.extent), f"{counted(refused, 'row')} refused"]
        return f"{self.path}: {'; '.join(filter(None, parts))}"

    def as_json(self) -> dict[str, Any]:
        """Return roles, names, frame, format of the file, and each refused row with line and reason, as JSON values."""
        reading, dialect = self.reading, self.reading.dialect
        columns = dict(zip(COLUMNS[reading.task], reading.columns, strict=True))
        if reading.split is not None:
            columns[SPLIT] = reading.split
        split, frame = self.data.split, self.frame
        return {
            "file": str(self.path),
            "task": reading.task,
            "points": len(self.data.target),
            "classes": list(self.data.class_names),
            "splits": None
            if split is None
            else {name: int((split == k).sum()) for k, name in enumerate(SPLITS)},
            "roles": {role: self._role(role, column) for role, column in columns.items()},
            "names": list(reading.names),
            "frame": {
                **msgspec.to_builtins({"extent": frame.extent, "axes": frame.axes}),
                "aspect": frame.aspect,
                "outside": count_outside(self.data, frame.extent),
            },
            "written": {
                "encoding": self.text.encoding,
                "delimiter": dialect.delimiter,
                "quote": dialect.quote,
                "rows_of_names": reading.header,
            },
            "notes": [*reading.doubts, *self.text.notes],
            "refused": [{"line": problem.line, "reason": problem.reason} for problem in self.refused],
        }

    def _role(self, role: str, column: int) -> dict[str, Any]:
        convention = self.reading.style(column).convention
        return {
            "column": column + 1,
            "name": self.reading.name_of(column),
            "by": "name" if role in self.reading.named else self.reading.why,
            "numbers": convention.describe(),
        }


def open_data(
    path: Path,
    task: str | None = None,
    columns: Mapping[str, str] | None = None,
    decimal: Decimal | None = None,
) -> Opened:
    """Read the points of a file of text or of NumPy arrays.

    Parameters
    ----------
    path : Path
        CSV, TSV, .npy or .npz.
    task : str, optional
        What the points are; guessed from ``columns`` or from the table by default.
    columns : mapping, optional
        By role (x1, x2, x, y, class, value, target, split), the name of a column or its number from 1.
    decimal : {".", ","}, optional
        The decimal sign; found for each column by default.

    Returns
    -------
    Opened
        With at least one point.

    Raises
    ------
    CsvError
        With a sentence, if no point can be read, if a column does not exist, or if arrays get a decimal sign.
    OSError
        If the file cannot be opened.
    """
    try:
        text = read_table(path)
    except CsvError as error:
        raise CsvError(f"{path}: {error}") from None
    reading = _with_decimal(_choose_reading(text, task, columns or {}), text, decimal)
    reader = CsvReader(text, reading, stop=False)
    reader.finish()
    if not len(reader):
        remedy = f" ({_SAY_SIGN})" if _SAY_SIGN in reading.doubts else ""
        raise CsvError(f"{path}: no point can be read: {reader.problems[0]}{remedy}")
    return Opened(path, text, reading, reader.result(), tuple(reader.problems))


def _choose_reading(text: Text, task: str | None, columns: Mapping[str, str]) -> Reading:
    survey = survey_of(text)
    reading = read_as(survey, task or task_of_roles(columns) or guess_task(survey))
    try:
        return with_columns(reading, columns) if columns else reading
    except ValueError as error:
        raise CsvError(f"--columns: {error}") from None


def _with_decimal(reading: Reading, text: Text, decimal: Decimal | None) -> Reading:
    """Return the reading with this decimal sign; without one, with a doubt if the sign is ambiguous."""
    if decimal is not None:
        if text.tidy:
            raise CsvError("--decimal: arrays hold numbers and not texts; leave it out")
        return replace(reading, decimal=decimal)
    if _decimal_is_ambiguous(reading):
        return replace(reading, doubts=(*reading.doubts, _SAY_SIGN))
    return reading


def _decimal_is_ambiguous(reading: Reading) -> bool:
    """Whether a column's numbers can be read with either decimal sign, so that a person must choose it."""
    return any(reading.style(column).convention.why == "open" for column in reading.numeric.values())
