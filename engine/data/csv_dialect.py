"""What a CSV text is written in: encoding, delimiter and decimal sign."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice

DELIMITERS = ("\t", ";", ",", " ")
"""In the order of preference where a text could be read in several ways; the last stands for any blanks."""
_SAMPLE = 20


def decode(content: bytes | str) -> str:
    """Text from UTF-8 or UTF-16 with a byte order mark, UTF-8 without, or else Windows-1252."""
    if isinstance(content, str):
        return content.removeprefix("\ufeff")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def rows(text: str, delimiter: str, strict: bool = True) -> Iterator[tuple[int, list[str]]]:
    """Line number, from 1, and fields without surrounding blanks, of each line that is not blank.

    csv.Error for broken quotes, if ``strict``; its message says what is wrong, not where.
    """
    lines: Iterable[str] = io.StringIO(text, newline=None)
    if delimiter == " ":
        lines = (line.replace("\t", " ").strip() for line in lines)
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=strict)
    for row in reader:
        fields = list(map(str.strip, row))
        if any(fields):
            yield reader.line_num, fields


def number(text: str, delimiter: str) -> float:
    """The number ``text`` says, finite or not; a decimal comma is fine where it cannot be the delimiter.

    ValueError if it is none.
    """
    if "_" in text:
        raise ValueError(f"not a number: {text!r}")
    if delimiter != "," and "." not in text:
        text = text.replace(",", ".")
    return float(text)


def is_number(text: str, delimiter: str) -> bool:
    try:
        number(text, delimiter)
    except ValueError:
        return False
    return True


def detect(text: str, columns: int) -> str:
    """The delimiter with which most of the first lines hold ``columns`` fields or one more, numbers first."""
    sample = "".join(islice(io.StringIO(text), _SAMPLE))
    return max(DELIMITERS, key=lambda delimiter: _fit(sample, delimiter, columns))


def _fit(sample: str, delimiter: str, columns: int) -> tuple[int, int, int]:
    """How many lines read as points, have the right number of fields, have more than one field."""
    points = shapes = parted = 0
    with suppress(csv.Error):  # such as a field without end
        for _, row in rows(sample, delimiter, strict=False):
            shape = len(row) in (columns, columns + 1)
            points += shape and all(is_number(field, delimiter) for field in row[:2])
            shapes += shape
            parted += len(row) > 1
    return points, shapes, parted
