"""A click pins an epoch in all plots over epochs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gui_app.exporting.pictures import export_picture
from gui_app.plots.drawing.plot_frame import PlotFrame
from gui_app.plots.drawing.plot_session import PlotSession
from gui_app.plots.gradient_bars import GradientBars
from gui_app.plots.gradient_history import GradientHistory
from gui_app.plots.loss_plot import LossPlot
from tests.gui_app.plots.mouse import LEFT, NONE, at, click, double_click, drag
from tests.gui_app.plots.runs import history_of, lane_a, snapshot_of

Plot = PlotFrame[Any, Any]
SNAPSHOT = snapshot_of(history_of(np.arange(101) * 10), best=410)


@pytest.fixture
def plots(qtbot: QtBot) -> list[Plot]:
    """Loss, a quantity of layers over time, and one that has no epochs."""
    session, made = PlotSession(), []
    for kind in (LossPlot, GradientHistory, GradientBars):
        plot = kind(lane_a(), session=session)
        qtbot.addWidget(plot)
        plot.resize(450, 220)
        plot.show()
        plot.show_snapshot(SNAPSHOT)
        made.append(plot)
    return made


def pixel_of(plot: Plot, epoch: float) -> tuple[float, float]:
    return float(plot.plot_area.mapping().x(epoch)), 60.0


def pins(plots: list[Plot]) -> list[float | None]:
    return [plot.plot_area.pin.x if plot.plot_area.pin is not None else None for plot in plots]


@pytest.mark.parametrize("which", [0, 1])
def test_the_nearest_epoch_to_a_click_is_shown_with_its_numbers_everywhere(
    plots: list[Plot], which: int
) -> None:
    click(plots[which], pixel_of(plots[which], 603.0))
    assert pins(plots) == [600.0, 600.0, None]
    loss, layers, _ = plots
    assert loss.plot_area.pin.title == "epoch 600"
    assert [reading.label for reading in loss.plot_area.pin.readings] == ["training", "validation", "test"]
    row = SNAPSHOT.lanes[0].history.loss[60]
    assert [float(one.value) for one in loss.plot_area.pin.readings] == pytest.approx(row, rel=5e-3)
    assert {reading.label for reading in layers.plot_area.pin.readings} == {"layer 1", "output"}
    assert not loss.grab().isNull()


def test_near_the_best_epoch_it_is_the_best(plots: list[Plot]) -> None:
    click(plots[0], pixel_of(plots[0], 414.0))
    assert plots[0].plot_area.pin.title == "epoch 410, the best"


def test_escape_and_a_click_on_the_line_remove_it(plots: list[Plot]) -> None:
    loss = plots[0]
    click(loss, pixel_of(loss, 600.0))
    QTest.keyClick(loss, Qt.Key.Key_Escape)
    assert pins(plots) == [None, None, None]
    click(loss, pixel_of(loss, 600.0))
    click(plots[1], pixel_of(plots[1], 601.0))
    assert pins(plots) == [None, None, None]


def test_a_drag_and_a_double_click_pin_nothing(plots: list[Plot]) -> None:
    loss = plots[0]
    drag(loss, (50.0, 20.0), (200.0, 90.0))
    assert pins(plots) == [None, None, None]
    double_click(loss, (100.0, 50.0))
    assert pins(plots) == [None, None, None]
    assert loss.navigation.zoom.is_whole
    click(loss, pixel_of(loss, 600.0))
    double_click(loss, pixel_of(loss, 200.0))
    assert pins(plots)[0] == 600.0, "as it was before"


@pytest.mark.parametrize(
    ("mouse", "keys"),
    [
        (Qt.MouseButton.RightButton, Qt.KeyboardModifier.NoModifier),
        (Qt.MouseButton.MiddleButton, Qt.KeyboardModifier.NoModifier),
        (Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier),
    ],
)
def test_two_clicks_that_would_move_the_view_leave_the_pin_and_what_is_seen(
    plots: list[Plot], mouse: Qt.MouseButton, keys: Qt.KeyboardModifier
) -> None:
    loss = plots[0]
    drag(loss, (100.0, 20.0), (300.0, 90.0))
    zoom = loss.navigation.zoom
    click(loss, pixel_of(loss, 600.0))
    place = at(loss, pixel_of(loss, 400.0))
    QTest.mouseClick(loss, mouse, keys, place)
    QTest.mouseDClick(loss, mouse, keys, place)
    assert pins(plots)[0] == 600.0
    assert loss.navigation.zoom == zoom
    QTest.mouseClick(loss, mouse, keys, place)
    QTest.mouseDClick(loss, LEFT, NONE, place)
    assert pins(plots)[0] == 600.0, "its first click pinned nothing, so there is nothing to undo"
    assert loss.navigation.zoom.is_whole


def test_keys_pin_the_newest_epoch(plots: list[Plot]) -> None:
    QTest.keyClick(plots[0], Qt.Key.Key_Return)
    assert pins(plots) == [1000.0, 1000.0, None]


def test_it_stays_while_the_run_grows_and_goes_with_the_run(plots: list[Plot]) -> None:
    loss = plots[0]
    click(loss, pixel_of(loss, 600.0))
    loss.show_snapshot(snapshot_of(history_of(np.arange(201) * 10), best=610))
    assert loss.plot_area.pin.x == 600.0, "not the best epoch, which is near"
    loss.show_snapshot(snapshot_of(history_of(range(20)), run=2))
    assert loss.plot_area.pin is None


def test_out_of_view_it_is_not_drawn_and_an_export_has_it(plots: list[Plot], tmp_path: Path) -> None:
    loss = plots[0]
    click(loss, pixel_of(loss, 600.0))
    export_picture(loss, tmp_path / "loss.svg")
    assert "epoch 600" in (tmp_path / "loss.svg").read_text().replace("\n", " ")
    drag(loss, (10.0, 20.0), (100.0, 90.0))
    export_picture(loss, tmp_path / "part.svg")
    assert ">epoch 600<" not in (tmp_path / "part.svg").read_text()


def test_escape_without_a_pin_is_for_others(plots: list[Plot], qtbot: QtBot) -> None:
    seen: list[int] = []
    parent = plots[0]
    original = parent.keyPressEvent
    parent.keyPressEvent = lambda event: (seen.append(event.key()), original(event))[1]  # type: ignore[method-assign]
    QTest.keyClick(parent, Qt.Key.Key_Escape)
    assert seen == [Qt.Key.Key_Escape]
