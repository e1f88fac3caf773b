"""From a file of data to a document, with an account of what was taken for what."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from engine.data.conventions import Decimal
from engine.data.importing import with_imported
from engine.data.tables.choice import guess_task, task_of, with_columns
from engine.data.tables.files import read_table
from engine.data.tables.reader import CsvData, CsvError, CsvReader, Problem
from engine.data.tables.reading import Reading, read_as, survey_of
from engine.data.tables.source import Text
from engine.data.tables.vocabulary import COLUMNS, SPLIT
from engine.data.tables.words import form_words, role_words
from engine.experiment import Experiment
from engine.experiment.points import SPLITS

_SAY_SIGN = "the decimal sign is said with --decimal point or --decimal comma"


@dataclass(frozen=True, eq=False)
class Opened:
    """The ``data`` of the file at ``path`` in a ``reading``, and the rows that were ``refused``."""

    path: Path
    text: Text
    reading: Reading
    data: CsvData
    refused: tuple[Problem, ...]

    def document(self, experiment: Experiment) -> Experiment:
        """The experiment with these points; ExperimentError where it cannot be of that task."""
        return with_imported(experiment, self.data, self.reading.task)

    @property
    def certain(self) -> bool:
        """Whether nothing had to be guessed: every row is a point, every column known by the task's own name for it."""
        reading = self.reading
        written = [reading.style(place).convention.why for place in reading.columns]
        doubted = self.refused or reading.doubts or self.text.notes
        return not doubted and reading.named >= {*COLUMNS[reading.task]} and {*written} <= {"plain", "seen"}

    def account(self, as_json: bool = False) -> str:
        """What was taken for what in one line, and then a line for every refused row; or all of it as JSON."""
        if as_json:
            return json.dumps(self.as_json(), ensure_ascii=False)
        return "\n".join([self.sentence(), *map(str, self.refused)])

    def sentence(self) -> str:
        """One line: how many points, what was taken for what, how many rows were refused."""
        count, refused = len(self.data.target), len(self.refused)
        found = len(self.data.class_names)
        classes = f" of {found} class{'es' * (found != 1)}" if found else ""
        parts = [
            f"{count:,} point{'s' * (count != 1)}{classes} ({self.reading.task})",
            role_words(self.reading),
        ]
        parts += [form_words(self.reading, self.text), *self.reading.doubts, *self.text.notes]
        parts += [f"{refused:,} row{'s' * (refused != 1)} refused"]
        return f"{self.path}: {'; '.join(filter(None, parts))}"

    def as_json(self) -> dict[str, Any]:
        """The same as JSON: roles, names, how the file is written, and every refused row with line and reason."""
        reading, dialect = self.reading, self.reading.dialect
        places = dict(zip(COLUMNS[reading.task], reading.columns, strict=True))
        if reading.split is not None:
            places[SPLIT] = reading.split
        split = self.data.split
        return {
            "file": str(self.path),
            "task": reading.task,
            "points": len(self.data.target),
            "classes": list(self.data.class_names),
            "splits": None
            if split is None
            else {name: int((split == k).sum()) for k, name in enumerate(SPLITS)},
            "roles": {role: self._role(role, place) for role, place in places.items()},
            "names": list(reading.names),
            "written": {
                "encoding": self.text.encoding,
                "delimiter": dialect.delimiter,
                "quote": dialect.quote,
                "rows_of_names": reading.header,
            },
            "notes": [*reading.doubts, *self.text.notes],
            "refused": [{"line": problem.line, "reason": problem.reason} for problem in self.refused],
        }

    def _role(self, role: str, place: int) -> dict[str, Any]:
        convention = self.reading.style(place).convention
        return {
            "column": place + 1,
            "name": self.reading.called(place),
            "by": "name" if role in self.reading.named else self.reading.why,
            "numbers": convention.words(),
        }


def open_data(
    path: Path,
    task: str | None = None,
    columns: Mapping[str, str] | None = None,
    decimal: Decimal | None = None,
) -> Opened:
    """The points of any file of data, of that ``task``, with those ``columns`` (role → name or number), and written
    with that ``decimal`` sign, if given.

    CsvError, with a sentence, where no point can be read or a column is not there; OSError as in ``read_table``.
    """
    try:
        text = read_table(path)
    except CsvError as error:
        raise CsvError(f"{path}: {error}") from None
    survey = survey_of(text)
    chosen = columns or {}
    reading = read_as(survey, task or task_of(chosen) or guess_task(survey))
    try:
        reading = with_columns(reading, chosen) if chosen else reading
    except ValueError as error:
        raise CsvError(f"--columns: {error}") from None
    if decimal is not None:
        if text.tidy:
            raise CsvError("--decimal: arrays hold numbers and not texts; leave it out")
        reading = replace(reading, decimal=decimal)
    elif _has_open_sign(reading):
        reading = replace(reading, doubts=(*reading.doubts, _SAY_SIGN))
    reader = CsvReader(text, reading, stop=False)
    reader.finish()
    if not len(reader):
        remedy = f" ({_SAY_SIGN})" if _SAY_SIGN in reading.doubts else ""
        raise CsvError(f"{path}: no point can be read: {reader.problems[0]}{remedy}")
    return Opened(path, text, reading, reader.result(), tuple(reader.problems))


def _has_open_sign(reading: Reading) -> bool:
    """Whether a column that is read has numbers of two meanings."""
    return any(reading.style(place).convention.why == "open" for place in reading.numeric.values())
