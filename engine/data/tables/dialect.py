"""What the lines of a table are written in, and the rows that they make."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from engine.data.tables.source import Text

HINT = re.compile(r'"?sep=(?P<sign>.)"?\s*', re.IGNORECASE)
"""A first line that only says the delimiter, as spreadsheets read it."""
COMMENT = "#"


@dataclass(frozen=True, slots=True)
class Dialect:
    """``delimiter`` is one character (a blank stands for any blanks), ``quote`` one or none; a backslash ``escape``s.

    The first ``skip`` lines are no rows, and neither are those that begin with #, where there are ``comments``; but
    the one numbered ``title`` (from 1; 0: none) holds the names of the columns behind its #.
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
    """Number of the first line, from 1, and fields without surrounding blanks, of each row that is not blank.

    csv.Error for broken quotes, if ``strict``, and for lines that are too long; its message says what, not where.
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
    """The fields of the first rows, as far as they can be told apart."""
    found: list[list[str]] = []
    with suppress(csv.Error):
        found.extend(row for _, row in islice(rows(text, dialect, strict=False), count))
    return found


def parts(line: str, dialect: Dialect) -> list[str]:
    """The fields of one line, which may begin with #."""
    line = line.strip().lstrip(COMMENT).strip(" \n") if line.lstrip().startswith(COMMENT) else line
    return next(iter(first_rows(Text.of(line), dialect, 1)), [])


def _lines(text: Text, dialect: Dialect) -> Iterator[str]:
    """All lines; those that are no rows are blank, so that the others keep their numbers."""
    blanks = dialect.delimiter == " "
    for number, line in enumerate(text.lines(), 1):
        if number <= dialect.skip:
            line = "\n"
        elif dialect.comments and line.lstrip().startswith(COMMENT):
            line = line.lstrip().lstrip(COMMENT) if number == dialect.title else "\n"
        yield line.replace("\t", " ").strip() + "\n" if blanks else line
