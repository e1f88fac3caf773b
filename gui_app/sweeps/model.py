"""What the two pictures of a sweep show, as a value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.catalogue.texts import counted
from engine.experiment import Points
from engine.observation.observables import Prediction
from engine.observation.sweep_measures import SWEEP_MEASURES, TO_THRESHOLD, Threshold
from gui_app.sweeps.drawing.plane import Place, PlaneAxis

Floats = NDArray[np.float64]
Extent = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class CellSeen:
    """One cell: its lane's index and name, how it ended in a clause, and what it answers."""

    place: Place
    lane: int
    name: str
    status: str = "training"
    ended: str = ""
    answer: Prediction | None = None
    seeds: int = 1
    diverged: int = 0
    """How many of its seeds diverged."""
    epochs: tuple[int, int] = (0, 0)
    """The epoch that its numbers are of, and the one that the first of its seeds has come to."""
    points: Points | None = None
    """Its own points; None for those of the document."""


@dataclass(frozen=True, slots=True)
class SweepModel:
    """A sweep at one moment, with one measure.

    ``median``, ``low`` and ``high`` [rows, columns] are those of ``measure`` over the seeds of each cell; rows grow
    with the second axis. ``extent`` is the part of the plane that small pictures show, ``ends`` are those of the values
    of a surface.
    """

    task: str
    axes: tuple[PlaneAxis, ...]
    cells: tuple[CellSeen, ...]
    measure: str
    median: Floats
    low: Floats
    high: Floats
    best: Place | None
    points: Points
    extent: Extent
    ends: tuple[float, float]
    epochs: tuple[int, int] = (0, 0)
    """The fewest and the most epochs of networks that train; twice the most of all that have ended, if none does."""
    is_known: bool = True
    """Whether the engine has said anything about the cells."""
    threshold: Threshold | None = None
    known: NDArray[np.int64] | None = None
    """Of how many networks of each cell the measure is known [rows, columns]; None where that has not been counted."""

    @property
    def columns(self) -> int:
        """How many values the first axis has."""
        return len(self.axes[0].texts)

    @property
    def rows(self) -> int:
        """How many values the second axis has; 1 without one."""
        return len(self.axes[1].texts) if len(self.axes) > 1 else 1

    @property
    def networks(self) -> int:
        """How many networks train."""
        return sum(cell.seeds for cell in self.cells)

    def cell_at(self, place: Place) -> CellSeen | None:
        """Return the cell of a column and row; None where its lane has been deleted."""
        return next((cell for cell in self.cells if cell.place == place), None)

    @property
    def is_level(self) -> bool:
        """Whether all networks that train have come to one epoch, so that they can be compared."""
        return self.epochs[0] == self.epochs[1]

    @property
    def epochs_text(self) -> str:
        """The epoch of all networks that train, or the range of them: "epochs 40 … 1,200"."""
        return f"epoch {self.epochs[1]:,}" if self.is_level else _range_text(self.epochs)

    @property
    def caption(self) -> str:
        """What has been trained, and for how long: "32 cells of 2 seeds · epoch 400"."""
        seeds = {cell.seeds for cell in self.cells}
        if seeds <= {1}:
            return f"{counted(self.networks, 'network')} · {self.epochs_text}"
        of = counted(seeds.pop(), "seed") if len(seeds) == 1 else counted(self.networks, "network")
        return f"{counted(len(self.cells), 'cell')} of {of} · {self.epochs_text}"

    @property
    def broken(self) -> NDArray[np.bool_]:
        """Where half of the networks of a cell or more diverged [rows, columns]."""
        found = np.zeros((self.rows, self.columns), dtype=bool)
        for cell in self.cells:
            found[cell.place[1], cell.place[0]] = 2 * cell.diverged >= cell.seeds and cell.diverged > 0
        return found


def _range_text(epochs: tuple[int, int]) -> str:
    low, high = epochs
    return f"epoch {low:,}" if low == high else f"epochs {low:,} … {high:,}"


def card_lines(model: SweepModel, place: Place) -> tuple[str, ...]:
    """Return what is said of a cell: its values, the measure with its spread over seeds, and how it ended."""
    cell = model.cell_at(place)
    if cell is None:
        return ()
    measure = SWEEP_MEASURES[model.measure]
    column, row = place
    values = [f"{axis.label} {axis.texts[at]}" for axis, at in zip(model.axes, place, strict=False)]
    value = measure.text_for(model.task, float(model.median[row, column]))
    lines = [", ".join(values), f"{measure.label_for(model.task, model.threshold)} {value}"]
    low, high = (float(one[row, column]) for one in (model.low, model.high))
    if np.isfinite(low) and np.isfinite(high):
        ends = " to ".join(measure.text_for(model.task, one) for one in (low, high))
        lines.append(f"half of {counted(cell.seeds, 'seed')}: {ends}")
    known = cell.seeds if model.known is None else int(model.known[row, column])
    if model.measure == TO_THRESHOLD and cell.seeds > 1 and known < cell.seeds:
        lines.append(f"reached by {known} of {counted(cell.seeds, 'seed')}")
    if not model.is_level:
        lines.append(_range_text(cell.epochs))
    if model.best == place:
        lines.append("best cell")
    return (*lines, cell.ended) if cell.ended else tuple(lines)
