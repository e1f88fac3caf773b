"""The bytes of a table and how they become lines."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace

from engine.data.files import require_size
from engine.data.tables.encodings import find_encoding
from engine.data.tables.kinds import refuse_binary

MAX_LINE = 100_000
"""No row of points is longer, in characters."""
ZEROS = "zero bytes, with which a file is filled up, are left out"


@dataclass(frozen=True, slots=True)
class Text:
    """The bytes of a file and their encoding; lines are decoded as they are read, so that memory stays small.

    ``fixed`` tells that the encoding is known and not guessed, ``tidy`` that the text was made from arrays, with a
    header and commas. ``notes`` are sentences about what was put together or left out on the way here.
    """

    content: bytes
    encoding: str
    fixed: bool = False
    tidy: bool = False
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, source: bytes | str) -> Text:
        """By a byte order mark, as UTF-8 where it is that, or else by what the letters look like.

        ValueError, with a sentence, for more than can be read and for what is no text.
        """
        if isinstance(source, str):
            content = source.encode(errors="replace")
            require_size(len(content))
            return cls(content, "utf-8", fixed=True)
        require_size(len(source))
        refuse_binary(source)
        encoding = find_encoding(source)
        return cls(source, encoding, notes=_zeros(source, encoding))

    def encoded(self, encoding: str) -> Text:
        """The same bytes read in another encoding."""
        others = tuple(note for note in self.notes if note != ZEROS)
        return replace(self, encoding=encoding, notes=(*others, *_zeros(self.content, encoding)))

    def lines(self) -> Iterator[str]:
        """With any of the usual line ends turned into \\n; csv.Error for one that is too long to be read.

        Zero characters, with which some programs fill files up, are left out.
        """
        first = True
        for line in io.TextIOWrapper(io.BytesIO(self.content), self.encoding, errors="replace"):
            if len(line) > MAX_LINE:
                raise csv.Error(f"a line of more than {MAX_LINE:,} characters")
            plain = line.replace("\0", "")
            yield plain.removeprefix("\ufeff") if first else plain
            first = False


def _zeros(content: bytes, encoding: str) -> tuple[str, ...]:
    """A note about zero bytes, where they are no halves of letters."""
    return (ZEROS,) if 0 in content and not encoding.startswith(("utf-16", "utf-32")) else ()
