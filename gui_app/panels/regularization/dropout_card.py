"""The card of dropout: its rate or rates, its layers and the rate of the inputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.catalogue.texts import counted, noun
from engine.experiment import Lane, RegularizationSettings
from gui_app.panels.layer_choice import CHOSEN, LayerChoice, Layers, LayersChange, numbers_of
from gui_app.panels.regularization.dropout_rates import DropoutRates
from gui_app.panels.regularization.regularizer_card import RegularizerCard
from gui_app.widgets.numbers import format_number

EACH = "each"
MEANINGS = {
    "last": "In the last hidden layer",
    "all": "In all hidden layers",
    CHOSEN: "In the hidden layers chosen below",
    EACH: "A separate rate for each hidden layer",
}


NEEDED = "Dropout needs at least one layer: switch it off instead"


class DropoutCard(RegularizerCard):
    """Card of dropout, which is on while any rate is above 0."""

    def add_more(self) -> None:
        self._depth = 0
        self.rate, self.input_rate = self.sliders["rate"], self.sliders["input_rate"]
        self.layers = LayerChoice(self.entry.label, MEANINGS, NEEDED)
        self.rates = DropoutRates(self.panel, self.path("rates"))
        self.panel.controls[self.path("layers")] = self.layers
        self.rates.released.connect(self._released)
        self.layers.edited.connect(self._choose)
        self.body.insertWidget(1, self.rates)
        self.body.insertWidget(2, self.layers)

    def values(self, settings: RegularizationSettings) -> dict[str, Any]:
        return {"rates": settings.dropout.rates, "layers": settings.dropout.layers} | super().values(settings)

    def is_set(self, values: Mapping[str, Any]) -> bool:
        return bool(values["input_rate"] or any(_rates(values)))

    def edits(self, on: bool, lane: Lane) -> dict[str, Any]:
        path, depth = self.entry.settings_field, len(lane.network.hidden)
        memory = self.memory_of(lane)
        rates = memory.get("rates")
        if not on:
            return {**self.entry.switched_off(), f"{path}.rates": None}
        values = {**self.entry.typical_on, **memory}
        if rates is not None:
            # The number of layers may have changed since.
            values["rates"] = (*rates, *(0.0,) * depth)[:depth]
        return {self.entry.path(key): value for key, value in values.items()}

    def show_values(self, values: Mapping[str, Any], lane: Lane) -> None:
        self._depth = len(lane.network.hidden)
        super().show_values(values, lane)
        rates = values["rates"]
        self.layers.show_layers(shown_layers(lane), self._depth)
        ways = {one.regularization.dropout.rates is None for one in self.panel.selected}
        self.rate.setVisible(ways == {True})
        self.rate.label.setMinimumWidth(0)
        self.rates.show_rates(rates)
        self.rates.setVisible(ways == {False})
        self.show_symbols()

    def notes(self) -> list[str]:
        values = self.values(self.panel.lane.regularization)
        has_own = values["rates"] is not None or values["layers"] != "last" or values["input_rate"]
        where = f"In {_describe_layers(values['layers'], self._depth)}."
        if values["rates"] is not None:
            where = "A separate rate for each hidden layer."
        inputs = f" Inputs: p {format_number(values['input_rate'])}." if values["input_rate"] else ""
        return [*super().notes(), where + inputs if has_own and self.is_on else ""]

    def summaries_of(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        rates = dict.fromkeys(map(format_number, _rates(values)))
        inputs = f", inputs {format_number(values['input_rate'])}" if values["input_rate"] else ""
        return f"p {' '.join(rates)}{inputs}", "p by layer"

    def _is_lost(self, key: str) -> bool:
        return key != "layers"

    def _is_dragged(self) -> bool:
        return super()._is_dragged() or self.rates.is_dragged

    def _choose(self, change: LayersChange) -> None:
        def changed(lane: Lane) -> dict[str, Any]:
            now, depth = self.values(lane.regularization), len(lane.network.hidden)
            layers = change(shown_layers(lane), depth)
            if layers == EACH:
                numbers = numbers_of(now["layers"], depth)
                rates = tuple(now["rate"] if n in numbers else 0.0 for n in range(1, depth + 1))
                changes: dict[str, Any] = {"rates": rates if now["rates"] is None else now["rates"]}
            else:
                rate = now["rate"] if now["rates"] is None else max(now["rates"])
                changes = {"layers": layers, "rates": None, "rate": rate}
            return {self.path(key): value for key, value in changes.items()}

        self.panel.put_each(changed, "Change dropout's layers")


def shown_layers(lane: Lane) -> Layers:
    """Return what the chips of the layers show of a lane."""
    dropout = lane.regularization.dropout
    return dropout.layers if dropout.rates is None else EACH


def _rates(values: Mapping[str, Any]) -> tuple[float, ...]:
    rates: tuple[float, ...] | None = values["rates"]
    return (values["rate"],) if rates is None else rates


def _describe_layers(layers: Layers, depth: int) -> str:
    if layers == "all":
        return f"all {counted(depth, 'hidden layer')}" if depth > 1 else "the hidden layer"
    if layers == "last":
        return "the last hidden layer"
    numbers = ", ".join(str(number) for number in layers)
    return f"{noun(len(layers), 'hidden layer')} {numbers}"
