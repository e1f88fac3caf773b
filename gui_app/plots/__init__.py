"""The plots: loss, a quantity per layer now and over time, and the factors of the chain rule.

Importing this package does not load pyqtgraph, so the window can be painted before that is done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gui_app.plots.drawing.plot_frame import PlotFrame

PLOT_TITLES = ("Loss", "Gradient per layer", "Gradient over time", "Chain")
BACKGROUND_TABS = {"Chain": "Gradient per layer"}
"""Each plot that starts as a background tab, with the plot in front of it."""


def plot_kinds() -> tuple[type[PlotFrame[Any, Any]], ...]:
    """Return the plot classes in the order of ``PLOT_TITLES``; the first call loads pyqtgraph."""
    from gui_app.plots.chain_plot import ChainPlot
    from gui_app.plots.gradient_bars import GradientBars
    from gui_app.plots.gradient_history import GradientHistory
    from gui_app.plots.loss_plot import LossPlot

    return LossPlot, GradientBars, GradientHistory, ChainPlot
