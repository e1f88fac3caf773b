"""A separate dropout rate for each hidden layer."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.catalogue.regularizers import DROPOUT_RATE
from engine.experiment import Lane
from gui_app.panels.lane_panel import LanePanel
from gui_app.widgets.numbers import format_number
from gui_app.widgets.parameter_slider import ParameterSlider
from gui_app.widgets.tips import parameter_tip


class DropoutRates(QWidget):
    """Sliders, one per layer, bound to a path of ``panel``; ``released`` reports the end of a drag."""

    released = Signal()

    def __init__(self, panel: LanePanel, path: str) -> None:
        super().__init__()
        self._panel, self._path = panel, path
        self._rates: tuple[float, ...] = ()
        self.sliders: list[ParameterSlider] = []
        self.setAccessibleName("Dropout rate of each hidden layer")
        self.setToolTip(parameter_tip(DROPOUT_RATE))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        panel.controls[path] = self

    @property
    def is_dragged(self) -> bool:
        return any(control.slider and control.slider.isSliderDown() for control in self.sliders)

    def show_rates(self, rates: tuple[float, ...] | None) -> None:
        """Show one rate per layer without a signal; None hides all sliders."""
        self.setVisible(rates is not None)
        self._rates = rates or ()
        while len(self.sliders) < len(self._rates):
            self._add()
        for layer, control in enumerate(self.sliders):
            control.setVisible(layer < len(self._rates))
            if layer < len(self._rates):
                control.set_value(self._rates[layer])

    def show_mixed(self, values: Sequence[tuple[float, ...]]) -> None:
        """Show that these rates differ, without a signal; none of them: show the one lane's again."""
        for layer, control in enumerate(self.sliders):
            rates = [rates[layer] for rates in values if layer < len(rates)]
            control.show_mixed(rates if len(set(rates)) > 1 else ())

    def text_of(self, value: tuple[float, ...]) -> str:
        """Return rates as text."""
        return " ".join(map(format_number, value))

    def _add(self) -> None:
        layer = len(self.sliders)
        name = f"Layer {layer + 1}"
        control = ParameterSlider(DROPOUT_RATE, label=name, label_width=56, number_width=44)
        control.number.setAccessibleName(f"Dropout rate of layer {layer + 1}")
        control.edited.connect(lambda rate: self._set(layer, rate))
        if control.slider:
            control.slider.sliderReleased.connect(self.released)
        self.sliders.append(control)
        self._column.addWidget(control)

    def _set(self, layer: int, rate: float) -> None:
        def changed(lane: Lane) -> dict[str, object]:
            rates = lane.regularization.dropout.rates or ()
            return {self._path: (*rates[:layer], rate, *rates[layer + 1 :])}

        self._panel.change_each(changed, "Change dropout rates")
