"""Copies land beside their originals, in view, and one beside the other."""

import numpy as np
import pytest
from PySide6.QtGui import QGuiApplication

from engine.data.axes import Axes
from engine.experiment import Points, switch_task
from gui_app.canvas.selecting.beside import ASIDE, free_positions
from gui_app.canvas.view.viewport import Viewport
from tests.gui_app.hands import put_points


@pytest.fixture
def three(document):
    put_points(document, Points([[0, 0], [1, 1], [2, 0]], [0, 1, 1], [0, 1, 2]), "Three")
    return document


def copy_all(canvas):
    canvas.selected.select_all()
    canvas.selected.copy()


def test_pastes_cascade_beside_the_original(three, canvas):
    before = three.points
    copy_all(canvas)
    for times in (1, 2, 3):
        canvas.selected.paste()
        new = three.points[3 * times :]
        assert np.allclose(new.xy - before.xy, np.array((ASIDE, -ASIDE)) * times, atol=1e-12)
        assert np.array_equal(new.target, before.target)
        assert np.array_equal(new.split, before.split)
        assert canvas.context.selection.index.tolist() == [*range(3 * times, 3 * times + 3)]
    three.stack.undo()
    assert len(three.points) == 9


def test_what_was_cut_comes_back_where_it_was(three, canvas):
    before = three.points
    canvas.selected.select_all()
    canvas.selected.cut()
    assert len(three.points) == 0
    canvas.selected.paste()
    assert three.points == before


def test_points_of_a_spreadsheet_lie_where_it_says(three, canvas):
    QGuiApplication.clipboard().setText("x1,x2,class\n-4,-4,1\n3,3,2\n")
    canvas.selected.paste()
    assert three.points.xy[3:].tolist() == [[-4, -4], [3, 3]]


@pytest.mark.parametrize("corner", [(5.9, -5.9), (-5.9, -5.9), (5.9, 5.9), (-5.9, 5.9)])
def test_copies_of_points_at_an_edge_stay_on_the_sheet(document, canvas, corner):
    put_points(document, Points([corner], [0]), "One")
    copy_all(canvas)
    for _ in range(5):
        canvas.selected.paste()
        canvas.selected.duplicate()
    xy = document.points.xy
    assert len(xy) == 11
    assert (np.abs(xy) <= 6).all()
    assert len(np.unique(xy, axis=0)) == 11


def test_on_a_curve_the_target_of_a_copy_is_its_height(document, canvas):
    document.replace(switch_task(document.experiment, "curve"), "Task")
    put_points(document, Points([[1, 2]], [2]), "One")
    copy_all(canvas)
    canvas.selected.paste()
    assert document.points.xy[1].tolist() == [1 + ASIDE, 2 - ASIDE]
    assert document.points.target[1] == 2 - ASIDE


def test_the_distance_is_the_same_on_the_screen_whatever_the_units(document, canvas):
    axes = Axes(x_middle=1000, x_unit=50, y_unit=0.001)
    viewport = Viewport.fitted(664, 664, axes=axes)
    originals = axes.to_data(np.array([[1.0, 1.0], [2.0, 3.0]]))
    moved = free_positions(originals, Points(originals, [0, 0]), viewport, stays=True)
    assert np.allclose(viewport.to_pixels(moved) - viewport.to_pixels(originals), ASIDE * viewport.scale)


def test_points_out_of_view_may_stay_there(document):
    viewport = Viewport.fitted(664, 664, (-1.0, 1.0, -1.0, 1.0))
    far = np.array([[4.0, 4.0]])
    moved = free_positions(far, Points(far, [0]), viewport, stays=True)
    assert np.abs(moved - far).max() <= ASIDE + 1e-12
