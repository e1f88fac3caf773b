"""Toggles for the splits whose points the canvas shows."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QToolButton, QVBoxLayout, QWidget

from engine.experiment import SPLITS
from gui_app.session.tool_settings import ToolSettings
from gui_app.widgets.buttons import chip
from gui_app.widgets.flow import FlowLayout
from gui_app.widgets.tips import tip


class ShownSplits(QWidget):
    """A row of toggles, one for each split, that edits ``settings.shown``."""

    def __init__(self, settings: ToolSettings) -> None:
        super().__init__()
        self._settings = settings
        self.chips = [self._chip(split) for split in range(len(SPLITS))]
        holder = QWidget()
        flow = FlowLayout(holder, spacing=4)
        for button in self.chips:
            flow.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(QLabel("Shown"))
        column.addWidget(holder)
        settings.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the settings."""
        for split, button in enumerate(self.chips):
            button.setChecked(split in self._settings.shown)

    def _chip(self, split: int) -> QToolButton:
        name = SPLITS[split]
        tooltip = tip(f"Show {name} points", "Hidden points are still trained on; no tool changes them.")
        button = chip(name.title(), tooltip, f"Show {name} points")
        button.clicked.connect(lambda shown: self._settings.show_split(split, shown))
        return button
