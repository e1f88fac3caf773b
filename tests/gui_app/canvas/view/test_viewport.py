import numpy as np
import pytest
from PySide6.QtCore import QPointF

from gui_app.canvas.view.margins import MARGIN
from gui_app.canvas.view.viewport import Viewport, inside


def test_the_square_is_the_largest_with_a_margin_and_in_the_middle():
    square = Viewport.fitted(900, 500).square
    assert square.width() == square.height() == 500 - 2 * MARGIN
    assert (square.center().x(), square.center().y()) == (450, 250)


def test_y_points_up():
    viewport = Viewport(10, 20, 120)
    assert viewport.to_pixel(-6, 6) == QPointF(10, 20)
    assert viewport.to_pixel(6, -6) == QPointF(130, 140)


@pytest.mark.parametrize(("width", "height"), [(700, 700), (321, 777), (10, 10)])
def test_there_and_back(width, height):
    viewport = Viewport.fitted(width, height)
    positions = np.random.default_rng(0).uniform(-8, 8, (50, 2))
    back = [viewport.to_data(QPointF(x, y)) for x, y in viewport.to_pixels(positions).tolist()]
    assert np.allclose(back, positions, rtol=0, atol=1e-9)


def test_many_places_and_one_agree():
    viewport = Viewport.fitted(500, 400)
    assert np.allclose(viewport.to_pixels([[1.5, -2.0]])[0], viewport.to_pixel(1.5, -2.0).toTuple())


def test_the_edge_is_inside():
    assert inside(np.array([[6, -6], [6.001, 0], [0, -6.001]])).tolist() == [True, False, False]
