"""Heat map, best networks and parallel coordinates of one table, with a real mouse."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from engine.observation.sweep_table import SweepTable, TableAxis
from gui_app.sweeps.results.best import ranked
from gui_app.sweeps.results.heat import NO_GRID, NOTHING_YET, heat_of
from gui_app.sweeps.results.parallel.brushes import Brush
from gui_app.sweeps.results.view import ResultsView
from tests.gui_app.sweeps.tables import small_table

LEFT = Qt.MouseButton.LeftButton
pytestmark = pytest.mark.window


@pytest.fixture
def view(qtbot):
    view = ResultsView()
    qtbot.addWidget(view)
    view.resize(1200, 720)
    view.show_table(small_table(seeds=3), "classification")
    view.show()
    qtbot.waitExposed(view)
    return view


def test_the_heat_map_shows_medians_the_best_cell_and_what_diverged():
    heat = heat_of(small_table(seeds=3), "classification", "validation_loss", 0, 1)
    expected = 0.11 + 0.1 * np.arange(4)[None, :] + 0.1 * np.arange(3)[:, None]
    expected[2, 3] = np.nan
    np.testing.assert_allclose(heat.median, expected)
    assert heat.best == (0, 0)
    assert np.argwhere(heat.broken).tolist() == [[2, 3]]
    turned = heat_of(small_table(), "classification", "validation_score", 1, 0)
    assert turned.median.shape == (4, 3)
    assert turned.best == (0, 0)


def test_the_share_of_diverged_networks_does_not_depend_on_the_order_of_rows():
    table = small_table(seeds=2)
    order = np.argsort(table.places[:, 1] * 10 + table.places[:, 0], kind="stable")[::-1]
    diverged = np.zeros(len(table))
    diverged[table.places[:, 1] == 2] = 1.0
    diverged[(table.places == (0, 0)).all(axis=1) & (table.seed == 1)] = 1.0
    expected = np.zeros((3, 4))
    expected[2], expected[0, 0] = 1.0, 0.5
    for rows in (np.arange(len(table)), order):
        changed = replace(table, places=table.places[rows], results={"diverged": diverged[rows]})
        np.testing.assert_array_equal(changed.grid("diverged").median, expected)


def test_the_best_come_first_and_those_without_a_number_last():
    table = small_table()
    rows = np.arange(12)
    assert ranked(table, "validation_loss", rows)[0] == 0
    assert ranked(table, "validation_loss", rows)[-1] == 11
    assert ranked(table, "validation_score", rows)[0] == 0
    assert ranked(table, "validation_loss", rows, 3).tolist() == [0, 1, 3]


def test_a_click_on_a_cell_chooses_its_best_network_everywhere(view):
    plane = view.heat.plane
    QTest.mouseClick(view.heat, LEFT, pos=plane.cell((2, 1)).center().toPoint())
    table = view.table
    assert table.places[view.row].tolist() == [2, 1]
    assert table.seed[view.row] == 0
    assert view.best.row == view.row
    promoted = []
    view.promoted.connect(promoted.append)
    QTest.mouseClick(view.promote, LEFT)
    assert promoted == [view.row]


def test_brushes_choose_among_which_networks_the_best_are(view):
    assert len(view.best.rows) == 36
    view.parallel.brush("network.activation", Brush(0.9, 2.1))
    view.parallel.brush("regularization.l2", Brush(-2.5, -0.5))
    assert len(view.best.rows) == 12
    assert view.caption.full_text == "12 of 36 networks selected"
    assert view.table.places[view.best.rows[0]].tolist() == [2, 1]
    QTest.mouseClick(view.clear, LEFT)
    assert len(view.best.rows) == 36
    assert not view.clear.isEnabled()


def test_axes_of_the_heat_map_are_exchanged_and_a_measure_is_chosen(view):
    view.across.setCurrentIndex(1)
    view.across.activated.emit(1)
    assert view.up.currentText() == "λ₂"
    assert view.heat.heat.median.shape == (4, 3)
    view.measure.setCurrentIndex(view.measure.findData("gap"))
    view.measure.activated.emit(0)
    assert view.parallel.colour == "gap"
    assert view.heat.export_title == "Loss gap"


def test_newer_results_keep_the_chosen_network_and_measure(view):
    view.measure.setCurrentIndex(view.measure.findData("training_loss"))
    view.measure.activated.emit(0)
    view.choose(7)
    view.show_table(small_table(seeds=3), "classification")
    assert view.row == 7
    assert view.measure.currentData() == "training_loss"


def test_a_row_of_the_table_is_chosen_by_mouse_and_promoted_by_enter(view):
    promoted = []
    view.promoted.connect(promoted.append)
    at = view.best.visualRect(view.best.model().index(2, 0)).center()
    QTest.mouseClick(view.best.viewport(), LEFT, pos=QPoint(at))
    assert view.row == view.best.rows[2]
    QTest.keyClick(view.best, Qt.Key.Key_Return)
    assert promoted == [view.row]


def test_lines_have_the_axes_that_are_chosen_and_at_least_two(view):
    menu = view.shown.menu()
    menu.aboutToShow.emit()
    entries = {action.text(): action for action in menu.actions()}
    assert entries["Diverged"].isCheckable()
    assert not entries["Diverged"].isChecked()
    entries["Diverged"].trigger()
    assert [axis.key for axis in view.parallel.axes][-1] == "diverged"
    entries["Seed"].trigger()
    assert "seed" not in [axis.key for axis in view.parallel.axes]
    view.show_axes(["gap"])
    assert len(view.parallel.axes) > 2


def test_a_large_grid_is_one_image_whose_pixels_are_its_cells(view, qtbot):
    side = 256
    places = np.stack(np.meshgrid(np.arange(side), np.arange(side), indexing="ij"), axis=-1).reshape(-1, 2)
    values = tuple(float(one) for one in range(side))
    loss = 1.0 + places[:, 0] + 0.0 * places[:, 1]
    diverged = (places[:, 1] == side - 1).astype(float)
    table = SweepTable(
        axes=(TableAxis("a", "A", values), TableAxis("b", "B", values)),
        places=places,
        settings={"a": places[:, 0] * 1.0, "b": places[:, 1] * 1.0},
        seed=np.zeros(len(places), dtype=np.int64),
        status=np.full(len(places), "trained"),
        results={"validation_loss": loss, "diverged": diverged},
        names=["lane"] * len(places),
    )
    view.show_table(table, "classification")
    assert view.heat.heat.texts == ()
    assert view.heat.heat.median[3, 200] == 201.0
    plane = view.heat.plane
    assert plane.rect.width() == pytest.approx(plane.rect.height())
    QTest.mouseClick(view.heat, LEFT, pos=plane.cell((100, 50)).center().toPoint())
    column, row = table.places[view.row].tolist()
    assert (abs(column - 100) <= 1, abs(row - 50) <= 1) == (True, True)
    assert "65,536 networks, 20,000 lines drawn" in view.caption.full_text


def all_diverged() -> SweepTable:
    """Networks that all have their first weights again: they differ in gradients alone."""
    table = small_table()
    same = np.ones(len(table))
    return replace(
        table,
        status=np.full(len(table), "diverged"),
        results={
            "validation_loss": same,
            "gradient_ratio": 0.1 + np.arange(len(table)),
            "zero_share": 0 * same,
            "epochs": 0 * same,
            "diverged": same,
        },
    )


def offered_by(view: ResultsView) -> list[str]:
    return [view.measure.itemData(index) for index in range(view.measure.count())]


def test_before_there_is_a_result_the_heat_map_says_that_nothing_is_trained(qtbot):
    view = ResultsView()
    qtbot.addWidget(view)
    assert (view.heat.heat, view.heat.words) == (None, NOTHING_YET)
    table = small_table()
    sampled = replace(table, places=np.full_like(table.places, -1))
    for waiting in (table, sampled):
        nothing = np.full(len(table), "waiting")
        unknown = {key: np.full(len(table), np.nan) for key in table.results}
        view.show_table(replace(waiting, status=nothing, results=unknown), "classification")
        assert (view.heat.heat, view.heat.words) == (None, NOTHING_YET)
    view.show_table(sampled, "classification")
    assert (view.heat.heat, view.heat.words) == (None, NO_GRID)
    view.show_table(table, "classification")
    assert view.heat.heat is not None


def test_networks_that_all_diverged_are_compared_by_how_that_ended(view):
    view.show_table(all_diverged(), "classification")
    assert offered_by(view) == ["diverged", "epochs", "gradient_ratio"]
    assert view.heat.export_title == "Diverged"
    assert view.heat.heat.scale.share(view.heat.heat.median).tolist() == [[1.0] * 4] * 3
    # Where some did not, they are compared as ever.
    view.show_table(small_table(seeds=3), "classification")
    assert view.measure.currentData() == "validation_loss"
    assert "diverged" in offered_by(view)


def test_a_chosen_measure_comes_back_when_networks_differ_in_it_again(view):
    view.measure.setCurrentIndex(view.measure.findData("gap"))
    view.measure.activated.emit(0)
    view.show_table(all_diverged(), "classification")
    assert view.measure.currentData() == "diverged"
    view.show_table(small_table(seeds=3), "classification")
    assert view.measure.currentData() == "gap"
