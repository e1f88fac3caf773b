"""The card of a regularizer, made from its record in the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from engine.catalogue import Parameter
from engine.catalogue.regularizers import Regularizer
from engine.experiment import Lane, RegularizationSettings
from gui_app.panels.lane_panel import LanePanel
from gui_app.panels.regularizer_notes import remark
from gui_app.widgets.card import Card, caption
from gui_app.widgets.choice_chips import ChoiceChips
from gui_app.widgets.numbers import format_number
from gui_app.widgets.parameter_slider import ParameterSlider
from gui_app.widgets.tips import entry_tip

NUMBER_WIDTH = 56


class RegularizerCard(Card):
    """Card of one regularizer, with a slider for each parameter and chips for each choice.

    A regularizer that is off is null or 0 in the document, depending on its record. The card remembers each lane's
    settings until the lane switches it on again.
    """

    def __init__(self, panel: LanePanel, entry: Regularizer) -> None:
        super().__init__(entry.label)
        self.panel, self.entry = panel, entry
        self.setToolTip(entry_tip(entry))
        self.choices: dict[str, ChoiceChips] = {}
        self.sliders: dict[str, ParameterSlider] = {}
        self.refusal = caption(role="reason")
        self._memories: dict[str, dict[str, Any]] = {}
        self._refused: dict[str, str] = {}
        self._add_choices()
        self._add_sliders()
        self.body.addWidget(self.refusal)
        self.add_more()
        self.switched.connect(self._put_switched)

    # -- for subclasses

    def add_more(self) -> None:
        """Create the controls that do not follow from the record."""

    def values(self, settings: RegularizationSettings) -> dict[str, Any]:
        """Return its settings by key; empty if they are null."""
        part = getattr(settings, self.entry.settings_field) if self.entry.settings_field else settings
        if isinstance(part, msgspec.Struct):
            return {key: getattr(part, key) for key in (*self.sliders, *self.choices)}
        return {} if part is None else {self.entry.settings_field: part}

    def is_set(self, values: Mapping[str, Any]) -> bool:
        """Return whether it is on with these values."""
        return bool(values) and (self.entry.nullable or any(values[key] for key in self.sliders))

    def edits(self, on: bool) -> dict[str, Any]:
        """Return the edits that switch it on or off, by path below ``regularization``."""
        if not on:
            return self.entry.switched_off()
        values = self._allowed(self.memory)
        has_effect = self.entry.nullable or any(values.values())
        return self.entry.switched_on(values if has_effect else self._allowed({}))

    def show_values(self, values: Mapping[str, Any], lane: Lane) -> None:
        """Show settings of a card that is on, without a signal."""
        for key, chips in self.choices.items():
            chips.set_key(values[key])
        for key, slider in self.sliders.items():
            slider.set_value(values[key])
            slider.setVisible(self.entry.reads(slider.parameter, values))
            slider.setEnabled(key not in self._refused)
        self._align_labels()
        self.set_meaning(" ".join(filter(None, (self.entry.meaning, remark(self.entry.key, lane)))))
        self.set_summary(self.summary_of(values))

    def summary_of(self, values: Mapping[str, Any]) -> str:
        """Return the summary in the card's heading."""
        chosen = [
            self.entry.choices[key][values[key]].label
            for key in self.choices
            if values[key] != next(iter(self.entry.choices[key]))
        ]
        shown = [slider for slider in self.sliders.values() if self.entry.reads(slider.parameter, values)]
        numbers = [
            _format_value(s.parameter, values[s.parameter.key]) for s in shown if values[s.parameter.key]
        ]
        return ", ".join([*chosen, *numbers])

    # -- for the panel

    def show_lane(self, lane: Lane, reasons: Mapping[str, str]) -> None:
        """Show a lane's settings without a signal; ``reasons`` say by path or key why something cannot be used."""
        values = self.values(lane.regularization)
        self._refuse({key: reasons.get(self._below(key), "") for key in self.sliders})
        on = self.is_set(values)
        if on:
            self._memories[lane.name] = {key: values[key] for key in values if self._is_lost(key)}
        if values:
            self.show_values(values, lane)
        # A card must not fold while its slider is dragged to 0.
        self.set_on(on or (bool(values) and self._is_dragged()))
        self.set_reason(reasons.get(self.entry.key, ""))

    def path(self, key: str) -> str:
        """Return the path of one of its settings, relative to the lane."""
        return f"regularization.{self._below(key)}"

    @property
    def memory(self) -> Mapping[str, Any]:
        """The current lane's settings when it was last on."""
        return self._memories.get(self.panel.current.name, {})

    # -- inside

    def _below(self, key: str) -> str:
        return self.entry.path(key)

    def _is_lost(self, key: str) -> bool:
        """Return whether switching off loses this setting."""
        return self.entry.nullable or key in self.sliders

    def _allowed(self, values: Mapping[str, Any]) -> dict[str, Any]:
        values = {**self.entry.typical_on, **values}
        return {key: 0.0 if key in self._refused else value for key, value in values.items()}

    def _refuse(self, reasons: Mapping[str, str]) -> None:
        """Disable parameters that cannot be used; with only one parameter, the card itself shows the reason."""
        one = len(self.sliders) == 1
        self._refused = {key: reason for key, reason in reasons.items() if reason and not one}
        self.refusal.setText(" ".join(dict.fromkeys(self._refused.values())))
        self.refusal.setVisible(bool(self._refused))

    def _put_switched(self, on: bool) -> None:
        undo_text = f"Switch {self.entry.label if self.entry.label.isupper() else self.entry.label.lower()}"
        edits = {f"regularization.{path}": value for path, value in self.edits(on).items()}
        self.panel.put(edits, f"{undo_text} {'on' if on else 'off'}")

    def _is_dragged(self) -> bool:
        return any(control.slider and control.slider.isSliderDown() for control in self.sliders.values())

    def _released(self) -> None:
        self.set_on(self.is_set(self.values(self.panel.lane.regularization)))

    def _align_labels(self) -> None:
        """Give the labels of visible sliders one width, so that the sliders are aligned."""
        labels = [slider.label for slider in self.sliders.values() if not slider.isHidden()]
        width = max((label.fontMetrics().horizontalAdvance(label.text()) for label in labels), default=0)
        for label in labels:
            label.setMinimumWidth(width)

    def _add_choices(self) -> None:
        for key, family in self.entry.choices.items():
            chips = self.panel.choice_chips(family, self.path(key), f"{self.entry.label} {family.name}")
            self.choices[key] = chips
            self.body.addWidget(chips)

    def _add_sliders(self) -> None:
        parameters = self.entry.parameters
        labels = [p.label for p in parameters] if len(parameters) > 1 else [""]
        for parameter, label in zip(parameters, labels, strict=True):
            control = self.panel.slider(
                parameter, self.path(parameter.key), label=label, label_width=0, number_width=NUMBER_WIDTH
            )
            control.number.setAccessibleName(f"{self.entry.label}: {parameter.label}")
            if control.slider:
                control.slider.sliderReleased.connect(self._released)
            self.sliders[parameter.key] = control
            self.body.addWidget(control)


def _format_value(parameter: Parameter, value: float) -> str:
    name = parameter.label.lower() if len(parameter.label) > 2 else parameter.label
    return f"{name} {format_number(value)}{parameter.unit}"
