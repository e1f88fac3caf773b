"""The slim bar of switches beside the sheet."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QFrame, QToolButton, QVBoxLayout, QWidget

from engine.catalogue.tasks import CLASSIFICATION
from gui_app.canvas.switches.state import SWITCHES, CanvasSwitches, Switch
from gui_app.theme.icons import icon
from gui_app.theme.tokens import Theme, system_theme
from gui_app.widgets.buttons import icon_button
from gui_app.widgets.tips import tip
from gui_app.widgets.topics import set_topic

SIDE, _SPACING = 26, 2
_AROUND = 12
"""Pixels around a word."""
_EDGE, _GAP = 1, 5
"""Pixels between the bar and the edge of the canvas, at least, and between the bar and the sheet."""


class SwitchBar(QFrame):
    """A button for each switch that the task has."""

    def __init__(self, canvas: QWidget, switches: CanvasSwitches) -> None:
        super().__init__(canvas)
        self._canvas, self._switches, self._theme = canvas, switches, system_theme()
        self._task = CLASSIFICATION
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
        """Show which switches are on: filled, with the icon in the colour of text on the filling."""
        for key, button in self.buttons.items():
            on, label = self._switches.on(key), SWITCHES[key].label
            button.setChecked(on)
            button.setEnabled(not self._switches.reason(key))
            button.setToolTip(tip(label, self._switches.tooltip(key, self._task)))
            colour = self._theme.muted if not button.isEnabled() else self._theme.text
            button.setIcon(icon(SWITCHES[key].icon, self._theme.on_accent if on else colour))

    def arrange(self, square: QRectF, task: str, gap: int) -> None:
        """Move to the right of the sheet, ``gap`` pixels from its ``square``, with the last switch at its lower end."""
        for key, button in self.buttons.items():
            button.setVisible(task in SWITCHES[key].tasks)
        if task != self._task:
            self._task = task
            self.refresh()
        count = sum(task in switch.tasks for switch in SWITCHES.values())
        height = count * (SIDE + _SPACING) - _SPACING
        left = int(square.right()) + max(gap, _GAP)
        width = self._fit(self._canvas.width() - _EDGE - left)
        self.resize(width, height)
        edge = self._canvas.width() - width - _EDGE
        self.move(min(left, edge), int(square.bottom()) - height)

    def apply_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.refresh()

    def _fit(self, room: int) -> int:
        """Show the words beside the icons if there is room for all of them; return the width of the buttons."""
        style = Qt.ToolButtonStyle
        for button in self.buttons.values():
            # The style sheet decides on the font.
            button.ensurePolished()
        words = [button.fontMetrics().horizontalAdvance(button.text()) for button in self.buttons.values()]
        wide = SIDE + max(words) + _AROUND
        # Larger text is higher than an icon.
        fits = wide <= room and self.fontMetrics().height() <= SIDE
        for button in self.buttons.values():
            button.setToolButtonStyle(style.ToolButtonTextBesideIcon if fits else style.ToolButtonIconOnly)
            button.setFixedSize(wide if fits else SIDE, SIDE)
        return wide if fits else SIDE

    def _button(self, switch: Switch) -> QToolButton:
        button = icon_button(switch.icon, switch.label, tip(switch.label, switch.tooltip), "toggle", SIDE)
        button.setText(switch.word)
        button.setCheckable(True)
        set_topic(button, switch.key)
        button.clicked.connect(lambda on: self._switches.turn(switch.key, on))
        return button
