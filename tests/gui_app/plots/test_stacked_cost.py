"""The cost as training loss and penalty, one above the other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from engine.observation.snapshot import Snapshot
from gui_app.plots.drawing.area import Area, outline
from gui_app.plots.drawing.mapping import Mapping
from gui_app.plots.drawing.marks import Curve
from gui_app.plots.drawing.plot_session import PlotSession
from gui_app.plots.loss_plot import STACKED, LossPlot
from tests.gui_app.plots.runs import history_of, lane_a, snapshot_of


def run_with(penalty: float, rows: int = 60) -> Snapshot:
    loss = np.geomspace(0.7, 0.01, rows)[:, None] * np.ones(3)
    return snapshot_of(history_of(np.arange(rows), loss=loss, penalty=np.full(rows, penalty)))


@pytest.fixture
def plot(qtbot: QtBot, settings: QSettings) -> LossPlot:
    plot = LossPlot(lane_a(), session=PlotSession(settings))
    qtbot.addWidget(plot)
    plot.resize(450, 220)
    plot.show()
    plot.show_snapshot(run_with(0.2))
    plot.controls.switch(STACKED, True)
    return plot


def areas(plot: LossPlot) -> dict[str, Area]:
    return {mark.name: mark for mark in plot.picture.marks if isinstance(mark, Area)}


def curves(plot: LossPlot) -> dict[str, Curve]:
    return {mark.name: mark for mark in plot.picture.marks if isinstance(mark, Curve)}


def test_the_top_of_the_stack_is_the_cost(plot: LossPlot) -> None:
    history = plot.snapshot.lanes[0].history
    loss, penalty = areas(plot)["training"], areas(plot)["penalty"]
    assert (loss.low == 0.0).all()
    assert loss.high == pytest.approx(history.loss[:, 0])
    assert penalty.low == pytest.approx(history.loss[:, 0])
    assert penalty.high == pytest.approx(history.cost)
    assert curves(plot)["cost"].y == pytest.approx(history.cost)
    assert "penalty" not in curves(plot)
    assert plot.picture.y_range[0] == 0.0
    assert plot.picture.y_range[1] >= history.cost.max()


def test_the_dot_of_the_penalty_is_at_the_top_of_its_area(plot: LossPlot) -> None:
    plot.controls.session.pin(1, 30)
    history = plot.snapshot.lanes[0].history
    dots = {reading.label: reading.y for reading in plot.plot_area.pin.readings}
    assert dots["penalty"] == pytest.approx(history.cost[30])
    assert dots["training"] == pytest.approx(history.loss[30, 0])
    plot.controls.switch(STACKED, False)
    plot.scale_button.choose("linear")
    dots = {reading.label: reading.y for reading in plot.plot_area.pin.readings}
    assert dots["penalty"] == pytest.approx(0.2)


def test_the_axis_is_linear_whatever_is_chosen(plot: LossPlot) -> None:
    plot.scale_button.choose("logarithmic")
    assert plot.picture.y_range[0] == 0.0
    assert plot.scale_button.text() == "linear"
    plot.controls.switch(STACKED, False)
    assert plot.scale_button.text() == "log"
    assert areas(plot) == {}


def test_without_a_penalty_there_is_nothing_to_stack(plot: LossPlot) -> None:
    plot.show_snapshot(run_with(0.0))
    assert areas(plot) == {}
    assert set(curves(plot)) == {"training", "validation", "test"}


def test_a_hidden_part_is_not_stacked(plot: LossPlot) -> None:
    plot.controls.toggle("penalty")
    assert areas(plot) == {}


def test_it_is_remembered_and_drawn(plot: LossPlot, qtbot: QtBot, settings: QSettings) -> None:
    again = LossPlot(lane_a(), session=PlotSession(settings))
    qtbot.addWidget(again)
    again.resize(450, 220)
    again.show()
    again.show_snapshot(run_with(0.2))
    assert set(areas(again)) == {"training", "penalty"}
    pixel = again.plot_area.view_box.mapToScene(
        again.plot_area.mapping().x(30.0), again.plot_area.mapping().y(0.15)
    )
    at = again.plot_area.mapTo(again, again.plot_area.mapFromScene(pixel))
    assert again.grab().toImage().pixelColor(at).name() != again.theme.panel


@given(
    st.lists(st.tuples(st.floats(-500.0, 500.0), st.floats(0.0, 500.0)), min_size=2, max_size=30),
    st.floats(-200.0, 300.0),
)
def test_an_area_stays_within_the_plot(lines: list[tuple[float, float]], start: float) -> None:
    low = np.array([line[0] for line in lines])
    high = low - np.array([line[1] for line in lines])
    x = start + 20.0 * np.arange(len(low))
    corners = outline(x, low, high, Mapping(100.0, 80.0, (0.0, 1.0), (0.0, 1.0)))
    assert (corners[0] >= 0.0).all()
    assert (corners[0] <= 100.0).all()
    assert (corners[1] >= 0.0).all()
    assert (corners[1] <= 80.0).all()
