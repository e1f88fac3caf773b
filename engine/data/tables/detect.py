"""Detect the most likely delimiter and quote sign of a text."""

from __future__ import annotations

import csv
import re
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from statistics import mode

from engine.data.numbers import is_number
from engine.data.tables.dialect import COMMENT, HINT, Dialect, parts, rows
from engine.data.tables.source import Text

DELIMITERS = ("\t", ";", ",", "|", " ")
"""In order of preference, if several fit a text equally well; the last stands for any blanks."""
SAMPLE = 100
"""How many lines are examined."""
_MOST_FIELDS = 50
_ENOUGH_NUMERIC_COLUMNS = 2
Score = tuple[float, ...]


def detect(text: Text, delimiter: str | None = None, quote: str | None = None) -> Dialect:
    """Return the likeliest dialect.

    Parameters
    ----------
    text : Text
        The whole text. Only escapes are searched for beyond the first ``SAMPLE`` lines.
    delimiter, quote : str, optional
        One character each; None to detect it. ``quote`` is "" if fields are never quoted.

    Examples
    --------
    >>> detect(Text.of("a;b\\n1,5;2\\n3;4\\n")).delimiter
    ';'
    """
    lines = _sample(text)
    hint = HINT.fullmatch(lines[0]) if lines else None
    start = Dialect(skip=1 if hint else 0, comments=_has_comments(lines[1 if hint else 0 :]))
    if hint and delimiter is None and hint["sign"] not in "\r\n\0\"'":
        delimiter = hint["sign"]
    sample = sample_of(text)
    best = _best_dialect(sample, start, delimiter, quote)
    best = replace(best, escape=quote != "" and _escapes(text, best))
    return _with_title(lines, sample, best) if best.comments else best


def _sample(text: Text) -> list[str]:
    lines: list[str] = []
    with suppress(csv.Error):
        lines.extend(islice(text.lines(), SAMPLE))
    return lines


def sample_of(text: Text) -> Text:
    """Return the first ``SAMPLE`` lines of a text."""
    return Text.of("".join(_sample(text)))


def _best_dialect(sample: Text, start: Dialect, delimiter: str | None, quote: str | None) -> Dialect:
    delimiters = DELIMITERS if delimiter is None else (delimiter,)
    content = sample.content.decode()
    quotes = [quote] if quote is not None else ['"', *(["'"] if re.search(r"(^|\W)'", content) else [])]
    candidates = [
        replace(start, delimiter=sign, quote=mark) for mark in quotes for sign in delimiters if sign != mark
    ]
    if not candidates:
        return replace(start, delimiter=delimiters[0], quote="")
    scores = [_score(sample, dialect) for dialect in candidates]
    best = max(range(len(candidates)), key=scores.__getitem__)
    if not any(scores[best]) and delimiter is None:
        return replace(start, quote=quotes[0])
    return candidates[best]


def _score(sample: Text, dialect: Dialect) -> Score:
    """Return how well a dialect fits; larger is better.

    Dialects are compared by these numbers, in this order:

    - columns of numbers, of which two are enough;
    - share of rows with the most frequent number of fields;
    - share of numbers among all fields;
    - quoted fields;
    - fields in a row.
    """
    table: list[list[str]] = []
    with suppress(csv.Error):  # such as a field whose quotes are not closed
        table.extend(row for _, row in rows(sample, dialect, strict=False))
    width = mode(map(len, table)) if table else 0
    if width < 2:
        return (0.0,) * 5
    body = [row[:_MOST_FIELDS] for row in table if len(row) == width]
    columns = [sum(map(is_number, column)) for column in zip(*body, strict=True)]
    numeric = sum(2 * count >= len(body) for count in columns)
    share = sum(columns) / (len(body) * len(columns))
    fit = len(body) / len(table)
    return (
        min(numeric, _ENOUGH_NUMERIC_COLUMNS) if 2 * fit >= 1 else 0,
        fit,
        share,
        _quoted(sample, dialect),
        width,
    )


def _quoted(sample: Text, dialect: Dialect) -> float:
    """Return how many fields have the quote sign at both ends."""
    if not dialect.quote:
        return 0
    bare = replace(dialect, quote="")
    return sum(
        len(field) > 1 and field[0] == field[-1] == dialect.quote
        for _, row in rows(sample, bare, strict=False)
        for field in row[:_MOST_FIELDS]
    )


def _escapes(text: Text, dialect: Dialect) -> bool:
    """Whether backslashes escape quote signs, as in files of R: quotes are paired only if they do."""
    if not dialect.quote or b"\\" not in text.content:
        return False
    unpaired = not is_whole(text, dialect) or _has_odd_lines(text, dialect.quote)
    return unpaired and is_whole(text, replace(dialect, escape=True))


def _has_odd_lines(text: Text, quote: str) -> bool:
    """Whether a line has a quote sign after a backslash and an odd number of quote signs."""
    return any("\\" + quote in line and line.count(quote) % 2 for line in text.lines())


def is_whole(text: Text, dialect: Dialect) -> bool:
    """Whether all rows can be read, with all quotes closed."""
    try:
        for _ in rows(text, dialect):
            pass
    except csv.Error:
        return False
    return True


def _has_comments(lines: list[str]) -> bool:
    """Whether the first line begins with # and some other line does not."""
    filled = [line.lstrip() for line in lines if line.strip()]
    marked = [line.startswith(COMMENT) for line in filled]
    return bool(marked) and marked[0] and not all(marked)


def _with_title(lines: list[str], sample: Text, dialect: Dialect) -> Dialect:
    """Return the dialect with its ``title``; without ``comments``, if lines that begin with # are data."""
    body = [row for _, row in rows(sample, dialect, strict=False)]
    width = mode(map(len, body)) if body else 0
    first = next((n for n, line in enumerate(lines) if _is_row(line, n, dialect)), len(lines))
    marked = [n for n in range(dialect.skip, first) if lines[n].strip()]
    if any(_is_data(lines[n], dialect, width) for n in marked):
        # The first column has texts such as #ff0000.
        return replace(dialect, comments=False)
    fits = [n for n in marked if len(parts(lines[n], dialect)) in (width, width - 1) and width > 1]
    return replace(dialect, title=fits[-1] + 1 if fits else 0)


def _is_row(line: str, number: int, dialect: Dialect) -> bool:
    return number >= dialect.skip and bool(line.strip()) and not line.lstrip().startswith(COMMENT)


def _is_data(line: str, dialect: Dialect, width: int) -> bool:
    fields = next(
        (row for _, row in rows(Text.of(line), replace(dialect, comments=False, skip=0), strict=False)), []
    )
    return len(fields) == width and any(is_number(field) for field in fields)
