"""The split section: shares as a bar with draggable borders and as numbers, and a button that splits again."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel

from engine.catalogue.hyperparameters import TEST, VALIDATION
from gui_app.widgets.buttons import set_icon, text_button
from gui_app.widgets.card import caption
from gui_app.widgets.number_field import NumberField
from gui_app.widgets.numbers import format_percent
from gui_app.widgets.reading import reader_of
from gui_app.widgets.section import Section
from gui_app.widgets.split_bar import SplitBar
from gui_app.widgets.tips import parameter_tip, tip
from gui_app.widgets.topics import set_topic

FIELDS = {"Val": VALIDATION, "Test": TEST}
FIELD_WIDTH = 44


class SplitSection(Section):
    """Shows and edits the split; ``edited(validation, test)`` is emitted when a person changes the shares."""

    edited = Signal(float, float)

    def __init__(self) -> None:
        super().__init__("Split")
        set_topic(self, "split")
        self._shares = [VALIDATION.default, TEST.default]
        self.bar = SplitBar()
        self.bar.setToolTip(
            tip("Split", f"Drag the borders. Validation: {VALIDATION.tooltip} Test: {TEST.tooltip}")
        )
        self.bar.edited.connect(self.edited)
        self.training = caption()
        self.resplit = text_button(
            "Re-split", tip("Re-split", "Assign the points to the splits again: same shares, another seed.")
        )
        set_icon(self.resplit, "resplit")
        self.fields: list[NumberField] = []
        numbers, rest = QHBoxLayout(), QHBoxLayout()
        for number, name in enumerate(FIELDS):
            self._add_field(number, name, numbers)
        numbers.addStretch(1)
        rest.addWidget(self.training, 1)
        rest.addWidget(self.resplit)
        self.body.addWidget(self.bar)
        self.body.addLayout(numbers)
        self.body.addLayout(rest)

    def show_split(self, validation: float, test: float, counts: tuple[int, int, int]) -> None:
        """Show the shares and the number of points of each split; emit nothing."""
        self._shares = [validation, test]
        self.bar.show_split(validation, test, counts)
        for field, share in zip(self.fields, self._shares, strict=True):
            field.show_number(share)
        self.training.setText(f"{format_percent(round(1 - validation - test, 5))} training")

    def _add_field(self, number: int, name: str, row: QHBoxLayout) -> None:
        parameter = FIELDS[name]
        field = NumberField(format_percent, reader_of(parameter, percent=True))
        field.hold(FIELD_WIDTH)
        field.setAccessibleName(f"{parameter.label} share")
        field.setToolTip(parameter_tip(parameter))
        field.entered.connect(partial(self._set, number))
        field.stepped.connect(lambda steps: self._set(number, round(self._shares[number] + steps / 100, 2)))
        label = QLabel(name)
        label.setProperty("role", "name")
        label.setBuddy(field)
        row.addWidget(label)
        row.addWidget(field)
        row.addSpacing(8)
        self.fields.append(field)

    def _set(self, number: int, share: float) -> None:
        shares = list(self._shares)
        shares[number] = min(max(share, VALIDATION.low), VALIDATION.high)
        self.edited.emit(*shares)
