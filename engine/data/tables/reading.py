"""How a table is read: in which dialect, from which row on, and which column is which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.data.conventions import Convention, Decimal
from engine.data.tables.detect import detect
from engine.data.tables.dialect import Dialect
from engine.data.tables.facts import Facts, Survey
from engine.data.tables.header import Header, find_header
from engine.data.tables.roles import Roles, find_roles
from engine.data.tables.source import Text
from engine.data.tables.vocabulary import COLUMNS, INDEX_NAMES, SPLIT, folded

_PLAIN, _COMMAS = Convention(), Dialect()


@dataclass(frozen=True, slots=True)
class Style:
    """How the fields of a column are written: numbers by a ``convention``; ``machine`` where all have exponents."""

    convention: Convention = _PLAIN
    machine: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """``width`` fields a row, of which ``columns`` are those of the task, in order, and ``split`` the split.

    The first ``header`` rows are no points; ``names`` has what they call the columns, "" for those without a name.
    ``decimal`` is the sign that a person has chosen, None where each column is read in its own ``style``. ``named``
    are the roles known by name, ``why`` says how the others were found, ``own`` whether the names are those that we
    write, ``doubts`` are sentences about what is not sure.
    """

    task: str
    dialect: Dialect = _COMMAS
    decimal: Decimal | None = None
    header: int = 0
    names: tuple[str, ...] = ()
    width: int = 3
    columns: tuple[int, ...] = (0, 1, 2)
    split: int | None = None
    own: bool = False
    named: frozenset[str] = frozenset()
    styles: tuple[Style, ...] = ()
    doubts: tuple[str, ...] = ()
    why: str = "guessed by what they hold"

    def layout(self) -> str:
        """What a row has to look like."""
        names = COLUMNS[self.task] if self.split is None else (*COLUMNS[self.task], SPLIT)
        wanted = f" ({', '.join(names)})" if len(names) == self.width else ""
        return f"{self.width} columns{wanted}"

    @property
    def numeric(self) -> dict[str, int]:
        """Role and place of each column that holds numbers."""
        roles = COLUMNS[self.task][: 3 if self.task == "surface" else 2]
        return dict(zip(roles, self.columns, strict=False))

    def style(self, place: int) -> Style:
        """How the fields of a column are written."""
        found = self.styles[place] if place < len(self.styles) else Style()
        if self.decimal is None:
            return found
        return replace(found, convention=replace(found.convention, decimal=self.decimal, why="chosen"))

    def called(self, place: int) -> str:
        """The name of a column, or its number from 1."""
        name = self.names[place] if place < len(self.names) else ""
        return name or f"column {place + 1}"


def guess_reading(text: Text, task: str) -> Reading:
    """For any table: the columns are known by their names, or else by what they hold."""
    return read_as(survey_of(text), task)


def survey_of(text: Text, delimiter: str | None = None, quote: str | None = None) -> Survey:
    """All rows in the likeliest dialect, or in that of a known ``delimiter`` or ``quote`` sign."""
    return Survey.of(text, dialect_of(text, delimiter, quote))


def dialect_of(text: Text, delimiter: str | None = None, quote: str | None = None) -> Dialect:
    """The likeliest dialect, or that of a known ``delimiter`` or ``quote`` sign; of our own text it is known."""
    return Dialect() if text.tidy else detect(text, delimiter, quote)


def read_as(survey: Survey, task: str, header: int | None = None, in_order: bool = False) -> Reading:
    """The likeliest reading of a table, with so many rows of names if that is known.

    With ``in_order``, numbers without names are taken in the order in which they stand.
    """
    rows = find_header(survey, 1 if survey.text.tidy else header)
    facts, names = survey.body(rows.rows)[: len(rows.names)], rows.names
    while len(facts) < len(COLUMNS[task]):
        facts, names = [*facts, Facts()], (*names, "")
    roles = find_roles(names, facts, task, rows.flags, in_order)
    decimals = [each.signs for each in facts if each.numeric]
    styles = tuple(
        Style(
            Convention.of(each.signs, [other for other in decimals if other is not each.signs]),
            0 < each.filled == each.machine,
        )
        for each in facts
    )
    return Reading(
        task, survey.dialect, None, rows.rows, names, len(facts), roles.columns, roles.split,
        names == (*COLUMNS[task], SPLIT), roles.named, styles, _doubts(rows, roles),
    )  # fmt: skip


def plain_reading(text: Text, task: str) -> Reading:
    """For a text that nobody is asked about: the task's columns by name, or these and a split and nothing else."""
    survey = survey_of(text)
    reading = read_as(survey, task, in_order=True)
    wanted = COLUMNS[task]
    if reading.named >= {*wanted}:
        return reading
    places = [k for k in range(reading.width) if not _is_index(reading.names, k)]
    extra = len(places) - len(wanted)
    if extra == 0 or (extra == 1 and reading.split in places):
        return reading
    if extra == 1 and not any(reading.names):
        return replace(reading, columns=tuple(places[:-1]), split=places[-1])
    width = len(wanted) + (reading.split is not None)
    return replace(reading, width=width, columns=tuple(range(len(wanted))), split=None)


def _is_index(names: Sequence[str], place: int) -> bool:
    return any(names) and place < len(names) and folded(names[place]) in INDEX_NAMES


def _doubts(header: Header, roles: Roles) -> tuple[str, ...]:
    unfit = () if header.fits else ("the names do not fit the columns, so they are not used",)
    return (*unfit, *roles.doubts)
