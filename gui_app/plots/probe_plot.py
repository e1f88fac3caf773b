"""What plots of numbers about layers have in common: the quantity that they show is chosen in their title."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtWidgets import QWidget

from engine.catalogue.probes import PROBES, Probe
from engine.observation.snapshot import LaneSnapshot
from gui_app.plots.clipping import clip_marks
from gui_app.plots.marks import LevelMark
from gui_app.plots.picture import Ranges
from gui_app.plots.plot_frame import PlotFrame
from gui_app.plots.probe_axis import ProbeAxis
from gui_app.plots.quantity_box import QuantityBox
from gui_app.plots.ranges import Range
from gui_app.theme import LIGHT, Theme

GRADIENTS = ("weight_gradient", "bias_gradient", "clipped_gradient")
"""What a threshold of clipping compares with."""


class ProbePlot(PlotFrame):
    """``title`` follows the name of the quantity, ``probe``."""

    probe: Probe = PROBES["weight_gradient"]
    meaning = ""
    hint: ClassVar[str]
    """What to look for in the gradient."""

    def __init__(self, theme: Theme = LIGHT, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.box = QuantityBox(PROBES, "Quantity")
        self.box.apply_theme(theme)
        self.box.chosen.connect(self.show_probe)
        self.top_row.insertWidget(0, self.box)
        self._describe()

    @property
    def export_title(self) -> str:
        return f"{self.probe.label} {self.title}"

    @property
    def axis(self) -> ProbeAxis:
        return ProbeAxis(self.probe)

    def show_probe(self, key: str) -> None:
        """Show another quantity."""
        self.probe = PROBES[key]
        self.box.set_key(key)
        self._ranges = self.new_ranges()
        self._describe()
        self.redraw()

    def new_ranges(self) -> Ranges:
        return Ranges(y=self.axis.new_range())

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self.box.apply_theme(theme)

    def clips(self, lane: LaneSnapshot, span: Range) -> tuple[LevelMark, ...]:
        """The threshold of clipping, where this is about gradients."""
        return clip_marks(lane, span, self.theme) if self.probe.key in GRADIENTS else ()

    def nothing_to_show(self, lane: LaneSnapshot) -> str:
        """What a plot says whose numbers have no meaning."""
        if not len(lane.now.layers[0]) > 1 and self.probe.hidden:
            return "No hidden layer to measure"
        if not lane.now.step:
            return "Nothing to measure before the first step"
        return f"{self.probe.label}: no such number in this network"

    def _describe(self) -> None:
        hint = f" {self.hint}" if self.probe.key == "weight_gradient" else ""
        self.meaning = f"{self.probe.tooltip} {self.probe.formula}, {self.title}.{hint}"
        self.setAccessibleName(self.export_title)
        self.setAccessibleDescription(self.meaning)
        self.header.setToolTip(self.meaning)
