"""The sweep of a document: lanes that are the cells of a grid, and the commands on them, each an undo step."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from engine.experiment import Experiment, ExperimentError
from engine.experiment.settings import SweepAxis
from engine.experiment.sweeps.cells import (
    cell_settings,
    cells,
    with_axes,
    with_promoted,
    with_sweep,
    without_sweep,
    zoomed,
)
from engine.experiment.sweeps.swept_settings import SweptSetting
from engine.observation.sweep_measures import Threshold
from gui_app.session.cell_data import CellData
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.session.refusal import refusal, replaced

Cell = tuple[int, ...]
"""A place on the axes: the index of a value on each of them."""
THRESHOLD = Threshold("validation_loss", 0.1)
"""Of a sweep for which nobody has chosen another one."""
Range = tuple[int, int]
"""The first and the last index of some values of an axis."""


class Sweep(QObject):
    """The sweep of ``document``, if it has one.

    ``changed()`` follows when there is another sweep or none, when cells have other values or seeds, and when another
    cell is chosen; ``started()`` and ``ended()`` when a sweep begins and ends, also by undo. ``reported(sentence)``
    says why a command was refused, and what became of one that cannot be seen at once.
    """

    changed = Signal()
    started = Signal()
    ended = Signal()
    reported = Signal(str)

    def __init__(
        self,
        document: Document,
        current: CurrentLane,
        copy_lane: Callable[[int, int], object] = lambda index, source: None,
        parent: QObject | None = None,
    ) -> None:
        """``copy_lane(index, source)`` lets a lane continue from what another one is."""
        super().__init__(parent)
        self._document, self._current, self._copy_lane = document, current, copy_lane
        self.threshold = THRESHOLD
        """What the epochs to it are counted for, wherever they are shown."""
        self._cell_data = CellData(document, current, self)
        self._announced, self._was_on = self._state, self.is_on
        document.changed.connect(self._follow)
        document.replaced.connect(self._follow)
        current.changed.connect(self._follow)

    def set_threshold(self, value: float) -> None:
        """Count the epochs until the validation loss was this low."""
        self.threshold = Threshold("validation_loss", value)
        self.changed.emit()

    # -- state

    @property
    def is_on(self) -> bool:
        """Whether the document has a sweep."""
        return self._document.experiment.sweep is not None

    @property
    def axes(self) -> tuple[SweepAxis, ...]:
        """One or two axes, the horizontal one first; none without a sweep."""
        sweep = self._document.experiment.sweep
        return () if sweep is None else sweep.axes

    @property
    def settings(self) -> tuple[SweptSetting, ...]:
        """The setting of each axis."""
        experiment = self._document.experiment
        return cell_settings(experiment) if experiment.sweep is not None else ()

    @property
    def shape(self) -> tuple[int, int]:
        """Columns and rows of the grid; one row with one axis."""
        counts = [len(axis.values) for axis in self.axes]
        return (counts[0] if counts else 0), (counts[1] if len(counts) > 1 else min(len(counts), 1))

    @property
    def cells(self) -> dict[Cell, int]:
        """The index of the lane of each cell."""
        return cells(self._document.experiment)

    @property
    def chosen(self) -> Cell | None:
        """The current lane's cell; None if it is a lane of its own."""
        return self._current.lane.cell

    @property
    def seen(self) -> Cell | None:
        """The cell that was chosen last, also while the current lane is none; None without a sweep."""
        index = self._current.cell_index
        return None if index is None else self._document.experiment.lanes[index].cell

    @property
    def seeds(self) -> int:
        """With how many seeds each cell is trained."""
        index = self._current.cell_index
        return 1 if index is None else self._document.experiment.lanes[index].repeats

    @property
    def title(self) -> str:
        """The size of the grid, as in "Sweep 8 × 8"."""
        return self._current.sweep_title

    def describe(self, cell: Cell) -> str:
        """Return the values of a cell: "λ₂ 0.01 · p 0.2"."""
        index = self.cells.get(tuple(cell))
        return "" if index is None else self._document.experiment.lanes[index].name

    # -- commands

    def start(self, axes: Sequence[SweepAxis], seeds: int = 1) -> bool:
        """Spread the current lane out over axes, or a sweep's lane over other ones, with so many seeds in each cell."""
        if self._current.is_cell:
            return self.change_axes(axes, seeds)
        if self.is_on:
            self.reported.emit("There is a sweep already: choose its chip, then change its axes or end it.")
            return False
        made = self._replace(
            lambda experiment: with_sweep(experiment, self._current.index, tuple(axes), seeds),
            f"Sweep {self._current.name}",
        )
        if made:
            self._choose_nearest()
        return made

    def change_axes(self, axes: Sequence[SweepAxis], seeds: int | None = None, text: str = "") -> bool:
        """Give the sweep other axes, and other ``seeds``; cells whose settings stay train on."""
        before = self._current.name
        made = self._replace(
            lambda experiment: with_axes(experiment, tuple(axes), seeds),
            text or "Change the axes of the sweep",
        )
        if made and self._current.name != before:
            self._choose_nearest()
        return made

    def zoom(self, x_range: Range | None, y_range: Range | None = None, count: int | None = None) -> bool:
        """Let the axes begin and end at values of theirs; None: an axis as it is.

        Each gets ``count`` values, or as many as it has.
        """
        ranges = (x_range, y_range)
        try:
            axes = [
                axis if ends is None else zoomed(axis, setting, *ends, count or len(axis.values))
                for axis, setting, ends in zip(self.axes, self.settings, ranges, strict=False)
            ]
        except ExperimentError as error:
            self.reported.emit(refusal(error))
            return False
        if tuple(axes) == self.axes:
            self.reported.emit("There is nothing between these values.")
            return False
        if not self.change_axes(axes, text="Zoom into the sweep"):
            return False
        columns, rows = self.shape
        middle = ((columns - 1) // 2, (rows - 1) // 2)[: len(self.axes)]
        self.choose(middle)
        return True

    def end(self, keep: int | None = None) -> bool:
        """Let one cell become a lane of its own, by its lane's index or else the chosen one, and remove all others."""
        index = self._current.cell_index if keep is None else keep
        if index is None:
            self.reported.emit("There is no sweep.")
            return False
        cell = self._document.experiment.lanes[index].cell
        first = self._current.cells[0]
        words = "" if cell is None else f" at {self.describe(cell)}"
        if not self._replace(lambda experiment: without_sweep(experiment, index), f"End the sweep{words}"):
            return False
        self._current.choose_alone(min(first, len(self._document.experiment.lanes) - 1))
        return True

    def promote(self, index: int | None = None) -> int | None:
        """Put a copy of a cell beside the sweep as a lane of its own, with what it has learned.

        Takes the index of the cell's lane, or else the chosen cell. Returns that of the copy, None if it was refused.
        """
        source = self._current.cell_index if index is None else index
        if source is None or self._document.experiment.lanes[source].cell is None:
            self.reported.emit("There is no cell to make a lane of.")
            return None
        made: list[int] = []
        name = self._document.experiment.lanes[source].name

        def promoted(experiment: Experiment) -> Experiment:
            after, at = with_promoted(experiment, source)
            made.append(at)
            return after

        if not self._replace(promoted, f"Promote cell {name}"):
            return None
        lanes = self._document.experiment.lanes
        self._copy_lane(made[0], next(number for number, lane in enumerate(lanes) if lane.name == name))
        self.reported.emit(
            f"Cell {name} is lane {lanes[made[0]].name} beside the sweep now, as far as it has trained."
        )
        return made[0]

    def choose(self, cell: Cell) -> bool:
        """Make a cell the current lane; False if the sweep has no such cell."""
        index = self.cells.get(tuple(cell))
        if index is not None:
            self._current.choose_alone(index)
        return index is not None

    # -- inside

    @property
    def _state(self) -> tuple[object, ...]:
        return self._document.experiment.sweep, self._current.cells, self.seen, self.chosen, self.seeds

    def _choose_nearest(self) -> None:
        """Choose the cell that has most of the lane that was spread out, or else one in the middle."""
        places = []
        for axis in self.axes:
            values, middle = list(axis.values), (len(axis.values) - 1) // 2
            places.append(values.index(axis.before) if axis.before in values else middle)
        self.choose(tuple(places))

    def _replace(self, change: Callable[[Experiment], Experiment], text: str) -> bool:
        return replaced(self._document, change, text, self.reported.emit)

    def _follow(self, *_: object) -> None:
        state, was_on = self._state, self._was_on
        if state == self._announced:
            return
        self._announced, self._was_on = state, self.is_on
        self.changed.emit()
        if self.is_on and not was_on:
            self.started.emit()
        elif was_on and not self.is_on:
            self.ended.emit()
