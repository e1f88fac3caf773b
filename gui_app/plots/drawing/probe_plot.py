"""The base of plots of a quantity per layer; the quantity is chosen in the title."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeVar

from PySide6.QtWidgets import QWidget

from engine.catalogue.probes import PROBES, Probe
from gui_app.plots.drawing.clipping import clip_marks
from gui_app.plots.drawing.layers import layer_name
from gui_app.plots.drawing.marks import LevelMark
from gui_app.plots.drawing.picture import Ranges
from gui_app.plots.drawing.plot_frame import PlotFrame
from gui_app.plots.drawing.plot_options import PlotOptions
from gui_app.plots.drawing.plot_session import PlotSession
from gui_app.plots.drawing.probe_axis import ProbeAxis
from gui_app.plots.drawing.quantity_box import QuantityBox
from gui_app.plots.drawing.ranges import Range
from gui_app.session.current_lane import CurrentLane
from gui_app.theme.tokens import LIGHT, Theme

GRADIENTS = ("weight_gradient", "bias_gradient", "clipped_gradient")
"""The probes that the clipping threshold applies to."""

Model = TypeVar("Model")


@dataclass(frozen=True, slots=True)
class ProbeOptions(PlotOptions):
    """Plot options with the quantity shown."""

    probe: Probe

    @property
    def axis(self) -> ProbeAxis:
        return ProbeAxis(self.probe, not self.probe.share and self.is_log(self.probe.log))

    @property
    def of_weights(self) -> bool:
        """Whether the gradient of the weights is shown, together with the biases' and the clipped one."""
        return self.probe.key == "weight_gradient"

    def hides(self, index: int, layers: int) -> bool:
        """Whether a person has hidden the layer with this index, of ``layers``."""
        return layer_name(index + 1, layers) in self.hidden

    def clips(self, norm: float | None, span: Range) -> tuple[LevelMark, ...]:
        """Return the line of the clipping threshold ``norm`` if the quantity is a gradient, on a logarithmic axis."""
        shown = self.probe.key in GRADIENTS and self.axis.log
        return clip_marks(norm, span, self.theme) if shown else ()

    def nothing_to_show(self, layers: int, started: bool) -> str:
        """Return the message for a quantity that is undefined in all layers."""
        if layers < 2 and self.probe.hidden:
            return "No hidden layer to measure"
        if not started:
            return "Nothing to measure before the first step"
        return f"{self.probe.label}: not defined for this network"


class ProbePlot(PlotFrame[Model, ProbeOptions]):
    """Base of plots whose full title is the label of the quantity ``probe`` and then ``title``."""

    probe: Probe = PROBES["weight_gradient"]
    meaning = ""
    hint: ClassVar[str]
    """What to look for in the gradient; part of the tooltip."""

    scale_rule = "Automatic: logarithmic for norms and ratios, which differ by factors; linear for shares."

    def __init__(
        self,
        current: CurrentLane,
        theme: Theme = LIGHT,
        parent: QWidget | None = None,
        session: PlotSession | None = None,
    ) -> None:
        super().__init__(current, theme, parent, session)
        self.controls.show_scale_of(self.probe.key, not self.probe.share)
        self.box = QuantityBox(PROBES, "Quantity")
        self.box.apply_theme(theme)
        self.box.chosen.connect(self.show_probe)
        self.top_row.insertWidget(0, self.box)
        self._describe()

    @property
    def export_title(self) -> str:
        return f"{self.probe.label} {self.title}"

    def options_for(self, options: PlotOptions) -> ProbeOptions:
        return ProbeOptions(**options.shared, probe=self.probe)

    def show_probe(self, key: str) -> None:
        """Show another quantity."""
        self.probe = PROBES[key]
        self.box.set_key(key)
        self._ranges = Ranges()
        self.controls.show_scale_of(key, not self.probe.share)
        self.navigation.forget_y()
        self._describe()
        self.catch_up()

    @property
    def heading(self) -> str:
        # The box says which quantity it is; in a narrow plot, the dock's title says the rest.
        title = "" if self.is_narrow else self.title
        return ", ".join(filter(None, (title, self.whose)))

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self.box.apply_theme(theme)

    def _describe(self) -> None:
        hint = f" {self.hint}" if self.probe.key == "weight_gradient" else ""
        self.meaning = f"{self.probe.tooltip} {self.probe.formula}, {self.title}.{hint}"
        self.setAccessibleName(self.export_title)
        self.setAccessibleDescription(self.meaning)
        self.header.describe(self.tool_tip)
        self.controls.show_taken(self.options.axis.log)
