"""The columns of a readout: as few as the height of the plot asks for, with short names where columns are narrow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil

from gui_app.plots.drawing.legend import SLOT
from gui_app.plots.drawing.metrics import row_height
from gui_app.theme.text import text_width
from gui_app.theme.tokens import SPACE

SWATCH, VALUE_GAP, COLUMN_GAP = 12.0, 12.0, 14.0


@dataclass(frozen=True, slots=True)
class Reading:
    """One line of the readout; ``y`` is the height of its dot in axis units, None for no dot."""

    label: str
    value: str
    colour: str
    y: float | None = None
    short: str = ""
    """A shorter label for low plots; empty if ``label`` is short already."""
    more: tuple[float, ...] = ()
    """Heights of further dots."""


Column = tuple[Reading, ...]


def columns_of(readings: Sequence[Reading], width: float, height: float) -> tuple[Column, ...]:
    """Return the readings in columns, each read from the top, that fit into ``height`` below the title.

    Where the columns would be wider than ``width``, labels are short.
    """
    rows = max(int((height - 2 * SPACE) / row_height()) - 1, 1)
    count = max(ceil(len(readings) / rows), 1)
    columns = _in_columns(readings, count)
    if count > 1 and columns_width(columns) > width:
        return _in_columns([replace(one, label=one.short or one.label) for one in readings], count)
    return columns


def columns_width(columns: Sequence[Column]) -> float:
    """Return the width of a box with these columns, in pixels."""
    between = COLUMN_GAP * max(len(columns) - 1, 0)
    return sum(map(column_width, columns)) + between + 4 * SPACE


def column_width(column: Column) -> float:
    """Return the width of one column, in pixels; values never narrower than a usual one."""
    if not column:
        return 0.0
    labels = max(text_width(reading.label) for reading in column)
    values = max(text_width(SLOT), *(text_width(reading.value) for reading in column))
    return SWATCH + labels + VALUE_GAP + values


def _in_columns(readings: Sequence[Reading], count: int) -> tuple[Column, ...]:
    rows = ceil(len(readings) / count)
    return tuple(tuple(readings[first : first + rows]) for first in range(0, len(readings), max(rows, 1)))
