"""A collapsible group for rarely used settings."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QSizePolicy, QToolButton, QVBoxLayout, QWidget

from gui_app.theme.icons import icon
from gui_app.widgets.guarded import guarded


class Fold(QWidget):
    """Link that shows and hides the layout ``body``, hidden at first."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.button = QToolButton()
        self.button.setText(title)
        self.button.setProperty("kind", "link")
        self.button.setCheckable(True)
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.button.setIconSize(QSize(14, 14))
        self.button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.button.setAccessibleName(title)
        self.button.setToolTip(f"Show or hide: {title.lower()}")
        self.content = QWidget()
        self.content.setVisible(False)
        self.body = QVBoxLayout(self.content)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(4)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.button)
        column.addWidget(self.content)
        self.button.toggled.connect(self._show)
        self._draw_mark()

    def set_open(self, is_open: bool) -> None:
        """Show the body, or hide it."""
        self.button.setChecked(is_open)

    def _show(self, is_open: bool) -> None:
        self._draw_mark()
        self.content.setVisible(is_open)

    @guarded
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw_mark()

    def _draw_mark(self) -> None:
        name = "chevron-down" if self.button.isChecked() else "chevron-right"
        self.button.setIcon(icon(name, self.palette().color(QPalette.ColorRole.Dark).name()))
