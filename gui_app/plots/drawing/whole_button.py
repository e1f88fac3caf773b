"""The button that shows everything again; it is there only while a part is seen."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QToolButton, QWidget

from gui_app.theme.icons import icon
from gui_app.theme.tokens import Theme
from gui_app.widgets.guarded import guarded
from gui_app.widgets.tips import tip

SIDE, FROM_EDGE = 22, 4


class WholeButton(QToolButton):
    """Small button in the upper right corner of a plot."""

    def __init__(self, beside: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self._beside = beside
        self.setProperty("kind", "square")
        self.setFixedSize(SIDE, SIDE)
        self.setIconSize(QSize(16, 16))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Show everything")
        self.setToolTip(
            tip("Show everything", "Ends zooming; also by a double click on the plot, or by Home.")
        )
        self.hide()
        beside.installEventFilter(self)

    def apply_theme(self, theme: Theme) -> None:
        """Apply the theme's colours."""
        self.setIcon(icon("fit", theme.text))

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            corner = self._beside.geometry().topRight()
            self.move(corner.x() - SIDE - 3 * FROM_EDGE, corner.y() + 2 * FROM_EDGE)
        return False
