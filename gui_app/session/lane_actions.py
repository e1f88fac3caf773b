"""The commands on lanes: duplicate, remove, rename and so on, each an undo step of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from PySide6.QtCore import QObject, Signal

from engine.catalogue.texts import counted
from engine.experiment import Experiment, edit, edit_many
from engine.experiment.lanes import (
    with_duplicate,
    with_lane_name,
    with_moved,
    with_only,
    with_swapped_settings,
    without_lane,
)
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.session.refusal import replaced


class LaneActions(QObject):
    """Edits which lanes the document has.

    The cells of a sweep stay together: they are muted, coloured and repeated as one, and a single one can neither be
    removed nor moved. A copy of one is a lane of its own.

    ``reported(sentence)`` says why an edit was refused. ``duplicated(index, source)`` follows a new lane, which is
    current then, with the index of the lane that it was made of.
    """

    reported = Signal(str)
    duplicated = Signal(int, int)

    def __init__(self, document: Document, current: CurrentLane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._current = document, current

    def duplicate(
        self,
        index: int | None = None,
        changes: Mapping[str, object] | None = None,
        name: str | None = None,
        text: str = "",
    ) -> int | None:
        """Put a copy of a lane behind it, with ``changes`` by path below the lane, and make it current.

        None stands for the current lane. Returns the index of the copy, or None if it was refused.
        """
        source = self._current.index if index is None else index
        made: list[int] = []

        def copied(experiment: Experiment) -> Experiment:
            after, at = with_duplicate(experiment, source, changes, name)
            made.append(at)
            return after

        if not self._replace(copied, text or f"Duplicate lane {self._name(source)}"):
            return None
        self._current.choose_alone(made[0])
        self.duplicated.emit(made[0], source)
        return made[0]

    def remove(self, index: int | None = None) -> bool:
        """Remove a lane, the current one without an index."""
        index = self._current.index if index is None else index
        if self._is_cell(index):
            return self._refuse("A cell cannot be removed alone; end the sweep, or change its axes.")
        return self._replace(
            lambda experiment: without_lane(experiment, index), f"Remove lane {self._name(index)}"
        )

    def keep_only(self, index: int) -> bool:
        """Remove all other lanes; a cell becomes a lane of its own, and its sweep ends."""
        return self._replace(
            lambda experiment: with_only(experiment, index), f"Keep lane {self._name(index)} alone"
        )

    def set_name(self, index: int, name: str) -> bool:
        if self._is_cell(index):
            return self._refuse("A cell is named by its values; duplicate it to give the copy a name.")
        return self._replace(lambda experiment: with_lane_name(experiment, index, name), "Rename lane")

    def rename(self, lane: str, name: str) -> bool:
        """Give the lane that is called ``lane`` another name; it may have been moved or removed meanwhile."""
        names = [one.name for one in self._document.experiment.lanes]
        if lane not in names:
            self.reported.emit(f"Lane {lane} is not there any more; its new name {name} was dropped.")
            return False
        return self.set_name(names.index(lane), name)

    def recolour(self, index: int, colour: int) -> bool:
        """Give a lane a colour of ``Theme.lanes`` by its number."""
        return self._set(
            {f"lanes.{one}.colour": colour for one in self._together((index,))},
            f"Recolour {self._named((index,))}",
        )

    def move(self, index: int, to: int) -> bool:
        if self._is_cell(index):
            return self._refuse("Cells stay in the order of their values; the other lanes can be moved.")
        return self._replace(
            lambda experiment: with_moved(experiment, index, to), f"Move lane {self._name(index)}"
        )

    def repeat(self, indices: Iterable[int], seeds: int) -> bool:
        """Let so many networks train for each of some lanes, which differ by their seeds alone."""
        chosen = self._together(indices)
        words = "with one seed" if seeds == 1 else f"with {counted(seeds, 'seed')}"
        return self._set(
            {f"lanes.{index}.repeats": seeds for index in chosen}, f"Repeat {self._named(chosen)} {words}"
        )

    def set_hidden(self, indices: Iterable[int], hidden: bool) -> bool:
        chosen = tuple(indices)
        if hidden and all(map(self._is_cell, chosen)):
            return self._refuse("Of a sweep, only the chosen cell is shown; choose another lane to hide it.")
        indices = chosen if hidden is False else tuple(one for one in chosen if not self._is_cell(one))
        return self._set_each(indices, "hidden", hidden, "Hide" if hidden else "Show")

    def set_muted(self, indices: Iterable[int], muted: bool) -> bool:
        return self._set_each(indices, "muted", muted, "Mute" if muted else "Unmute")

    def swap(self, first: int, second: int) -> bool:
        """Let two lanes swap their settings."""
        if self._is_cell(first) or self._is_cell(second):
            return self._refuse("A cell keeps its place in the sweep, so its settings cannot be swapped.")
        return self._replace(
            lambda experiment: with_swapped_settings(experiment, first, second),
            f"Swap settings of lanes {self._name(first)} and {self._name(second)}",
        )

    def _set_each(self, indices: Iterable[int], key: str, value: bool, verb: str) -> bool:
        chosen = self._together(indices)
        return self._set({f"lanes.{index}.{key}": value for index in chosen}, f"{verb} {self._named(chosen)}")

    def _set(self, changes: Mapping[str, object], text: str) -> bool:
        if len(changes) == 1:
            ((path, value),) = changes.items()
            return self._replace(lambda experiment: edit(experiment, path, value), text)
        return self._replace(lambda experiment: edit_many(experiment, changes), text)

    def _replace(self, change: Callable[[Experiment], Experiment], text: str) -> bool:
        return replaced(self._document, change, text, self.reported.emit)

    def _refuse(self, sentence: str) -> bool:
        self.reported.emit(sentence)
        return False

    def _is_cell(self, index: int) -> bool:
        return self._document.experiment.lanes[index].cell is not None

    def _together(self, indices: Iterable[int]) -> tuple[int, ...]:
        """The indices of lanes, with those of all cells where one of them is a cell."""
        chosen = set(indices)
        if any(map(self._is_cell, chosen)):
            chosen.update(self._current.cells)
        return tuple(sorted(chosen))

    def _named(self, indices: Iterable[int]) -> str:
        """The names of lanes; cells are not listed one by one."""
        chosen = tuple(indices)
        names = ", ".join(self._name(index) for index in chosen if not self._is_cell(index))
        parts = [f"lane {names}"] if names else []
        parts += ["the sweep"] if any(map(self._is_cell, chosen)) else []
        return " and ".join(parts)

    def _name(self, index: int) -> str:
        return self._document.experiment.lanes[index].name
