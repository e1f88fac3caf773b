"""The editor of a catalogue choice and of the chosen entry's parameters."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.catalogue import Family
from gui_app.panels.panel import Panel, labelled
from gui_app.widgets.fold import Fold
from gui_app.widgets.parameter_slider import ParameterSlider


class ChoiceEditor(QWidget):
    """Editor of the choice at a path of ``panel``; with ``folded``, the parameters are in a fold."""

    def __init__(
        self, panel: Panel, family: Family[Any], path: str, name: str, *, folded: bool = False
    ) -> None:
        super().__init__()
        self._panel, self._path = panel, path
        self.box = panel.choice(family, path, name)
        self.sliders: dict[str, ParameterSlider] = {}
        self.fold = Fold("More") if folded else None
        self._parameters = QVBoxLayout()
        self._parameters.setSpacing(4)
        self._entry = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(labelled(name, self.box))
        if self.fold:
            self.fold.body.addLayout(self._parameters)
            column.addWidget(self.fold)
        else:
            column.addLayout(self._parameters)

    def show_choice(self, choice: Any) -> None:
        """Show a choice and its parameters without a signal."""
        self.box.set_key(choice.name)
        if choice.name != self._entry:
            self._rebuild(choice)
        for key, slider in self.sliders.items():
            slider.set_value(choice.parameters[key])

    def _rebuild(self, choice: Any) -> None:
        for key, slider in self.sliders.items():
            del self._panel.controls[f"{self._path}.{key}"]
            self._parameters.removeWidget(slider)
            slider.hide()
            slider.deleteLater()
        self._entry, self.sliders = choice.name, {}
        for parameter in choice.entry.parameters:
            slider = self._panel.slider(parameter, f"{self._path}.{parameter.key}", number_width=64)
            self.sliders[parameter.key] = slider
            self._parameters.addWidget(slider)
        if self.fold:
            self.fold.setVisible(bool(self.sliders))
