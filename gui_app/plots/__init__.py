"""Loss, gradients per layer and over time, and what plots share.

Importing this package loads no pyqtgraph, so that the window can be painted before it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gui_app.plots.plot_frame import PlotFrame

PLOT_TITLES = ("Loss", "Gradient per layer", "Gradient over time")


def make_plots() -> tuple[PlotFrame, ...]:
    """One plot a title, in the order of ``PLOT_TITLES``."""
    from gui_app.plots.gradient_bars import GradientBars
    from gui_app.plots.gradient_history import GradientHistory
    from gui_app.plots.loss_plot import LossPlot

    return LossPlot(), GradientBars(), GradientHistory()
