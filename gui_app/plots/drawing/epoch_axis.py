"""The axis of a plot over epochs, and the button that chooses its scale."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

from engine.observation.snapshot import EditMark
from gui_app.plots.drawing.choice_button import ChoiceButton
from gui_app.plots.drawing.epoch_scale import LONG, EpochScale, first_epoch, is_logarithmic, ticks_of
from gui_app.plots.drawing.metrics import header_height, pixels
from gui_app.plots.drawing.picture import Ranges
from gui_app.plots.drawing.plot_options import PlotOptions
from gui_app.plots.drawing.ranges import Range
from gui_app.plots.drawing.zoom import Limits
from gui_app.theme.icons import icon
from gui_app.theme.tokens import Theme
from gui_app.widgets.ticks import Ticks, count_text
from gui_app.widgets.tips import tip
from gui_app.widgets.topics import set_topic

SHORTEST = 10
"""The axis has room for at least this many epochs."""
CHOICES = {
    "automatic": f"Automatic: logarithmic after {count_text(LONG)} epochs, linear after a late edit",
    "linear": "Linear",
    "logarithmic": "Logarithmic",
    "since_edit": "From the latest edit on",
}
MEANING = (
    "On a logarithmic axis equal steps are equal factors: the first epochs, in which most happens, stay visible "
    "however long the run is. When a long run is edited, the automatic axis is linear until what follows the edit "
    "would take a quarter of a logarithmic one. From the latest edit on, little but its effect is seen."
)


@dataclass(frozen=True, slots=True)
class EpochAxis:
    """Range seen, scale and ticks of an axis of epochs; ``whole`` is the range that nobody has zoomed."""

    range: Range
    scale: EpochScale
    ticks: Ticks
    whole: Range
    newest: float

    def rows_of(self, epochs: NDArray[np.int64]) -> slice:
        """Return the rows of a history's ``epochs`` that are in view, with one more on each side."""
        first, last = np.searchsorted(epochs, self.range, side="right").tolist()
        return slice(max(first - 1, 0), last + 1)

    def limits(self, chosen: Range, everything: Range, log: bool) -> Limits:
        """Return how far a person may zoom out: beyond the y range that was ``chosen``, to ``everything``."""
        y = min(chosen[0], everything[0]), max(chosen[1], everything[1])
        return Limits(self.whole, y, None if y == chosen else chosen, self.newest, log)


def epoch_axis(last: int, options: PlotOptions, ranges: Ranges, marks: Iterable[EditMark] = ()) -> EpochAxis:
    """Return the axis of a run of ``last`` epochs, eased from the previous ``ranges``.

    ``marks`` are those of the run: an axis may begin at the latest edit, and the automatic one does not hide what
    follows.
    """
    marks = tuple(marks)
    first = first_epoch(options.epochs, last, marks)
    whole = ranges.x.update(first, max(float(last), first + SHORTEST))
    scale = ranges.bend.update(is_logarithmic(options.epochs, last, marks), whole[1])
    seen = options.zoom.x_range(float(last), scale) or whole
    return EpochAxis(seen, scale, ticks_of(scale, *seen, options.size[0]), whole, float(last))


class EpochsButton(ChoiceButton):
    """Button that chooses the scale of the epochs."""

    scale_before = "automatic"
    """The scale chosen before the axis began at an edit."""

    def __init__(self, theme: Theme, remembered: str = "", parent: QWidget | None = None) -> None:
        super().__init__(CHOICES, remembered, parent)
        set_topic(self, "epoch_axis")
        self.setIconSize(QSize(16, 16))
        self.apply_theme(theme)

    def apply_theme(self, theme: Theme) -> None:
        """Apply the theme's colours."""
        self.setIcon(icon("epochs-axis", theme.muted))
        self.setFixedSize(pixels(22), header_height() - 6)

    def _take(self, choice: str) -> None:
        if self.choice != "since_edit":
            self.scale_before = self.choice
        super()._take(choice)

    def describe(self) -> None:
        self.setAccessibleName("Scale of the epochs")
        self.setAccessibleDescription(f"{CHOICES[self.choice]}. {MEANING}")
        self.setToolTip(tip(f"Epochs: {CHOICES[self.choice].partition(':')[0].lower()}", MEANING))
