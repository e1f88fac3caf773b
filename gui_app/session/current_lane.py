"""The lane that panels edit and single views show, the selected lanes, and those that are shown side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

from engine.catalogue.texts import counted
from engine.experiment import DataSettings, Experiment, Lane
from engine.experiment.lane_pairs import renamed
from engine.experiment.lanes import lane_colours, shown_lanes
from engine.experiment.settings import SweepSettings
from engine.observation.snapshot import LaneSnapshot, Snapshot
from gui_app.session.document import Document


class LaneLook(NamedTuple):
    """How a lane is told from others; ``colour`` is a number of ``Theme.lanes``."""

    number: int
    name: str
    colour: int


class CurrentLane(QObject):
    """The current lane of a document, and the selected lanes, which always include it.

    Lanes are identified by name: the current lane stays current when others are added or removed. If it is removed
    itself, the lane that takes its index becomes current, or the last one. In a new document, the first lane is
    current. The cells of a sweep are selected together: whoever selects one edits all of them. ``changed`` is emitted
    when another lane becomes current, when its name or index changes, or when the selection changes; ``looks_changed``
    when other lanes are shown, or when lanes have another name, colour or order.
    """

    changed = Signal()
    looks_changed = Signal()

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._index = 0
        self._name = document.experiment.lanes[self._index].name
        self._others: frozenset[str] = frozenset()
        """The names of the selected lanes besides the current one."""
        self._cell = ""
        """The name of the cell of a sweep that was current last."""
        self._chosen: dict[SweepSettings, str] = {}
        """The name of the cell that was current last, of each sweep that there was: an undo may bring one back."""
        self._announced, self._announced_looks = self._state, self._looks
        document.changed.connect(self._follow)
        document.replaced.connect(self._start_over)

    # -- state

    @property
    def index(self) -> int:
        """The current lane's index among the experiment's lanes."""
        names = self._names
        return names.index(self._name) if self._name in names else min(self._index, len(names) - 1)

    @property
    def lane(self) -> Lane:
        """The current lane's settings."""
        return self._document.experiment.lanes[self.index]

    @property
    def data(self) -> DataSettings:
        """The settings of the data, which all lanes share."""
        return self._document.experiment.data

    @property
    def name(self) -> str:
        return self.lane.name

    @property
    def chosen_name(self) -> str:
        """The name of the lane that was chosen, also while a document that lacks it is being announced."""
        return self._name

    @property
    def selected(self) -> tuple[int, ...]:
        """The indices of the selected lanes, in the order of the experiment."""
        lanes, chosen = self._document.experiment.lanes, self._others | {self.name}
        with_cells = any(lane.cell is not None for lane in lanes if lane.name in chosen)
        return tuple(
            index
            for index, lane in enumerate(lanes)
            if lane.name in chosen or (with_cells and lane.cell is not None)
        )

    @property
    def first(self) -> int:
        """The index of the lane that the others are compared with: the first one, of a sweep the chosen cell."""
        return self.own_looks[0].number

    @property
    def looks(self) -> tuple[LaneLook, ...]:
        """The looks of all lanes, in the order of the experiment."""
        names, colours = self._names, lane_colours(self._document.experiment)
        return tuple(map(LaneLook, range(len(names)), names, colours))

    @property
    def own_looks(self) -> tuple[LaneLook, ...]:
        """The looks of the lanes that stand for themselves, and of the cell of a sweep that was chosen last."""
        lanes, cell = self._document.experiment.lanes, self.cell_index
        return tuple(
            look
            for look, lane in zip(self.looks, lanes, strict=True)
            if lane.cell is None or look.number == cell
        )

    @property
    def cell_index(self) -> int | None:
        """The index of the cell of a sweep that was current last, or else of its first one; None without a sweep."""
        lanes = self._document.experiment.lanes
        if lanes[self.index].cell is not None:
            return self.index
        cells = {lane.name: index for index, lane in enumerate(lanes) if lane.cell is not None}
        return cells.get(self._cell, next(iter(cells.values()), None))

    @property
    def sweep_title(self) -> str:
        """What the sweep is called: "Sweep 8 × 8"; "" without one."""
        sweep = self._document.experiment.sweep
        return "" if sweep is None else f"Sweep {' × '.join(str(len(axis.values)) for axis in sweep.axes)}"

    @property
    def cells(self) -> tuple[int, ...]:
        """The indices of the cells of a sweep, in the order of the experiment; none without one."""
        lanes = self._document.experiment.lanes
        return tuple(index for index, lane in enumerate(lanes) if lane.cell is not None)

    @property
    def is_cell(self) -> bool:
        """Whether the current lane is a cell of a sweep."""
        return self.lane.cell is not None

    @property
    def shown(self) -> tuple[LaneLook, ...]:
        """The lanes that are shown side by side, 1 to 4 in the experiment's order, among them the current one."""
        looks = self.looks
        return tuple(looks[index] for index in shown_lanes(self._document.experiment, self.index))

    def path(self, below: str) -> str:
        """Return the experiment's path of a setting of the current lane, such as "training.learning_rate".

        Call it when the edit is made, because another lane may become current later.
        """
        return f"lanes.{self.index}.{below}"

    def of(self, snapshot: Snapshot | None) -> LaneSnapshot | None:
        """Return the current lane in a snapshot; None if the snapshot has no lane of its name."""
        lanes = snapshot.lanes if snapshot is not None else ()
        return next((lane for lane in lanes if lane.name == self.name), None)

    def shown_in(self, snapshot: Snapshot | None) -> tuple[tuple[LaneLook, LaneSnapshot], ...]:
        """Return those of the shown lanes that a snapshot has."""
        found = {lane.name: lane for lane in (snapshot.lanes if snapshot is not None else ())}
        return tuple((look, found[look.name]) for look in self.shown if look.name in found)

    def edits(self, changes: Mapping[str, object]) -> dict[str, object]:
        """Return changes by path below a lane as changes of the experiment, in all selected lanes."""
        return {f"lanes.{index}.{path}": value for index in self.selected for path, value in changes.items()}

    # -- choosing

    def choose(self, index: int) -> None:
        """Make a lane current. Keep the selection if it includes the lane; else select only this lane.

        Raises IndexError if the document has no such lane.
        """
        keeps = index in self.selected
        self._set(index, self.selected if keeps else (index,))

    def choose_alone(self, index: int) -> None:
        """Make a lane current and select no other one. Raises IndexError if the document has no such lane."""
        self._set(index, (index,))

    def select(self, indices: Iterable[int]) -> None:
        """Select these lanes and the current one, and no others.

        Raises IndexError if the document has no such lane.
        """
        self._set(self.index, indices)

    # -- inside

    @property
    def _names(self) -> list[str]:
        return [lane.name for lane in self._document.experiment.lanes]

    @property
    def _state(self) -> tuple[int, str, tuple[int, ...]]:
        return self.index, self.name, self.selected

    @property
    def _looks(self) -> tuple[object, ...]:
        return self.looks, self.own_looks, self.shown

    def _set(self, index: int, selected: Iterable[int]) -> None:
        names, chosen = self._names, {index, *selected}
        if missing := sorted(number for number in chosen if not 0 <= number < len(names)):
            raise IndexError(
                f"the document has {counted(len(names), 'lane')}, none with the index {missing[0]}"
            )
        self._index, self._name = index, names[index]
        self._others = frozenset(names[number] for number in chosen) - {self._name}
        self._note_cell()
        self._announce()

    def _follow(self, before: Experiment, after: Experiment) -> None:
        """Keep the lane with the same name current, if it still exists, and one that was renamed."""
        if before.lanes is after.lanes:
            return
        names = {old: new for new, old in renamed(before.lanes, after.lanes).items()}
        self._name = names.get(self._name, self._name)
        was_cell = before.lanes[min(self._index, len(before.lanes) - 1)].cell is not None
        if after.sweep is not None and after.sweep != before.sweep:
            chosen = self._chosen.get(after.sweep)
            if chosen is not None and chosen in self._names:
                self._cell = chosen
                if was_cell or self._name not in self._names:
                    self._name = chosen
        if self._name not in self._names and was_cell:
            # A sweep that ends makes room for what it was made of.
            self._index = next(index for index, lane in enumerate(before.lanes) if lane.cell is not None)
        self._index = self.index
        self._name = self.name
        self._note_cell()
        self._others = frozenset(names.get(name, name) for name in self._others)
        self._others &= {*self._names} - {self._name}
        self._announce()

    def _note_cell(self) -> None:
        if self.is_cell:
            self._cell = self._name
            sweep = self._document.experiment.sweep
            assert sweep is not None
            self._chosen[sweep] = self._name

    def _start_over(self) -> None:
        self._chosen.clear()
        self._set(0, ())

    def _announce(self) -> None:
        looks = self._looks != self._announced_looks
        self._announced_looks = self._looks
        if self._state != self._announced:
            self._announced = self._state
            self.changed.emit()
        if looks:
            self.looks_changed.emit()
