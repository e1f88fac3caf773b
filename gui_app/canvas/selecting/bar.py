"""A strip of buttons beside the sheet while points are selected."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QFrame, QToolButton, QVBoxLayout, QWidget

from gui_app.canvas.selecting.actions import SelectedActions
from gui_app.canvas.tools import ToolContext
from gui_app.theme.tokens import Theme
from gui_app.widgets.buttons import icon_button, tint
from gui_app.widgets.tips import tip

_SIDE, _SPACING, _EDGE = 26, 2, 3
_BESIDE = 36
"""Pixels between the sheet and the strip, if there is room: they are for the colour bar."""


class SelectionBar(QFrame):
    """Buttons for the commands of ``actions``; ``arrange`` shows them while points are selected."""

    def __init__(self, canvas: QWidget, context: ToolContext, actions: SelectedActions) -> None:
        super().__init__(canvas)
        self._canvas, self._context = canvas, context
        self.setProperty("kind", "overlay")
        self.setAccessibleName("Selected points")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(_EDGE, _EDGE, _EDGE, _EDGE)
        self._column.setSpacing(_SPACING)
        self.relabel = self._button(
            "relabel",
            "Relabel (Ctrl+L)",
            "Give the selected points what is chosen to draw.",
            actions.relabel,
        )
        self.duplicate = self._button(
            "duplicate",
            "Duplicate (Ctrl+Shift+D)",
            "Add copies beside the selected points.",
            actions.duplicate,
        )
        self.copy = self._button(
            "copy", "Copy (Ctrl+C)", "As CSV text, for another window or a spreadsheet.", actions.copy
        )
        self.delete = self._button("clear", "Delete (Del)", "Delete the selected points.", actions.delete)
        self.setVisible(False)

    def arrange(self, square: QRectF) -> None:
        """Move to the right of the sheet, the ``square`` in pixels; hide if nothing is selected."""
        self.relabel.setVisible(self._context.task != "curve")
        self.setVisible(len(self._context.selection) > 0)
        if self.isVisible():
            self.adjustSize()
            x = min(int(square.right()) + _BESIDE, self._canvas.width() - self.width() - 1)
            self.move(x, int(square.top()))

    def apply_theme(self, theme: Theme) -> None:
        tint(self, theme.text)

    def _button(self, icon: str, name: str, meaning: str, work: Callable[[], None]) -> QToolButton:
        button = icon_button(icon, name, tip(name, meaning), side=_SIDE)
        button.clicked.connect(work)
        self._column.addWidget(button)
        return button
