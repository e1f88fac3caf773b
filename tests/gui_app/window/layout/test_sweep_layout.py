"""A sweep has its room while it is there, and the window is as before when it has ended."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QDockWidget
from pytestqt.qtbot import QtBot

from engine.experiment.settings import SweepAxis
from gui_app.window.main_window import MainWindow

Docks = dict[str, QDockWidget]

AXES = (
    SweepAxis("training.learning_rate", (0.001, 0.01)),
    SweepAxis("regularization.l2", (0.0, 0.1)),
)


@pytest.fixture
def docks(still: MainWindow) -> Docks:
    still.complete()
    return {**still.dock_layout.arrangement.plots, **still.dock_layout.arrangement.tables}


def in_front(dock: QDockWidget) -> bool:
    return not dock.isHidden() and not dock.visibleRegion().isEmpty()


def test_the_dock_appears_large_with_the_plots_as_its_tabs_and_all_is_back_after_the_sweep(
    still: MainWindow, docks: Docks, qtbot: QtBot
) -> None:
    before = {title: in_front(dock) for title, dock in docks.items()}
    canvas = still.canvas.height()
    assert not before["Sweep"]
    still.sweep.start(AXES)
    qtbot.waitUntil(lambda: in_front(docks["Sweep"]))
    dock = still.dock_layout.sweep_dock
    assert dock is not None
    assert dock.picture is not None
    assert dock.picture.model.networks == 4
    assert {dock.windowTitle() for dock in still.tabifiedDockWidgets(docks["Sweep"])} >= {"Loss", "Weights"}
    qtbot.waitUntil(lambda: docks["Sweep"].height() > 0.33 * still.height())
    still.sweep.end()
    qtbot.waitUntil(lambda: {title: in_front(dock) for title, dock in docks.items()} == before)
    qtbot.waitUntil(lambda: abs(still.canvas.height() - canvas) <= 2)


def test_undo_and_redo_of_a_sweep_take_the_dock_away_and_bring_it_back(
    still: MainWindow, docks: Docks, qtbot: QtBot
) -> None:
    still.sweep.start(AXES)
    qtbot.waitUntil(lambda: in_front(docks["Sweep"]))
    still.document.stack.undo()
    qtbot.waitUntil(lambda: docks["Sweep"].isHidden())
    still.document.stack.redo()
    qtbot.waitUntil(lambda: in_front(docks["Sweep"]))


def test_where_a_person_has_closed_the_dock_the_window_stays_as_they_have_it(
    still: MainWindow, docks: Docks, qtbot: QtBot
) -> None:
    still.sweep.start(AXES)
    qtbot.waitUntil(lambda: in_front(docks["Sweep"]))
    docks["Sweep"].close()
    docks["Loss"].raise_()
    qtbot.waitUntil(lambda: in_front(docks["Loss"]))
    tabs = {dock.windowTitle() for dock in still.tabifiedDockWidgets(docks["Loss"])}
    still.sweep.end()
    assert docks["Sweep"].isHidden()
    assert {dock.windowTitle() for dock in still.tabifiedDockWidgets(docks["Loss"])} == tabs
