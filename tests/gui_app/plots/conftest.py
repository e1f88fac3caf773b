"""Plots, shown at the size that they have in the window."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from gui_app.plots.drawing.plot_frame import PlotFrame
from gui_app.plots.gradient_bars import GradientBars
from gui_app.plots.gradient_history import GradientHistory
from gui_app.theme.tokens import LIGHT


@pytest.fixture
def shown(qtbot: QtBot) -> Callable[[type[PlotFrame]], PlotFrame]:
    """Makes a plot of a class and shows it."""

    def show(kind: type[PlotFrame]) -> PlotFrame:
        plot = kind(LIGHT)
        qtbot.addWidget(plot)
        plot.resize(450, 220)
        plot.show()
        return plot

    return show


@pytest.fixture(params=[GradientBars, GradientHistory])
def plot(request, shown):
    """Each plot of layers in turn."""
    return shown(request.param)


@pytest.fixture
def bars(shown):
    return shown(GradientBars)


@pytest.fixture
def history(shown):
    return shown(GradientHistory)
