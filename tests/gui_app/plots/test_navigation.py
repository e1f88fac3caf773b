"""Every plot can be zoomed and panned, with the mouse and with keys, also while it grows."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.observation.snapshot import Snapshot
from gui_app.exporting.pictures import export_picture
from gui_app.plots import PLOTS
from gui_app.plots.drawing.marks import Curve
from gui_app.plots.drawing.plot_frame import PlotFrame
from gui_app.plots.loss_plot import LossPlot
from tests.gui_app.plots.mouse import at, click, double_click, drag, wheel
from tests.gui_app.plots.runs import history_of, lane_a, probing, snapshot_of

Plot = PlotFrame[Any, Any]
KINDS = [plot.plot_class() for plot in PLOTS.values()]
OVER_EPOCHS = [kind for kind in KINDS if kind.over_epochs]
MIDDLE = Qt.MouseButton.MiddleButton
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def run_to(last: int, run: int = 1) -> Snapshot:
    """A run of ``last`` epochs that every plot can draw; its scale is linear."""
    epochs = np.arange(last + 1)
    history = history_of(epochs, weights=np.full((len(epochs), 4), 0.1) * [1.0, 2.0, 3.0, 4.0])
    snapshot = probing(history, backward_factor=np.tile([0.5, 0.7, 2.0, np.nan], (len(epochs), 1)))
    return snapshot if run == 1 else snapshot_of(snapshot.lanes[0].history, run=run)


@pytest.fixture(params=KINDS, ids=list(PLOTS))
def plot(request: pytest.FixtureRequest, qtbot: QtBot) -> Plot:
    return made(request.param, qtbot)


@pytest.fixture(params=OVER_EPOCHS)
def over_epochs(request: pytest.FixtureRequest, qtbot: QtBot) -> Plot:
    return made(request.param, qtbot)


def made(kind: type[Plot], qtbot: QtBot) -> Plot:
    plot = kind(lane_a())
    qtbot.addWidget(plot)
    plot.resize(450, 220)
    plot.show()
    plot.show_snapshot(run_to(400))
    return plot


def ranges(plot: Plot) -> tuple[tuple[float, float], tuple[float, float]]:
    return plot.picture.x_range, plot.picture.y_range


def test_a_dragged_rectangle_is_then_all_that_is_seen(plot: Plot) -> None:
    before = plot.plot_area.mapping()
    drag(plot, (100.0, 30.0), (250.0, 90.0))
    x_range, y_range = ranges(plot)
    pixel = before.x_value(1.0) - before.x_value(0.0)
    assert x_range == pytest.approx((before.x_value(100.0), before.x_value(250.0)), abs=1.5 * pixel)
    height = before.y_value(0.0) - before.y_value(1.0)
    assert y_range == pytest.approx((before.y_value(90.0), before.y_value(30.0)), abs=1.5 * height)
    assert plot.picture.x_ticks
    assert plot.picture.y_ticks
    assert not plot.grab().isNull()


@pytest.mark.parametrize("end", [(250.0, 33.0), (104.0, 90.0)])
def test_a_thin_rectangle_leaves_the_other_axis(plot: Plot, end: tuple[float, float]) -> None:
    drag(plot, (100.0, 30.0), end)
    zoom = plot.navigation.zoom
    assert (zoom.x is None, zoom.y is None) == (end[0] == 104.0, end[0] == 250.0)


def test_all_is_seen_again(plot: Plot, qtbot: QtBot) -> None:
    before = ranges(plot)
    for again in (
        lambda: double_click(plot, (150.0, 60.0)),
        lambda: QTest.keyClick(plot, Qt.Key.Key_Home),
        lambda: qtbot.mouseClick(plot.whole_button, Qt.MouseButton.LeftButton),
    ):
        assert not plot.whole_button.isVisible()
        drag(plot, (100.0, 30.0), (250.0, 90.0))
        assert ranges(plot) != before
        assert plot.whole_button.isVisible()
        assert plot.plot_area.geometry().contains(plot.whole_button.geometry())
        again()
        assert ranges(plot) == before
    assert not plot.whole_button.isVisible()


def test_the_wheel_zooms_the_axis_that_matters_and_with_control_the_other(plot: Plot) -> None:
    before = plot.plot_area.mapping()
    wheel(plot, (120.0, 40.0))
    along_x = plot.picture.x_range != before.x_range
    assert along_x == plot.over_epochs
    after = plot.plot_area.mapping()
    assert after.x_value(120.0) == pytest.approx(before.x_value(120.0), abs=0.02 * before.x_range[1])
    if not along_x:
        assert after.y_range != before.y_range
    wheel(plot, (120.0, 40.0), modifiers=CONTROL)
    assert plot.navigation.zoom.x is not None
    assert plot.navigation.zoom.y is not None
    for modifiers in (CONTROL, Qt.KeyboardModifier.NoModifier):
        wheel(plot, (120.0, 40.0), notches=-20.0, modifiers=modifiers)
    assert plot.navigation.zoom.is_whole


@pytest.mark.parametrize(
    ("button", "modifiers"), [(MIDDLE, Qt.KeyboardModifier.NoModifier), (Qt.MouseButton.LeftButton, SHIFT)]
)
def test_a_drag_pans(plot: Plot, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier) -> None:
    drag(plot, (100.0, 30.0), (250.0, 90.0))
    before = plot.plot_area.mapping()
    drag(plot, (100.0, 60.0), (160.0, 40.0), button, modifiers)
    after = plot.plot_area.mapping()
    assert after.x_value(160.0) == pytest.approx(before.x_value(100.0))
    assert after.y_value(40.0) == pytest.approx(before.y_value(60.0))


def test_panning_what_is_seen_whole_does_nothing(plot: Plot) -> None:
    before = ranges(plot)
    drag(plot, (100.0, 60.0), (160.0, 40.0), MIDDLE)
    QTest.keyClick(plot, Qt.Key.Key_Left)
    assert ranges(plot) == before


def test_keys_do_what_the_mouse_does(plot: Plot) -> None:
    before = ranges(plot)
    for _ in range(3):
        QTest.keyClick(plot, Qt.Key.Key_Plus)
    zoomed = plot.plot_area.mapping()
    axis = "x_range" if plot.over_epochs else "y_range"
    start, end = getattr(zoomed, axis)
    QTest.keyClick(plot, Qt.Key.Key_Left if plot.over_epochs else Qt.Key.Key_Down)
    moved = getattr(plot.picture, axis)
    assert moved == pytest.approx((start - 0.2 * (end - start), end - 0.2 * (end - start)))
    for _ in range(4):
        QTest.keyClick(plot, Qt.Key.Key_Minus)
    assert ranges(plot) == before


def test_a_key_with_ctrl_is_the_windows(plot: Plot) -> None:
    before = ranges(plot)
    QTest.keyClick(plot, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert ranges(plot) == before


def test_a_click_and_the_mouse_outside_zoom_nothing(plot: Plot) -> None:
    before = ranges(plot)
    click(plot, (150.0, 60.0))
    drag(plot, (-30.0, 60.0), (100.0, 90.0))
    QTest.mousePress(plot.header, Qt.MouseButton.LeftButton)
    QTest.mouseMove(plot, at(plot, (200.0, 60.0)))
    QTest.mouseRelease(plot, Qt.MouseButton.LeftButton)
    assert ranges(plot) == before


def test_a_zoomed_plot_keeps_its_range_while_it_grows(over_epochs: Plot) -> None:
    drag(over_epochs, (50.0, 30.0), (120.0, 90.0))
    before = ranges(over_epochs)
    over_epochs.show_snapshot(run_to(700))
    assert ranges(over_epochs) == before
    curve = next(mark for mark in over_epochs.picture.marks if isinstance(mark, Curve))
    assert curve.x[0] <= before[0][0]
    assert curve.x[-1] >= before[0][1]
    assert len(curve.x) < 200, "only what is in view"


def test_a_range_with_the_newest_epoch_moves_along(over_epochs: Plot) -> None:
    mapping = over_epochs.plot_area.mapping()
    drag(over_epochs, (mapping.width * 0.5, 60.0), (mapping.width - 5.0, 62.0))
    start, end = over_epochs.picture.x_range
    over_epochs.show_snapshot(run_to(700))
    assert over_epochs.picture.x_range == pytest.approx((start + 300.0, end + 300.0))


def test_another_run_is_seen_whole(over_epochs: Plot) -> None:
    drag(over_epochs, (50.0, 30.0), (120.0, 90.0))
    over_epochs.show_snapshot(run_to(20, run=2))
    assert over_epochs.navigation.zoom.is_whole
    assert over_epochs.picture.x_range[0] == 0.0
    assert not over_epochs.whole_button.isVisible()


def test_an_export_shows_what_is_seen(over_epochs: Plot, tmp_path: Path) -> None:
    drag(over_epochs, (50.0, 10.0), (120.0, 100.0))
    first = over_epochs.picture.x_ticks[0][1]
    assert first.startswith("epoch")
    assert first != "epoch 0"
    export_picture(over_epochs, tmp_path / "plot.svg")
    root = ElementTree.parse(tmp_path / "plot.svg").getroot()
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert any(text and text.startswith("epoch") and text != "epoch 0" for text in texts)
    for line in root.iter("{http://www.w3.org/2000/svg}polyline"):
        corners = [tuple(map(float, corner.split(","))) for corner in line.get("points", "").split()]
        assert all(-1.0 <= x <= 721.0 and -1.0 <= y <= 361.0 for x, y in corners), "nothing beyond the edges"


def test_a_message_cannot_be_zoomed(qtbot: QtBot) -> None:
    plot = LossPlot(lane_a())
    qtbot.addWidget(plot)
    plot.show()
    wheel(plot, (100.0, 50.0))
    drag(plot, (50.0, 30.0), (120.0, 90.0))
    QTest.keyClick(plot, Qt.Key.Key_Plus)
    assert plot.navigation.zoom.is_whole
