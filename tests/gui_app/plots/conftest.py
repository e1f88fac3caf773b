"""Plots, shown at the size that they have in the window."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar

import pytest
from pytestqt.qtbot import QtBot

from gui_app.plots.drawing.plot_frame import PlotFrame
from gui_app.plots.gradient_bars import GradientBars
from gui_app.plots.gradient_history import GradientHistory
from gui_app.theme.tokens import LIGHT
from tests.gui_app.plots.runs import lane_a

Kind = TypeVar("Kind", bound=PlotFrame[Any, Any])


class Show(Protocol):
    """Makes a plot of a class and shows it."""

    def __call__(self, kind: type[Kind]) -> Kind: ...


@pytest.fixture
def shown(qtbot: QtBot) -> Show:
    """Makes a plot of a class and shows it."""

    def show(kind: type[Kind]) -> Kind:
        plot = kind(lane_a(), LIGHT)
        qtbot.addWidget(plot)
        plot.resize(450, 220)
        plot.show()
        return plot

    return show


@pytest.fixture(params=[GradientBars, GradientHistory])
def plot(request: pytest.FixtureRequest, shown: Show) -> PlotFrame[Any, Any]:
    """Each plot of layers in turn."""
    chosen: type[PlotFrame[Any, Any]] = request.param
    return shown(chosen)


@pytest.fixture
def bars(shown: Show) -> GradientBars:
    return shown(GradientBars)


@pytest.fixture
def history(shown: Show) -> GradientHistory:
    return shown(GradientHistory)
