"""How a table is read: its dialect, its header and the roles of its columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.catalogue.texts import counted
from engine.data.conventions import Convention, Decimal
from engine.data.tables.detect import detect, is_whole, sample_of
from engine.data.tables.dialect import Dialect
from engine.data.tables.facts import Facts, Survey
from engine.data.tables.header import Header, find_header
from engine.data.tables.roles import Roles, find_roles
from engine.data.tables.source import Text
from engine.data.tables.vocabulary import COLUMNS, INDEX_NAMES, SPLIT, folded

_PLAIN, _COMMAS = Convention(), Dialect()
_HEADERS = tuple(
    f"{','.join((*names, SPLIT))}{end}".encode() for names in COLUMNS.values() for end in ("\n", "\r\n")
)


@dataclass(frozen=True, slots=True)
class Style:
    """How the fields of a column are written: the convention of numbers, and whether all have exponents."""

    convention: Convention = _PLAIN
    machine: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """All choices about how a table is read.

    Attributes
    ----------
    task : str
        What the points are.
    dialect : Dialect
        How lines are written.
    decimal : {".", ","} or None
        The decimal sign that a person chose; None if each column has its own ``style``.
    header : int
        Number of rows of names.
    names : tuple of str
        The name of each column, or "".
    units : tuple of str
        The unit of each column, or ""; empty if the table has no row of units.
    width : int
        How many fields a row has.
    columns : tuple of int
        Indices of the task's columns, in the order of ``COLUMNS``.
    split : int or None
        Index of the column of splits.
    own : bool
        Whether the names are those that ``write_csv`` writes.
    named : frozenset of str
        The roles whose columns were found by name.
    styles : tuple of Style
        How each column is written.
    doubts : tuple of str
        Sentences about what is uncertain.
    why : str
        How the other roles were found.
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
    why: str = "guessed from their values"
    units: tuple[str, ...] = ()

    def layout(self) -> str:
        """Describe the columns that a row must have."""
        names = COLUMNS[self.task] if self.split is None else (*COLUMNS[self.task], SPLIT)
        wanted = f" ({', '.join(names)})" if len(names) == self.width else ""
        return f"{counted(self.width, 'column')}{wanted}"

    @property
    def numeric(self) -> dict[str, int]:
        """By role, the index of each column of numbers."""
        roles = COLUMNS[self.task][: 3 if self.task == "surface" else 2]
        return dict(zip(roles, self.columns, strict=False))

    def style(self, column: int) -> Style:
        """Return how the fields of a column are written.

        Parameters
        ----------
        column
            Index of the column, from 0.

        Returns
        -------
        Style
            With the decimal sign that a person chose, if any.
        """
        found = self.styles[column] if column < len(self.styles) else Style()
        if self.decimal is None:
            return found
        return replace(found, convention=replace(found.convention, decimal=self.decimal, why="chosen"))

    def name_of(self, column: int) -> str:
        """Return the name of a column for sentences.

        Parameters
        ----------
        column
            Index of the column, from 0.

        Returns
        -------
        str
            Its name, or else "column" and its number from 1.
        """
        name = self.names[column] if column < len(self.names) else ""
        return name or f"column {column + 1}"


def guess_reading(text: Text, task: str) -> Reading:
    """Return the likeliest reading of a text.

    Parameters
    ----------
    text
        A whole table.
    task
        What its points are.

    Returns
    -------
    Reading
        Roles follow the names of columns, or else their content.

    Examples
    --------
    >>> reading = guess_reading(Text.of("kind;height;width\\nred;1,5;2\\nblue;4,25;-1\\n"), "classification")
    >>> reading.columns, reading.dialect.delimiter, reading.header
    ((1, 2, 0), ';', 1)
    """
    return read_as(survey_of(text), task)


def survey_of(text: Text, delimiter: str | None = None, quote: str | None = None) -> Survey:
    """Survey a text in its likeliest dialect.

    Parameters
    ----------
    text
        A whole table.
    delimiter, quote
        Known signs; None to detect them.

    Returns
    -------
    Survey
        Finished.
    """
    return Survey.of(text, dialect_of(text, delimiter, quote))


def dialect_of(text: Text, delimiter: str | None = None, quote: str | None = None) -> Dialect:
    """Return the likeliest dialect of a text.

    Parameters
    ----------
    text
        A whole table.
    delimiter, quote
        Known signs; None to detect them.

    Returns
    -------
    Dialect
        See ``engine.data.tables.detect.detect``.
    """
    if text.tidy or (delimiter is None and quote is None and _is_written_here(text)):
        return Dialect()
    return detect(text, delimiter, quote)


def _is_written_here(text: Text) -> bool:
    """Whether a text begins as ``write_csv`` begins one and has its quotes: names may hold any other delimiter."""
    return text.content.startswith(_HEADERS) and is_whole(sample_of(text), Dialect())


def read_as(survey: Survey, task: str, header: int | None = None, in_order: bool = False) -> Reading:
    """Return the likeliest reading of a table.

    Parameters
    ----------
    survey : Survey
        Facts about all rows.
    task : str
        What the points are.
    header : int, optional
        Number of rows of names; None to detect it.
    in_order : bool
        Whether columns of numbers without names have their roles in order.

    Returns
    -------
    Reading
        With a doubt where names do not fit their columns or a role is unclear.
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
        names == (*COLUMNS[task], SPLIT), roles.named, styles, _doubts(rows, roles), units=rows.units,
    )  # fmt: skip


def plain_reading(text: Text, task: str) -> Reading:
    """Return the only plausible reading of a text, for imports without a dialog.

    Parameters
    ----------
    text
        A whole table.
    task
        What its points are.

    Returns
    -------
    Reading
        The columns are those with the task's names. If the table has exactly the task's columns, and perhaps a split,
        they are taken in order. For any other table, the reading refuses all rows.
    """
    survey = survey_of(text)
    reading = read_as(survey, task, in_order=True)
    wanted = COLUMNS[task]
    if reading.named >= {*wanted}:
        return reading
    columns = [k for k in range(reading.width) if not _is_row_name(reading.names, k)]
    extra = len(columns) - len(wanted)
    if extra == 0 or (extra == 1 and reading.split in columns):
        return reading
    if extra == 1 and not any(reading.names):
        return replace(reading, columns=tuple(columns[:-1]), split=columns[-1])
    width = len(wanted) + (reading.split is not None)
    return replace(reading, width=width, columns=tuple(range(len(wanted))), split=None)


def _is_row_name(names: Sequence[str], column: int) -> bool:
    """Whether a column has the number or the name of each row."""
    return any(names) and column < len(names) and folded(names[column]) in INDEX_NAMES


def _doubts(header: Header, roles: Roles) -> tuple[str, ...]:
    unfit = () if header.fits else ("the names do not fit the columns, so they are not used",)
    return (*unfit, *roles.doubts)
