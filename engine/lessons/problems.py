"""Where a lesson's files are wrong: the file, the line, what is wrong and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from json import JSONDecoder
from pathlib import Path

from engine.catalogue.texts import as_sentence, shortened

_DECODER = JSONDecoder()
_BLANK = re.compile(r"[ \t\r\n]*")
_PLAIN = re.compile(r"[^\s,\]}]+")
_PART = re.compile(r"\.?([^.\[\]]+)|\[(\d+)\]")


class LessonError(ValueError):
    """A lesson that cannot be used. The message names file, line and remedy.

    Parameters
    ----------
    file
        Of the lesson, or its folder. Kept as ``file``.
    line
        From 1; None for the file as a whole. Kept as ``line``.
    clause
        What is wrong and what to do, beginning with a small letter.
    """

    def __init__(self, file: Path, line: int | None, clause: str) -> None:
        place = str(file) if line is None else f"{file}, line {line}"
        super().__init__(shortened(f"{place}: {clause}", 600))
        self.file, self.line, self.clause = file, line, clause

    @property
    def sentence(self) -> str:
        """The message as a sentence."""
        return as_sentence(str(self))


def line_of(text: str, path: Sequence[str | int]) -> int:
    """Return the line in which a value of a JSON text begins.

    Parameters
    ----------
    text
        Valid JSON.
    path
        Keys and indices that lead to the value. Where it leads nowhere, the innermost value that there is counts.

    Returns
    -------
    int
        From 1.

    Examples
    --------
    >>> line_of('{"a": 1,\\n "b": [1,\\n 2]}', ["b", 1])
    3
    """
    found = _Places(text).find(tuple(path))
    return text.count("\n", 0, found) + 1


def parts_of(path: str) -> list[str | int]:
    """Split a path such as ``steps[2].do`` or ``lanes.0.seed`` into keys and indices."""
    found = [index or key for key, index in _PART.findall(path.removeprefix("$"))]
    return [int(part) if part.isdigit() else part for part in found]


class _Places:
    """Walks through valid JSON, and remembers where it is."""

    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0

    def find(self, path: tuple[str | int, ...]) -> int:
        self._skip_blank()
        start = self._at
        if path and self._text[self._at : self._at + 1] in ("{", "["):
            is_object = self._text[self._at] == "{"
            for key in self._keys(is_object):
                if key == path[0]:
                    return self.find(path[1:])
                self._skip_value()
        return start

    def _keys(self, is_object: bool) -> Iterator[str | int]:
        """Yield each key or index, standing before its value."""
        self._at += 1
        index = 0
        while True:
            self._skip_blank()
            if self._text[self._at] in "}]":
                self._at += 1
                return
            if self._text[self._at] == ",":
                self._at += 1
                continue
            if is_object:
                key, self._at = _DECODER.raw_decode(self._text, self._at)
                self._skip_blank()
                self._at += 1
                yield key
            else:
                yield index
                index += 1

    def _skip_value(self) -> None:
        self._skip_blank()
        sign = self._text[self._at]
        if sign in "{[":
            for _ in self._keys(sign == "{"):
                self._skip_value()
        elif sign == '"':
            _, self._at = _DECODER.raw_decode(self._text, self._at)
        else:
            found = _PLAIN.match(self._text, self._at)
            self._at = found.end() if found else len(self._text)

    def _skip_blank(self) -> None:
        found = _BLANK.match(self._text, self._at)
        self._at = found.end() if found else self._at
