"""The plots: loss, a quantity per layer now and over time, the weights, and the factors of the chain rule.

Importing this package does not load pyqtgraph, so the window can be painted before that is done.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gui_app.plots.drawing.plot_frame import PlotFrame


@dataclass(frozen=True, slots=True)
class PlotEntry:
    """A plot before its module is loaded."""

    module: str
    class_name: str
    tab_of: str = ""
    """Title of the plot whose tab it is, in the background, at first; a plot without one is beside the others."""

    def plot_class(self) -> type[PlotFrame[Any, Any]]:
        """Return the class of the plot; the first call loads its module, and pyqtgraph."""
        found: type[PlotFrame[Any, Any]] = getattr(import_module(self.module), self.class_name)
        return found


PLOTS = {
    "Loss": PlotEntry("gui_app.plots.loss_plot", "LossPlot"),
    "Gradient per layer": PlotEntry("gui_app.plots.gradient_bars", "GradientBars"),
    "Gradient over time": PlotEntry("gui_app.plots.gradient_history", "GradientHistory"),
    "Weights": PlotEntry("gui_app.plots.weights_plot", "WeightsPlot", tab_of="Gradient per layer"),
    "Chain": PlotEntry("gui_app.plots.chain_plot", "ChainPlot", tab_of="Gradient per layer"),
}
"""By the title of their docks. Docks, their arrangement, loading, menus and export follow from it."""
