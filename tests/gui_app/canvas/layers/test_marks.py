"""Marks that can be told apart on any ground: rings of the selection, and the points of each split."""

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter

from engine.experiment import SPLITS, TEST, TRAINING, VALIDATION, Points
from gui_app.canvas.layers.markers import paint_marker
from gui_app.canvas.layers.point_styles import style, style_numbers
from gui_app.canvas.layers.preview import dark, paint_selection
from gui_app.canvas.layers.scene import Scene
from gui_app.canvas.view.viewport import Viewport
from gui_app.theme.colour_maps import CLASS_STRENGTH, SURFACE_STRENGTH, value_colour
from gui_app.theme.tokens import THEMES, mix
from tests.gui_app.theme.seeing import VISIONS, difference, seen

SIDE = 21
SEEN = 10.0
"""CIEDE2000 difference that is seen at a glance."""
themes = pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)


def scene_of(theme, task, side=420):
    return Scene(Viewport.fitted(side, side), theme, task, 10)


def picture(ground, paint):
    image = QImage(SIDE, SIDE, QImage.Format.Format_RGB32)
    image.fill(QColor(ground))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(SIDE / 2, SIDE / 2)
    paint(painter)
    painter.end()
    return [[QColor(image.pixel(x, y)).name() for x in range(SIDE)] for y in range(SIDE)]


def pixels_that_differ(one, other):
    cells = [(a, b) for row, again in zip(one, other, strict=True) for a, b in zip(row, again, strict=True)]
    return sum(difference(seen(a, "normal"), seen(b, "normal")) >= SEEN for a, b in cells if a != b)


def marker(scene, target, split):
    (number,) = style_numbers(Points([[0, 0]], [target], [split]), scene).tolist()
    return lambda painter: paint_marker(painter, *style(number, scene))


@themes
def test_a_ring_of_the_selection_has_the_colour_of_no_class_and_not_of_the_boundary(theme):
    for vision in VISIONS:
        ring = seen(theme.selection, vision)
        for colour in (*theme.classes, theme.boundary, theme.accent):
            assert difference(ring, seen(colour, vision)) >= SEEN, (vision, colour)


@themes
def test_a_ring_of_the_selection_is_seen_on_any_ground(theme):
    """One of its two colours is far from whatever lies below, also where a person has chosen the colour."""
    rng = np.random.default_rng(0)
    grounds = [theme.window, theme.backdrop, *theme.classes, theme.selection]
    grounds += [mix(theme.window, colour, CLASS_STRENGTH[theme.name]) for colour in theme.classes]
    grounds += [f"#{number:06x}" for number in rng.integers(0, 1 << 24, 200)]
    for ground in grounds:
        apart = [
            difference(seen(line, "normal"), seen(ground, "normal"))
            for line in (theme.selection, dark(theme))
        ]
        assert max(apart) >= 2 * SEEN, ground


@themes
def test_both_colours_of_the_ring_are_painted(theme):
    scene = scene_of(theme, "classification", SIDE)
    cells = {cell for row in picture(theme.window, lambda p: _ring(p, scene)) for cell in row}
    for colour in (theme.selection, dark(theme)):
        assert min(difference(seen(cell, "normal"), seen(colour, "normal")) for cell in cells) < 1.5 * SEEN


def _ring(painter, scene):
    painter.translate(-SIDE / 2, -SIDE / 2)
    paint_selection(painter, scene, np.zeros((1, 2)), None)


@themes
@pytest.mark.parametrize("number", range(10))
def test_the_splits_of_a_class_differ_on_a_ground_of_its_colour(theme, number):
    scene = scene_of(theme, "classification")
    ground = mix(theme.window, theme.classes[number], CLASS_STRENGTH[theme.name])
    shown = [picture(ground, marker(scene, number, split)) for split in range(len(SPLITS))]
    for one, other in ((TRAINING, TEST), (VALIDATION, TEST), (TRAINING, VALIDATION)):
        assert pixels_that_differ(shown[one], shown[other]) >= 8


@themes
@pytest.mark.parametrize("value", [-1.0, -0.5, 0.0, 0.5, 1.0])
def test_the_splits_of_a_value_differ_on_a_ground_of_its_colour(theme, value):
    scene = scene_of(theme, "surface")
    ground = mix(theme.middle, value_colour(value, theme), SURFACE_STRENGTH[theme.name])
    shown = [picture(ground, marker(scene, value, split)) for split in range(len(SPLITS))]
    for one, other in ((TRAINING, TEST), (VALIDATION, TEST)):
        assert pixels_that_differ(shown[one], shown[other]) >= 12
    # Their shape differs, and their colour is the value's.
    (test,) = style_numbers(Points([[0, 0]], [value], [TEST]), scene).tolist()
    (training,) = style_numbers(Points([[0, 0]], [value], [TRAINING]), scene).tolist()
    assert style(test, scene)[0] != style(training, scene)[0]
    assert style(test, scene)[1].fill == style(training, scene)[1].fill


@themes
def test_the_splits_of_a_curve_differ(theme):
    scene = scene_of(theme, "curve")
    shown = [picture(theme.window, marker(scene, 0.0, split)) for split in range(len(SPLITS))]
    for one, other in ((TRAINING, TEST), (VALIDATION, TEST), (TRAINING, VALIDATION)):
        assert pixels_that_differ(shown[one], shown[other]) >= 12
