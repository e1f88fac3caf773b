"""Parallel coordinates: axes, brushes and lines as values, and the view with a real mouse."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from engine.observation.sweep_table import SweepTable, TableAxis
from gui_app.sweeps.results.parallel.axes import axis_of
from gui_app.sweeps.results.parallel.brushes import Brush, selected
from gui_app.sweeps.results.parallel.lines import density, thinned
from gui_app.sweeps.results.parallel.table_axes import axes_of, offered
from gui_app.sweeps.results.parallel.view import ParallelView
from gui_app.theme.tokens import DARK, LIGHT
from tests.gui_app.sweeps.tables import ACTIVATIONS, L2, small_table

LEFT = Qt.MouseButton.LeftButton


def test_numbers_lie_on_their_scale_and_zero_lies_below_a_logarithmic_one():
    axis = axis_of("l2", "λ₂", np.array([0.0, 1e-3, 1e-1]), log=True, order=[0.0, 1e-3, 1e-1])
    np.testing.assert_allclose(axis.at, [-4.0, -3.0, -1.0])
    np.testing.assert_allclose(axis.shares, [0.0, 1 / 3, 1.0])
    assert axis.ticks == ((-4.0, "0"), (-3.0, "0.001"), (-1.0, "0.1"))
    assert [axis.text(row) for row in range(3)] == ["0", "0.001", "0.1"]


def test_names_lie_in_the_order_of_their_axis_and_infinities_are_not_known():
    names = axis_of("activation", "Activation", ["tanh", "relu", "tanh"], order=["relu", "tanh"])
    assert names.at.tolist() == [1.0, 0.0, 1.0]
    assert [text for _, text in names.ticks] == ["relu", "tanh"]
    loss = axis_of("loss", "Loss", np.array([1.0, np.inf, np.nan, 3.0]))
    assert np.isnan(loss.at).tolist() == [False, True, True, False]
    assert loss.text(1) == "not known"


def test_axes_without_a_spread_have_room():
    axis = axis_of("loss", "Loss", np.array([2.0, 2.0]))
    np.testing.assert_allclose(axis.shares, 0.5)


def test_runs_within_all_brushes_are_selected():
    axes = [axis_of("a", "A", np.arange(5.0)), axis_of("b", "B", np.array([0.0, np.nan, 2.0, 3.0, 4.0]))]
    assert selected(axes, {}).all()
    assert selected(axes, {"a": Brush(1, 3)}).tolist() == [False, True, True, True, False]
    assert selected(axes, {"a": Brush(1, 3), "b": Brush(3, 9)}).tolist() == [False, False, False, True, False]
    assert selected(axes, {"b": Brush(1.0, 0.0, unknown=True)}).tolist() == [False, True, False, False, False]


def test_the_density_counts_every_line_once_in_each_column():
    heights = np.array([[0.0, 9.0], [9.0, 0.0], [4.0, 4.0]])
    count, mean = density(heights, np.array([0.0, 1.0, 0.5]), np.array([0, 20]), 10)
    assert count.shape == (10, 21)
    np.testing.assert_allclose(count.sum(axis=0), 3.0)
    assert count[0, 0] == count[9, 0] == 1.0
    assert (mean[0, 0], mean[9, 0], mean[4, 0]) == (0.0, 1.0, 0.5)
    # All three meet halfway between 4 and 5, where the two steep ones have equal parts in both.
    assert count[4, 10] == pytest.approx(2.0)
    assert mean[5, 10] == pytest.approx(0.5)


def test_thinned_rows_are_spread_over_all():
    rows = thinned(np.arange(1000), 10)
    assert len(rows) == 10
    assert rows[0] == 0
    assert rows[-1] >= 900
    assert thinned(np.arange(5), 10).tolist() == [0, 1, 2, 3, 4]


def test_a_table_has_its_settings_and_the_measures_that_differ():
    labels = offered(small_table(), "classification")
    assert labels["regularization.l2"] == "λ₂"
    assert labels["validation_score"] == "Validation accuracy"
    assert "seed" not in labels
    assert "seed" in offered(small_table(seeds=3), "classification")
    axes = {axis.key: axis for axis in axes_of(small_table(), "classification")}
    assert list(axes) == [
        "regularization.l2", "network.activation", "validation_loss", "training_loss", "validation_score", "gap"
    ]  # fmt: skip
    assert axes["network.activation"].names == ACTIVATIONS
    assert len(axes["regularization.l2"].ticks) == len(L2)
    only = axes_of(small_table(), "classification", ["gap", "network.activation"])
    assert [axis.key for axis in only] == ["network.activation", "gap"]


@pytest.mark.parametrize(
    ("values", "log"), [((0.0, 0.001, 0.1), True), ((0.1, 0.2, 0.5), False), ((-1.0, 0.01, 10.0), False)]
)
def test_listed_values_that_grow_by_factors_have_a_logarithmic_axis(values, log):
    table = SweepTable(
        axes=(TableAxis("a", "A", values),),
        places=np.arange(3)[:, None],
        settings={"a": np.array(values)},
        seed=np.zeros(3, dtype=np.int64),
        status=np.full(3, "trained"),
        results={"validation_loss": np.arange(3.0), "diverged": np.zeros(3)},
        names=["lane"] * 3,
    )
    assert axes_of(table, "classification")[0].log == log


@pytest.fixture
def view(qtbot):
    view = ParallelView()
    qtbot.addWidget(view)
    view.resize(900, 320)
    view.show_axes(axes_of(small_table(), "classification"), "validation_loss")
    view.show()
    qtbot.waitExposed(view)
    return view


def drag(view, axis: int, first: float, last: float) -> None:
    """Drag along an axis from one of its values to another."""
    place = view.place
    x, one = round(place.x(axis)), view.axes[axis]
    begin, end = (QPoint(x, round(place.height(one, at))) for at in (first, last))
    QTest.mousePress(view, LEFT, pos=begin)
    for step in range(1, 5):
        QTest.mouseMove(view, begin + (end - begin) * step / 4)
    QTest.mouseRelease(view, LEFT, pos=end)


@pytest.mark.window
def test_dragging_along_axes_selects_the_runs_within_both(view):
    heard = []
    view.brushed.connect(lambda: heard.append(len(view.selected)))
    drag(view, 0, -3.2, -0.95)
    assert view.caption == "9 of 12 networks selected"
    drag(view, 1, -0.05, 0.4)
    table = small_table()
    expected = (table.settings["regularization.l2"] > 0) & (table.settings["network.activation"] == "relu")
    assert view.selected.tolist() == np.flatnonzero(expected).tolist()
    assert heard[-1] == 3
    QTest.mouseDClick(
        view, LEFT, pos=QPoint(round(view.place.x(0)), round(view.place.height(view.axes[0], -2.0)))
    )
    assert list(view.brushes) == ["network.activation"]


@pytest.mark.window
def test_a_brush_moves_by_its_middle_and_a_click_clears_it(view):
    drag(view, 0, -3.9, -2.9)
    before = view.brushes["regularization.l2"]
    middle = (before.low + before.high) / 2
    drag(view, 0, middle, middle + 1.0)
    after = view.brushes["regularization.l2"]
    assert after.low - before.low == pytest.approx(1.0, abs=0.05)
    assert after.high - after.low == pytest.approx(before.high - before.low)
    at = QPoint(round(view.place.x(0)), round(view.place.height(view.axes[0], -1.1)))
    QTest.mouseClick(view, LEFT, pos=at)
    assert not view.brushes


@pytest.mark.window
def test_a_brush_can_take_the_runs_whose_result_is_not_known(view):
    loss = [axis.key for axis in view.axes].index("validation_loss")
    x, y = round(view.place.x(loss)), round(view.place.unknown)
    QTest.mousePress(view, LEFT, pos=QPoint(x, y - 4))
    QTest.mouseMove(view, QPoint(x, y + 3))
    QTest.mouseRelease(view, LEFT, pos=QPoint(x, y + 3))
    assert view.selected.tolist() == [11]


@pytest.mark.window
def test_a_click_on_a_line_chooses_its_run_and_one_on_a_title_colours_by_it(view):
    chosen, coloured = [], []
    view.chosen.connect(chosen.append)
    view.coloured.connect(coloured.append)
    place, row = view.place, 0
    heights = [place.heights(axis)[row] for axis in view.axes]
    at = QPointF(place.x(2) + 0.5 * place.spacing, (heights[2] + heights[3]) / 2).toPoint()
    QTest.mouseClick(view, LEFT, pos=at)
    assert chosen == [0]
    assert view.highlighted == 0
    QTest.mouseClick(view, LEFT, pos=QPoint(round(place.x(5)), 14))
    assert coloured == ["gap"]
    assert view.colour == "gap"


@pytest.mark.window
def test_all_of_it_works_by_keys(view):
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Right)
    QTest.keyClick(view, Qt.Key.Key_Up)
    high = view.brushes["regularization.l2"]
    assert high.high == view.axes[0].high
    assert high.low == (view.axes[0].low + view.axes[0].high) / 2
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert view.brushes["regularization.l2"].low < high.low
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert view.colour == "regularization.l2"
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert not view.brushes


@pytest.mark.window
def test_newer_results_keep_brushes_and_the_chosen_run(view):
    view.brush("network.activation", Brush(0, 0))
    view.highlight(5)
    view.show_axes(axes_of(small_table(seeds=2), "classification"), "validation_loss")
    assert list(view.brushes) == ["network.activation"]
    assert view.highlighted == 5
    assert len(view.selected) == 8


@pytest.mark.window
def test_selected_lines_have_the_colours_of_the_scale_and_themes_differ(view):
    pictures = {}
    for theme in (LIGHT, DARK):
        view.apply_theme(theme)
        pictures[theme.name] = view.grab().toImage()
        assert pictures[theme.name].pixelColor(2, 100).name() == theme.panel
    assert pictures["light"] != pictures["dark"]
