"""One axis of a sweep: its setting, and its values by range, by list or by choice."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.catalogue.texts import counted
from engine.data.numbers import NumberError, read_typed
from engine.experiment import Experiment, ExperimentError
from engine.experiment.settings import MOST_VALUES, SweepAxis, SweptValue
from engine.experiment.sweeps.swept_settings import SweptSetting
from engine.experiment.sweeps.values import between, is_log, listed, text_of, texts_of
from gui_app.session.refusal import refusal
from gui_app.sweeps.setting_box import SettingBox
from gui_app.widgets.buttons import chip
from gui_app.widgets.card import caption
from gui_app.widgets.flow import FlowLayout
from gui_app.widgets.name_label import NameLabel
from gui_app.widgets.spin_box import SpinBox
from gui_app.widgets.tips import tip

LOG, LINEAR, LIST = "log", "linear", "list"
WAYS = {
    LOG: ("Factors", "Each value is the one before times the same factor: a logarithmic range."),
    LINEAR: ("Steps", "Each value is the one before plus the same step: a linear range."),
    LIST: ("List", "Values one by one, with commas between them."),
}
COUNT = 8
"""How many values an axis has at first, if its range has room for them."""
_STOPS = {True: Qt.FocusPolicy.StrongFocus, False: Qt.FocusPolicy.ClickFocus}
LABEL, ROOM = 76, 72
"""Pixels of a name, and of a number that one types, at the least."""


class AxisForm(QWidget):
    """Edits an axis of a lane's sweep; ``changed()`` follows each edit.

    ``axis`` is what it says: None without a setting, and while ``problem`` says why it is none.
    """

    changed = Signal()

    def __init__(self, name: str, optional: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._optional = name, optional
        self._settings: dict[str, SweptSetting] = {}
        self._experiment: Experiment | None = None
        self._index = 0
        self.problem = ""
        self._values: tuple[SweptValue, ...] = ()
        self._listed: tuple[str, tuple[SweptValue, ...]] = ("", ())
        """A list that was left for a range, and the values that the range had at first."""
        self.setting = SettingBox(name)
        self.ways: dict[str, QToolButton] = {
            key: chip(label, tip(label, meaning), f"{name}: {label}")
            for key, (label, meaning) in WAYS.items()
        }
        self.low, self.high = _field(f"{name}: from"), _field(f"{name}: to")
        self.count = SpinBox(1, MOST_VALUES, f"{name}: how many values", "How many values the axis has.")
        self.list = _field(f"{name}: values")
        self.choices: dict[SweptValue, QToolButton] = {}
        self.preview, self.error = caption(), caption(role="refused")
        self._lay_out()
        self.setting.chosen.connect(self._begin)
        for field in (self.low, self.high, self.list):
            field.textEdited.connect(self._read)
        self.count.edited.connect(self._read)

    @property
    def axis(self) -> SweepAxis | None:
        """What it says; None where there is no axis, or while there is a ``problem``."""
        if not self.setting.key or self.problem or not self._values:
            return None
        return SweepAxis(setting=self.setting.key, values=self._values)

    @property
    def swept(self) -> SweptSetting | None:
        """The chosen setting; None without one."""
        return self._settings.get(self.setting.key)

    def show(  # type: ignore[override]  # a form is shown with what it edits
        self,
        experiment: Experiment,
        index: int,
        settings: Sequence[SweptSetting],
        key: str,
        values: Sequence[SweptValue] = (),
    ) -> None:
        """Show an axis of the lane of an index; without ``values``, with those that its setting begins with."""
        self._experiment, self._index = experiment, index
        self._settings = {setting.key: setting for setting in settings}
        self.setting.offer(settings, self._optional)
        self.setting.show_key(key)
        self._begin(self.setting.key, values)

    # -- inside

    @property
    def _way(self) -> str:
        return next((key for key, button in self.ways.items() if button.isChecked()), LIST)

    def _begin(self, key: str, values: Sequence[SweptValue] = ()) -> None:
        """Begin with the values of another setting."""
        setting = self._settings.get(key)
        if setting is None:
            self._choices_of(None)
        elif setting.kind == "choice":
            self._choices_of(setting, values)
        else:
            self._choices_of(None)
            present = None if self._experiment is None else setting.get(self._experiment, self._index)
            values = values or start_values(setting, present)
            self.list.setText(", ".join(map(text_of, values)))
            self.list.setCursorPosition(0)
            self.count.set_value(len(values))
            self._show_ends([value for value in values if not isinstance(value, str | bool)], LINEAR)
            is_even = not is_log(values) and _is_even(values)
            self.ways[LINEAR if is_even else LIST].setChecked(True)
        self._read()

    def _take_way(self, key: str) -> None:
        """Go on in another way with the values that there are."""
        values = self._values
        numbers = [value for value in values if not isinstance(value, str | bool)]
        listed, at_first = self._listed
        was_list = self._fields.currentWidget() is self.list
        if was_list:
            listed = self.list.text()
        elif values != at_first:
            listed = ""
        if key == LIST and values and not was_list:
            # A range of factors has no 0: where nothing was edited, the list is as it was.
            self.list.setText(listed or ", ".join(map(text_of, values)))
            self.list.setCursorPosition(0)
        elif key != LIST and numbers:
            self._show_ends(numbers, key)
            self.count.set_value(len(numbers))
        self._read()
        self._listed = (listed, self._values)

    def _show_ends(self, numbers: Sequence[float], way: str) -> None:
        """Show the first and the last of some numbers; a range of factors begins above 0."""
        above = [number for number in numbers if number > 0]
        low, high = min(numbers), max(numbers)
        self.low.setText(text_of(min(above) if way == LOG and low <= 0 and above else low))
        self.high.setText(text_of(high))

    def _read(self) -> None:
        """Read the fields."""
        setting, self.problem = self.swept, ""
        self._show_parts(setting)
        try:
            self._values = () if setting is None else self._read_values(setting)
        except NumberError as error:
            self.problem = f"{str(error)[:1].upper()}{str(error)[1:].rstrip('.')}."
        except ExperimentError as error:
            self.problem = refusal(error)
        if setting is not None and not self.problem:
            is_range = setting.kind != "choice" and self._way != LIST
            values = self._values
            self.preview.setText(preview_of(setting, values) if is_range else counted(len(values), "value"))
        # One of them always takes its line, so that nothing below moves while somebody types.
        self.preview.setVisible(setting is not None and not self.problem)
        self.error.setText(self.problem)
        self.error.setVisible(bool(self.problem))
        self.changed.emit()

    def _read_values(self, setting: SweptSetting) -> tuple[SweptValue, ...]:
        if setting.kind == "choice":
            values = tuple(key for key, button in self.choices.items() if button.isChecked())
            if not values:
                raise ExperimentError("", "choose at least one of them")
            return values
        way = self._way
        if way == LIST:
            return listed(self.list.text(), setting)
        low, high = read_typed(self.low.text()).value, read_typed(self.high.text()).value
        if way == LOG and min(low, high) <= 0:
            raise ExperimentError(
                "", "a range of factors begins above 0; choose Steps, or a List that holds 0"
            )
        found = between(low, high, self.count.value(), way == LOG, setting.kind == "whole")
        return tuple(_checked(setting, value) for value in found)

    def _show_parts(self, setting: SweptSetting | None) -> None:
        is_number = setting is not None and setting.kind != "choice"
        self._numbers.setVisible(is_number)
        self._fields.setCurrentWidget(self.list if self._way == LIST else self._range)
        self._chips.setVisible(setting is not None and not is_number)

    def _choices_of(self, setting: SweptSetting | None, values: Sequence[SweptValue] = ()) -> None:
        """Offer the choices of a setting, of many the present one and the first others; None for none."""
        for button in self.choices.values():
            self._flow.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.choices = {}
        offered = setting.choices if setting is not None else ()
        present = (
            None
            if setting is None or self._experiment is None
            else setting.get(self._experiment, self._index)
        )
        others = [key for key, _ in offered if key != present]
        on = values or ({present, *others[: COUNT - 1]} if present is not None else others[:COUNT])
        for key, label in offered:
            button = self.choices[key] = chip(label, "", f"{self._name}: {label}")
            button.setChecked(key in on)
            button.clicked.connect(self._read)
            self._flow.addWidget(button)

    def _lay_out(self) -> None:
        group = QButtonGroup(self)
        ways = QHBoxLayout()
        ways.setSpacing(4)
        for key, button in self.ways.items():
            group.addButton(button)
            ways.addWidget(button)
            button.clicked.connect(lambda _=False, key=key: self._take_way(key))
            # Tab comes to the chosen way, the arrow keys to the others.
            button.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
            button.toggled.connect(lambda on, button=button: button.setFocusPolicy(_STOPS[on]))
        self.ways[LOG].setChecked(True)
        self._range = QWidget()
        ends = QHBoxLayout(self._range)
        ends.setContentsMargins(8, 0, 0, 0)
        ends.setSpacing(6)
        for text, field in (("from", self.low), ("to", self.high)):
            ends.addWidget(QLabel(text))
            ends.addWidget(field, 1)
        ends.addWidget(self.count)
        ends.addWidget(QLabel("values"))
        self._numbers = QWidget()
        numbers = QHBoxLayout(self._numbers)
        numbers.setContentsMargins(LABEL + 8, 0, 0, 0)
        numbers.setSpacing(4)
        numbers.addLayout(ways)
        self._fields = QStackedWidget()
        self._fields.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        for part in (self._range, self.list):
            self._fields.addWidget(part)
        numbers.addWidget(self._fields, 1)
        self._chips = QWidget()
        self._flow = FlowLayout(self._chips, spacing=4)
        self._flow.setContentsMargins(LABEL + 8, 0, 0, 0)
        name = NameLabel(f"&{self._name}", LABEL)
        name.setBuddy(self.setting)
        first = QHBoxLayout()
        first.setSpacing(8)
        first.addWidget(name)
        first.addWidget(self.setting, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(first)
        for part in (self._numbers, self._chips, self.preview, self.error):
            column.addWidget(part)
        for label in (self.preview, self.error):
            label.setContentsMargins(LABEL + 8, 0, 0, 0)


def start_values(setting: SweptSetting, present: SweptValue | None) -> tuple[SweptValue, ...]:
    """Return the values that the axis of a number begins with.

    Round numbers around the ``present`` value: 1, 3, 10 … times a power of ten where a slider steps by factors, with 0
    before them where that is allowed; else round steps from the lower end of the slider's range on.
    """
    parameter = setting.parameter
    assert parameter is not None
    low, high = parameter.slider_range
    if setting.key == "seed":
        return tuple(range(COUNT))
    if setting.kind == "whole" and not parameter.log:
        return between(max(low, 1), min(high, max(low, 1) + COUNT - 1), COUNT, False, True)
    if not parameter.log:
        step, first = _round_below((high - low) / COUNT), 1 if low == 0 else 0
        return tuple(round(low + number * step, 10) for number in range(first, first + COUNT))
    if setting.kind == "whole":
        doubled = [2**power for power in range(11) if low <= 2**power <= high]
        return tuple(doubled[-COUNT:])
    number = present if isinstance(present, int | float) and present > 0 else 1e-3
    middle = round(2 * math.log10(number))
    series = [
        float(f"{(1, 3)[half % 2] * 10.0 ** (half // 2):.1g}") for half in range(middle - 10, middle + 12)
    ]
    fitting = [one for one in series if max(low, parameter.low) <= one <= high and one > 0]
    at = sum(one < number for one in fitting)
    has_zero = parameter.low == 0 and not parameter.open_low and not present
    count = COUNT - has_zero
    begin = max(min(at - 3, len(fitting) - count), 0)
    return ((0.0,) if has_zero else ()) + tuple(fitting[begin : begin + count])


def _round_below(step: float) -> float:
    """The largest of 1, 2, 2.5 and 5 times a power of ten that is not above a step."""
    power = 10.0 ** math.floor(math.log10(step))
    return max(one for one in (1.0, 2.0, 2.5, 5.0) if one * power <= step * 1.0001) * power


def _is_even(values: Sequence[SweptValue]) -> bool:
    """Whether a linear range says the same as a list of values."""
    numbers = [float(value) for value in values]
    whole = all(isinstance(value, int) for value in values)
    return len(numbers) > 1 and tuple(values) == between(numbers[0], numbers[-1], len(numbers), False, whole)


def preview_of(setting: SweptSetting, values: Sequence[SweptValue]) -> str:
    """Return values in a line, of many the first and the last ones."""
    texts = [setting.text(value) for value in values] if setting.choices else list(texts_of(values))
    if len(texts) > 12:
        texts[5:-5] = ["…"]
    return ", ".join(texts)


def _checked(setting: SweptSetting, value: SweptValue) -> SweptValue:
    try:
        return setting.check(value)
    except ExperimentError as error:
        raise ExperimentError("", f"{setting.label}: {error.sentence}") from None


def _field(name: str) -> QLineEdit:
    field = QLineEdit()
    field.setAccessibleName(name)
    field.setMinimumWidth(ROOM)
    return field
