"""The switch of residual connections."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gui_app.panels.panel import Panel
from gui_app.widgets.card import explanation
from gui_app.widgets.switch import Switch
from gui_app.widgets.tips import tip

NO_EQUAL_WIDTHS = "Needs two adjacent hidden layers of the same width."
TIP = tip(
    "Residual connections",
    "A hidden layer adds the output of the layer before it where both have the same width, so that gradients reach "
    "the first layers undiminished (He et al. 2015).",
    "aₗ = σ(zₗ) + aₗ₋₁",
)


class ResidualSwitch(QWidget):
    """Switch bound to a path of ``panel``."""

    def __init__(self, panel: Panel, path: str) -> None:
        super().__init__()
        self.switch, self.reason = Switch("Residual connections"), explanation()
        self.name = QLabel("Residual connections")
        self.name.setProperty("role", "name")
        self.name.setBuddy(self.switch)
        self.setToolTip(TIP)
        row = QHBoxLayout()
        row.addWidget(self.name)
        row.addStretch(1)
        row.addWidget(self.switch)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self.reason)
        panel.controls[path] = self.switch
        self.switch.setToolTip(TIP)
        self.switch.clicked.connect(
            lambda on: panel.put({path: on}, f"Switch residual connections {'on' if on else 'off'}")
        )

    def show_residual(self, residual: bool, hidden: tuple[int, ...]) -> None:
        """Show the setting for hidden layers of these widths, without a signal."""
        possible = any(first == second for first, second in pairwise(hidden))
        self.switch.set_on(residual)
        # Residual connections that are on can be switched off even if no layer has one.
        self.switch.setEnabled(possible or residual)
        self.name.setEnabled(possible)
        self.reason.setText("" if possible else NO_EQUAL_WIDTHS)
        self.reason.setVisible(not possible)
