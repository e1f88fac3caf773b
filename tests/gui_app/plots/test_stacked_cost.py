"""The cost as training loss and penalty, one above the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QSettings, Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from engine.catalogue.texts import value_text
from engine.observation.snapshot import Snapshot
from gui_app.plots.drawing.area import Area, outline
from gui_app.plots.drawing.loss_parts import LABELS, STACKED
from gui_app.plots.drawing.mapping import Mapping
from gui_app.plots.drawing.marks import Curve
from gui_app.plots.drawing.plot_session import PlotSession
from gui_app.plots.loss_plot import LossPlot
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


def test_the_top_of_a_group_is_the_median_of_its_seeds_costs(plot: LossPlot) -> None:
    """The median of the losses is one seed's, that of the penalties another's."""
    rows, networks = 60, []
    for loss, penalty in ((0.1, 0.9), (0.2, 0.05), (0.4, 0.3)):
        falling = np.linspace(1.0, 0.5, rows)
        history = history_of(range(rows), falling[:, None] * np.full(3, loss), np.full(rows, penalty))
        networks.append(snapshot_of(history).lanes[0])
    ended = replace(networks[0], history=networks[0].history.head(20), status="stopped")
    middle = replace(networks[1].history, penalty=networks[2].history.penalty)
    seeds = (ended, *networks[1:])
    whole = snapshot_of(middle)
    lane = replace(whole.lanes[0], repeats=seeds, quartiles=(middle, middle))
    plot.show_snapshot(replace(whole, lanes=(lane,)))
    costs = np.median([one.history.cost for one in networks], axis=0)
    # It counts on with what it is at its end.
    costs[20:] = np.median(
        [np.full(rows, ended.now.cost), *(one.history.cost for one in networks[1:])], axis=0
    )[20:]
    assert curves(plot)["cost"].y == pytest.approx(costs)
    assert (costs > middle.cost + 0.05).all()
    assert areas(plot)["penalty"].high == pytest.approx(costs)
    assert areas(plot)["penalty"].low == pytest.approx(middle.loss[:, 0])
    entries = {entry.label: entry.value for entry in plot.picture.entries}
    assert entries["cost"] == value_text(costs[-1])
    plot.controls.session.pin(1, 30)
    readings = {reading.label: reading for reading in plot.plot_area.pin.readings}
    assert readings["penalty"].y == pytest.approx(costs[30])
    assert readings["median of costs"].value == value_text(costs[30])


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


def split_run(first: Sequence[float], second: Sequence[float], loss: float = 0.1) -> Snapshot:
    """A run with these L1 and L2 penalties, each for a third of its 60 epochs."""
    parts = np.stack([np.repeat(first, 20), np.repeat(second, 20)], 1)
    penalty = np.where(np.isnan(parts).any(1), 0.3, parts.sum(1))
    losses = np.full((60, 3), loss)
    return snapshot_of(history_of(np.arange(60), loss=losses, penalty=penalty, parts=parts))


def entries(plot: LossPlot) -> dict[str, str]:
    return {entry.label: entry.value for entry in plot.header.entries}


def readings(plot: LossPlot, epoch: int) -> dict[str, tuple[str, float | None]]:
    plot.controls.session.pin(1, epoch)
    return {reading.label: (reading.value, reading.y) for reading in plot.plot_area.pin.readings}


def test_the_penalties_of_l1_and_l2_are_areas_of_their_own(plot: LossPlot) -> None:
    plot.show_snapshot(split_run([0.1, 0.1, 0.012], [0.2, 0.0, 0.3]))
    first, second = areas(plot)["l1_penalty"], areas(plot)["l2_penalty"]
    history = plot.snapshot.lanes[0].history
    assert set(areas(plot)) == {"training", "l1_penalty", "l2_penalty"}
    assert first.low == pytest.approx(history.loss[:, 0])
    assert first.high == pytest.approx(history.loss[:, 0] + history.penalty_parts[:, 0])
    assert second.low == pytest.approx(first.high)
    assert second.high == pytest.approx(history.cost)
    assert set(curves(plot)) == {"training", "validation", "test", "cost"}
    shown = entries(plot)
    assert (shown["L1 penalty"], shown["L2 penalty"], shown["cost"]) == ("0.0120", "0.300", "0.412")
    assert "penalty" not in shown
    told = readings(plot, 5)
    assert told["L1 penalty"] == ("0.100", pytest.approx(0.2))
    assert told["L2 penalty"] == ("0.200", pytest.approx(0.4))
    assert told["cost = training + penalty"][0] == "0.400"


@pytest.mark.parametrize(("parts", "name"), [((0.2, 0.0), "l1_penalty"), ((0.0, 0.2), "l2_penalty")])
def test_a_penalty_that_was_never_there_has_no_area(
    plot: LossPlot, parts: tuple[float, float], name: str
) -> None:
    plot.show_snapshot(split_run([parts[0]] * 3, [parts[1]] * 3))
    assert set(areas(plot)) == {"training", name}
    assert areas(plot)[name].high == pytest.approx(0.3)
    assert list(entries(plot)) == ["training", "validation", "test", LABELS[name], "cost"]
    assert set(readings(plot, 3)) >= {"training", LABELS[name]}


def test_what_an_older_app_has_kept_is_one_area(plot: LossPlot) -> None:
    nan = float("nan")
    plot.show_snapshot(split_run([nan, 0.1, 0.1], [nan, 0.1, 0.05]))
    whole, first, second = (areas(plot)[name] for name in ("penalty", "l1_penalty", "l2_penalty"))
    assert whole.low[:21] == pytest.approx(0.1)
    assert whole.high[:20] == pytest.approx(0.4)
    assert whole.high[20] == pytest.approx(0.3), "a gap"
    assert np.isnan(whole.high[21:]).all()
    assert np.isnan(first.high[:20]).all()
    assert first.high[20:] == pytest.approx(0.2)
    assert second.high[40:] == pytest.approx(0.25)
    assert set(entries(plot)) >= {"penalty", "L1 penalty", "L2 penalty"}
    told = readings(plot, 5)
    assert told["penalty"] == ("0.300", pytest.approx(0.4))
    assert "L1 penalty" not in told
    assert "penalty" not in readings(plot, 45)


def test_the_areas_have_the_colours_of_the_legend(plot: LossPlot) -> None:
    """Looked at on the screen: each area is its colour at 35 % over the plot's ground."""
    plot.show_snapshot(split_run([0.2] * 3, [0.3] * 3, loss=0.1))
    area, mapping = plot.plot_area, plot.plot_area.mapping()
    picture, seen = plot.grab().toImage(), {}
    for name, height in (("l1_penalty", 0.17), ("l2_penalty", 0.42)):
        scene = area.view_box.mapToScene(QPointF(float(mapping.x(30.0)), float(mapping.y(height))))
        seen[name] = picture.pixelColor(area.mapTo(plot, area.mapFromScene(scene)))
    for name, colour in seen.items():
        full, ground = QColor(getattr(plot.theme, name)), QColor(plot.theme.panel)
        for channel in (QColor.red, QColor.green, QColor.blue):
            expected = 0.35 * channel(full) + 0.65 * channel(ground)
            assert channel(colour) == pytest.approx(expected, abs=3), name


def test_a_click_in_the_legend_empties_the_area_of_one_penalty(plot: LossPlot, qtbot: QtBot) -> None:
    plot.show_snapshot(split_run([0.2] * 3, [0.3] * 3))
    (button,) = [one for one in plot.header.buttons if one.entry.key == "l1_penalty"]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert set(areas(plot)) == {"training", "l2_penalty"}
    assert areas(plot)["l2_penalty"].low == pytest.approx(0.3)
    assert "L1 penalty" not in readings(plot, 5)


def test_as_lines_the_penalty_is_one(plot: LossPlot) -> None:
    plot.show_snapshot(split_run([0.2] * 3, [0.3] * 3))
    plot.controls.switch(STACKED, False)
    assert set(curves(plot)) == {"training", "validation", "test", "penalty"}
    assert list(entries(plot)) == ["training", "validation", "test", "penalty", "cost"]


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
