"""Long lines of code, folded to be read where there is little room."""

from __future__ import annotations

import re

DEEPER = "    "
_PLACES = [
    re.compile(pattern)
    for pattern in (
        r"(?=  # )",
        r"(?<=,\0)",
        r"(?<=\()(?!\))",
        r"(?<=\w=)(?=\S)",
        r"(?<= )",
        r"(?=\.[a-zA-Z])",
    )
]
"""Where a line is folded, the later ones only in what is too long without: before a comment, after a comma in round
brackets (which is marked), after (, after the = of an argument, after a space, before a dot."""
_WORDS = 4
"""Of these places, those for words."""


def folded(line: str, columns: int) -> str:
    """Fold a line of code, never within a name.

    Parameters
    ----------
    line
        Of Python.
    columns
        Letters that there is room for. What has no place to fold stays whole.

    Returns
    -------
    str
        The line, or several; all but the first are indented.

    Examples
    --------
    >>> print(folded("Dense(16, activation='relu', kernel=initializers.RandomNormal(stddev=1.0)),", 30))
    Dense(16, activation='relu',
        kernel=
        initializers.RandomNormal(
        stddev=1.0)),
    """
    code = line.lstrip()
    start = line[: len(line) - len(code)]
    level = _WORDS if code.startswith(('"', "#")) else 0
    rows = _rows(_marked(code), columns - len(start), columns - len(start + DEEPER), level)
    first, *rest = (row.replace("\0", " ").strip() for row in rows)
    return "\n".join([start + first, *(start + DEEPER + row for row in rest)])


def _marked(code: str) -> str:
    """Return code with another letter for each space that follows a comma in round brackets."""
    marked, open_brackets = "", [""]
    for letter in code:
        if letter in "([{":
            open_brackets.append(letter)
        elif letter in ")]}" and len(open_brackets) > 1:
            open_brackets.pop()
        marked += "\0" if letter == " " and marked.endswith(",") and open_brackets[-1] == "(" else letter
    return marked


def _rows(code: str, first: int, room: int, level: int) -> list[str]:
    """Return rows of at most ``room`` letters, the first one of at most ``first``, where that is possible."""
    if len(code.rstrip(" \0")) <= first or level == len(_PLACES):
        return [code]
    rows: list[str] = []
    for part in filter(None, _PLACES[level].split(code)):
        here = room if len(rows) > 1 else first
        if rows and len((rows[-1] + part).rstrip(" \0")) <= here:
            rows[-1] += part
        else:
            rows += _rows(part, room if rows else first, room, level + 1)
    return rows
