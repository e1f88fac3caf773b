"""Learning rates of single layers: a switch, and a factor for each layer."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from engine.catalogue.hyperparameters import LAYER_RATE
from engine.experiment import Lane
from gui_app.panels.lane_panel import LanePanel
from gui_app.widgets.numbers import format_number
from gui_app.widgets.parameter_slider import ParameterSlider
from gui_app.widgets.switch import Switch
from gui_app.widgets.tips import parameter_tip

NAME = "Rate per layer"
Rates = tuple[float, ...]


class LayerRates(QWidget):
    """Switch and sliders bound to a path of ``panel``. Layers count from 1; the output layer is the last."""

    def __init__(self, panel: LanePanel, path: str) -> None:
        super().__init__()
        self._panel, self._path = panel, path
        self._rates: Rates = ()
        self.sliders: list[ParameterSlider] = []
        self.setAccessibleName(NAME)
        self.setToolTip(parameter_tip(LAYER_RATE))
        self.switch, name = Switch(NAME), QLabel(NAME)
        name.setProperty("role", "name")
        name.setBuddy(self.switch)
        row = QHBoxLayout()
        row.addWidget(name)
        row.addStretch(1)
        row.addWidget(self.switch)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._column.addLayout(row)
        panel.controls[path] = self
        self.switch.clicked.connect(self._switch)

    def show_rates(self, rates: Rates | None) -> None:
        """Show a factor for each layer without a signal; None hides all sliders."""
        self.switch.set_on(rates is not None)
        self._rates = rates or ()
        while len(self.sliders) < len(self._rates):
            self._add()
        for layer, control in enumerate(self.sliders):
            control.setVisible(layer < len(self._rates))
            if layer < len(self._rates):
                control.set_value(self._rates[layer])

    def show_mixed(self, values: Sequence[Rates]) -> None:
        """Show that these factors differ, without a signal; none of them: show the one lane's again."""
        for layer, control in enumerate(self.sliders):
            rates = [rates[layer] for rates in values if layer < len(rates)]
            control.show_mixed(rates if len(set(rates)) > 1 else ())

    def text_of(self, value: Rates) -> str:
        """Return factors as text."""
        return " ".join(map(format_number, value))

    def _add(self) -> None:
        layer = len(self.sliders)
        control = ParameterSlider(LAYER_RATE, label=f"Layer {layer + 1}")
        control.number.setAccessibleName(f"Factor on the learning rate in layer {layer + 1}")
        control.edited.connect(lambda rate: self._set(layer, rate))
        self.sliders.append(control)
        self._column.addWidget(control)

    def _switch(self, on: bool) -> None:
        def switched(lane: Lane) -> dict[str, object]:
            return {self._path: (1.0,) * (len(lane.network.hidden) + 1) if on else None}

        self._panel.put_each(switched, f"Switch rates of single layers {'on' if on else 'off'}")

    def _set(self, layer: int, rate: float) -> None:
        def changed(lane: Lane) -> dict[str, object]:
            rates = lane.training.layer_rates or (1.0,) * (len(lane.network.hidden) + 1)
            return {self._path: (*rates[:layer], rate, *rates[layer + 1 :])} if layer < len(rates) else {}

        self._panel.change_each(changed, f"Change the rate of layer {layer + 1}")
