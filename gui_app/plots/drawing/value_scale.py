"""The scale of a value axis, and the button that chooses it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from PySide6.QtWidgets import QWidget

from gui_app.plots.drawing.choice_button import ChoiceButton
from gui_app.plots.drawing.legend import LegendEntry
from gui_app.plots.drawing.metrics import header_height, most_ticks
from gui_app.plots.drawing.ranges import Range
from gui_app.plots.drawing.series import Floats, to_log10
from gui_app.theme.text import small_font, text_width
from gui_app.theme.tokens import Theme
from gui_app.widgets.ticks import Ticks, linear_ticks, log_ticks
from gui_app.widgets.tips import tip

ScaleChoice = Literal["automatic", "linear", "logarithmic"]
CHOICES = {"automatic": "Automatic", "linear": "Linear", "logarithmic": "Logarithmic"}
MEANING = (
    "On a logarithmic axis equal steps are equal factors, so small values stay visible; on a linear one a rise of the "
    "validation loss is as high as it is. A few extreme values do not stretch the axis: an arrow at its end names them."
)


@dataclass(frozen=True, slots=True)
class ValueScale:
    """A linear or logarithmic scale; axis units are values or their exponents."""

    log: bool

    def units(self, values: Floats, floor: float) -> Floats:
        """Return ``values`` in axis units: NaN if not finite, ``floor`` for what has no logarithm."""
        if self.log:
            return to_log10(values, floor)
        return np.where(np.isfinite(values), values, np.nan)

    def ticks(self, y_range: Range, height: float) -> Ticks:
        """Return ticks for an axis of ``height`` pixels."""
        return (log_ticks if self.log else linear_ticks)(*y_range, most_ticks(height))


def scale_notes(log: bool | None) -> tuple[LegendEntry, ...]:
    """Return the end of an exported legend: it says what the button says on the screen; None: there is no choice."""
    return () if log is None else (LegendEntry("log" if log else "linear", "note", ()),)


class ScaleButton(ChoiceButton):
    """Button that chooses the scale and says which one the automatic choice took.

    ``rule`` says in a sentence how that choice is made.
    """

    def __init__(self, rule: str, theme: Theme, remembered: str = "", parent: QWidget | None = None) -> None:
        self._rule, self._is_log, self._is_narrow = rule, False, False
        super().__init__(CHOICES, remembered, parent)
        self.setProperty("kind", "caption")
        self.setFont(small_font())
        self.setAccessibleName("Scale of the values")

    def apply_theme(self, theme: Theme) -> None:
        """Apply the theme's text size."""
        self.setFont(small_font())
        self.describe()

    def show_taken(self, log: bool) -> None:
        """Say which scale is drawn."""
        if log != self._is_log:
            self._is_log = log
            self.describe()

    def make_narrow(self, narrow: bool) -> None:
        """Use fewer words, for a plot with little room."""
        if narrow != self._is_narrow:
            self._is_narrow = narrow
            self.describe()

    def describe(self) -> None:
        taken = "log" if self._is_log else "linear"
        text = f"auto: {taken}" if self.choice == "automatic" else taken
        shown = taken if self._is_narrow else text
        self.setText(shown)
        self.setFixedSize(round(text_width(shown)) + 12, header_height() - 6)
        self.setAccessibleDescription(f"{text}. {MEANING} {self._rule}")
        self.setToolTip(tip(f"Values: {text}", f"{MEANING} {self._rule}"))
