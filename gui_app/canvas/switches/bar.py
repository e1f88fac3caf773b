"""The slim bar of switches beside the sheet."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QFrame, QToolButton, QVBoxLayout, QWidget

from gui_app.canvas.switches.state import SWITCHES, CanvasSwitches, Switch
from gui_app.theme.tokens import Theme
from gui_app.widgets.buttons import icon_button, tint
from gui_app.widgets.tips import tip
from gui_app.widgets.topics import set_topic

SIDE, _SPACING = 26, 2
_EDGE, _GAP = 1, 5
"""Pixels between the bar and the edge of the canvas, at least, and between the bar and the sheet."""


class SwitchBar(QFrame):
    """A button for each switch that the task has."""

    def __init__(self, canvas: QWidget, switches: CanvasSwitches) -> None:
        super().__init__(canvas)
        self._canvas, self._switches = canvas, switches
        self.setProperty("kind", "strip")
        self.setAccessibleName("What the canvas shows")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(_SPACING)
        self.buttons = {key: self._button(switch) for key, switch in SWITCHES.items()}
        for button in self.buttons.values():
            column.addWidget(button)
        switches.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show which switches are on."""
        for key, button in self.buttons.items():
            button.setChecked(self._switches.on(key))

    def arrange(self, square: QRectF, task: str, gap: int) -> None:
        """Move to the right of the sheet, ``gap`` pixels from its ``square``, with the last switch at its lower end."""
        for key, button in self.buttons.items():
            switch = SWITCHES[key]
            button.setVisible(task in switch.tasks)
            button.setToolTip(tip(switch.label, switch.meaning(task)))
        count = sum(task in switch.tasks for switch in SWITCHES.values())
        height = count * (SIDE + _SPACING) - _SPACING
        self.resize(SIDE, height)
        edge = self._canvas.width() - SIDE - _EDGE
        self.move(min(int(square.right()) + max(gap, _GAP), edge), int(square.bottom()) - height)

    def apply_theme(self, theme: Theme) -> None:
        tint(self, theme.text)

    def _button(self, switch: Switch) -> QToolButton:
        button = icon_button(switch.icon, switch.label, tip(switch.label, switch.tooltip), "toggle", SIDE)
        button.setCheckable(True)
        set_topic(button, switch.key)
        button.clicked.connect(lambda on: self._switches.turn(switch.key, on))
        return button
