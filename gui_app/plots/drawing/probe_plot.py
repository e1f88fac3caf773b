"""What plots of numbers about layers have in common: the quantity that they show is chosen in their title."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeVar

from PySide6.QtWidgets import QWidget

from engine.catalogue.probes import PROBES, Probe
from gui_app.plots.drawing.clipping import clip_marks
from gui_app.plots.drawing.marks import LevelMark
from gui_app.plots.drawing.picture import Ranges
from gui_app.plots.drawing.plot_frame import PlotFrame, PlotOptions
from gui_app.plots.drawing.probe_axis import ProbeAxis
from gui_app.plots.drawing.quantity_box import QuantityBox
from gui_app.plots.drawing.ranges import Range
from gui_app.session.current_lane import CurrentLane
from gui_app.theme.tokens import LIGHT, Theme

GRADIENTS = ("weight_gradient", "bias_gradient", "clipped_gradient")
"""What a threshold of clipping compares with."""

Model = TypeVar("Model")


@dataclass(frozen=True, slots=True)
class ProbeOptions(PlotOptions):
    """With the quantity that is shown."""

    probe: Probe

    @property
    def axis(self) -> ProbeAxis:
        return ProbeAxis(self.probe)

    @property
    def of_weights(self) -> bool:
        """Whether the gradient of the weights is shown, with what belongs to it."""
        return self.probe.key == "weight_gradient"

    def clips(self, norm: float | None, span: Range) -> tuple[LevelMark, ...]:
        """The threshold of clipping by norm, where this is about gradients."""
        return clip_marks(norm, span, self.theme) if self.probe.key in GRADIENTS else ()

    def nothing_to_show(self, layers: int, started: bool) -> str:
        """What a plot says whose numbers have no meaning."""
        if layers < 2 and self.probe.hidden:
            return "No hidden layer to measure"
        if not started:
            return "Nothing to measure before the first step"
        return f"{self.probe.label}: not defined for this network"


class ProbePlot(PlotFrame[Model, ProbeOptions]):
    """``title`` follows the name of the quantity, ``probe``."""

    probe: Probe = PROBES["weight_gradient"]
    meaning = ""
    hint: ClassVar[str]
    """What to look for in the gradient."""

    def __init__(self, current: CurrentLane, theme: Theme = LIGHT, parent: QWidget | None = None) -> None:
        super().__init__(current, theme, parent)
        self.box = QuantityBox(PROBES, "Quantity")
        self.box.apply_theme(theme)
        self.box.chosen.connect(self.show_probe)
        self.top_row.insertWidget(0, self.box)
        self._describe()

    @property
    def export_title(self) -> str:
        return f"{self.probe.label} {self.title}"

    def options_for(self, options: PlotOptions) -> ProbeOptions:
        return ProbeOptions(options.theme, options.size, options.spoken, options.playing, self.probe)

    def show_probe(self, key: str) -> None:
        """Show another quantity."""
        self.probe = PROBES[key]
        self.box.set_key(key)
        self._ranges = self.new_ranges()
        self._describe()
        self.catch_up()

    def new_ranges(self) -> Ranges:
        return Ranges(y=ProbeAxis(self.probe).new_range())

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self.box.apply_theme(theme)

    def _describe(self) -> None:
        hint = f" {self.hint}" if self.probe.key == "weight_gradient" else ""
        self.meaning = f"{self.probe.tooltip} {self.probe.formula}, {self.title}.{hint}"
        self.setAccessibleName(self.export_title)
        self.setAccessibleDescription(self.meaning)
        self.header.setToolTip(self.meaning)
