"""What the current tool can be told: only the controls that it uses are shown."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from engine.catalogue import Parameter
from engine.experiment import SPLITS
from gui_app.session.tool_records import ToolRecord
from gui_app.session.tool_settings import (
    DENSITY_RANGE,
    RADIUS_RANGE,
    RATE_RANGE,
    SCATTER_RANGE,
    STRENGTH_RANGE,
    VALUE_RANGE,
    ToolSettings,
)
from gui_app.widgets.buttons import chip
from gui_app.widgets.flow import FlowLayout
from gui_app.widgets.parameter_slider import ParameterSlider
from gui_app.widgets.tips import tip

PARAMETERS = (
    Parameter("radius", "Radius", 0.6, *RADIUS_RANGE, "How far the tool reaches, in canvas units.", log=True),
    Parameter(
        "density", "Density", 12, *DENSITY_RANGE, "Points per canvas unit of a path.", integer=True, log=True
    ),
    Parameter("rate", "Rate", 60, *RATE_RANGE, "Points per second that are sprayed.", integer=True, log=True),
    Parameter(
        "scatter",
        "Scatter",
        0.1,
        *SCATTER_RANGE,
        "How far points lie from the line at most, in canvas units.",
    ),
    Parameter(
        "strength", "Strength", 1.0, *STRENGTH_RANGE, "How fast points move, against the usual.", log=True
    ),
    Parameter("value", "Value", 1.0, *VALUE_RANGE, "What is drawn; the eyedropper takes it from a point."),
)
_UNITS = {"density": "/u", "rate": "/s"}

Choice = tuple[str, str, object]
"""A chip's word, its tip, and the value it stands for."""
CHOICES: dict[str, tuple[Choice, ...]] = {
    "soft": (
        ("Even", "Points come evenly all over the circle.", False),
        ("Soft", "Points come thickest in the middle (gaussian).", True),
    ),
    "split": tuple((name.title(), f"Paint points into {name}.", k) for k, name in enumerate(SPLITS)),
    "lasso": (
        ("Rectangle", "Select what lies in a rectangle.", False),
        ("Lasso", "Select what lies in a freely drawn outline.", True),
    ),
}


class ToolOptions(QWidget):
    """Shows and edits ``settings``. ``sliders`` and ``choices`` are by setting; the value's slider stands elsewhere."""

    def __init__(self, settings: ToolSettings, label_width: int) -> None:
        super().__init__()
        self._settings = settings
        self.sliders = {one.key: self._slider(one, label_width) for one in PARAMETERS}
        self.choices = {name: ChipRow(choices) for name, choices in CHOICES.items()}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for name, part in self._parts().items():
            column.addWidget(part)
            if name in self.choices:
                self.choices[name].chosen.connect(lambda value, name=name: setattr(settings, name, value))

    def show_tool(self, tool: ToolRecord, task: str) -> None:
        """The controls that the tool uses, with the settings as they are; no signals."""
        for name, slider in self.sliders.items():
            slider.set_value(getattr(self._settings, name))
        for name, row in self.choices.items():
            row.show_value(getattr(self._settings, name))
        for name, part in self._parts().items():
            part.setVisible(name in tool.uses)
        self.setVisible(bool(tool.uses & set(self._parts())))

    def _parts(self) -> Mapping[str, QWidget]:
        sliders = {name: slider for name, slider in self.sliders.items() if name != "value"}
        return {**sliders, **self.choices}

    def _slider(self, parameter: Parameter, label_width: int) -> ParameterSlider:
        name = parameter.key
        slider = ParameterSlider(
            parameter, label_width=label_width, number_width=64, unit=_UNITS.get(name, "")
        )
        slider.edited.connect(lambda value: setattr(self._settings, name, value))
        return slider


class ChipRow(QWidget):
    """One of a few; ``chosen(value)`` comes from a person only."""

    chosen = Signal(object)

    def __init__(self, choices: tuple[Choice, ...]) -> None:
        super().__init__()
        self.chips: dict[object, QToolButton] = {}
        flow = FlowLayout(self, spacing=4)
        for word, meaning, value in choices:
            button = chip(word, tip(word, meaning))
            button.clicked.connect(lambda checked=False, value=value: self._choose(value))
            self.chips[value] = button
            flow.addWidget(button)

    def show_value(self, value: object) -> None:
        """Mark one of them; no signal."""
        for own, button in self.chips.items():
            button.setChecked(own == value)

    def _choose(self, value: object) -> None:
        self.show_value(value)
        self.chosen.emit(value)
