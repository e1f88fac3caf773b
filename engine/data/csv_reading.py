"""How a CSV text is read: which column is which, and what its lines are written in."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from statistics import mode

from engine.data.csv_dialect import SAMPLE, Text, detect, is_number, rows

COLUMNS = {
    "classification": ("x1", "x2", "class"),
    "curve": ("x", "y"),
    "surface": ("x1", "x2", "value"),
}
"""The columns of each task's file; one more, ``split``, may follow."""
SPLIT = "split"
_CLASS_WORDS = {"class", "label", "target", "species", "category", "type", "group"}


@dataclass(frozen=True, slots=True)
class Reading:
    """``width`` fields a row, of which ``columns`` are those of the task, in order, and ``split`` the split.

    ``header`` tells whether the first row holds names, ``own`` whether these are the names that we write.
    ``comma`` allows decimal commas.
    """

    task: str
    delimiter: str = ","
    comma: bool = False
    header: bool = False
    width: int = 3
    columns: tuple[int, ...] = (0, 1, 2)
    split: int | None = None
    own: bool = False

    def layout(self) -> str:
        """What a row has to look like."""
        names = COLUMNS[self.task] if self.split is None else (*COLUMNS[self.task], SPLIT)
        wanted = f" ({', '.join(names)})" if len(names) == self.width else ""
        return f"{self.width} columns{wanted}"


def plain_reading(text: Text, task: str) -> Reading:
    """For a text with the task's columns in their order, a split perhaps behind them, and nothing else."""
    names = COLUMNS[task]
    delimiter = detect(text, len(names))
    first = next(iter(first_rows(text, delimiter, 1)), [])
    split = len(names) if len(first) == len(names) + 1 else None
    comma, width = delimiter != ",", len(names) + (split is not None)
    header = len(first) == width and is_header(first[:2], comma)
    own = tuple(first) == (*names, SPLIT)
    return Reading(task, delimiter, comma, header, width, tuple(range(len(names))), split, own)


def guess_reading(text: Text, task: str) -> Reading:
    """For any table: the columns are known by their names, or else by what they hold."""
    plain = plain_reading(text, task)
    if len(next(iter(first_rows(text, plain.delimiter, 1)), [])) == plain.width:
        return with_seen_comma(text, plain)
    return reread(text, task, _likely_delimiter(text))


def reread(text: Text, task: str, delimiter: str) -> Reading:
    """The likeliest reading with that delimiter."""
    sample = first_rows(text, delimiter)
    width = mode(map(len, sample)) if sample else len(COLUMNS[task])
    comma = delimiter != ","
    header = len(sample) > 1 and is_header(sample[0], comma, sample[1])
    names = sample[0] if header and len(sample[0]) == width else []
    body = [row for row in sample[bool(header) :] if len(row) == width]
    columns, split = guess_columns(names, body, width, task, comma)
    own = tuple(names) == (*COLUMNS[task], SPLIT)
    return with_seen_comma(text, Reading(task, delimiter, comma, header, width, columns, split, own))


def with_seen_comma(text: Text, reading: Reading) -> Reading:
    """The reading with decimal commas only where the first rows do not say that points are used."""
    fields = [field for row in first_rows(text, reading.delimiter) for field in row]
    numbers = [field for field in fields if is_number(field, reading.comma)]
    dots, commas = (any(sign in field for field in numbers) for sign in ".,")
    comma = reading.comma and (commas or not dots)
    return Reading(
        reading.task, reading.delimiter, comma, reading.header,
        reading.width, reading.columns, reading.split, reading.own,
    )  # fmt: skip


def first_rows(text: Text, delimiter: str, count: int = SAMPLE) -> list[list[str]]:
    """The fields of the first rows, as far as they can be told apart."""
    found: list[list[str]] = []
    with suppress(csv.Error):
        found.extend(row for _, row in islice(rows(text, delimiter, strict=False), count))
    return found


def is_header(row: Sequence[str], comma: bool, following: Sequence[str] | None = None) -> bool:
    """Whether these fields are names: none is a number or empty, or fewer are than in the row that follows."""
    texts = [bool(field) and not is_number(field, comma) for field in row]
    if all(texts):
        return following is None or any(is_number(field, comma) for field in following)
    if following is None:
        return False
    return sum(texts) > sum(not is_number(field, comma) for field in following)


def guess_columns(
    names: Sequence[str], body: Sequence[Sequence[str]], width: int, task: str, comma: bool
) -> tuple[tuple[int, ...], int | None]:
    """Which of ``width`` columns are the task's, in order, and which is the split (None: there is none)."""
    known = {name.casefold(): place for place, name in reversed(list(enumerate(names)))}
    split = known.get(SPLIT)
    wanted = COLUMNS[task]
    if all(name in known for name in wanted):
        return tuple(known[name] for name in wanted), split
    free = [place for place in range(width) if place != split]
    numeric = [place for place in free if all(is_number(row[place], comma) for row in body)]
    target = next((place for name, place in known.items() if name in _CLASS_WORDS), None)
    if task == "classification":
        target = free[-1] if target is None and free else target
        numeric = [place for place in numeric if place != target] or free
    chosen = (numeric + [place for place in free if place not in numeric] + [0] * len(wanted))[: len(wanted)]
    return (*chosen[:2], target or 0) if task == "classification" else tuple(chosen), split


def _likely_delimiter(text: Text) -> str:
    """The one that parts the most of the first rows into equally many fields."""

    def regular(delimiter: str) -> tuple[int, int]:
        widths = [len(row) for row in first_rows(text, delimiter)]
        width = mode(widths) if widths else 1
        return (widths.count(width) if width > 1 else 0), width

    return max(("\t", ";", ",", " "), key=regular)
