"""The control of a catalogue parameter: a label, a slider and a number field."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from engine.catalogue import Parameter
from gui_app.widgets.name_label import NameLabel
from gui_app.widgets.number_field import NumberField
from gui_app.widgets.numbers import format_number, format_percent
from gui_app.widgets.reading import reader_of
from gui_app.widgets.scale import Scale
from gui_app.widgets.slider import Slider
from gui_app.widgets.tips import parameter_tip

_SLIDER_REACH = 1000.0
"""Widest range in which a person can aim with a linear slider."""


def has_slider(parameter: Parameter) -> bool:
    """Whether a person can aim at the relevant values with a slider; if not, only the number is shown."""
    low, high = parameter.slider_range
    if parameter.log:
        return low > 0
    return high - low < _SLIDER_REACH and not 0 < parameter.default < (high - low) / 100


DIGIT = 8
"""Pixels of a digit at the default size of text."""
WIDEST = 100_000
"""The field has room for whole numbers up to this one."""


class ParameterSlider(QWidget):
    """Row of a label, a slider and a number field for one parameter.

    ``edited(value)`` is emitted while a person drags, types or steps; whole numbers are whole floats. A typed number
    out of range becomes the nearest allowed one, and a note says so. ``percent`` shows shares as percentages; ``unit``
    follows the number. Without a ``groove`` there is only the number.
    """

    edited = Signal(float)

    def __init__(
        self,
        parameter: Parameter,
        *,
        label: str | None = None,
        percent: bool = False,
        unit: str = "",
        label_width: int = 0,
        number_width: int = 64,
        groove: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.parameter = parameter
        self._value, self._mixed = parameter.default, False
        self.label = NameLabel(parameter.label if label is None else label, label_width)
        self.scale = Scale.of(parameter) if has_slider(parameter) else None
        self.slider = Slider(self.scale, parameter.typical) if self.scale and groove else None
        self.number = _number_field(parameter, percent, unit)
        # A number alone has a frame, so that it is seen to be a field.
        self.number.setProperty("framed", not groove)
        self._lay_out(label_width, number_width)
        self._name()
        self._describe()
        self._connect()
        self.set_value(parameter.default)

    def value(self) -> float:
        return self._value

    def set_value(self, value: float) -> None:
        """Show a value without a signal."""
        self._value = value
        if self.slider:
            self.slider.set_value(value)
        self.number.show_number(value)

    def show_mixed(self, values: Sequence[float]) -> None:
        """Show that these values differ, without a signal; none of them: show the one value again."""
        self._mixed = bool(values)
        if self.slider:
            self.slider.show_mixed(values)
        self.number.show_mixed(self._mixed)

    def text_of(self, value: float) -> str:
        """Return a value as the field writes it."""
        return self.number.written(value)

    def set_ramp(self, colours: tuple[QColor, ...]) -> None:
        """Colour the groove from low to high."""
        if self.slider:
            self.slider.set_ramp(colours)

    def show_meaning(self, parameter: Parameter) -> None:
        """Describe the number as another parameter: its tooltip and its typical range."""
        self.parameter = parameter
        self._describe()
        if self.slider:
            self.slider.set_typical(parameter.typical)

    def _edit(self, value: float) -> None:
        value = self._allowed(value)
        changed = value != self._value or self._mixed
        self.set_value(value)
        if changed:
            self.edited.emit(value)

    def _allowed(self, value: float) -> float:
        low, high = self.parameter.low, self.parameter.high
        if self.parameter.integer:
            value = float(round(value))
        if self.parameter.open_low and value <= low:
            # No number is the nearest to an excluded bound, so the value stays.
            return self._value
        return min(max(value, low), high)

    def _step(self, steps: float) -> None:
        if self.scale:
            leaving = self._value > self.scale.high or (self._value < self.scale.low and steps < 0)
            self._edit(self._value * 1.1**steps if leaving else self.scale.step(self._value, steps))
        elif self.parameter.integer:
            self._edit(self._value + round(steps))
        else:
            self._edit(float(f"{(self._value or 0.001) * 1.25**steps:.2g}"))

    def _lay_out(self, label_width: int, number_width: int) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8 if label_width else 4)
        # Show it only after it is in the layout: a visible widget without a parent becomes a window.
        row.addWidget(self.label)
        self.label.setVisible(bool(self.label.text()))
        if self.slider:
            row.addWidget(self.slider, 1)
        else:
            row.addStretch(1)
        if self.slider and self.parameter.integer:
            widest = format_number(min(self.parameter.high, WIDEST))
            number_width = max(number_width, DIGIT * len(widest) + 12)
        self.number.hold(number_width)
        row.addWidget(self.number)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def _name(self) -> None:
        name = self.label.text() or self.parameter.label
        self.setAccessibleName(name)
        self.number.setAccessibleName(name)
        self.label.setBuddy(self.number)
        if self.slider:
            self.slider.setAccessibleName(f"{name} slider")

    def _describe(self) -> None:
        self.setToolTip(parameter_tip(self.parameter))
        self.number.setAccessibleDescription(self.parameter.tooltip)
        if self.slider:
            self.slider.setAccessibleDescription(self.parameter.tooltip)

    def _connect(self) -> None:
        self.number.entered.connect(self._edit)
        self.number.stepped.connect(self._step)
        if self.slider:
            self.slider.moved.connect(self._edit)
            self.slider.setTracking(True)
            self.setFocusProxy(self.slider)
        else:
            self.setFocusProxy(self.number)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)


def _number_field(parameter: Parameter, percent: bool, unit: str) -> NumberField:
    write = format_percent if percent else lambda value: format_number(value) + unit
    return NumberField(write, reader_of(parameter, percent, unit))
