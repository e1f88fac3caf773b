"""Layout of the canvas's legend in one or two rows, with names shortened as little as possible."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF

from gui_app.canvas.view.viewport import Viewport

Kind = Literal["class", "split", "fit", "note"]

RADIUS, LINE = 3.6, 12.0
GAP, SPACE = 6.0, 12.0
EDGE = 8.0
"""Pixels that a row keeps from the edges of the canvas."""
LEAST = 24
"""Smallest width of a shortened name, in pixels."""
ONE_ROW = -13.0
UPPER, LOWER = -25.0, -11.0
"""Vertical middle of the only row, or of the two rows, relative to the square's upper edge."""
_SIGNS: dict[Kind, float] = {
    "class": 2 * RADIUS + GAP,
    "split": 2 * RADIUS + GAP,
    "fit": LINE + GAP,
    "note": 0.0,
}


@dataclass(frozen=True, slots=True)
class Part:
    """A sign (for the class or split ``number``) and a text; ``left`` and ``middle`` (vertical) are its position."""

    kind: Kind
    text: str
    number: int = 0
    left: float = 0.0
    middle: float = 0.0

    @property
    def text_left(self) -> float:
        return self.left + _SIGNS[self.kind]


@dataclass(frozen=True, slots=True)
class _Widths:
    """Measures and positions parts whose texts take at most ``most`` pixels."""

    metrics: QFontMetricsF
    most: float = inf

    def row(self, parts: Sequence[Part]) -> float:
        return sum(map(self._of, parts)) + SPACE * max(len(parts) - 1, 0)

    def put(self, parts: Sequence[Part], left: float, middle: float) -> list[Part]:
        """Return the parts in a row that begins at ``left``, with texts elided if too long."""
        found = []
        for part in parts:
            text = part.text
            if self.most < inf:
                text = self.metrics.elidedText(text, Qt.TextElideMode.ElideRight, self.most)
            found.append(replace(part, text=text, left=left, middle=middle))
            left += self._of(found[-1]) + SPACE
        return found

    def _of(self, part: Part) -> float:
        return _SIGNS[part.kind] + min(self.metrics.horizontalAdvance(part.text), self.most)


def placed(
    names: Sequence[Part], splits: Sequence[Part], viewport: Viewport, metrics: QFontMetricsF
) -> list[Part]:
    """Return all parts with their positions: ``names`` from the left, ``splits`` at the right end.

    They stand in one row as wide as the square. If that is too narrow, the row gets as wide as the canvas, which the
    square is in the middle of. If that is too narrow as well, there are two rows and names are shortened as little as
    possible.
    """
    square, widths = viewport.square, _Widths(metrics)
    needed, middle = widths.row([*names, *splits]), square.center().x()
    half = max(square.width() / 2 - 2, min(needed / 2, middle - EDGE))
    if needed <= 2 * half + 0.5:
        first = widths.put(names, middle - half, square.top() + ONE_ROW)
        return first + widths.put(splits, middle + half - widths.row(splits), square.top() + ONE_ROW)
    rooms = 2 * half, 2 * half - widths.row(splits) - (SPACE if splits else 0.0)
    (upper, lower), shortened = _in_two(names, rooms, metrics)
    first = shortened.put(upper, middle - shortened.row(upper) / 2, square.top() + UPPER)
    beside = shortened.row(lower) + SPACE if lower else 0.0
    left = middle - (beside + widths.row(splits)) / 2
    return [
        *first,
        *shortened.put(lower, left, square.top() + LOWER),
        *widths.put(splits, left + beside, square.top() + LOWER),
    ]


def _in_two(
    names: Sequence[Part], rooms: tuple[float, float], metrics: QFontMetricsF
) -> tuple[tuple[list[Part], list[Part]], _Widths]:
    """Return the names in two rows of the widths ``rooms``, and the widest limit for names at which all fit."""
    longest = max([LEAST, *(int(metrics.horizontalAdvance(part.text)) + 1 for part in names)])
    shorter = [_Widths(metrics, most) for most in range(longest, LEAST - 1, -1)]
    enough = bisect_left(shorter, True, key=lambda widths: not _filled(names, rooms, widths)[2])
    widths = shorter[min(enough, len(shorter) - 1)]
    upper, lower, left_out = _filled(names, rooms, widths)
    while left_out and widths.row([*lower, _more(left_out)]) > rooms[1] and lower:
        lower.pop()
        left_out += 1
    return (upper, [*lower, _more(left_out)] if left_out else lower), widths


def _filled(
    names: Sequence[Part], rooms: tuple[float, float], widths: _Widths
) -> tuple[list[Part], list[Part], int]:
    """Return the upper row, the lower row, and the number of names that fit into neither."""
    rows: tuple[list[Part], list[Part]] = [], []
    number = 0
    for count, part in enumerate(names):
        while widths.row([*rows[number], part]) > rooms[number]:
            number += 1
            if number == len(rows):
                return *rows, len(names) - count
        rows[number].append(part)
    return *rows, 0


def _more(count: int) -> Part:
    return Part("note", f"+{count}")
