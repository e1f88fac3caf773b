"""The cards of the L1 and L2 penalties."""

from __future__ import annotations

from engine.catalogue.regularizers import REGULARIZERS
from gui_app.panels.panel import Panel
from gui_app.widgets.card import Card
from gui_app.widgets.numbers import format_number
from gui_app.widgets.tips import entry_tip


class PenaltyCard(Card):
    """One strength λ; 0 is off."""

    def __init__(self, panel: Panel, key: str) -> None:
        entry = REGULARIZERS[key]
        super().__init__(entry.label)
        self._panel, self._path = panel, panel.path(f"regularization.{key}")
        self._label = entry.label
        self._memory = entry.typical_on[key]
        self.setToolTip(entry_tip(entry))
        self.set_meaning(entry.tooltip)
        self.slider = panel.slider(entry.parameters[0], self._path, label="", number_width=60)
        self.slider.number.setAccessibleName(f"{entry.label} strength")
        self.body.addWidget(self.slider)
        self.switched.connect(self._switch_strength)

    def show_strength(self, strength: float) -> None:
        """Show λ without a signal."""
        if strength > 0:
            self._memory = strength
            self.slider.set_value(strength)
        self.set_summary(f"λ {format_number(strength)}")
        self.set_on(strength > 0)

    def _switch_strength(self, on: bool) -> None:
        words = f"Switch {self._label} {'on' if on else 'off'}"
        self._panel.put({self._path: self._memory if on else 0.0}, words)
