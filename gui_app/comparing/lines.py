"""The lines of the table of differences: rows in groups, each below a line with its name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from engine.observation.difference_table import (
    SAME_SETTINGS,
    UNEQUAL_EPOCHS,
    UNEQUAL_WEIGHTS,
    DifferenceTable,
    Row,
)
from gui_app.theme.tokens import Theme

ONE_LANE = "There is only one lane; duplicate it to compare."
NOT_TRAINED = "Nothing has been trained yet."
BRIEF = {
    UNEQUAL_EPOCHS: "The epochs differ.",
    f"{UNEQUAL_WEIGHTS} {UNEQUAL_EPOCHS}": UNEQUAL_WEIGHTS,
    SAME_SETTINGS: "All the same.",
}
"""Notes where there is little room, by what they say in full."""


class Line(NamedTuple):
    """A row, or the head of a group: then ``row`` is None, and ``note`` says why it has no rows, or more about them."""

    name: str
    row: Row | None = None
    note: str = ""


class VerdictLine(NamedTuple):
    """What the line below the table says, why there can be no verdict ("" if there can), whether one is sought, and
    whether it would be about other lanes now.
    """

    text: str = ""
    is_stale: bool = False
    reason: str = ""
    is_asked: bool = False
    is_of_others: bool = False

    @property
    def holds(self) -> bool:
        """Whether the text is of the numbers that are shown."""
        return bool(self.text) and not (self.is_stale or self.is_asked)


class Shown(NamedTuple):
    """What the view shows; ``current`` is the column of the current lane."""

    table: DifferenceTable
    lines: tuple[Line, ...]
    current: int
    theme: Theme
    verdict: VerdictLine


def lines_of(table: DifferenceTable) -> tuple[Line, ...]:
    """Return the lines of a table, from top to bottom."""
    return tuple(_lines(table))


def _lines(table: DifferenceTable) -> Iterator[Line]:
    settings, results = table.of("Settings"), table.of("Results")
    same = SAME_SETTINGS if len(table.headings) > 1 else ONE_LANE
    yield Line("Settings", None, "" if settings else same)
    for row in settings:
        yield Line(row.name, row)
    yield Line("Results", None, table.note if results else NOT_TRAINED)
    for row in results:
        yield Line(row.name, row)
