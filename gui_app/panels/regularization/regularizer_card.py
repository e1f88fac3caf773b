"""The card of a regularizer, made from its record in the catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import msgspec

from engine.catalogue import Parameter
from engine.catalogue.regularizers import Regularizer
from engine.catalogue.texts import setting_text
from engine.experiment import Lane, RegularizationSettings
from gui_app.panels.lane_panel import LanePanel, mixed_text
from gui_app.panels.regularizer_notes import comparison, remark, unfit_parts
from gui_app.widgets.card import Card, explanation
from gui_app.widgets.choice_chips import ChoiceChips
from gui_app.widgets.mixed import set_note
from gui_app.widgets.numbers import format_number
from gui_app.widgets.parameter_slider import ParameterSlider
from gui_app.widgets.tips import entry_tip
from gui_app.widgets.topics import set_topic

NUMBER_WIDTH, WIDE_NUMBER = 44, 60


class RegularizerCard(Card):
    """Card of one regularizer, with a slider for each parameter and chips for each choice.

    The slider of its strength is in the line of the title, all else in the opened card. A regularizer that is off is
    null or 0 in the document, depending on its record. The card remembers each lane's settings until the lane switches
    it on again.
    """

    def __init__(self, panel: LanePanel, entry: Regularizer) -> None:
        super().__init__(entry.label)
        self.panel, self.entry = panel, entry
        set_topic(self, entry.key)
        self.setToolTip(entry_tip(entry))
        self.formula.setText(entry.formula)
        self.choices: dict[str, ChoiceChips] = {}
        self.sliders: dict[str, ParameterSlider] = {}
        self.refusal, self.remark, self.symbols = explanation(), explanation(), explanation()
        self._memories: dict[str, dict[str, Any]] = {}
        self._refused: dict[str, str] = {}
        self.body.addWidget(self.symbols)
        self._add_choices()
        self._add_sliders()
        for note in (self.refusal, self.remark):
            self.body.addWidget(note)
        self.add_more()
        self.set_meaning(entry.tooltip)
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

    def edits(self, on: bool, lane: Lane) -> dict[str, Any]:
        """Return the edits that switch it on or off in a lane, by path below ``regularization``."""
        if not on:
            return self.entry.switched_off()
        refused = self.refused_in(lane)
        values = self._allowed(self.memory_of(lane), refused)
        has_effect = self.entry.nullable or any(values.values())
        return self.entry.switched_on(values if has_effect else self._allowed({}, refused))

    def show_values(self, values: Mapping[str, Any], lane: Lane) -> None:
        """Show settings of a card that is on, without a signal."""
        for key, chips in self.choices.items():
            chips.set_key(values[key])
        for key, slider in self.sliders.items():
            slider.set_value(values[key])
            slider.setVisible(self.entry.reads(slider.parameter, values))
            slider.setEnabled(key not in self._refused)
        self._align_labels()
        _show_text(self.remark, remark(self.entry.key, lane, self.panel.document.experiment.data))
        self.set_meaning(" ".join(filter(None, (self.entry.tooltip, comparison(self.entry.key, lane)))))
        self.show_symbols()
        self.set_summary(*self.summaries_of(values))

    def show_symbols(self) -> None:
        """Explain the symbols and names of the sliders in the title's line, which has no room for them."""
        shown = (self.sliders[key].parameter for key in self.in_line if not self.sliders[key].isHidden())
        _show_text(self.symbols, " ".join(_explained(parameter) for parameter in shown))

    def summaries_of(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the summary in the card's line, longest form first."""
        chosen = [
            self.entry.choices[key][values[key]].label
            for key in self.choices
            if values[key] != next(iter(self.entry.choices[key]))
        ]
        shown = [slider for slider in self.sliders.values() if self.entry.reads(slider.parameter, values)]
        used = [s.parameter for s in shown if values[s.parameter.key]]
        named, bare = (
            ", ".join([*chosen, *(write(parameter, values[parameter.key]) for parameter in used)])
            for write in (_named_value, _value)
        )
        return named, bare, f"{len(used)} settings"

    # -- for the panel

    def show_lane(self, lane: Lane, reasons: Mapping[str, str]) -> None:
        """Show a lane's settings without a signal; ``reasons`` say by path or key why something cannot be used."""
        values = self.values(lane.regularization)
        self._refused = self._refused_by(reasons)
        _show_text(self.refusal, " ".join(dict.fromkeys(self._refused.values())))
        on = self.is_set(values)
        self._remember(self.panel.selected)
        if values:
            self.show_values(values, lane)
        # A slider must not disappear while it is dragged to 0.
        self.set_on(on or (bool(values) and self._is_dragged()))
        self._show_partly()
        self.set_reason(reasons.get(self.entry.key, ""))
        self.set_notes(*self.notes())

    def notes(self) -> list[str]:
        """Return what a closed card says besides the reason against it."""
        return [note.text() for note in (self.refusal, self.remark) if self.is_on]

    def path(self, key: str) -> str:
        """Return the path of one of its settings, relative to the lane."""
        return f"regularization.{self._below(key)}"

    def memory_of(self, lane: Lane) -> Mapping[str, Any]:
        """Return the lane's settings when it was last on."""
        return self._memories.get(lane.name, {})

    def refused_in(self, lane: Lane) -> dict[str, str]:
        """Return why some of its numbers cannot be used in a lane, by key."""
        return self._refused_by(unfit_parts(lane, self.panel.document.experiment.data))

    # -- in several lanes

    def settings_of(self, lane: Lane) -> dict[str, Any]:
        """Return what it does in a lane, by key; empty while it is off."""
        values = self.values(lane.regularization)
        return values if self.is_set(values) else {}

    def text_of(self, lane: Lane) -> str:
        """Return what it does in a lane, in words."""
        settings = self.settings_of(lane)
        return (self.summaries_of(settings)[0] or "on") if settings else "off"

    def taken(self, lane: Lane) -> dict[str, object]:
        """Return the changes below a lane that make it do what it does in this one."""
        field = self.entry.settings_field
        keys = (field,) if field else (*self.sliders, *self.choices)
        return {f"regularization.{key}": getattr(lane.regularization, key) for key in keys}

    # -- inside

    def _remember(self, lanes: Sequence[Lane]) -> None:
        for lane in lanes:
            if values := self.settings_of(lane):
                self._memories[lane.name] = {key: values[key] for key in values if self._is_lost(key)}

    def _show_partly(self) -> None:
        """Say so if it is on in some of the selected lanes only."""
        selected = self.panel.selected
        settings = [self.settings_of(lane) for lane in selected]
        differ = any(one != settings[0] for one in settings)
        self.set_partly(any(settings) and not all(settings))
        texts = [self.text_of(lane) for lane in selected] if differ else []
        note = mixed_text([lane.name for lane in selected], texts) if differ else ""
        for part in (self, self.switch):
            set_note(part, note, inside=False)

    @property
    def in_line(self) -> list[str]:
        """The keys of the sliders in the title's line: one of them, chosen by the ``choices``, is the strength.

        Where a switch sets several numbers at once, none of them is, and the line has a summary.
        """
        if len(self.entry.typical_on) != 1:
            return []
        strengths = set()
        for chosen in product(*self.entry.choices.values()):
            choices = dict(zip(self.entry.choices, chosen, strict=True))
            read = (
                parameter.key for parameter in self.entry.parameters if self.entry.reads(parameter, choices)
            )
            strengths.add(next(read, ""))
        return [parameter.key for parameter in self.entry.parameters if parameter.key in strengths]

    def _below(self, key: str) -> str:
        return self.entry.path(key)

    def _is_lost(self, key: str) -> bool:
        """Return whether switching off loses this setting."""
        return self.entry.nullable or key in self.sliders

    def _allowed(self, values: Mapping[str, Any], refused: Mapping[str, str]) -> dict[str, Any]:
        values = {**self.entry.typical_on, **values}
        return {key: 0.0 if key in refused else value for key, value in values.items()}

    def _refused_by(self, reasons: Mapping[str, str]) -> dict[str, str]:
        """Return why parameters cannot be used; with only one parameter, the card itself shows the reason."""
        if len(self.sliders) == 1:
            return {}
        return {key: reasons[self._below(key)] for key in self.sliders if reasons.get(self._below(key))}

    def _put_switched(self, on: bool) -> None:
        undo_text = f"Switch {self.entry.label if self.entry.label.isupper() else self.entry.label.lower()}"

        def switched(lane: Lane) -> dict[str, object]:
            return {f"regularization.{path}": value for path, value in self.edits(on, lane).items()}

        self.panel.put_each(switched, f"{undo_text} {'on' if on else 'off'}")

    def _is_dragged(self) -> bool:
        return any(control.slider and control.slider.isSliderDown() for control in self.sliders.values())

    def _released(self) -> None:
        self.set_on(self.is_set(self.values(self.panel.lane.regularization)))

    def _align_labels(self) -> None:
        """Give the labels of visible sliders one width, so that the sliders are aligned."""
        shown = [slider for key, slider in self.sliders.items() if key not in self.in_line]
        labels = [slider.label for slider in shown if not slider.isHidden()]
        for label in labels:
            label.align_with(other.text() for other in labels)

    def _add_choices(self) -> None:
        for key, family in self.entry.choices.items():
            chips = self.panel.choice_chips(family, self.path(key), f"{self.entry.label} {family.name}")
            self.choices[key] = chips
            self.body.addWidget(chips)

    def _add_sliders(self) -> None:
        in_line = self.in_line
        for parameter in self.entry.parameters:
            lies_in_line = parameter.key in in_line
            control = self.panel.slider(
                parameter,
                self.path(parameter.key),
                label="" if lies_in_line else parameter.label,
                label_width=0,
                number_width=NUMBER_WIDTH if lies_in_line else WIDE_NUMBER,
            )
            control.number.setAccessibleName(f"{self.entry.label}: {parameter.label}")
            if control.slider:
                control.slider.sliderReleased.connect(self._released)
            self.sliders[parameter.key] = control
            (self.strength if lies_in_line else self.body).addWidget(control)
            # Until values are shown, there are the sliders of the first choices only.
            first = {key: next(iter(family)) for key, family in self.entry.choices.items()}
            control.setVisible(self.entry.reads(parameter, first))


def _show_text(label: Any, text: str) -> None:
    label.setText(text)
    label.setVisible(bool(text))


def _explained(parameter: Parameter) -> str:
    """Return what a symbol stands for: "p: share of the neurons …"."""
    ends = [setting_text(end) for end in parameter.typical or ()]
    typical = f" Typical: {' to '.join(ends)}." if ends else ""
    meaning = parameter.tooltip
    return f"{parameter.label}: {meaning[:1].lower()}{meaning[1:]}{typical}"


def _named_value(parameter: Parameter, value: float) -> str:
    name = parameter.label.lower() if len(parameter.label) > 2 else parameter.label
    return f"{name} {_value(parameter, value)}"


def _value(parameter: Parameter, value: float) -> str:
    return f"{format_number(value)}{parameter.unit}"
