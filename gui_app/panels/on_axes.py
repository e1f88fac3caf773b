"""Controls of settings that are axes of a sweep: they say so, and cannot be edited."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from engine.catalogue.texts import counted
from engine.experiment import Experiment
from engine.experiment.sweeps.swept_settings import swept_setting
from engine.experiment.sweeps.values import texts_of
from gui_app.widgets.mixed import set_note, set_word

HEADING = "On an axis of the sweep"
LISTED = 4
"""An axis of so many values is written out."""


class OnAxis(NamedTuple):
    """A setting on an axis: its path below a lane, how many values it has, and which."""

    path: str
    size: str
    values: str


def on_axes(experiment: Experiment, index: int) -> Iterator[OnAxis]:
    """Yield the settings of a lane that are on an axis; none of a lane that is no cell."""
    if experiment.sweep is None or experiment.lanes[index].cell is None:
        return
    for axis in experiment.sweep.axes:
        setting = swept_setting(experiment, index, axis.setting)
        texts = [setting.text(value) for value in axis.values] if setting.choices else texts_of(axis.values)
        count = counted(len(texts), "value")
        said = ", ".join(texts) if len(texts) <= LISTED else f"{count} from {texts[0]} to {texts[-1]}"
        yield OnAxis(setting.path, count, said)


class HeldControls:
    """The controls of a panel that are on axes; ``parts_of(path)`` returns those of a setting."""

    def __init__(self, parts_of: Callable[[str], Iterable[QWidget]]) -> None:
        self._parts_of = parts_of
        self._held: list[QWidget] = []

    def __contains__(self, control: object) -> bool:
        return control in self._held

    def release(self) -> None:
        """Let all controls be edited again; what else keeps them from that comes after it."""
        for control in self._held:
            if isValid(control):
                control.setEnabled(True)
                set_word(control, "")
                set_note(control, "")
        self._held.clear()

    def hold(self, experiment: Experiment, index: int) -> None:
        """Hold the controls of the settings that are on an axis of a lane's sweep."""
        for one in on_axes(experiment, index):
            for control in self._parts_of(one.path):
                if control not in self._held:
                    self._held.append(control)
                set_word(control, one.size)
                set_note(control, f"{one.values}. Sweep … changes the axes.", heading=HEADING)
                control.setEnabled(False)
