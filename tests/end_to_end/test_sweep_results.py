"""Results of sweeps as a person uses them: of a live one, of one in the background, and of a folder that is opened."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.experiment.settings import SweepAxis
from gui_app.sweeps.results.heat import PICTURES_NAME
from gui_app.sweeps.results.map import region
from gui_app.sweeps.results.parallel.view import ParallelView
from gui_app.window import map_room
from gui_app.window.main_window import MainWindow
from tests.gui_app.hands import LEFT

pytestmark = pytest.mark.window
AXES = (
    SweepAxis(setting="regularization.l2", values=(0.0, 0.01, 0.1)),
    SweepAxis(setting="training.learning_rate", values=(0.003, 0.03)),
)


@pytest.fixture
def engine() -> str:
    return "thread"


def brush(view: ParallelView, axis: int, low: float, high: float) -> None:
    """Drag along an axis from one value to another."""
    place, one = view.place, view.axes[axis]
    begin, end = (QPoint(round(place.x(axis)), round(place.height(one, at))) for at in (low, high))
    QTest.mousePress(view, LEFT, pos=begin)
    for step in range(1, 5):
        QTest.mouseMove(view, begin + (end - begin) * step / 4)
    QTest.mouseRelease(view, LEFT, pos=end)


def test_live_networks_are_brushed_chosen_and_promoted(
    open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    window = open_window((1920, 1080))
    window.complete()
    qtbot.waitUntil(lambda: window.link.settled)
    assert window.sweep.start(AXES)
    window.link.set_playing(True)
    qtbot.waitUntil(lambda: _epochs(window) == 6)
    window.live_results.open()
    shown = window.live_results.shown
    assert shown is not None
    qtbot.waitExposed(shown)
    lines = shown.view.parallel
    qtbot.waitUntil(lambda: len(lines.axes) > 3 and len(lines.selected) == 6)

    brush(lines, 0, -2.2, -0.9)
    brush(lines, 1, lines.axes[1].low, lines.axes[1].low + 0.2)
    table = shown.view.table
    assert table is not None
    chosen = lines.selected
    assert table.settings["regularization.l2"][chosen].tolist() == [0.01, 0.1]
    assert set(table.settings["training.learning_rate"][chosen].tolist()) == {0.003}

    best = shown.view.best
    QTest.mouseClick(best.viewport(), LEFT, pos=best.visualRect(best.model().index(0, 0)).center())
    row = shown.view.row
    assert row == best.rows[0]
    assert window.sweep.chosen == tuple(table.places[row].tolist())
    QTest.mouseClick(shown.view.promote, LEFT)
    made = window.document.experiment.lanes[-1]
    assert made.cell is None
    assert made.regularization.l2 == table.settings["regularization.l2"][row]
    window.document.stack.undo()
    assert window.sweep.end()
    qtbot.waitUntil(lambda: window.live_results.shown is None)


def test_a_sweep_in_the_background_arrives_is_promoted_and_opened_again(
    open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    window = open_window((1920, 1080))
    window.complete()
    qtbot.waitUntil(lambda: window.link.settled)
    folders = window.sweep_folders
    shown = folders.begin(window.document.experiment, 0, AXES, 2, 2)
    assert shown is not None
    assert shown.window.running.isVisible()
    qtbot.waitUntil(lambda: shown.process.finished and not shown.process.is_running, timeout=120_000)
    qtbot.waitUntil(lambda: not shown.window.running.isVisible())
    table = shown.window.view.table
    assert table is not None
    assert len(table) == 12
    assert np.isfinite(table.results["validation_loss"]).all()
    assert set(table.settings["training.learning_rate"].tolist()) == {0.003, 0.03}

    QTest.mouseClick(shown.window.view.pictures, LEFT)
    assert shown.window.view.heat.accessibleName() == PICTURES_NAME
    heat = shown.window.view.heat
    plane = heat.plane
    assert plane is not None
    QTest.mouseClick(heat, LEFT, pos=plane.cell((2, 1)).center().toPoint())
    before = len(window.document.experiment.lanes)
    QTest.mouseClick(shown.window.view.promote, LEFT)
    made = window.document.experiment.lanes[-1]
    assert len(window.document.experiment.lanes) == before + 1
    assert (made.regularization.l2, made.training.learning_rate) == (0.1, 0.03)

    (folder,) = folders.recent()
    shown.window.close()
    qtbot.waitUntil(lambda: not folders.shown)
    again = folders.show(folder)
    assert again is not None
    assert not again.window.running.isVisible()
    np.testing.assert_array_equal(
        again.window.view.table.results["training_loss"], table.results["training_loss"]
    )
    again.window.close()


def test_the_map_is_computed_zoomed_into_by_dragging_and_gone_back_from(
    open_window: Callable[..., MainWindow], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (region, map_room):
        monkeypatch.setattr(module, "SIDE", 16)
    window = open_window((1920, 1080))
    window.complete()
    window.map.open()
    shown = window.map.shown
    assert shown is not None
    qtbot.waitUntil(lambda: bool(shown.dimension.full_text), timeout=120_000)
    whole, first = shown.region, shown.view.values
    assert first.shape == (16, 16)
    assert (first < 0).any()
    assert (first > 0).any()

    square = shown.view.square
    start = square.topLeft().toPoint() + QPoint(20, 40)
    end = start + QPoint(round(square.width() / 2), round(square.width() / 2))
    QTest.mousePress(shown.view, LEFT, pos=start)
    for step in range(1, 5):
        QTest.mouseMove(shown.view, start + (end - start) * step / 4)
    QTest.mouseRelease(shown.view, LEFT, pos=end)
    assert shown.region.x[0] > whole.x[0]
    assert shown.region.x[1] < whole.x[1]
    assert shown.back.isEnabled()
    qtbot.waitUntil(lambda: bool(shown.dimension.full_text), timeout=120_000)
    assert not np.array_equal(shown.view.values, first)

    QTest.mouseClick(shown.back, LEFT)
    qtbot.waitUntil(lambda: bool(shown.dimension.full_text), timeout=120_000)
    assert shown.region == whole
    np.testing.assert_array_equal(shown.view.values, first)
    shown.close()
    assert window.map.shown is None


def _epochs(window: MainWindow) -> int:
    latest = window.link.latest
    return 0 if latest is None else sum(lane.now.epoch > 0 for lane in latest.lanes)
