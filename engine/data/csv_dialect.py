"""What a CSV text is written in: encoding, delimiter and decimal sign."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

DELIMITERS = ("\t", ";", ",", " ")
"""In the order of preference where a text could be read in several ways; the last stands for any blanks."""
MAX_BYTES = 64 * 2**20
MAX_LINE = 100_000
"""No row of points is longer, in characters."""
SAMPLE = 20
"""So many lines tell how a text is written."""
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Text:
    """The bytes of a file and their encoding; lines are decoded as they are read, so that memory stays small."""

    content: bytes
    encoding: str

    @classmethod
    def of(cls, source: bytes | str) -> Text:
        """UTF-8, -16 or -32 with a byte order mark, UTF-8 or -16 without, or else Windows-1252.

        ValueError, with a sentence, for more than can be read.
        """
        content = source.encode(errors="replace") if isinstance(source, str) else source
        require_size(len(content))
        return cls(content, _encoding(content))

    def lines(self) -> Iterator[str]:
        """With any of the usual line ends turned into \\n; csv.Error for one that is too long to be read."""
        for line in io.TextIOWrapper(io.BytesIO(self.content), self.encoding, errors="replace"):
            if len(line) > MAX_LINE:
                raise csv.Error(f"a line of more than {MAX_LINE:,} characters")
            yield line


def require_size(size: int) -> None:
    """ValueError, with a sentence, for a file of more bytes than can be read."""
    if size > MAX_BYTES:
        raise ValueError(
            f"the file has {size / 2**20:,.0f} MB, and at most {MAX_BYTES // 2**20} MB can be imported; "
            "keep only the rows and columns that you need"
        )


def _encoding(content: bytes) -> str:
    for mark, name in _BOMS:
        if content.startswith(mark):
            return name
    start = content[:1000]
    if b"\0" in start:
        # Most letters of a table have a zero byte in UTF-16: behind them (little-endian) or in front.
        return "utf-16-le" if start[1::2].count(0) >= start[::2].count(0) else "utf-16-be"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for place in range(0, len(content), 2**20):
            decoder.decode(content[place : place + 2**20])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def rows(text: Text | str, delimiter: str, strict: bool = True) -> Iterator[tuple[int, list[str]]]:
    """Number of the first line, from 1, and fields without surrounding blanks, of each row that is not blank.

    csv.Error for broken quotes, if ``strict``, and for lines that are too long; its message says what, not where.
    """
    lines: Iterable[str] = io.StringIO(text, newline=None) if isinstance(text, str) else text.lines()
    if delimiter == " ":
        lines = (line.replace("\t", " ").strip() for line in lines)
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=strict)
    line = 1
    for row in reader:
        fields = list(map(str.strip, row))
        if any(fields):
            yield line, fields
        line = reader.line_num + 1


def number(text: str, comma: bool) -> float:
    """The number ``text`` says, finite or not; a decimal comma is fine where ``comma`` allows it.

    ValueError if it is none.
    """
    if "_" in text:
        raise ValueError(f"not a number: {text!r}")
    if comma and "." not in text:
        text = text.replace(",", ".")
    return float(text)


def is_number(text: str, comma: bool = False) -> bool:
    try:
        number(text, comma)
    except ValueError:
        return False
    return True


def detect(text: Text, columns: int) -> str:
    """The delimiter with which most of the first lines hold ``columns`` fields or one more, numbers first."""
    sample = ""
    with suppress(csv.Error):
        sample = "".join(islice(text.lines(), SAMPLE))
    return max(DELIMITERS, key=lambda delimiter: _fit(sample, delimiter, columns))


def _fit(sample: str, delimiter: str, columns: int) -> tuple[int, int, int]:
    """How many lines read as points, have the right number of fields, have more than one field."""
    points = shapes = parted = 0
    with suppress(csv.Error):  # such as a field without end
        for _, row in rows(sample, delimiter, strict=False):
            shape = len(row) in (columns, columns + 1)
            points += shape and all(is_number(field, delimiter != ",") for field in row[:2])
            shapes += shape
            parted += len(row) > 1
    return points, shapes, parted
