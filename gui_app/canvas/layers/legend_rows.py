"""Layout of the canvas's legend in one or two rows, with labels shortened as little as possible."""

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
"""Distance, in pixels, of a row from the edges of the canvas."""
MIN_LABEL_WIDTH = 24
"""Smallest width of a shortened label, in pixels."""
ONLY_ROW = -13.0
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
    """A sign (of the class or split ``number``) with a label, at ``left`` and, vertically, around ``middle``."""

    kind: Kind
    label: str
    number: int = 0
    left: float = 0.0
    middle: float = 0.0

    @property
    def label_x(self) -> float:
        return self.left + _SIGNS[self.kind]


@dataclass(frozen=True, slots=True)
class _Widths:
    """Widths of parts with labels cut at ``max_label_width``."""

    metrics: QFontMetricsF
    max_label_width: float = inf

    def row(self, parts: Sequence[Part]) -> float:
        return sum(map(self._of, parts)) + SPACE * max(len(parts) - 1, 0)

    def lay_out(self, parts: Sequence[Part], left: float, middle: float) -> list[Part]:
        """Return the parts in a row that begins at ``left``, with labels elided if too long."""
        parts_in_row = []
        for part in parts:
            label = part.label
            if self.max_label_width < inf:
                label = self.metrics.elidedText(label, Qt.TextElideMode.ElideRight, self.max_label_width)
            parts_in_row.append(replace(part, label=label, left=left, middle=middle))
            left += self._of(parts_in_row[-1]) + SPACE
        return parts_in_row

    def _of(self, part: Part) -> float:
        return _SIGNS[part.kind] + min(self.metrics.horizontalAdvance(part.label), self.max_label_width)


def arrange(
    names: Sequence[Part], splits: Sequence[Part], viewport: Viewport, metrics: QFontMetricsF
) -> list[Part]:
    """Return all parts with their positions: ``names`` from the left, ``splits`` at the right end.

    The first of these layouts that has room for all parts:

    - one row as wide as the square;
    - one wider row, centred on the square and within the canvas;
    - two rows, with names shortened as little as possible.
    """
    square, widths = viewport.square, _Widths(metrics)
    needed, middle = widths.row([*names, *splits]), square.center().x()
    half_width = max(square.width() / 2 - 2, min(needed / 2, middle - EDGE))
    if needed <= 2 * half_width + 0.5:
        first = widths.lay_out(names, middle - half_width, square.top() + ONLY_ROW)
        return first + widths.lay_out(
            splits, middle + half_width - widths.row(splits), square.top() + ONLY_ROW
        )
    row_widths = 2 * half_width, 2 * half_width - widths.row(splits) - (SPACE if splits else 0.0)
    (upper, lower), shortened = _split_rows(names, row_widths, metrics)
    first = shortened.lay_out(upper, middle - shortened.row(upper) / 2, square.top() + UPPER)
    lower_width = shortened.row(lower) + SPACE if lower else 0.0
    left = middle - (lower_width + widths.row(splits)) / 2
    return [
        *first,
        *shortened.lay_out(lower, left, square.top() + LOWER),
        *widths.lay_out(splits, left + lower_width, square.top() + LOWER),
    ]


def _split_rows(
    names: Sequence[Part], row_widths: tuple[float, float], metrics: QFontMetricsF
) -> tuple[tuple[list[Part], list[Part]], _Widths]:
    """Return the names in two rows of ``row_widths``, with the largest label width that fits.

    If even the smallest width does not fit, the last names are replaced by their number.
    """
    longest = max([MIN_LABEL_WIDTH, *(int(metrics.horizontalAdvance(part.label)) + 1 for part in names)])
    candidates = [_Widths(metrics, width) for width in range(longest, MIN_LABEL_WIDTH - 1, -1)]
    fitting = bisect_left(candidates, True, key=lambda widths: not _fill_rows(names, row_widths, widths)[2])
    widths = candidates[min(fitting, len(candidates) - 1)]
    upper, lower, left_out = _fill_rows(names, row_widths, widths)
    while left_out and widths.row([*lower, _more(left_out)]) > row_widths[1] and lower:
        lower.pop()
        left_out += 1
    return (upper, [*lower, _more(left_out)] if left_out else lower), widths


def _fill_rows(
    names: Sequence[Part], row_widths: tuple[float, float], widths: _Widths
) -> tuple[list[Part], list[Part], int]:
    """Return the upper row, the lower row, and the number of names that fit in neither."""
    rows: tuple[list[Part], list[Part]] = [], []
    number = 0
    for count, part in enumerate(names):
        while widths.row([*rows[number], part]) > row_widths[number]:
            number += 1
            if number == len(rows):
                return *rows, len(names) - count
        rows[number].append(part)
    return *rows, 0


def _more(count: int) -> Part:
    return Part("note", f"+{count}")
