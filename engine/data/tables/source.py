"""The bytes of a table, decoded to lines."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace

from engine.catalogue.hyperparameters import POINTS
from engine.catalogue.texts import counted
from engine.data.files import require_size
from engine.data.tables.encodings import find_encoding
from engine.data.tables.kinds import refuse_binary

MAX_LINE = 100_000
"""Largest number of characters in a line."""
MOST_LINES = 250_000
"""Largest number of lines. Each takes time, also a blank one, and points come from 100,000 of them at most."""
MOST_FIELDS = 4_000_000
"""Largest number of fields."""
_DELIMITERS = b",;\t|"
ZEROS = "zero bytes used as padding are left out"


@dataclass(frozen=True, slots=True)
class Text:
    """The bytes of a file and their encoding. Lines are decoded as they are read, to save memory.

    Attributes
    ----------
    content : bytes
        The whole file.
    encoding : str
        As Python names it.
    fixed : bool
        Whether the encoding is known and not guessed.
    tidy : bool
        Whether the text was made from arrays, with a header and commas.
    notes : tuple of str
        Sentences about what was joined or left out.
    """

    content: bytes
    encoding: str
    fixed: bool = False
    tidy: bool = False
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, source: bytes | str) -> Text:
        """Return a text with its most likely encoding, by byte order mark, valid UTF-8, or letters.

        Parameters
        ----------
        source
            The content of a file, as bytes or already decoded.

        Returns
        -------
        Text

        Raises
        ------
        ValueError
            With a sentence, if the source is too large or not text.
        """
        if isinstance(source, str):
            content = source.encode(errors="replace")
            require_size(len(content))
            _require_lines(content)
            return cls(content, "utf-8", fixed=True)
        require_size(len(source))
        refuse_binary(source)
        _require_lines(source)
        encoding = find_encoding(source)
        return cls(source, encoding, notes=_zeros(source, encoding))

    def encoded(self, encoding: str) -> Text:
        """Return the same bytes with another encoding.

        Parameters
        ----------
        encoding
            As Python names it.

        Returns
        -------
        Text
        """
        others = tuple(note for note in self.notes if note != ZEROS)
        return replace(self, encoding=encoding, notes=(*others, *_zeros(self.content, encoding)))

    def lines(self) -> Iterator[str]:
        """Yield lines that end with \\n, without the zero characters that some programs use as padding.

        Raises
        ------
        csv.Error
            For a line that is too long.
        """
        first = True
        for line in io.TextIOWrapper(io.BytesIO(self.content), self.encoding, errors="replace"):
            if len(line) > MAX_LINE:
                raise csv.Error(f"a line of more than {MAX_LINE:,} characters")
            plain = line.replace("\0", "")
            yield plain.removeprefix("\ufeff") if first else plain
            first = False


def _require_lines(content: bytes) -> None:
    """Refuse more lines or fields than can be looked at in a few seconds."""
    lines = max(content.count(b"\n"), content.count(b"\r"))
    if lines > MOST_LINES:
        raise ValueError(
            f"the table has {counted(lines, 'line')}, and at most {int(POINTS.high):,} rows can be imported; "
            "leave some out"
        )
    fields = max(content.count(sign) for sign in _DELIMITERS)
    if fields > MOST_FIELDS:
        raise ValueError(
            f"the table has {counted(fields, 'field')}, and at most {MOST_FIELDS:,} are read; "
            "keep only the columns you need"
        )


def _zeros(content: bytes, encoding: str) -> tuple[str, ...]:
    """Return a note about zero bytes, unless they are halves of characters."""
    return (ZEROS,) if 0 in content and not encoding.startswith(("utf-16", "utf-32")) else ()
