"""What a person chooses in a plot beside its legend: scales and hidden curves, remembered by the plot's name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, cast

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout

from gui_app.plots.drawing.epoch_axis import EpochsButton
from gui_app.plots.drawing.header import Header
from gui_app.plots.drawing.plot_session import PlotSession
from gui_app.plots.drawing.value_scale import ScaleButton
from gui_app.theme.tokens import Theme


class PlotControls(QObject):
    """Adds to a plot's top row the buttons that it has; ``changed`` follows each choice, ``rescaled`` one of a scale.

    ``scale_rule`` says how the scale of the values is chosen; a plot with "" has no choice. ``over_epochs`` says
    whether the plot has an axis of epochs.
    """

    changed = Signal()
    rescaled = Signal()

    def __init__(
        self,
        name: str,
        session: PlotSession,
        theme: Theme,
        scale_rule: str,
        over_epochs: bool,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._name, self.session = name, session
        self.hidden = session.hidden(name)
        self._scale_key = "scale"
        self._modes: dict[str, QAction] = {}
        self.scale_button: ScaleButton | None = None
        self.epochs_button: EpochsButton | None = None
        if scale_rule:
            self.scale_button = ScaleButton(scale_rule, theme, session.choice(name, self._scale_key))
            self.scale_button.chosen.connect(self._keep_scale)
        if over_epochs:
            self.epochs_button = EpochsButton(theme, session.choice(name, "epochs"))
            self.epochs_button.chosen.connect(self._keep_epochs)

    def add_to(self, row: QHBoxLayout, header: Header) -> None:
        """Add the buttons to the row with the header, whose clicked entries hide and show curves."""
        header.toggled.connect(self.toggle)
        for button in (self.scale_button, self.epochs_button):
            if button is not None:
                row.addWidget(button)
        if row.count() > 1:
            row.addSpacing(6)
            header.right_margin = 4

    def add_modes(self, modes: Mapping[str, str]) -> None:
        """Add what can be switched on to the menu of the scale: texts by key."""
        menu = self.scale_button.menu() if self.scale_button is not None else None
        if menu is None or not modes:
            return
        menu.addSeparator()
        for key, text in modes.items():
            action = self._modes[key] = menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(self.session.choice(self._name, key) == "on")
            action.toggled.connect(partial(self._switch, key))

    def switch(self, mode: str, on: bool) -> None:
        """Switch a mode on or off, as if a person had."""
        self._modes[mode].setChecked(on)

    @property
    def fields(self) -> dict[str, Any]:
        """The choices, as fields of a plot's options."""
        return {
            "scale": self.scale_button.choice if self.scale_button is not None else "automatic",
            "epochs": self.epochs_button.choice if self.epochs_button is not None else "automatic",
            "hidden": self.hidden,
            "pinned_runs": self.session.pinned_runs,
            "modes": frozenset(key for key, action in self._modes.items() if action.isChecked()),
        }

    def apply_theme(self, theme: Theme) -> None:
        """Apply the theme's colours and text size."""
        for button in (self.scale_button, self.epochs_button):
            if button is not None:
                button.apply_theme(theme)

    def make_narrow(self, narrow: bool) -> None:
        """Use fewer words, for a plot with little room."""
        if self.scale_button is not None:
            self.scale_button.make_narrow(narrow)

    def toggle(self, key: str) -> None:
        """Hide a curve, or show it again."""
        self.hide(self.hidden ^ {key})

    def hide(self, curves: frozenset[str]) -> None:
        """Hide these curves, by their names, and show all others."""
        self.hidden = curves
        self.session.hide(self._name, curves)
        self.changed.emit()

    def show_taken(self, log: bool | None) -> None:
        """Say which scale the values are drawn in; None: the picture has no values."""
        if self.scale_button is not None and log is not None:
            self.scale_button.show_taken(log)

    def show_scale_of(self, quantity: str, choosable: bool) -> None:
        """Show the choice for one of several quantities; its scale may be fixed."""
        button, self._scale_key = cast("ScaleButton", self.scale_button), f"scale {quantity}"
        button.show_choice(self.session.choice(self._name, self._scale_key))
        button.setVisible(choosable)

    def _switch(self, mode: str, on: bool) -> None:
        self.session.choose(self._name, mode, "on" if on else "off")
        self.rescaled.emit()

    def _keep_scale(self) -> None:
        if self.scale_button is not None:
            self.session.choose(self._name, self._scale_key, self.scale_button.choice)
        self.rescaled.emit()

    def _keep_epochs(self) -> None:
        if self.epochs_button is not None:
            self.session.choose(self._name, "epochs", self.epochs_button.choice)
        self.changed.emit()
