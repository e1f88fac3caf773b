"""The options of the current tool; only the controls that it uses are shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from engine.experiment import SPLITS
from gui_app.session.tool_records import ToolRecord
from gui_app.session.tool_settings import Number, Setting, ToolSettings
from gui_app.widgets.buttons import chip
from gui_app.widgets.flow import FlowLayout
from gui_app.widgets.guarded import guarded
from gui_app.widgets.parameter_slider import ParameterSlider
from gui_app.widgets.tips import tip

NUMBERS = (
    ToolSettings.radius,
    ToolSettings.density,
    ToolSettings.rate,
    ToolSettings.scatter,
    ToolSettings.strength,
    ToolSettings.value,
)

_SIZED = (QEvent.Type.Show, QEvent.Type.Resize, QEvent.Type.FontChange, QEvent.Type.StyleChange)
SPACING = 4
"""Pixels between two controls."""
Choice = tuple[str, str, object]
"""A chip's text, tooltip and value."""
CHOICES: dict[Setting[Any], tuple[Choice, ...]] = {
    ToolSettings.soft: (
        ("Even", "Points spread evenly over the circle.", False),
        ("Soft", "Points are densest in the middle (Gaussian).", True),
    ),
    ToolSettings.split: tuple(
        (name.title(), f"Paint points into {name}.", k) for k, name in enumerate(SPLITS)
    ),
    ToolSettings.lasso: (
        ("Rectangle", "Select the points in a rectangle.", False),
        ("Lasso", "Select the points in a freehand outline.", True),
    ),
}


class ToolOptions(QWidget):
    """Edits ``settings``, except for the value to draw; ``sliders`` and ``choices`` map settings to controls."""

    def __init__(self, settings: ToolSettings, label_width: int) -> None:
        super().__init__()
        self._settings = settings
        self.sliders = {number.name: self._slider(number, label_width) for number in NUMBERS}
        self.choices = {setting.name: self._chips(setting) for setting in CHOICES}
        self._room_for: tuple[ToolRecord, ...] = ()
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING)
        for part in self._parts().values():
            column.addWidget(part)
        column.addStretch(1)

    def show_tool(self, tool: ToolRecord, task: str) -> None:
        """Show the controls that the tool uses, with the current settings; emit nothing."""
        for number in NUMBERS:
            self.sliders[number.name].set_value(number.read(self._settings))
        for setting in CHOICES:
            self.choices[setting.name].show_value(setting.read(self._settings))
        # What goes makes room for what comes; the other way round the panel would grow for a moment.
        for name, part in sorted(self._parts().items(), key=lambda item: item[0] in tool.uses):
            part.setVisible(name in tool.uses)

    def keep_room(self, tools: Iterable[ToolRecord]) -> None:
        """Be as high as the options of any of these tools need."""
        self._room_for = tuple(tools)
        self._hold_room()

    @guarded
    def event(self, event: QEvent) -> bool:
        handled = super().event(event)
        # Without style and width the controls are higher than they will be.
        if event.type() in _SIZED:
            self._hold_room()
        return handled

    def _hold_room(self) -> None:
        width = self.width()
        height = {
            name: part.heightForWidth(width) if part.hasHeightForWidth() else part.sizeHint().height()
            for name, part in self._parts().items()
        }
        rows = [[height[name] for name in height if name in tool.uses] for tool in self._room_for]
        spacing = self._column.spacing()
        self.setMinimumHeight(max((sum(row) + spacing * (len(row) - 1) for row in rows if row), default=0))

    def _parts(self) -> Mapping[str, QWidget]:
        sliders = {name: slider for name, slider in self.sliders.items() if name != ToolSettings.value.name}
        return {**sliders, **self.choices}

    def _slider(self, number: Number, label_width: int) -> ParameterSlider:
        slider = ParameterSlider(
            number.parameter, label_width=label_width, number_width=64, unit=number.parameter.unit
        )
        slider.edited.connect(lambda value: number.write(self._settings, value))
        return slider

    def _chips(self, setting: Setting[Any]) -> ChipRow:
        row = ChipRow(CHOICES[setting])
        row.chosen.connect(lambda value: setting.write(self._settings, value))
        return row


class ChipRow(QWidget):
    """A row of exclusive chips; ``chosen(value)`` is emitted when a person chooses one."""

    chosen = Signal(object)

    def __init__(self, choices: tuple[Choice, ...]) -> None:
        super().__init__()
        self.chips: dict[object, QToolButton] = {}
        flow = FlowLayout(self, spacing=4)
        for label, meaning, value in choices:
            button = chip(label, tip(label, meaning))
            button.clicked.connect(lambda checked=False, value=value: self._choose(value))
            self.chips[value] = button
            flow.addWidget(button)

    def show_value(self, value: object) -> None:
        """Check the chip of a value; emit nothing."""
        for own, button in self.chips.items():
            button.setChecked(own == value)

    def _choose(self, value: object) -> None:
        self.show_value(value)
        self.chosen.emit(value)
