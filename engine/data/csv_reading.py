"""How a CSV text is read: which column is which, and what its lines are written in."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from statistics import mode

from engine.data.csv_dialect import DELIMITERS, SAMPLE, Text, detect, is_number, rows
from engine.experiment.points import SPLITS

COLUMNS = {
    "classification": ("x1", "x2", "class"),
    "curve": ("x", "y"),
    "surface": ("x1", "x2", "value"),
}
"""The columns of each task's file; one more, ``split``, may follow."""
SPLIT = "split"
_INDEX_WORDS = {"", "id", "index", "nr", "no", "no.", "row", "#", "unnamed: 0"}
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
    delimiter = detect(text, len(COLUMNS[task]))
    first = next(iter(first_rows(text, delimiter, 1)), [])
    fits = len(first) - len(COLUMNS[task]) in (0, 1)
    return reread(text, task, delimiter if fits else _likely_delimiter(text))


def reread(text: Text, task: str, delimiter: str, header: bool | None = None) -> Reading:
    """The likeliest reading with that delimiter, and with or without names in the first row if that is known."""
    sample = first_rows(text, delimiter)
    width = max(mode(map(len, sample)) if sample else 0, len(COLUMNS[task]))
    comma = delimiter != ","
    if header is None:
        header = _names_first(sample, comma)
    names = sample[0] if header and sample and len(sample[0]) == width else []
    body = [row for row in sample[bool(header) :] if len(row) == width]
    columns, split = guess_columns(names, body, width, task, comma)
    own = tuple(names) == (*COLUMNS[task], SPLIT)
    return with_seen_comma(text, Reading(task, delimiter, comma, header, width, columns, split, own))


def with_seen_comma(text: Text, reading: Reading) -> Reading:
    """The reading with decimal commas only where the first rows do not say that points are used."""
    fields = [field for row in first_rows(text, reading.delimiter) for field in row]
    numbers = [field for field in fields if is_number(field, reading.comma)]
    dots, commas = (any(sign in field for field in numbers) for sign in ".,")
    return replace(reading, comma=reading.comma and (commas or not dots))


def first_rows(text: Text, delimiter: str, count: int = SAMPLE) -> list[list[str]]:
    """The fields of the first rows, as far as they can be told apart."""
    found: list[list[str]] = []
    with suppress(csv.Error):
        found.extend(row for _, row in islice(rows(text, delimiter, strict=False), count))
    return found


def is_header(row: Sequence[str], comma: bool) -> bool:
    """Whether all these fields are names: neither numbers nor empty."""
    return all(field and not is_number(field, comma) for field in row)


def guess_columns(
    names: Sequence[str], body: Sequence[Sequence[str]], width: int, task: str, comma: bool
) -> tuple[tuple[int, ...], int | None]:
    """Which of ``width`` columns are the task's, in order, and which is the split (None: there is none)."""
    known = {name.casefold(): place for place, name in reversed(list(enumerate(names)))}
    split = known.get(SPLIT, _split_column(body, width))
    found = {name: known[name] for name in COLUMNS[task] if name in known}
    free = [place for place in range(width) if place != split and place not in found.values()]
    if task == "classification" and "class" not in found:
        named = (place for name, place in known.items() if name in _CLASS_WORDS and place in free)
        found["class"] = next(named, free[-1] if free else 0)
    numbered = {known[word] for word in _INDEX_WORDS if word in known}

    def rank(place: int) -> tuple[bool, bool]:
        texts = sum(not is_number(row[place], comma) for row in body)
        return 2 * texts > len(body), place in numbered

    rest = iter(sorted((place for place in free if place not in found.values()), key=rank))
    return tuple(found[name] if name in found else next(rest, 0) for name in COLUMNS[task]), split


def _split_column(body: Sequence[Sequence[str]], width: int) -> int | None:
    """The column that holds nothing but names of splits."""
    for place in range(width) if body else ():
        if all(row[place].lower() in SPLITS for row in body):
            return place
    return None


def _names_first(sample: Sequence[Sequence[str]], comma: bool) -> bool:
    """Whether the first row holds names: no number, where the second one has some."""
    numbers = [any(is_number(field, comma) for field in row) for row in sample[:2]]
    return bool(numbers) and not numbers[0] and numbers[-1] == (len(numbers) > 1)


def _likely_delimiter(text: Text) -> str:
    """The one that parts the most of the first rows into equally many fields."""

    def regular(delimiter: str) -> tuple[int, int]:
        widths = [len(row) for row in first_rows(text, delimiter)]
        width = mode(widths) if widths else 1
        return (widths.count(width) if width > 1 else 0), width

    return max(DELIMITERS, key=regular)
