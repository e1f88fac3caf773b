"""The base of panels that show and edit settings of the current lane, and of all selected lanes at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from PySide6.QtWidgets import QWidget

from engine.experiment import Experiment, ExperimentError, Lane, edit_many, get
from gui_app.panels.lane_dots import Dot, LaneDots
from gui_app.panels.on_axes import HeldControls
from gui_app.panels.panel import Panel
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.session.selected_lanes import LaneEdit, edits_of_selected, refusal_of_lane
from gui_app.theme.tokens import Theme
from gui_app.widgets.mixed import ShowsMixed, set_note
from gui_app.widgets.number_field import NumberField

MISSING = "–"
"""Stands for the value of a setting that a lane does not have, such as a number of an optimizer it does not use."""


class Compared(NamedTuple):
    """What a control compares between lanes: its setting's values, and how they are written."""

    control: QWidget
    name: str
    values: Mapping[str, Any]
    texts: Mapping[str, str]


class LanePanel(Panel):
    """Base of the lanes' panels; their paths are relative to the lane, as in "training.learning_rate".

    They show the current lane and edit all selected ones. A control whose values differ among these says "mixed"; one
    in which the current lane differs from the first one has a dot, which takes over the first one's value.
    """

    def __init__(self, document: Document, current: CurrentLane, parent: QWidget | None = None) -> None:
        self.current = current
        self._compares = False
        self._held = HeldControls(self.held_parts)
        super().__init__(document, parent)
        self.dots = LaneDots(self)
        self.dots.asked.connect(self.take_over)
        current.changed.connect(self._lane_changed)
        self._show_lanes()

    @property
    def lane(self) -> Lane:
        """The current lane's settings."""
        return self.current.lane

    @property
    def first(self) -> Lane:
        """The settings of the lane that the others are compared with."""
        return self.document.experiment.lanes[self.current.first]

    @property
    def selected(self) -> tuple[Lane, ...]:
        """The settings of the selected lanes, in the order of the experiment."""
        return tuple(self.document.experiment.lanes[index] for index in self.current.selected)

    # -- edits of all selected lanes

    def path(self, below: str) -> str:
        return self.current.path(below)

    def in_experiment(self, changes: Mapping[str, object]) -> dict[str, object]:
        return edits_of_selected(self.document.experiment, self.current, lambda lane: changes)

    def refusal_of(self, error: Exception) -> str:
        return refusal_of_lane(error, self.document.experiment, self.current)

    def change_each(self, edit: LaneEdit, label: str) -> None:
        """Like ``change``, with an edit that depends on the present settings of each lane."""
        self.attempt(lambda: self.document.change(self._edits(edit), label))

    def put_each(self, edit: LaneEdit, label: str) -> None:
        """Like ``put``, with an edit that depends on the present settings of each lane."""
        self.attempt(
            lambda: self.document.replace(edit_many(self.document.experiment, self._edits(edit)), label)
        )

    def take_over(self, path: str) -> None:
        """Give the selected lanes the first lane's value of the setting that has a dot."""
        changes = self.taken(path)
        self.put(changes, f"Take over lane {self.first.name}'s value")

    # -- for subclasses

    def value_of(self, index: int, path: str) -> Any:
        """Return what a control shows of a lane; ``MISSING`` if the lane has no such setting."""
        try:
            value = get(self.document.experiment, f"lanes.{index}.{path}")
        except ExperimentError:
            return MISSING
        if value is None:
            return MISSING
        # A choice has a name; its numbers have controls of their own.
        return getattr(value, "name", value)

    def taken(self, path: str) -> dict[str, object]:
        """Return the changes below a lane that take over the first lane's value."""
        return {path: get(self.document.experiment, f"lanes.{self.current.first}.{path}")}

    def dots_of(self, compared: Mapping[str, Compared]) -> Iterator[Dot]:
        """Yield the dots where the current lane differs from the first one."""
        first = self.first.name
        for path, one in compared.items():
            here, there = one.values[self.current.name], one.values[first]
            if here != there and MISSING not in (here, there) and one.control not in self._held:
                yield Dot(path, one.control, one.name, one.texts[first])

    def held_parts(self, path: str) -> tuple[QWidget, ...]:
        """Return what cannot be edited while a setting is on an axis of a sweep."""
        control = self._control_of(path)
        return () if control is None else (control,)

    def is_mixed(self, path: str) -> bool:
        """Return whether the selected lanes have different values of a setting."""
        first, *others = (self.value_of(index, path) for index in self.current.selected)
        return any(other != first for other in others)

    # -- for the panel

    def concerns(self, before: Experiment, after: Experiment) -> bool:
        return before.lanes is not after.lanes

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self._show_lanes()

    def _edits(self, edit: LaneEdit) -> dict[str, object]:
        return edits_of_selected(self.document.experiment, self.current, edit)

    def _refresh(self) -> None:
        self._held.release()
        super()._refresh()
        self._show_lanes()

    def _show_lanes(self) -> None:
        """Say where lanes differ, and what is on an axis. With one lane that is no cell there is nothing to say."""
        experiment = self.document.experiment
        says = len(experiment.lanes) > 1 or experiment.sweep is not None
        if not hasattr(self, "dots") or not (says or self._compares):
            return
        self._compares = says
        compared = dict(self._compared())
        for one in compared.values():
            self._show_mixed(one)
        self._held.hold(self.document.experiment, self.current.index)
        look = self.current.looks[self.current.index]
        self.dots.show_dots(self.dots_of(compared), self.theme.lanes[look.colour], self.first.name)

    def _compared(self) -> Iterator[tuple[str, Compared]]:
        names = [lane.name for lane in self.document.experiment.lanes]
        for path, control in self.controls.items():
            if isinstance(control, ShowsMixed):
                indices = sorted({self.current.first, *self.current.selected})
                values = {names[index]: self.value_of(index, path) for index in indices}
                texts = {
                    name: MISSING if value is MISSING else control.text_of(value)
                    for name, value in values.items()
                }
                yield path, Compared(control, control.accessibleName(), values, texts)

    def _show_mixed(self, one: Compared) -> None:
        names = [lane.name for lane in self.selected]
        values = [one.values[name] for name in names]
        differ = any(value != values[0] for value in values)
        assert isinstance(one.control, ShowsMixed)
        one.control.show_mixed([value for value in values if value is not MISSING] if differ else ())
        set_note(one.control, mixed_text(names, [one.texts[name] for name in names]) if differ else "")

    def _lane_changed(self) -> None:
        """Show the new current lane. Text typed but not entered is dropped: it was meant for the former lane."""
        for field in self.findChildren(NumberField):
            field.discard_text()
        self.show_message("")
        self.outdated()


def mixed_text(names: list[str], texts: list[str]) -> str:
    """Return the values of lanes in a line: "A 0.003 · B 0.01"."""
    return " · ".join(f"{name} {text}" for name, text in zip(names, texts, strict=True))
