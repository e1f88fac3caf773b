"""Loss, what is measured of layers now and over time, the chain of factors, and what plots share.

Importing this package loads no pyqtgraph, so that the window can be painted before it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gui_app.plots.drawing.plot_frame import PlotFrame

PLOT_TITLES = ("Loss", "Gradient per layer", "Gradient over time", "Chain")
BEHIND = {"Chain": "Gradient per layer"}
"""The plots that start as a background tab, and the plot in front of each."""


def plot_kinds() -> tuple[type[PlotFrame[Any, Any]], ...]:
    """One kind of plot a title, in the order of ``PLOT_TITLES``; the first call loads pyqtgraph."""
    from gui_app.plots.chain_plot import ChainPlot
    from gui_app.plots.gradient_bars import GradientBars
    from gui_app.plots.gradient_history import GradientHistory
    from gui_app.plots.loss_plot import LossPlot

    return LossPlot, GradientBars, GradientHistory, ChainPlot
