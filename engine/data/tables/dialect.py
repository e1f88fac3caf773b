"""The dialect of a table, and the rows of its lines."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from engine.data.tables.source import Text

HINT = re.compile(r'"?sep=(?P<sign>.)"?\s*', re.IGNORECASE)
"""A first line that names the delimiter, as spreadsheets read and write it."""
COMMENT = "#"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the lines of a table are written.

    Attributes
    ----------
    delimiter : str
        One character between fields; a blank stands for any number of blanks and tabs.
    quote : str
        One character around fields, or "".
    escape : bool
        Whether a backslash escapes the quote sign.
    skip : int
        Number of lines at the start that are not rows.
    comments : bool
        Whether lines that begin with # are comments.
    title : int
        Number, from 1, of the comment that contains the names of the columns; 0 if none does.
    """

    delimiter: str = ","
    quote: str = '"'
    escape: bool = False
    skip: int = 0
    comments: bool = False
    title: int = 0

    def __post_init__(self) -> None:
        if len(self.delimiter) != 1 or self.delimiter in "\r\n\0":
            raise ValueError("a delimiter is one character")
        if self.quote == self.delimiter:
            raise ValueError("delimiter and quote sign are the same")


def rows(text: Text, dialect: Dialect, strict: bool = True) -> Iterator[tuple[int, list[str]]]:
    """Yield each row that is not blank: the number of its first line, from 1, and its stripped fields.

    Raises
    ------
    csv.Error
        For broken quotes, if ``strict``, and for lines that are too long. The message does not name the line.

    Examples
    --------
    >>> list(rows(Text.of("x,y\\n\\n1, 2\\n"), Dialect()))
    [(1, ['x', 'y']), (3, ['1', '2'])]
    """
    reader = csv.reader(
        _lines(text, dialect),
        delimiter=dialect.delimiter,
        quotechar=dialect.quote or None,
        quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
        escapechar="\\" if dialect.escape else None,
        skipinitialspace=True,
        strict=strict,
    )
    line = 1
    for row in reader:
        fields = list(map(str.strip, row))
        if any(fields):
            yield line, fields
        line = reader.line_num + 1


def first_rows(text: Text, dialect: Dialect, count: int) -> list[list[str]]:
    """Return the first rows of a text.

    Parameters
    ----------
    text
        The whole text.
    dialect
        How its lines are written.
    count
        The most rows to read.

    Returns
    -------
    list [rows] of list of str
        The stripped fields of each row, without blank rows; up to the first row that cannot be read.
    """
    found: list[list[str]] = []
    with suppress(csv.Error):
        found.extend(row for _, row in islice(rows(text, dialect, strict=False), count))
    return found


def parts(line: str, dialect: Dialect) -> list[str]:
    """Return the fields of one line, without a # at its start."""
    line = line.strip().lstrip(COMMENT).strip(" \n") if line.lstrip().startswith(COMMENT) else line
    return next(iter(first_rows(Text.of(line), dialect, 1)), [])


def _lines(text: Text, dialect: Dialect) -> Iterator[str]:
    """Yield all lines; lines that are not rows are made blank, so that the others keep their numbers."""
    blanks = dialect.delimiter == " "
    for number, line in enumerate(text.lines(), 1):
        if number <= dialect.skip:
            line = "\n"
        elif dialect.comments and line.lstrip().startswith(COMMENT):
            line = line.lstrip().lstrip(COMMENT) if number == dialect.title else "\n"
        yield line.replace("\t", " ").strip() + "\n" if blanks else line
