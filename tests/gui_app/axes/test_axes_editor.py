"""The editor of the axes: opened at an axis and by menu, one undo step, refused where it is no extent."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea

from engine.experiment import Points, edit_many
from tests.gui_app.hands import click, fill, put_points

pytestmark = [pytest.mark.bare, pytest.mark.usefixtures("fake_engine")]


def double_click(canvas, pixel):
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=pixel)
    QTest.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=pixel)


def beside(canvas, axis):
    square = canvas.scene.viewport.square
    places = {
        "x": QPoint(int(square.center().x()), int(square.bottom()) + 14),
        "y": QPoint(int(square.left()) - 14, int(square.center().y())),
        "value": QPoint(int(square.right()) + 10, int(square.center().y())),
    }
    return places[axis]


@pytest.mark.parametrize("axis", ["x", "y"])
def test_a_double_click_at_an_axis_opens_its_name_and_makes_one_undo_step(still, axis):
    document, canvas = still.document, still.canvas
    before = document.experiment
    double_click(canvas, beside(canvas, axis))
    form = still.axes.popover.form
    assert QApplication.focusWidget() is form.names[axis]
    assert document.experiment == before
    fill(form.names[axis], "Petal length")
    fill(form.units[axis], "cm")
    fill(form.lows[axis], "0")
    fill(form.highs[axis], "8")
    click(still.axes.popover.apply)
    data = document.experiment.data
    assert (getattr(data.axes, axis).name, getattr(data.axes, axis).unit) == ("Petal length", "cm")
    assert getattr(data.extent, axis) == (0.0, 8.0)
    assert document.stack.undoText() == "Axes"
    document.stack.undo()
    assert document.experiment == before
    assert not document.stack.canUndo()


def test_a_double_click_on_the_sheet_still_draws_and_resets_the_view(still):
    canvas = still.canvas
    canvas.camera.zoom(4, (1.0, 1.0))
    double_click(canvas, canvas.scene.viewport.square.center().toPoint())
    assert canvas.camera.at_home
    assert still.axes.popover is None


def test_what_is_no_extent_is_told_and_cannot_be_applied(still):
    still.axes.edit("y")
    popover = still.axes.popover
    for text, words in (
        ("-9", "Vertical axis: the first number, the low end, must be below the second, not -6 and -9."),
        ("wide", "High end of the vertical axis: "),
    ):
        fill(popover.form.highs["y"], text)
        assert popover.form.error.text().startswith(words)
        assert not popover.apply.isEnabled()
    QTest.keyClick(popover, Qt.Key.Key_Escape)
    assert not still.document.modified


def test_fit_to_the_data_sets_round_ends_around_the_points(still):
    xy = np.array([[1951.0, 0.0], [2023.0, 1e6], [2000.0, 5e5]])
    put_points(still.document, Points(xy, [0, 1, 0]), "far")
    still.axes.edit()
    popover = still.axes.popover
    click(popover.form.fit)
    assert popover.form.lows["x"].text() == "1945"
    click(popover.form.equal)
    click(popover.apply)
    data = still.document.experiment.data
    assert data.extent.x == (1945.0, 2030.0)
    assert data.aspect == "equal"


def test_the_menu_has_the_axes_and_fits_them(still):
    titles = {
        action.text(): action
        for menu in still.menuBar().actions()
        if menu.text() == "&Data"
        for action in menu.menu().actions()
    }
    titles["A&xes …"].trigger()
    still.axes.popover.close()
    xy = np.array([[1951.0, 0.0], [2023.0, 1e6], [2000.0, 5e5]])
    put_points(still.document, Points(xy, [0, 1, 0]), "far")
    titles["&Fit the axes to the data"].trigger()
    assert still.document.experiment.data.extent.x == (1945.0, 2030.0)


def test_numbers_that_are_not_edited_stay_the_same_to_the_bit(still):
    odd = (1 / 3, 2 / 3 + 1e-16)
    still.document.replace(edit_many(still.document.experiment, {"data.extent.x": odd}), "odd")
    still.axes.edit()
    fill(still.axes.popover.form.names["y"], "Height")
    click(still.axes.popover.apply)
    assert still.document.experiment.data.extent.x == odd
    assert still.document.experiment.data.axes.y.name == "Height"


def test_at_twice_the_text_names_and_numbers_have_their_room(still):
    still.appearance.show_text_scale(2.0)
    try:
        still.axes.edit("x")
        form = still.axes.popover.form
        assert form.names["x"].width() >= 150
        for field in (*form.lows.values(), *form.highs.values()):
            if field.isVisible():
                assert field.width() >= field.fontMetrics().horizontalAdvance("−6.25") + 16
        assert still.axes.popover.findChild(QScrollArea).verticalScrollBar().maximum() == 0
        still.axes.popover.close()
    finally:
        still.appearance.show_text_scale(1.0)
