"""The editor of a catalogue choice and of the chosen entry's parameters."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.catalogue import Family
from gui_app.panels.lane_panel import LanePanel
from gui_app.panels.panel import LABEL_WIDTH, labelled
from gui_app.widgets.parameter_slider import ParameterSlider
from gui_app.widgets.topics import set_topic, topic_of


class ChoiceEditor(QWidget):
    """Editor of the choice at a path of ``panel``, with the widget ``parameters`` below it.

    With ``apart``, whoever creates the editor puts ``parameters`` into a layout.
    """

    def __init__(
        self, panel: LanePanel, family: Family[Any], path: str, name: str, *, apart: bool = False
    ) -> None:
        super().__init__()
        self._panel, self._path = panel, path
        self.box = panel.choice(family, path, name)
        set_topic(self, topic_of(self.box))
        self.sliders: dict[str, ParameterSlider] = {}
        self.parameters = QWidget()
        self._rows = QVBoxLayout(self.parameters)
        self._entry = ""
        column = QVBoxLayout(self)
        for layout in (column, self._rows):
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(4)
        column.addLayout(labelled(name, self.box, width=0 if apart else LABEL_WIDTH))
        if not apart:
            column.addWidget(self.parameters)

    def show_choice(self, choice: Any) -> None:
        """Show a choice and its parameters without a signal."""
        self.box.set_key(choice.name)
        if choice.name != self._entry:
            self._rebuild(choice)
        for key, slider in self.sliders.items():
            slider.set_value(choice.parameters[key])
        # Lanes with different choices have no parameters in common.
        self.parameters.setVisible(bool(self.sliders) and not self._panel.is_mixed(self._path))

    def _rebuild(self, choice: Any) -> None:
        for key, slider in self.sliders.items():
            del self._panel.controls[f"{self._path}.{key}"]
            self._rows.removeWidget(slider)
            slider.hide()
            slider.deleteLater()
        self._entry, self.sliders = choice.name, {}
        for parameter in choice.entry.parameters:
            slider = self._panel.slider(parameter, f"{self._path}.{parameter.key}", number_width=64)
            self.sliders[parameter.key] = slider
            self._rows.addWidget(slider)
