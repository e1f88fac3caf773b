"""The controls that a presentation shows: the learning rate, and the strength of each regularizer that is on."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.catalogue import Family
from engine.catalogue.activations import ACTIVATIONS
from engine.catalogue.hyperparameters import LEARNING_RATE
from engine.catalogue.initializers import INITIALIZERS
from engine.catalogue.regularizers import REGULARIZERS, Regularizer
from engine.experiment import Experiment, RegularizationSettings
from gui_app.panels.lane_panel import LanePanel
from gui_app.theme import text_size
from gui_app.widgets.choice_box import ChoiceBox
from gui_app.widgets.flow import FlowLayout
from gui_app.widgets.guarded import guarded
from gui_app.widgets.parameter_slider import ParameterSlider

WIDTH = 180
"""Width of a control in pixels, with text of the default size; a long name takes more."""
SPACING = 4
"""Pixels between the parts of a control."""
MARGIN = 12
"""Pixels before the controls with several lanes."""
GROOVE = 56
"""Pixels of a slider that a hand can aim at, with text of the default size."""


CHOICES: dict[str, tuple[Family[Any], str]] = {
    "network.activation": (ACTIVATIONS, "Activation"),
    "network.initializer": (INITIALIZERS, "Initializer"),
}
"""The choices that can be asked for, with their names, by path below a lane."""


class ChosenControls(LanePanel):
    """Sliders in rows; those of regularizers come and go with their switches.

    ``arranged`` is emitted when there may be more or fewer rows.
    """

    arranged = Signal()

    def build(self) -> None:
        self.strengths: dict[str, ParameterSlider] = {}
        self.choices: dict[str, ChoiceBox] = {}
        self._asked = ""
        self._flow = FlowLayout(spacing=16)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.addLayout(self._flow)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.learning_rate = self.slider(LEARNING_RATE, "training.learning_rate", label_width=0)
        self._flow.addWidget(self.learning_rate)

    def refresh(self, experiment: Experiment) -> None:
        self.learning_rate.set_value(self.lane.training.learning_rate)
        for entry in REGULARIZERS.values():
            self._show(entry, self.lane.regularization)
        self._show_choices()
        # Room for the dots of the first column.
        self.column.setContentsMargins(MARGIN if len(experiment.lanes) > 1 else 0, 0, 0, 0)
        self._fit()

    def ask_for(self, path: str) -> None:
        """Show the strength of this path below a lane also while it is 0, such as ``regularization.l2``, or the choice
        at it, such as ``network.initializer``.
        """
        if path != self._asked:
            self._asked = path
            for entry in REGULARIZERS.values():
                self._show(entry, self.lane.regularization)
            self._show_choices()
            self._fit()

    def control_of(self, path: str) -> QWidget | None:
        """Return the slider or the choice of a path below a lane, if it is shown."""
        box = self.choices.get(path)
        return box if box is not None and not box.isHidden() else self.slider_of(path)

    def slider_of(self, path: str) -> ParameterSlider | None:
        """Return the slider of a path below a lane, if it is shown."""
        shown = {_path(REGULARIZERS[key]): slider for key, slider in self.strengths.items()}
        found = {**shown, "training.learning_rate": self.learning_rate}.get(path)
        return found if found is not None and not found.isHidden() else None

    def height_for(self, width: int) -> int:
        """Return the height of the rows in a bar that has ``width`` pixels for them."""
        return self._flow.heightForWidth(width - self.column.contentsMargins().left())

    @guarded
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            # The names have their font after this.
            QTimer.singleShot(0, self, self._fit)

    @guarded
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit()

    def _fit(self) -> None:
        self._fit_text()
        self.arranged.emit()

    def _fit_text(self) -> None:
        scale = text_size.scale()
        groove = text_size.scaled(GROOVE, scale)
        for slider in (self.learning_rate, *self.strengths.values()):
            label = slider.label
            name = label.fontMetrics().horizontalAdvance(label.text()) + 2
            needed = name + groove + slider.number.width() + 2 * SPACING
            slider.setFixedWidth(max(text_size.scaled(WIDTH, scale), needed))

    def _show(self, entry: Regularizer, settings: RegularizationSettings) -> None:
        """Show the strength of a regularizer if it is on; a slider does not go under the mouse that drags it to 0."""
        value = _strength(entry, settings)
        asked = value is not None and _path(entry) == self._asked
        if (value or asked) and entry.key not in self.strengths:
            self._add(entry)
        slider = self.strengths.get(entry.key)
        if slider is not None:
            slider.setVisible(bool(value) or asked or (value is not None and slider.underMouse()))
            if value is not None:
                slider.set_value(value)

    def _show_choices(self) -> None:
        """Show the choice that was asked for, and no other."""
        path = self._asked
        if path in CHOICES and path not in self.choices:
            family, name = CHOICES[path]
            self.choices[path] = box = self.choice(family, path, name)
            self._flow.addWidget(box)
        for one, box in self.choices.items():
            box.setVisible(one == path)
            box.set_key(getattr(self.lane.network, one.removeprefix("network.")).name)

    def _add(self, entry: Regularizer) -> None:
        key = next(iter(entry.typical_on))
        parameter = next(one for one in entry.parameters if one.key == key)
        slider = self.strengths[entry.key] = self.slider(
            parameter, _path(entry), label=entry.label, label_width=0
        )
        self._flow.addWidget(slider)


def _path(entry: Regularizer) -> str:
    """Return the path of the strength below a lane."""
    return f"regularization.{entry.path(next(iter(entry.typical_on)))}"


def _strength(entry: Regularizer, settings: RegularizationSettings) -> float | None:
    """Return the first number that switching on sets; None if there is none while it is off."""
    key = next(iter(entry.typical_on))
    part = getattr(settings, entry.settings_field) if entry.settings_field else settings
    number = part if part is None or isinstance(part, int | float) else getattr(part, key)
    return None if number is None else float(number)
