"""The dock of runs, with real events: it is hidden at first, and does to the selected runs what it says."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from engine.experiment import Lane, edit_many
from engine.experiment.run_list import MOST_RUNS, RunRecord, packed_curves, packed_picture
from engine.experiment.run_list import picture_of as cells_of
from engine.observation.difference_table import UNEQUAL_EPOCHS, to_csv, to_markdown
from engine.observation.observables import PREDICTION
from gui_app.runs.compare_dialog import BEST, CompareDialog, table_of
from gui_app.runs.rows import COLUMNS, VALIDATION
from gui_app.runs.table import LEAST_NAME, RunsTable
from gui_app.runs.view import EMPTY, RunsView
from gui_app.theme.tokens import LIGHT
from gui_app.window.main_window import MainWindow
from tests.engine.experiment.test_run_list import record
from tests.gui_app.hands import click

KEY = Qt.Key


def runs_of(window: MainWindow) -> RunsView:
    """The table, which the View menu brings to the front."""
    window.dock_layout.arrangement.tables["Runs"].toggleViewAction().trigger()
    view = window.dock_layout.runs_view
    assert view is not None
    return view


def three(window: MainWindow) -> tuple[RunRecord, ...]:
    """Runs of which the second is the best."""
    deep = edit_many(window.document.experiment, {"lanes.0.network.hidden": [4, 2], "lanes.0.seed": 9}).lanes[
        0
    ]
    runs = (
        record(1, lane=window.document.experiment.lanes[0], loss=(0.1, 0.5, 0.5)),
        record(2, lane=deep, loss=(0.2, 0.3, 0.3), ended="early_stopping"),
        record(3, lane=window.document.experiment.lanes[0], loss=(0.3, 0.4, 0.4), ended="divergence"),
    )
    window.document.remember(runs)
    return runs


@pytest.fixture
def view(still: MainWindow, qtbot: QtBot) -> RunsView:
    three(still)
    view = runs_of(still)
    qtbot.waitUntil(lambda: len(view.table.rows) == 3)
    return view


def numbers(view: RunsView) -> list[int]:
    return [row.number for row in view.table.rows]


def choose(view: RunsView, *wanted: int) -> None:
    """Click on the rows of these runs, on further ones with Ctrl."""
    for index, number in enumerate(wanted):
        at = view.table.visualRect(view.table.model().index(numbers(view).index(number), 1)).center()
        held = Qt.KeyboardModifier.ControlModifier if index else Qt.KeyboardModifier.NoModifier
        QTest.mouseClick(view.table.viewport(), Qt.MouseButton.LeftButton, held, at)


def test_the_dock_is_hidden_until_it_is_opened_and_says_what_will_come(
    still: MainWindow, qtbot: QtBot
) -> None:
    dock = still.dock_layout.arrangement.tables["Runs"]
    assert dock.isHidden()
    view = runs_of(still)
    qtbot.waitUntil(view.isVisible)
    assert view.empty.isVisible()
    assert view.empty.text() == EMPTY
    assert not view.table.isVisible()
    assert view.room.full_text == f"0 of {MOST_RUNS} runs, 0.0 of 8 MB"
    assert not dock.visibleRegion().isEmpty()
    plots = set(still.dock_layout.arrangement.plots.values())
    assert plots & set(still.tabifiedDockWidgets(dock))


def test_restoring_the_layout_hides_it_again(still: MainWindow, qtbot: QtBot) -> None:
    view = runs_of(still)
    qtbot.waitUntil(view.isVisible)
    still.whole_layout.arrange()
    qtbot.waitUntil(lambda: not view.isVisible())


def test_the_best_run_comes_first_and_a_head_sorts(view: RunsView) -> None:
    assert numbers(view) == [2, 3, 1]
    header = view.table.horizontalHeader()
    at = QPoint(header.sectionViewportPosition(VALIDATION) + 10, header.height() // 2)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert numbers(view) == [1, 3, 2]
    assert header.sortIndicatorSection() == VALIDATION
    title, across = view.table.model().headerData, Qt.Orientation.Horizontal
    assert title(VALIDATION, across) == "↓ Validation loss"
    wide = header.fontMetrics().horizontalAdvance("↓ Validation loss")
    assert header.sectionSize(VALIDATION) > wide, "the arrow covers none of it"
    view.sort(0)
    assert title(VALIDATION, across) == "Validation loss"
    assert numbers(view) == [3, 2, 1]


def test_ctrl_a_selects_the_rows_and_no_points(still: MainWindow, view: RunsView) -> None:
    view.table.setFocus()
    QTest.keyClick(view.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert set(view.table.selected) == {1, 2, 3}
    override = QKeyEvent(
        QKeyEvent.Type.ShortcutOverride, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier, "a"
    )
    override.ignore()
    QApplication.sendEvent(view.table, override)
    assert override.isAccepted(), "the menu's shortcut for points would have it"


def test_typing_filters_and_says_where_nothing_is_found(view: RunsView) -> None:
    view.filter.setFocus()
    QTest.keyClicks(view.filter, "diverged")
    assert numbers(view) == [3]
    QTest.keyClicks(view.filter, "x")
    assert numbers(view) == []
    assert view.empty.text() == "No run has “divergedx”."


def test_what_can_be_done_depends_on_the_selection(view: RunsView) -> None:
    buttons = (view.pin, view.restore, view.compare, view.delete)
    assert [button.isEnabled() for button in buttons] == [False] * 4
    choose(view, 2)
    assert [button.isEnabled() for button in buttons] == [True, True, False, True]
    choose(view, 2, 1)
    assert [button.isEnabled() for button in buttons] == [True, False, True, True]


def test_delete_is_undone_with_the_document(still: MainWindow, view: RunsView, qtbot: QtBot) -> None:
    choose(view, 2, 1)
    QTest.keyClick(view.table, KEY.Key_Delete)
    qtbot.waitUntil(lambda: numbers(view) == [3])
    assert view.table.selected == (3,)
    still.document.stack.undo()
    qtbot.waitUntil(lambda: numbers(view) == [2, 3, 1])


def test_enter_restores_a_run_as_the_current_lane(still: MainWindow, view: RunsView) -> None:
    choose(view, 2)
    QTest.keyClick(view.table, KEY.Key_Return)
    first, lane = still.document.experiment.lanes
    assert (lane.name, lane.seed, lane.network.hidden) == ("B", 9, (4, 2))
    assert still.current_lane.name == "B"
    assert first.network.hidden != (4, 2)
    still.document.stack.undo()
    assert len(still.document.experiment.lanes) == 1


def test_a_pin_is_in_the_document_and_shown(still: MainWindow, view: RunsView, qtbot: QtBot) -> None:
    choose(view, 3)
    click(view.pin)
    assert [one.number for one in still.runs.pinned] == [3]
    qtbot.waitUntil(lambda: view.table.rows[1].record.pinned)
    assert view.table.selected == (3,)
    assert view.pin.isChecked()
    said = view.table.model().index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert said == "Run: 3 · A, pinned"
    click(view.pin)
    assert still.runs.pinned == ()


def test_plots_get_the_curves_of_pinned_runs_of_the_task(still: MainWindow, view: RunsView) -> None:
    curves = packed_curves(np.array([[0.0, 2.0, 3.0, 4.0, 0.0], [5.0, 1.0, 2.0, 3.0, 0.5]]))
    still.document.remember((record(1, curves=curves), record(2, curves=curves, task="curve"), record(3)))
    session = still.dock_layout.plots[0].controls.session
    changes: list[int] = []
    session.pinned_runs_changed.connect(lambda: changes.append(1))
    still.runs.set_pinned([1, 2, 3], True)
    ((name, history),) = session.pinned_runs
    assert name == "run 1 · A"
    assert history.epoch.tolist() == [0, 5]
    assert history.loss.tolist() == [[2.0, 3.0, 4.0], [1.0, 2.0, 3.0]]
    still.document.change({"lanes.0.training.learning_rate": 0.5}, "Rate")
    assert changes == [1]
    still.document.stack.undo()
    still.document.stack.undo()
    assert session.pinned_runs == ()


def test_two_runs_are_compared_with_their_settings_and_results(still: MainWindow, view: RunsView) -> None:
    choose(view, 2, 1)
    click(view.compare)
    (dialog,) = still.findChildren(CompareDialog)
    table = dialog.table
    heads = [table.horizontalHeaderItem(index).text() for index in range(table.columnCount())]
    assert heads == ["Run 2 A", "Run 1 A"]
    cells = {
        table.verticalHeaderItem(row).text(): [table.item(row, column).text() for column in range(2)]
        for row in range(table.rowCount())
    }
    assert cells["hidden layers"][0] == "4-2"
    assert cells["Validation loss"] == [f"{BEST}0.300", "0.500"]
    assert cells["Training loss"] == ["0.200", f"{BEST}0.100"]
    sides = {
        table.item(row, at).textAlignment() & int(Qt.AlignmentFlag.AlignHorizontal_Mask)
        for row in range(table.rowCount())
        for at in range(2)
    }
    assert sides == {int(Qt.AlignmentFlag.AlignRight)}, "settings as results"
    both = table_of(
        [next(row.record for row in view.table.rows if row.number == number) for number in (2, 1)]
    )
    copies = {button.text(): button for button in dialog.findChildren(QPushButton)}
    for text, written in (("Copy as CSV", to_csv(both)), ("Copy as Markdown", to_markdown(both))):
        click(copies[text])
        assert QGuiApplication.clipboard().text() == written
    assert UNEQUAL_EPOCHS not in [label.text() for label in dialog.findChildren(QLabel)]
    dialog.close()


def test_runs_of_unequal_length_are_compared_with_a_warning(still: MainWindow, view: RunsView) -> None:
    one, other, _ = still.document.runs
    still.document.remember((one, msgspec.structs.replace(other, epochs=9)))
    view.refresh()
    choose(view, 2, 1)
    click(view.compare)
    (dialog,) = still.findChildren(CompareDialog)
    assert UNEQUAL_EPOCHS in [label.text() for label in dialog.findChildren(QLabel) if label.isVisible()]
    dialog.close()


def test_the_menu_does_all_without_a_mouse(still: MainWindow, view: RunsView) -> None:
    choose(view, 2)
    view.table.customContextMenuRequested.emit(QPoint(5, 5))
    (menu,) = (one for one in view.findChildren(QMenu) if one.title() == "")
    names = [action.text() for action in menu.actions()]
    assert names == ["Restore as a lane", "Pin", "Compare", "Delete", "Sort by"]
    order = menu.actions()[-1].menu()
    assert [action.text() for action in order.actions()] == [one.title for one in COLUMNS]
    order.actions()[0].trigger()
    assert numbers(view) == [3, 2, 1]
    menu.close()


def test_every_part_has_a_name_for_screen_readers(view: RunsView) -> None:
    parts = (view.filter, view.pin, view.restore, view.compare, view.delete, view.table)
    assert all(part.accessibleName() for part in parts)
    assert all(part.toolTip() for part in parts[:-1])
    assert isinstance(view.room, QLabel)
    assert view.room.accessibleDescription() == "3 of 200 runs, 0.0 of 8 MB"


def test_the_words_follow_the_current_lane(still: MainWindow, view: RunsView, qtbot: QtBot) -> None:
    by_number = {row.number: row.texts[1] for row in view.table.rows}
    assert by_number[2] == "hidden layers 4-2, seed 9, other data"
    still.document.change({"lanes.0.seed": 9}, "Seed")
    qtbot.waitUntil(lambda: "seed 0" in view.table.rows[-1].texts[1])
    assert {row.number: row.texts[1] for row in view.table.rows}[2] == "hidden layers 4-2, other data"


def test_a_run_that_is_reset_becomes_a_row_with_its_numbers_and_its_picture(
    window: MainWindow, qtbot: QtBot
) -> None:
    view = runs_of(window)
    click(window.transport.step_epoch)
    qtbot.waitUntil(lambda: window.link.settled and window.link.latest.epoch == 1)
    (seen,) = window.link.latest.lanes
    assert isinstance(window.document.experiment.lanes[0], Lane)
    click(window.transport.reset)
    qtbot.waitUntil(lambda: numbers(view) == [1])
    (run,) = window.document.runs
    assert (run.name, run.epochs, run.ended) == ("A", 1, "reset")
    assert run.loss == tuple(seen.now.loss)
    assert run.score == tuple(seen.now.score)
    answered = PREDICTION.of(seen)
    assert answered is not None
    cells, size = cells_of(run), len(answered.values)
    assert cells is not None
    nearest = [int((index + 0.5) * size / len(cells)) for index in range(len(cells))]
    assert (cells == answered.values.argmax(-1)[nearest][:, nearest]).all()


def test_what_the_table_does_not_have_or_cannot_draw_is_empty(view: RunsView) -> None:
    model = view.table.model()
    gone = model.index(2, 0)
    view._document.remember((record(1, task="curve", picture=packed_picture(np.zeros((40, 40), np.uint8))),))
    view.refresh()
    assert model.data(gone) is None
    shown = model.data(model.index(0, 0), Qt.ItemDataRole.DecorationRole)
    view._document.remember((record(1, task="curve"),))
    view.refresh()
    empty = model.data(model.index(0, 0), Qt.ItemDataRole.DecorationRole)
    assert shown.pixmap(28).toImage() == empty.pixmap(28).toImage()


def test_long_names_give_way_to_results(still: MainWindow, view: RunsView, qtbot: QtBot) -> None:
    long = msgspec.structs.replace(still.document.experiment.lanes[0], name="a lane with a very long name")
    still.document.remember((record(1, lane=long, loss=(0.1, 0.5, 0.5)),))
    qtbot.waitUntil(lambda: len(view.table.rows) == 1)
    table = RunsTable()
    qtbot.addWidget(table)
    table.resize(560, 200)
    table.show()
    table.show_rows(view.table.rows, LIGHT)
    titles = [one.title for one in COLUMNS]
    shown = [
        title
        for at, title in enumerate(titles)
        if table.columnViewportPosition(at) + table.columnWidth(at) <= table.viewport().width()
    ]
    assert shown[:4] == titles[:4], "two results beside name and differences"
    tip = table.model().index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert tip.startswith("1 · a lane with a very long name")
    table.resize(1600, 200)
    qtbot.waitUntil(lambda: table.columnWidth(0) > LEAST_NAME)
