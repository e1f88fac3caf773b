"""Lanes or runs side by side: the settings in which they differ, and what came of each."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from math import isfinite, isnan, nan
from typing import Literal, NamedTuple

from engine.catalogue.texts import counted, r2_text, share_text, value_text
from engine.experiment.differences import Setting, lane_settings
from engine.experiment.lanes import MOST_LANES
from engine.experiment.settings import Lane
from engine.observation.results import NOT_KNOWN, Number, Results

Better = Literal["lower", "higher"] | None
"""Which of two values is better; None where neither is."""
Group = Literal["Settings", "Results"]
MISSING = "–"
MEANINGS = {
    "Loss gap": "Validation loss minus training loss: large where a network overfits.",
    "Weights at zero": "Share of all weights that are exactly zero.",
    "First/last gradient": "Norm of the gradient of the first layer's weights, divided by that of the output layer's: "
    "far below 1 where the gradient vanishes.",
}
"""What rows of results mean whose names do not say it."""
EPOCHS = "Epochs"
WEIGHTS = "Weights"
UNEQUAL_WEIGHTS = "Only some are at their best weights."
UNEQUAL_EPOCHS = "The epochs differ: the best values compare unequal training."
SAME_SETTINGS = "All lanes have the same settings."


@dataclass(frozen=True, slots=True)
class Column:
    """What is compared: a lane, or a run that has ended.

    Attributes
    ----------
    name
        Its name.
    colour
        The number of a lane's colour; None for a run.
    lane
        Its settings.
    results
        What came of it; None if nothing is known.
    """

    name: str
    colour: int | None
    lane: Lane
    results: Results | None = None


class Cell(NamedTuple):
    """What stands in a row for one of the columns.

    Attributes
    ----------
    text
        In words.
    note
        More about it; "" if there is nothing more.
    number
        NaN where it is no number.
    middle
        The text without quartiles; "" where it has none.
    """

    text: str
    note: str = ""
    number: Number = NOT_KNOWN
    middle: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One setting or result of all columns.

    Attributes
    ----------
    group
        What it is.
    name
        With what it is called on screen.
    cells
        One for each column.
    better
        Whether lower or higher is better.
    best
        The columns that have the best value, all of them where several have it, or one that is written the same. None
        diverged. There is none where all values look the same or where there is nothing to compare with.
    meaning
        What a result is, in a sentence.
    """

    group: Group
    name: str
    cells: tuple[Cell, ...]
    better: Better = None
    best: tuple[int, ...] = ()
    meaning: str = ""

    @property
    def is_numeric(self) -> bool:
        """Whether its cells are numbers."""
        return any(not isnan(cell.number.value) for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Heading:
    """The head of a column.

    Attributes
    ----------
    name
        That of the lane or run.
    colour
        The number of a lane's colour; None for a run.
    seeds
        How many networks its numbers are of.
    """

    name: str
    colour: int | None
    seeds: int = 1

    @property
    def text(self) -> str:
        """The name, with the number of seeds of a repeated lane."""
        return self.name if self.seeds == 1 else f"{self.name} ({counted(self.seeds, 'seed')})"


@dataclass(frozen=True, slots=True)
class DifferenceTable:
    """Columns side by side.

    Attributes
    ----------
    headings
        One for each column.
    rows
        Settings first, then results.
    some_restored
        Whether some, but not all, are at the weights of their best epochs.
    """

    headings: tuple[Heading, ...]
    rows: tuple[Row, ...]
    some_restored: bool = False

    @property
    def note(self) -> str:
        """What to bear in mind where values are marked as the best; "" if there is nothing."""
        found = [
            number for row in self.rows if row.name == EPOCHS for cell in row.cells for number in cell.number
        ]
        if not any(row.best for row in self.rows):
            return ""
        unequal = len({number for number in found if isfinite(number)}) > 1
        return " ".join(
            said
            for said, holds in ((UNEQUAL_WEIGHTS, self.some_restored), (UNEQUAL_EPOCHS, unequal))
            if holds
        )

    def of(self, group: Group) -> tuple[Row, ...]:
        """Return the rows of one group.

        Parameters
        ----------
        group
            "Settings" or "Results".

        Returns
        -------
        tuple of Row
        """
        return tuple(row for row in self.rows if row.group == group)


def difference_table(columns: Sequence[Column]) -> DifferenceTable:
    """Lay lanes or runs side by side.

    Parameters
    ----------
    columns
        Any number, in the order in which they are to stand.

    Returns
    -------
    DifferenceTable
        Losses are only judged where all columns have the same task and loss.

    Examples
    --------
    >>> table = difference_table([Column("A", 0, Lane()), Column("B", 1, Lane(seed=3))])
    >>> [(row.name, [cell.text for cell in row.cells]) for row in table.of("Settings")]
    [('seed', ['0', '3'])]
    """
    headings = tuple(
        Heading(column.name, column.colour, 1 if column.results is None else column.results.seeds)
        for column in columns
    )
    stages = [
        column.results.stage
        for column in columns
        if column.results is not None and column.results.stage is not None
    ]
    restored = {stage.is_best for stage in stages}
    return DifferenceTable(headings, (*_setting_rows(columns), *_result_rows(columns)), len(restored) > 1)


# -- settings


def _setting_rows(columns: Sequence[Column]) -> Iterator[Row]:
    """A row for each setting in which two of the columns differ that have it."""
    settings = [{(one.name, one.of): one for one in lane_settings(column.lane)} for column in columns]
    for key in dict.fromkeys(key for own in settings for key in own):
        found = [own.get(key) for own in settings]
        there = [one for one in found if one is not None]
        if any(one.value != there[0].value for one in there):
            cells = (Cell(MISSING if one is None else _setting_text(one)) for one in found)
            yield Row("Settings", key[0], tuple(cells))


def _setting_text(setting: Setting) -> str:
    """Its value; no dropout is off."""
    return "off" if setting.name.startswith("dropout ") and setting.value == 0.0 else setting.text


# -- results


def _result_rows(columns: Sequence[Column]) -> Iterator[Row]:
    found = [column.results for column in columns]
    known = [results for results in found if results is not None]
    if not known:
        return
    tasks = list(dict.fromkeys(results.task for results in known))
    # Numbers of another loss measure something else.
    losses = {(column.lane.training.loss.name, *_parameters(column.lane)) for column in columns}
    lower: Better = "lower" if len(tasks) == len(losses) == 1 else None
    for index, split in enumerate(("Training", "Validation", "Test")):
        yield _numbers(f"{split} loss", found, partial(_loss, split=index), value_text, lower)
    # A gap is no goal: an untrained network has none.
    yield _numbers("Loss gap", found, lambda one: one.gap, value_text)
    for name, of, write in _scores(tasks):
        for index, split in enumerate(("Training", "Validation", "Test")):
            some = [one if one is not None and one.task in of else None for one in found]
            better: Better = "higher" if len(tasks) == 1 else None
            yield _numbers(f"{split} {name}", some, partial(_score, split=index), write, better)
    yield _numbers(EPOCHS, found, lambda one: one.epochs, lambda value: f"{value:,.0f}")
    if any(one.stage is not None and one.stage.best for one in known):
        stages = [None if one is None else one.stage for one in found]
        yield Row("Results", WEIGHTS, tuple(Cell(MISSING if one is None else one.text) for one in stages))
    ends = (Cell(MISSING) if one is None else Cell(one.ended or MISSING, one.reason) for one in found)
    yield Row("Results", "Ended", tuple(ends))
    yield _numbers("Weights at zero", found, lambda one: one.zero_share, share_text)
    yield _numbers("First/last gradient", found, lambda one: one.gradient_ratio, value_text)


def _loss(results: Results, split: int) -> Number:
    return results.loss[split]


def _score(results: Results, split: int) -> Number:
    return results.score[split]


def _parameters(lane: Lane) -> tuple[tuple[str, float], ...]:
    return tuple(sorted(lane.training.loss.parameters.items()))


def _scores(tasks: Sequence[str]) -> Iterator[tuple[str, Sequence[str], Callable[[float], str]]]:
    """The scores that the tasks have: name, tasks, and how they are written."""
    regression = [task for task in tasks if task != "classification"]
    if "classification" in tasks:
        yield "accuracy", ["classification"], share_text
    if regression:
        yield "R²", regression, r2_text


def _numbers(
    name: str,
    found: Sequence[Results | None],
    number: Callable[[Results], Number],
    write: Callable[[float], str],
    better: Better = None,
) -> Row:
    values = [NOT_KNOWN if one is None else number(one) for one in found]
    cells = tuple(
        Cell(_text(value, write), "", value, "" if isnan(value.low) else write(value.value))
        for value in values
    )
    judged = [
        nan if one is None or one.diverged else value.value for one, value in zip(found, values, strict=True)
    ]
    best = _that_look_best(_best(judged, better), judged, cells)
    return Row("Results", name, cells, better, best, MEANINGS.get(name, ""))


def _text(number: Number, write: Callable[[float], str]) -> str:
    if isnan(number.value):
        return MISSING
    if isnan(number.low):
        return write(number.value)
    return f"{write(number.value)} ({write(number.low)} to {write(number.high)})"


def _best(values: Sequence[float], better: Better) -> tuple[int, ...]:
    judged = [value for value in values if isfinite(value)]
    if better is None or len(values) < 2 or not judged or (len(judged) > 1 and len(set(judged)) == 1):
        return ()
    best = min(judged) if better == "lower" else max(judged)
    return tuple(index for index, value in enumerate(values) if value == best)


def _that_look_best(best: tuple[int, ...], judged: Sequence[float], cells: Sequence[Cell]) -> tuple[int, ...]:
    """The columns whose values are written as the best one is; none where all are."""
    texts = [cell.middle or cell.text for cell in cells]
    finite = [index for index, value in enumerate(judged) if isfinite(value)]
    alike = [index for index in finite if best and texts[index] == texts[best[0]]]
    return () if len(alike) == len(finite) > 1 else tuple(alike)


# -- as text


def to_csv(table: DifferenceTable) -> str:
    """Write a table for spreadsheets.

    Parameters
    ----------
    table
        Any.

    Returns
    -------
    str
        Comma separated, with a line of names first. Numbers are as they are, so shares lie between 0 and 1; those of a
        repeated lane are medians, followed by both quartiles. The last column names who has the best value. A last line
        has the note, where there is one.
    """
    several = [heading.seeds > 1 for heading in table.headings]
    head = ["", "Name"]
    for heading, repeated in zip(table.headings, several, strict=True):
        quartile_names = [f"{heading.name}, lower quartile", f"{heading.name}, upper quartile"]
        head += [heading.text, *(quartile_names if repeated else ())]
    lines = [[*head, "Best"]]
    for row in table.rows:
        line = [row.group, row.name]
        for cell, repeated in zip(row.cells, several, strict=True):
            line.append(_plain(cell) if isnan(cell.number.value) else _digits(cell.number.value))
            line += [_digits(cell.number.low), _digits(cell.number.high)] if repeated else []
        lines.append([*line, "; ".join(table.headings[index].name for index in row.best)])
    if table.note:
        lines.append(["Note", table.note, *("" for _ in lines[0][2:])])
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(lines)
    return out.getvalue()


def to_markdown(table: DifferenceTable) -> str:
    """Write a table in Markdown.

    Parameters
    ----------
    table
        Any.

    Returns
    -------
    str
        Numbers are aligned to the right, best ones bold, and the note follows, where there is one. What a name or a
        value has of Markdown's own signs is escaped. More columns than a document has lanes without a sweep would be
        too wide to read: they are lines instead.
    """
    lines = [["", *(escaped(heading.text) for heading in table.headings)]]
    for row in table.rows:
        texts = [escaped(_plain(cell)) for cell in row.cells]
        texts = [f"**{text}**" if index in row.best else text for index, text in enumerate(texts)]
        lines.append([escaped(row.name), *texts])
    if len(table.headings) > MOST_LANES:
        lines = [list(line) for line in zip(*lines, strict=True)]
    lines.insert(1, [":---", *("---:" for _ in lines[0][1:])])
    note = f"\n{escaped(table.note)}\n" if table.note else ""
    return "".join(f"| {' | '.join(line)} |\n" for line in lines) + note


def _digits(value: float) -> str:
    return "" if isnan(value) else f"{value:.0f}" if value.is_integer() else repr(value)


def _plain(cell: Cell) -> str:
    return f"{cell.text}: {cell.note}" if cell.note else cell.text


def escaped(text: str) -> str:
    """Return a text in which Markdown sees no signs of its own.

    Parameters
    ----------
    text
        Of one line.

    Returns
    -------
    str
    """
    return re.sub(r"([\\`*_{}\[\]<>|~#&])", r"\\\1", text)
