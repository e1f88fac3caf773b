"""A sweep has its room while it is there, and the window is as before when it has ended."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDockWidget
from pytestqt.qtbot import QtBot

from engine.experiment import dumps
from engine.experiment.settings import SweepAxis
from engine.lessons import built_in
from gui_app.window.layout import schemes
from gui_app.window.main_window import MainWindow

Open = Callable[..., MainWindow]
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


# -- in windows of other sizes

GROUP = set(schemes.SWEEP.plots[0])


def begin(window: MainWindow, qtbot: QtBot) -> None:
    window.sweep.start(AXES)
    qtbot.waitUntil(lambda: in_front(sweep_dock(window)))
    settle()


def sweep_dock(window: MainWindow) -> QDockWidget:
    return window.dock_layout.arrangement.tables["Sweep"]


def settle() -> None:
    for _ in range(4):
        QApplication.processEvents()


def resize(window: MainWindow, width: int, height: int) -> None:
    window.resize(width, height)
    settle()


def group(window: MainWindow) -> set[str]:
    """The sweep with what are its tabs."""
    tabs = window.tabifiedDockWidgets(sweep_dock(window))
    return {dock.windowTitle() for dock in tabs if not dock.isHidden()} | {"Sweep"}


def share(window: MainWindow) -> float:
    """The sweep's share of the height between the top bar and the status bar, without its tabs and title."""
    return sweep_dock(window).height() / (window.statusBar().y() - window.central_area.y())


@pytest.mark.parametrize(
    "sizes",
    [
        ((1280, 720), (900, 600), (1280, 720)),
        ((1440, 900), (1920, 1080), (1440, 900)),
        ((1920, 1080), (1280, 720), (1920, 1080)),
    ],
)
def test_a_sweep_keeps_its_arrangement_in_every_size(
    still: MainWindow, qtbot: QtBot, sizes: tuple[tuple[int, int], ...]
) -> None:
    resize(still, *sizes[0])
    begin(still, qtbot)
    assert share(still) > 0.45
    height = sweep_dock(still).height()
    for size in sizes[1:]:
        resize(still, *size)
        assert group(still) == GROUP
        assert in_front(sweep_dock(still))
        assert abs(sweep_dock(still).width() - still.central_area.width()) <= 2
    assert abs(sweep_dock(still).height() - height) <= 2


def test_a_sweep_keeps_its_arrangement_with_text_of_any_size(still: MainWindow, qtbot: QtBot) -> None:
    resize(still, 1440, 900)
    begin(still, qtbot)
    height = sweep_dock(still).height()
    for scale in (2.0, 1.0):
        still.appearance.show_scales(scale, 1.0)
        settle()
        assert group(still) == GROUP
        assert in_front(sweep_dock(still))
    qtbot.waitUntil(lambda: abs(sweep_dock(still).height() - height) <= 2)


def test_a_click_in_a_small_window_gives_the_sweep_no_other_share(still: MainWindow, qtbot: QtBot) -> None:
    resize(still, 1280, 720)
    begin(still, qtbot)
    resize(still, 900, 560)
    QTest.mouseClick(still, Qt.MouseButton.LeftButton, pos=still.statusBar().geometry().center())
    settle()
    assert still.dock_layout.plot_room.share == schemes.SWEEP.share


def test_the_layout_restored_during_a_sweep_is_divided_by_the_width_again(
    still: MainWindow, qtbot: QtBot
) -> None:
    resize(still, 1280, 720)
    begin(still, qtbot)
    still.whole_layout.arrange()
    settle()
    plots = still.dock_layout.arrangement.plots
    for width, beside in ((1280, 2), (1920, 3)):
        resize(still, width, 1080)
        assert len([dock for dock in plots.values() if in_front(dock)]) == beside


# -- in windows that begin with a sweep, or without


def seen(window: MainWindow) -> dict[str, tuple[int, int, int, int]]:
    docks = [dock for dock in window.dock_layout.arrangement.all_docks if in_front(dock)]
    return {dock.windowTitle(): dock.geometry().getRect() for dock in docks}


def test_a_window_that_begins_without_the_sweep_has_the_layout_of_before_it(
    open_window: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    first = open_window((1280, 720))
    first.complete()
    before = seen(first)
    begin(first, qtbot)
    file = tmp_path / "sweep.sketch.json"
    file.write_text(dumps(first.document.experiment), encoding="utf-8")
    first.document.forget_changes()
    first.close()
    again = open_window(None)
    again.complete()
    settle()
    assert seen(again) == before
    again.open_file(file)
    qtbot.waitUntil(lambda: in_front(sweep_dock(again)))
    settle()
    assert group(again) == GROUP
    assert share(again) > 0.45
    again.sweep.end()
    settle()
    assert set(seen(again)) == set(before)


def test_a_dock_that_was_closed_during_the_sweep_is_remembered_as_the_person_has_it(
    open_window: Open, qtbot: QtBot
) -> None:
    first = open_window((1280, 720))
    begin(first, qtbot)
    sweep_dock(first).close()
    first.dock_layout.arrangement.data.close()
    first.document.forget_changes()
    first.close()
    again = open_window(None)
    assert sweep_dock(again).isHidden()
    assert again.dock_layout.arrangement.data.isHidden()


def test_a_lesson_opened_during_a_sweep_gives_it_its_room_again(still: MainWindow, qtbot: QtBot) -> None:
    before = set(seen(still))
    begin(still, qtbot)
    assert still.lessons.open_built_in(built_in().lessons[0])
    qtbot.waitUntil(lambda: sweep_dock(still).isHidden())
    still.lessons.close()
    qtbot.waitUntil(lambda: in_front(sweep_dock(still)))
    settle()
    assert still.sweep.is_on
    assert group(still) == GROUP
    still.sweep.end()
    settle()
    assert set(seen(still)) == before


def test_a_sweep_begun_in_a_presentation_has_its_room_after_it(still: MainWindow, qtbot: QtBot) -> None:
    before = set(seen(still))
    still.present.begin()
    still.sweep.start(AXES)
    settle()
    assert in_front(sweep_dock(still))
    still.present.leave()
    qtbot.waitUntil(lambda: group(still) == GROUP)
    settle()
    assert in_front(sweep_dock(still))
    still.sweep.end()
    settle()
    assert set(seen(still)) == before


def test_a_sweep_that_began_and_ended_in_a_presentation_leaves_no_dock_behind(
    still: MainWindow, qtbot: QtBot
) -> None:
    still.present.begin()
    still.sweep.start(AXES)
    qtbot.waitUntil(lambda: in_front(sweep_dock(still)))
    still.sweep.end()
    assert sweep_dock(still).isHidden()
    still.present.leave()
    settle()
    assert sweep_dock(still).isHidden()
