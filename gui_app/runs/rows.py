"""What the table of runs shows: its columns, and the rows in an order, as a pure function of the list."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from engine.catalogue.texts import counted, r2_text, share_text, value_text
from engine.experiment.differences import lane_changes
from engine.experiment.run_list import ENDS, RunRecord, Runs
from engine.experiment.settings import Lane

UNKNOWN = "–"
SAME = "nothing"
SAME_AS_NOW = "the same settings as the current lane"
OTHER_DATA = "other data"
RUN, DIFFERS, VALIDATION = 0, 1, 2
"""Indices of columns."""


@dataclass(frozen=True, slots=True)
class Present:
    """What runs are compared with: the current lane, and the digest of the data."""

    lane: Lane
    task: str
    data: str


@dataclass(frozen=True, slots=True)
class Row:
    """A run in the table; ``texts`` has one for each of ``COLUMNS``."""

    record: RunRecord
    texts: tuple[str, ...]

    @property
    def number(self) -> int:
        return self.record.number

    @property
    def tip(self) -> str:
        """What does not fit into the cells, a line for each thing."""
        record = self.record
        ended = datetime.fromtimestamp(record.when, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        when = counted(record.epochs, "epoch")
        diverged = record.ended == "divergence"
        how = f"{ENDS[record.ended]} {f'in epoch {record.end_epoch:,}' if diverged else f'after {when}'}"
        reason = f": {record.reason}" if record.reason else ""
        best = "" if record.best_epoch is None else f"best epoch {record.best_epoch:,}"
        apart = self.texts[DIFFERS]
        lines = (
            SAME_AS_NOW if apart == SAME else apart,
            f"{how}{reason}",
            best,
            ended,
            "pinned" if record.pinned else "",
        )
        return "\n".join(filter(None, lines))


@dataclass(frozen=True, slots=True)
class Column:
    """A column: ``sort`` gives what it is sorted by, None where that is not known; such rows come last."""

    title: str
    meaning: str
    sort: Callable[[Row], float | str | None]
    descending: bool = False
    """Whether the best comes first where it is sorted downwards."""
    number: bool = False
    """Whether it holds numbers, which stand right."""


def _loss(split: int) -> Callable[[Row], float | None]:
    return lambda row: row.record.loss[split]


COLUMNS = (
    Column(
        "Run",
        "Number of the run and name of its lane, with a picture if the lane was on the canvas.",
        lambda row: row.number,
        descending=True,
    ),
    Column(
        "Differs in",
        "The settings of the run where they differ from those of the current lane.",
        lambda row: row.texts[DIFFERS],
    ),
    Column("Validation loss", "Loss on the validation points at its end.", _loss(1), number=True),
    Column("Training loss", "Loss on the training points at its end.", _loss(0), number=True),
    Column("Test loss", "Loss on the test points at its end.", _loss(2), number=True),
    Column(
        "Validation score",
        "Accuracy on the validation points at its end, or R².",
        lambda row: row.record.score[1],
        True,
        True,
    ),
    Column("Epochs", "Whole epochs that it trained.", lambda row: row.record.epochs, True, True),
    Column("Ended", "Why it ended.", lambda row: row.texts[-1]),
)


def rows_of(runs: Runs, present: Present, wanted: str, column: int, descending: bool) -> tuple[Row, ...]:
    """Return the rows of the table in their order.

    Parameters
    ----------
    runs
        The list.
    present
        What they are compared with.
    wanted
        Words that a row must have, in any column and in capital or small letters; all rows for "".
    column, descending
        What they are sorted by. Of equals, the newest comes first.

    Returns
    -------
    tuple of Row
    """
    words = wanted.casefold().split()
    rows = [row for record in reversed(runs) if _has(row := row_of(record, present), words)]
    sort = COLUMNS[column].sort
    known = [row for row in rows if sort(row) is not None]
    known.sort(key=lambda row: _key(sort(row)), reverse=descending)
    return (*known, *(row for row in rows if sort(row) is None))


def row_of(record: RunRecord, present: Present) -> Row:
    """Return the row of a run."""
    score = r2_text if record.task != "classification" else share_text
    texts = (
        f"{record.number} · {record.name}",
        differs(record, present),
        *(_text(record.loss[split], value_text) for split in (1, 0, 2)),
        _text(record.score[1], score),
        f"{record.epochs:,}",
        ENDS[record.ended],
    )
    return Row(record, texts)


def differs(record: RunRecord, present: Present) -> str:
    """Return in what a run differs from the current lane and the data, in a few words."""
    parts = [f"{change.name} {change.after}" for change in lane_changes(present.lane, record.lane)]
    if record.lane.repeats != present.lane.repeats:
        parts.append(counted(record.lane.repeats, "seed"))
    if record.task != present.task:
        parts.insert(0, f"{record.task} task")
    elif record.data != present.data:
        parts.append(OTHER_DATA)
    return ", ".join(parts) or SAME


def _has(row: Row, words: Iterable[str]) -> bool:
    text = " ".join((*row.texts, row.record.reason, "pinned" if row.record.pinned else "")).casefold()
    return all(word in text for word in words)


def _key(value: float | str | None) -> tuple[float, str]:
    return (0.0, value.casefold()) if isinstance(value, str) else (float(value or 0.0), "")


def _text(value: float | None, write: Callable[[float], str]) -> str:
    return UNKNOWN if value is None else write(value)
