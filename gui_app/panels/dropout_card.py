"""The card of dropout: its rate, its layers and that of the inputs."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from engine.catalogue.regularizers import DROPOUT_INPUT_RATE, DROPOUT_RATE, REGULARIZERS
from engine.experiment import DropoutSettings
from gui_app.panels.panel import Panel
from gui_app.widgets.buttons import chip
from gui_app.widgets.card import Card
from gui_app.widgets.flow import FlowLayout
from gui_app.widgets.fold import Fold
from gui_app.widgets.numbers import format_number
from gui_app.widgets.tips import entry_tip

NO_HIDDEN_LAYER = "Needs a hidden layer: add one to the network."
_WHERE = {
    "last": "In the last hidden layer",
    "all": "In all hidden layers",
    "chosen": "In the hidden layers chosen below",
}


class DropoutCard(Card):
    """On while any rate is above 0."""

    def __init__(self, panel: Panel) -> None:
        entry = REGULARIZERS["dropout"]
        super().__init__(entry.label)
        self._panel = panel
        self._memory = {"rate": entry.typical_on["rate"], "input_rate": 0.0}
        self._depth = 0
        self._layers: str | tuple[int, ...] = "last"
        self.setToolTip(entry_tip(entry))
        self.rate = panel.slider(DROPOUT_RATE, self._path("rate"), label="", number_width=44)
        self.rate.number.setAccessibleName("Dropout rate")
        self.input_rate = panel.slider(
            DROPOUT_INPUT_RATE, self._path("input_rate"), label="Inputs", label_width=44, number_width=44
        )
        self.more = Fold("Layers and inputs")
        self._lay_out_body()
        self.switched.connect(self._switch_rates)
        for slider in (self.rate.slider, self.input_rate.slider):
            assert slider is not None
            slider.sliderReleased.connect(self._released)

    def show_dropout(self, dropout: DropoutSettings, depth: int) -> None:
        """Show the settings without a signal."""
        on = dropout.rate > 0 or dropout.input_rate > 0
        if on:
            self._memory = {"rate": dropout.rate, "input_rate": dropout.input_rate}
        self.rate.set_value(dropout.rate)
        self.input_rate.set_value(dropout.input_rate)
        # A card must not fold away under the hand that drags its slider to 0.
        self.set_on(on or self._is_dragged())
        self._show_layers(dropout.layers, depth)
        self.set_summary(f"p {format_number(dropout.rate)}")
        self.set_reason("" if depth else NO_HIDDEN_LAYER)

    def _path(self, rest: str) -> str:
        return self._panel.path(f"regularization.dropout.{rest}")

    def _is_dragged(self) -> bool:
        return any(
            control.slider and control.slider.isSliderDown() for control in (self.rate, self.input_rate)
        )

    def _released(self) -> None:
        if not self.rate.value() and not self.input_rate.value():
            self.set_on(False)

    def _switch_rates(self, on: bool) -> None:
        rates = self._memory if on else {"rate": 0.0, "input_rate": 0.0}
        words = f"Switch dropout {'on' if on else 'off'}"
        self._panel.put({self._path(key): rate for key, rate in rates.items()}, words)

    def _show_layers(self, layers: str | tuple[int, ...], depth: int) -> None:
        self._layers, self._depth = layers, depth
        kind = layers if isinstance(layers, str) else "chosen"
        for key, button in self.where.items():
            button.setChecked(key == kind)
        self._ensure_chips(depth)
        for number, button in enumerate(self.chips, 1):
            button.setVisible(number <= depth)
            button.setChecked(number in _numbers(layers, depth))
        self.chip_holder.setVisible(kind == "chosen")
        low, high = DROPOUT_RATE.typical or (0.0, 1.0)
        self.set_meaning(f"{_place(layers, depth)} · usual range {low:g}–{high:g}")

    def _ensure_chips(self, depth: int) -> None:
        for number in range(len(self.chips) + 1, depth + 1):
            button = chip(str(number), f"Dropout in hidden layer {number}", f"Dropout in layer {number}")
            button.setFixedWidth(28)
            button.clicked.connect(lambda _, number=number: self._toggle(number))
            self.chips.append(button)
            self._flow.addWidget(button)

    def _choose(self, kind: str) -> None:
        layers = _numbers(self._layers, self._depth) if kind == "chosen" else kind
        self._panel.put({self._path("layers"): layers}, "Change dropout's layers")
        self._show_layers(self._panel.get(self._path("layers")), self._depth)

    def _toggle(self, number: int) -> None:
        chosen = set(_numbers(self._layers, self._depth)) ^ {number}
        if chosen:
            self._panel.put({self._path("layers"): tuple(sorted(chosen))}, "Change dropout's layers")
        else:
            self.chips[number - 1].setChecked(True)
            self._panel.say("Dropout needs at least one layer: switch it off instead.")

    def _lay_out_body(self) -> None:
        self.where: dict[str, QToolButton] = {}
        self.chips: list[QToolButton] = []
        row = QHBoxLayout()
        row.setSpacing(4)
        label = QLabel("Layers")
        label.setProperty("role", "name")
        label.setMinimumWidth(44)
        row.addWidget(label)
        row.addSpacing(4)
        for kind, meaning in _WHERE.items():
            self.where[kind] = chip(kind, meaning, f"Dropout {meaning[0].lower()}{meaning[1:]}")
            self.where[kind].clicked.connect(lambda _, kind=kind: self._choose(kind))
            row.addWidget(self.where[kind])
        row.addStretch(1)
        self.chip_holder = QWidget()
        self._flow = FlowLayout(self.chip_holder, spacing=4)
        self._panel.controls[self._path("layers")] = self.chip_holder
        self.more.body.addLayout(row)
        for part in (self.chip_holder, self.input_rate):
            self.more.body.addWidget(part)
        self.body.addWidget(self.rate)
        self.extra.addWidget(self.more)


def _numbers(layers: str | tuple[int, ...], depth: int) -> tuple[int, ...]:
    """The layers that are meant, counted from 1."""
    if isinstance(layers, tuple):
        return layers
    return tuple(range(1, depth + 1)) if layers == "all" else (depth,)


def _place(layers: str | tuple[int, ...], depth: int) -> str:
    if layers == "all":
        return f"all {depth} hidden layers" if depth > 1 else "the hidden layer"
    if layers == "last":
        return "last hidden layer"
    numbers = ", ".join(str(number) for number in layers)
    return f"hidden layer{'s' if len(layers) > 1 else ''} {numbers}"
