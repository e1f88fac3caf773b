"""A plot's title that is also the choice of the quantity shown."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.catalogue import Family
from gui_app.plots.drawing.metrics import header_height
from gui_app.theme import text_size
from gui_app.theme.text import small_font, text_width
from gui_app.theme.tokens import Theme
from gui_app.widgets.choice_box import ChoiceBox
from gui_app.widgets.topics import set_topic

BESIDE = 34
"""Pixels for the space before the text and the arrow after it, with text of the default size or smaller."""


class QuantityBox(ChoiceBox):
    """Choice box as wide as its text; its list is as wide as the longest entry."""

    def __init__(self, family: Family[Any], name: str, parent: QWidget | None = None) -> None:
        super().__init__(family, name, parent)
        self.setProperty("kind", "title")
        set_topic(self, "layer_numbers")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        # Mouse moves go on to the plot, so that it notices when the mouse leaves its area.
        self.setMouseTracking(True)
        self.currentIndexChanged.connect(self.updateGeometry)
        self.setMaxVisibleItems(len(family))
        self._fit_text()

    def _fit_text(self) -> None:
        self.setFont(small_font(bold=True))
        for index in range(self.count()):
            self.setItemData(index, small_font(), Qt.ItemDataRole.FontRole)
        widest = max(text_width(entry.label) for entry in self.family.values())
        self.view().setMinimumWidth(round(widest) + 40)
        self.updateGeometry()

    def apply_theme(self, theme: Theme) -> None:
        """Apply the theme's colours and text size."""
        self._fit_text()
        palette = self.palette()
        for role, colour in (
            (QPalette.ColorRole.Text, theme.text),
            (QPalette.ColorRole.ButtonText, theme.text),
            (QPalette.ColorRole.Button, theme.panel),
            (QPalette.ColorRole.Window, theme.panel),
            (QPalette.ColorRole.Base, theme.panel),
        ):
            palette.setColor(role, QColor(colour))
        self.setPalette(palette)

    def set_key(self, key: str) -> None:
        super().set_key(key)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        beside = text_size.scaled(BESIDE, max(text_size.scale(), 1.0))
        return QSize(round(text_width(self.currentText(), bold=True)) + beside, header_height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()
