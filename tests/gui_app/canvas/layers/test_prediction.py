from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter

from engine.observation.observables import Prediction
from engine.observation.snapshot import CANVAS_EXTENT
from gui_app.canvas.layers.prediction import paint_prediction, prediction_image
from gui_app.canvas.layers.scene import Scene
from gui_app.canvas.view.viewport import Viewport
from gui_app.theme.colour_maps import CLASS_STRENGTH, SURFACE_STRENGTH, value_colours
from gui_app.theme.tokens import LIGHT, THEMES, mix, rgb

pytestmark = pytest.mark.usefixtures("qapp")
themes = pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)


def image_of(values, task, theme, classes=2):
    scene = Scene(Viewport.fitted(600, 600), theme, task, classes)
    return prediction_image(Prediction(CANVAS_EXTENT, np.asarray(values, dtype=np.float32)), scene)


def pixel(image, column, row):
    return np.array(QColor(image.pixel(column, row)).getRgb()[:3])


def one_cell(probabilities, theme):
    return pixel(image_of([[probabilities]], "classification", theme, len(probabilities)), 0, 0)


@themes
@pytest.mark.parametrize("classes", [2, 3, 10])
def test_certainty_shows_the_class_and_a_guess_the_paper(theme, classes):
    assert np.abs(one_cell([1 / classes] * classes, theme) - rgb(theme.window)).max() <= 1
    for k in range(classes):
        expected = rgb(mix(theme.window, theme.classes[k], CLASS_STRENGTH[theme.name]))
        assert np.abs(one_cell(np.eye(classes)[k], theme) - expected).max() <= 1


@themes
def test_the_less_certain_the_paler(theme):
    distance = [
        np.abs(one_cell([p, 1 - p], theme) - rgb(theme.window)).sum() for p in (0.5, 0.6, 0.75, 0.9, 1)
    ]
    assert distance == sorted(distance)
    assert distance[2] == pytest.approx(distance[4] / 2, abs=4)


@themes
def test_values_go_from_low_through_middle_to_high(theme):
    image = image_of([[-5, -1, 0, 1, 5]], "surface", theme)
    low, high = (rgb(mix(theme.middle, end, SURFACE_STRENGTH[theme.name])) for end in (theme.low, theme.high))
    for column, expected in enumerate((low, low, rgb(theme.middle), high, high)):
        assert np.abs(pixel(image, column, 0) - expected).max() <= 2


@themes
def test_points_have_the_full_colours_of_their_values(theme):
    colours = value_colours(np.array([-2.0, -1, 0, 1, 2]), theme)
    expected = [rgb(theme.low), rgb(theme.low), rgb(theme.middle), rgb(theme.high), rgb(theme.high)]
    assert np.allclose(colours, expected, atol=1e-3)


@pytest.mark.parametrize("task", ["classification", "surface"])
def test_row_0_is_at_the_bottom_and_column_0_on_the_left(task):
    values = np.zeros((4, 3), dtype=np.float32)
    values[0, 2] = 1
    theme = THEMES["light"]
    if task == "classification":
        values = np.stack((1 - values, values), axis=-1)
    image = image_of(values, task, theme)
    assert (image.width(), image.height()) == (3, 4)
    other = pixel(image, 0, 0)
    odd = [(x, y) for x in range(3) for y in range(4) if (pixel(image, x, y) != other).any()]
    assert odd == [(2, 3)]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("task", ["classification", "surface"])
def test_numbers_that_are_not_finite_have_a_colour(task, bad):
    shape = (3, 3, 2) if task == "classification" else (3, 3)
    assert image_of(np.full(shape, bad), task, THEMES["dark"]).pixelColor(1, 1).alpha() == 255


def test_a_curve_has_no_image():
    assert image_of(np.zeros(30), "curve", THEMES["light"]) is None


def test_a_prediction_for_another_task_is_not_painted():
    assert image_of(np.zeros((3, 3)), "classification", THEMES["light"]) is None
    assert image_of(np.zeros((3, 3, 2)), "surface", THEMES["light"]) is None


def test_the_boundary_is_as_thick_as_the_theme_says():
    half = np.linspace(0.0, 1.0, 40, dtype=np.float32)
    values = np.stack([np.tile(half, (40, 1)), 1 - np.tile(half, (40, 1))], axis=-1)

    def ink(theme):
        image = QImage(600, 600, QImage.Format.Format_RGB32)
        image.fill(QColor(theme.window))
        painter = QPainter(image)
        scene = Scene(Viewport.fitted(600, 600), theme, "classification", 2)
        paint_prediction(painter, scene, Prediction(CANVAS_EXTENT, values))
        painter.end()
        return sum(QColor(image.pixel(x, 300)).lightness() < 120 for x in range(600))

    assert ink(replace(LIGHT, line_scale=4.0)) >= 2 * ink(LIGHT) > 0
