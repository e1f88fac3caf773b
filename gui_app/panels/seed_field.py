"""A seed: the number, and a button that draws another one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QWidget

from engine.catalogue.hyperparameters import SEED
from gui_app.widgets.buttons import icon_button
from gui_app.widgets.parameter_slider import ParameterSlider
from gui_app.widgets.tips import tip


class SeedField(QWidget):
    """A seed as a number, and a button that draws another one."""

    def __init__(self, meaning: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Seed")
        self.number = ParameterSlider(SEED, label="", number_width=112)
        self.number.number.setAccessibleName(meaning)
        self.number.setToolTip(tip("Seed", f"{meaning}. {SEED.tooltip}"))
        self.again = icon_button("seed", "New seed", tip("New seed", f"Another one. {meaning}."), "square")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.number, 1)
        row.addWidget(self.again)

    def show_mixed(self, values: Sequence[int]) -> None:
        """Show that these seeds differ, without a signal; none of them: show the one seed again."""
        self.number.show_mixed(values)

    def text_of(self, value: int) -> str:
        """Return a seed as the field writes it."""
        return self.number.text_of(value)

    def set_value(self, seed: int) -> None:
        self.number.set_value(seed)
