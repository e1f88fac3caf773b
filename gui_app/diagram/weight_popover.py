"""The small editor of one weight or bias."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QLabel, QWidget

from engine.catalogue import Parameter
from gui_app.diagram.readouts import Readout
from gui_app.theme import text_size
from gui_app.widgets.card import caption
from gui_app.widgets.guarded import guarded
from gui_app.widgets.parameter_slider import ParameterSlider
from gui_app.widgets.popover import Popover

WIDTH = 300
"""Pixels at the default size of text."""
REACH = 10.0
"""The smallest end of the slider; larger for larger weights."""
LARGEST = 1e6
MEANING = "Training goes on from the value that you set; the history marks it."


class WeightPopover(Popover):
    """Popover with slider and number field; ``edited(value)`` follows each change.

    ``drag_began()`` and ``drag_ended()`` enclose the changes of one drag of the slider, which ends with the popover at
    the latest.
    """

    edited = Signal(float)
    drag_began = Signal()
    drag_ended = Signal()

    def __init__(self, readout: Readout, value: float, parent: QWidget | None = None) -> None:
        """Make the editor of what ``readout`` describes: its first number is the value."""
        super().__init__(readout.title, text_size.scaled(WIDTH, text_size.scale()), parent=parent)
        name = readout.numbers[0][0]
        reach = max(REACH, 2.0 * abs(value))
        self.parameter = ParameterSlider(
            Parameter(name, name.capitalize(), 0.0, -LARGEST, LARGEST, MEANING, slider=(-reach, reach)),
            number_width=72,
        )
        self.numbers = caption()
        title = QLabel(readout.title)
        title.setProperty("role", "title")
        title.setWordWrap(True)
        for part in (title, self.parameter, self.numbers, caption(MEANING)):
            self.column.addWidget(part)
        self.parameter.edited.connect(self.edited)
        slider = self.parameter.slider
        assert slider is not None
        slider.sliderPressed.connect(self.drag_began)
        slider.sliderReleased.connect(self.drag_ended)
        self.show_numbers(readout, value)

    def show_numbers(self, readout: Readout, value: float) -> None:
        """Show the present numbers, but leave alone what a person is dragging or typing."""
        slider, field = self.parameter.slider, self.parameter.number
        dragging = slider is not None and slider.isSliderDown()
        if not dragging and not (field.hasFocus() and field.isModified()):
            selected = field.hasSelectedText()
            self.parameter.set_value(value)
            # What is typed next takes the place of the number, however often that has changed.
            if selected:
                field.selectAll()
        self.numbers.setText(" · ".join(f"{name} {text}" for name, text in readout.numbers[1:]))

    @guarded
    def hideEvent(self, event: QHideEvent) -> None:
        slider = self.parameter.slider
        if slider is not None and slider.isSliderDown():
            self.drag_ended.emit()
        super().hideEvent(event)

    def withdraw(self) -> None:
        """Close without a last edit: a number that is being typed is discarded."""
        self.parameter.number.discard_text()
        self.close()

    def focus_first(self) -> None:
        self.parameter.number.setFocus()
        self.parameter.number.selectAll()

    def accept(self) -> None:
        """Close on Enter, unless the field refuses what was typed."""
        if not self.parameter.number.problem:
            self.close()

    def reject(self) -> None:
        self.withdraw()
