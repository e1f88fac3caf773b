"""Find the rows of names at the start of a table, and the names of its columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.data.numbers import is_number
from engine.data.tables.facts import Facts, Survey
from engine.data.tables.vocabulary import KNOWN_NAMES, NUMERIC_NAMES, folded

ROW_NAMES = "row names"
"""Name of the first column if only the others have names, as R writes them."""
MOST_HEADERS = 3
_TYPES = {
    "c", "continuous", "numeric", "n", "d", "discrete", "categorical", "s", "string", "text", "t", "time",
}  # fmt: skip
_FLAGS = {"", "class", "c", "meta", "m", "ignore", "i", "weight", "w"}
_MARKED = re.compile(r"(?P<flag>[cmiw]?)(?P<type>[CDNST]?)#(?P<name>.+)")
_YEAR = re.compile("(1[89]|20|21)[0-9]{2}")
_MISSING = {"na", "n/a", "nan", "null", "none", "?", "-", "--", "."}


@dataclass(frozen=True, slots=True)
class Header:
    """The rows above the points.

    Attributes
    ----------
    rows : int
        How many there are.
    names : tuple of str
        The name of each column, or "".
    flags : dict
        By column, the role that the header itself assigns: ``class``, ``meta``, ``ignore`` or ``weight``.
    fits : bool
        False if the number of names does not match the columns; the names are then ignored.
    units : tuple of str
        The unit of each column, or ""; empty if no row has units.
    """

    rows: int
    names: tuple[str, ...]
    flags: dict[int, str] = field(default_factory=dict)
    fits: bool = True
    units: tuple[str, ...] = ()


def find_header(survey: Survey, rows: int | None = None) -> Header:
    """Return the most likely header, or the header with ``rows`` rows if given.

    Examples
    --------
    >>> from engine.data.tables.dialect import Dialect
    >>> from engine.data.tables.source import Text
    >>> find_header(Survey.of(Text.of("width,kind\\n1,red\\n2,blue\\n"), Dialect()))
    Header(rows=1, names=('width', 'kind'), flags={}, fits=True, units=())
    """
    if rows is None:
        rows = _count_rows(survey)
    head, body = survey.head[:rows], survey.body(rows)
    if not head:
        return Header(rows, ("",) * _used_width((), body))
    found = [_aligned(row, body) for row in head]
    names = next((names for names in found if names is not None), None)
    if names is None:
        return Header(rows, ("",) * _used_width((), body), fits=False)
    if _is_typed(head):
        return Header(rows, names, {k: _flag(text) for k, text in enumerate(head[2]) if _flag(text)})
    units = tuple(head[-1]) if rows > 1 and _is_units(survey, rows - 1) else ()
    return _without_marks(Header(rows, names, units=units))


def _count_rows(survey: Survey) -> int:
    if survey.dialect.title:
        return 1
    if _is_typed(survey.head):
        return 3
    titles = _titles(survey)
    if not _is_names(survey, titles + 1):
        return titles
    return titles + (2 if _is_units(survey, titles + 1) else 1)


def _titles(survey: Survey) -> int:
    """Return the number of title rows above the names: texts whose number of fields does not match the columns."""
    for row in range(1, min(MOST_HEADERS, len(survey.head))):
        fields = survey.head[row - 1]
        if any(map(is_number, fields)) or _aligned(fields, survey.body(row)) is not None:
            return row - 1
    return 0


def _aligned(names: Sequence[str], body: Sequence[Facts]) -> tuple[str, ...] | None:
    """Return one name for each column, or None if their number does not fit."""
    width = _used_width(names, body)
    while len(names) > width and not names[-1]:
        names = names[:-1]
    if len(names) == width - 1 > 0:
        shifted = (ROW_NAMES, *names)
        # If the name of a number column would then be above texts, the last column lacks a name instead.
        odd = any(
            folded(name) in NUMERIC_NAMES and facts.textual
            for name, facts in zip(shifted, body, strict=False)
        )
        names = (*names, "") if odd else shifted
    return tuple(names) if len(names) == width else None


def _used_width(names: Sequence[str], body: Sequence[Facts]) -> int:
    """Return the number of columns without trailing ones that have no name and no filled field."""
    width = len(body)
    while width and not body[width - 1].filled and not any(names[width - 1 :]):
        width -= 1
    return width


def _is_names(survey: Survey, row: int) -> bool:
    """Whether row number ``row``, from 1, has names: no numbers above columns of numbers, except for years."""
    if len(survey.head) < row:
        return False
    first, body = survey.head[row - 1], survey.body(row)
    if not any(facts.filled for facts in body):
        return bool(first) and not any(map(is_number, first)) and all(first)
    names = _aligned(first, body)
    if names is None:
        return not any(map(is_number, first))
    pairs = [(name, facts) for name, facts in zip(names, body, strict=False) if name and facts.filled]
    numbers = [(name, facts) for name, facts in pairs if facts.numeric and is_number(name)]
    if not numbers:
        return any(facts.numeric for _, facts in pairs) or _has_known_name(pairs)
    if all(_is_year(name, facts) for name, facts in numbers):
        return True
    return _has_known_name(pairs) and all(
        name.isdecimal() and name not in (facts.texts or ()) for name, facts in numbers
    )


def _has_known_name(pairs: Sequence[tuple[str, Facts]]) -> bool:
    """Whether one of the names is in ``KNOWN_NAMES`` and is no label of its own column."""
    return any(
        folded(name) in KNOWN_NAMES and not (facts.texts and name in facts.texts) for name, facts in pairs
    )


def _is_year(name: str, facts: Facts) -> bool:
    """Whether the name is a year and its column contains no year."""
    return bool(_YEAR.fullmatch(name)) and not (facts.texts and any(map(_YEAR.fullmatch, facts.texts)))


def _is_units(survey: Survey, above: int) -> bool:
    """Whether the row after ``above`` rows has units: texts above all columns of numbers, and no labels."""
    if len(survey.head) < above + 2:
        return False
    row, body = survey.head[above], survey.body(above + 1)
    pairs = list(zip(row, body, strict=False))
    over = [text for text, facts in pairs if facts.numeric]
    if len(over) < 2 or not any(over) or any(is_number(text) or text.casefold() in _MISSING for text in over):
        return False
    return not any(
        text and not facts.numeric and facts.texts and text in facts.texts for text, facts in pairs
    )


def _is_typed(head: Sequence[Sequence[str]]) -> bool:
    """Whether three rows have names, types and roles, as Orange writes them."""
    if len(head) < 3:
        return False
    types = [text.casefold() for text in head[1]]
    if not any(text in _TYPES for text in types) or any(is_number(text) for text in types):
        return False
    # A list of all values of a column may replace its type.
    listed = all(text in _TYPES or " " in text or not text for text in types)
    return listed and all(_flag(text) or "=" in text or not text for text in head[2])


def _flag(text: str) -> str:
    """Return the first flag in a text, or ""."""
    long = {"c": "class", "m": "meta", "i": "ignore", "w": "weight"}
    found = [long.get(part, part) for part in text.casefold().split() if part in _FLAGS]
    return found[0] if found else ""


def _without_marks(header: Header) -> Header:
    """Split names such as C#width and cD#kind, as Orange writes them, into names and roles."""
    found = [_MARKED.fullmatch(name) for name in header.names]
    if not any(found):
        return header
    names = [match["name"] if match else name for match, name in zip(found, header.names, strict=True)]
    flags = {k: _flag(match["flag"]) for k, match in enumerate(found) if match and match["flag"]}
    return Header(header.rows, tuple(names), flags, header.fits, header.units)
