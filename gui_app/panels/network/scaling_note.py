"""The note below the choice of scaling: it suggests another scaling, or explains the chosen one."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.data import misfit_for
from engine.experiment import DataSettings, Points
from gui_app.widgets.buttons import text_button
from gui_app.widgets.card import explanation
from gui_app.widgets.tips import tip

NEEDED = "The data {misfit}. A network hardly learns from them unscaled."
DONE = "The data {misfit}; standardized, they can still be learned."


class ScalingNote(QWidget):
    """Note with a button to standardize (``asked()``); hidden if the data suit the scaling."""

    asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.message = explanation()
        self.button = text_button(
            "Standardize", tip("Standardize", "Feed inputs with mean 0 and standard deviation 1.")
        )
        self.button.clicked.connect(self.asked)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.message)
        column.addWidget(self.button)
        self.setVisible(False)

    def show_scaling(self, scaling: str, points: Points, data: DataSettings) -> None:
        """Show what the scaling means for these points."""
        text, needed = misfit_for(scaling, data, points), scaling != "standardize"
        self.message.setText((NEEDED if needed else DONE).format(misfit=text))
        self.button.setVisible(needed)
        self.setVisible(bool(text))
