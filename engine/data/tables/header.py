"""Which of the first rows are names, and what the columns are called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.data.numbers import is_number
from engine.data.tables.facts import Facts, Survey
from engine.data.tables.vocabulary import KNOWN, NUMBERS, folded

ROW_NAMES = "row names"
"""What the first column is called where only the others have names, as in R's files."""
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
    """So many ``rows`` above the points, the ``names`` of all columns ("" for none), and the ``flags`` that the
    header itself gives some of them: ``class``, ``meta``, ``ignore`` or ``weight``.

    ``fits`` is False where there are more or fewer names than columns, so that nobody knows whose they are.
    """

    rows: int
    names: tuple[str, ...]
    flags: dict[int, str] = field(default_factory=dict)
    fits: bool = True


def find_header(survey: Survey, rows: int | None = None) -> Header:
    """The likeliest header, or the one of so many ``rows``."""
    if rows is None:
        rows = _count(survey)
    head, body = survey.head[:rows], survey.body(rows)
    if not head:
        return Header(rows, ("",) * _used((), body))
    found = [_aligned(row, body) for row in head]
    names = next((names for names in found if names is not None), None)
    if names is None:
        return Header(rows, ("",) * _used((), body), fits=False)
    if _is_typed(head):
        return Header(rows, names, {k: _flag(text) for k, text in enumerate(head[2]) if _flag(text)})
    return _marked(Header(rows, names))


def _count(survey: Survey) -> int:
    if survey.dialect.title:
        return 1
    if _is_typed(survey.head):
        return 3
    titles = _titles(survey)
    if not _is_names(survey, titles + 1):
        return titles
    return titles + (2 if _is_units(survey, titles + 1) else 1)


def _titles(survey: Survey) -> int:
    """How many rows above the names are none of the table: words in fewer or more fields than the rest."""
    for row in range(1, min(MOST_HEADERS, len(survey.head))):
        fields = survey.head[row - 1]
        if any(map(is_number, fields)) or _aligned(fields, survey.body(row)) is not None:
            return row - 1
    return 0


def _aligned(names: Sequence[str], body: Sequence[Facts]) -> tuple[str, ...] | None:
    """The names, each at its column's place; None where there is not one for each."""
    width = _used(names, body)
    while len(names) > width and not names[-1]:
        names = names[:-1]
    if len(names) == width - 1 > 0:
        shifted = (ROW_NAMES, *names)
        # Where that would put the name of a number over words, it is the last column that has no name.
        odd = any(folded(name) in NUMBERS and facts.wordy for name, facts in zip(shifted, body, strict=False))
        names = (*names, "") if odd else shifted
    return tuple(names) if len(names) == width else None


def _used(names: Sequence[str], body: Sequence[Facts]) -> int:
    """How many columns there are without the last ones where these have neither a name nor anything below it."""
    width = len(body)
    while width and not body[width - 1].filled and not any(names[width - 1 :]):
        width -= 1
    return width


def _is_names(survey: Survey, row: int) -> bool:
    """Whether the row before ``row`` is one of names: over columns of numbers it has none, or has those of years."""
    if len(survey.head) < row:
        return False
    first, body = survey.head[row - 1], survey.body(row)
    if not any(facts.filled for facts in body):
        return bool(first) and not any(map(is_number, first)) and all(first)
    names = _aligned(first, body)
    if names is None:
        return not any(map(is_number, first))
    pairs = [(name, facts) for name, facts in zip(names, body, strict=False) if name and facts.filled]
    for_it = sum(facts.numeric and not is_number(name) for name, facts in pairs)
    if not any(facts.numeric and is_number(name) for name, facts in pairs):
        return bool(for_it) or _knows(pairs)
    numbers = [(name, facts) for name, facts in pairs if facts.numeric and is_number(name)]
    if all(_is_year(name, facts) for name, facts in numbers):
        return True
    return _knows(pairs) and all(
        name.isdecimal() and name not in (facts.texts or ()) for name, facts in numbers
    )


def _knows(pairs: Sequence[tuple[str, Facts]]) -> bool:
    """Whether one of the names says what it stands for, and is no label of its own column."""
    return any(folded(name) in KNOWN and not (facts.texts and name in facts.texts) for name, facts in pairs)


def _is_year(name: str, facts: Facts) -> bool:
    """Whether it is a year over numbers that are none."""
    return bool(_YEAR.fullmatch(name)) and not (facts.texts and any(map(_YEAR.fullmatch, facts.texts)))


def _is_units(survey: Survey, above: int) -> bool:
    """Whether the row below ``above`` rows holds units: words over all columns of numbers, and no label of points."""
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
    """Whether names, types and roles stand in three rows, as Orange writes them."""
    if len(head) < 3:
        return False
    types = [text.casefold() for text in head[1]]
    if not any(text in _TYPES for text in types) or any(is_number(text) for text in types):
        return False
    # In place of a type all values of a column may be listed.
    listed = all(text in _TYPES or " " in text or not text for text in types)
    return listed and all(_flag(text) or "=" in text or not text for text in head[2])


def _flag(text: str) -> str:
    words = {"c": "class", "m": "meta", "i": "ignore", "w": "weight"}
    found = [words.get(part, part) for part in text.casefold().split() if part in _FLAGS]
    return found[0] if found else ""


def _marked(header: Header) -> Header:
    """Names that say type and role before a #, as in C#width and cD#kind."""
    found = [_MARKED.fullmatch(name) for name in header.names]
    if not any(found):
        return header
    names = [match["name"] if match else name for match, name in zip(found, header.names, strict=True)]
    flags = {k: _flag(match["flag"]) for k, match in enumerate(found) if match and match["flag"]}
    return Header(header.rows, tuple(names), flags, header.fits)
