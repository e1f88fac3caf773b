"""Small pictures of what neurons compute."""

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from engine.experiment import edit_many
from gui_app.diagram.arrangement import arrange
from gui_app.diagram.picture import compose_picture, paint_picture
from gui_app.session.looked_at import Unit
from gui_app.theme.colour_maps import CLASS_STRENGTH, SURFACE_STRENGTH, value_colour
from gui_app.theme.tokens import DARK, LIGHT, Theme, mix
from tests.gui_app.diagram.networks import positions, shape_of, sketch, values_of, with_values

SIZE = (420.0, 360.0)


def painted(experiment, network, theme: Theme = LIGHT) -> tuple:
    """The picture as pixels, with its arrangement."""
    arrangement = arrange(shape_of(experiment), *SIZE)
    image = QImage(*map(int, SIZE), QImage.Format.Format_RGB32)
    image.fill(QColor(theme.panel))
    painter = QPainter(image)
    paint_picture(painter, compose_picture(network, arrangement, "weights", theme))
    painter.end()
    return image, arrangement


def quarter(image, arrangement, unit: Unit, right: bool, top: bool) -> QColor:
    """The colour in the middle of a quarter of a thumbnail."""
    rect = arrangement.rect(unit)
    x = rect.left() + rect.width() * (0.75 if right else 0.25)
    y = rect.top() + rect.height() * (0.25 if top else 0.75)
    return image.pixelColor(int(x), int(y))


def near(first: QColor, second: QColor, tolerance: int = 6) -> bool:
    return all(abs(a - b) <= tolerance for a, b in zip(first.getRgb(), second.getRgb(), strict=True))


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("right", [False, True])
@pytest.mark.parametrize("top", [False, True])
def test_top_right_is_top_right(qapp: QApplication, theme: Theme, right: bool, top: bool):
    """A neuron that answers 1 in one quarter of the canvas and 0 elsewhere."""
    experiment, unit = sketch(), Unit(1, 2)
    x1, x2 = positions("classification")
    there = ((x1 > 0) == right) & ((x2 > 0) == top)
    image, arrangement = painted(experiment, with_values(values_of(experiment), unit, there), theme)
    full = QColor(mix(theme.middle, theme.high, SURFACE_STRENGTH[theme.name]))
    for is_right in (False, True):
        for is_top in (False, True):
            expected = full if (is_right, is_top) == (right, top) else QColor(theme.middle)
            assert near(quarter(image, arrangement, unit, is_right, is_top), expected)


def test_thumbnails_show_a_direct_forward_pass(qapp: QApplication):
    """Every neuron and input: colour by value around 0, each layer up to its largest value."""
    experiment = sketch((5, 3), network__features=("x1", "x2", "x1_x2"))
    network = values_of(experiment, size=2)
    inside = network.inside
    image, arrangement = painted(experiment, network)
    for layer, values in enumerate([inside.inputs, *(part.values for part in inside.layers[:-1])]):
        scale = np.abs(values).max()
        for index in range(len(values)):
            for row, column in ((0, 0), (0, 1), (1, 0), (1, 1)):
                # At the outer quarters of a 2 × 2 picture no neighbour is mixed in.
                rect = arrangement.rect(Unit(layer, index))
                x = rect.left() + rect.width() * (0.1 + 0.8 * column)
                y = rect.top() + rect.height() * (0.9 - 0.8 * row)
                share = float(values[index, row, column] / scale) * SURFACE_STRENGTH["light"]
                if (column, row) == (0, 0) and layer:
                    continue  # The bias lies there.
                assert near(image.pixelColor(int(x), int(y)), QColor(value_colour(share, LIGHT))), (
                    layer,
                    index,
                )


def test_an_output_has_the_colour_of_its_class_where_it_is_sure(qapp: QApplication):
    experiment, unit = sketch(), Unit(3, 1)
    x1, _ = positions("classification")
    image, arrangement = painted(experiment, with_values(values_of(experiment), unit, x1 > 0))
    sure = QColor(mix(LIGHT.window, LIGHT.classes[1], CLASS_STRENGTH["light"]))
    assert near(quarter(image, arrangement, unit, right=True, top=True), sure)
    assert near(quarter(image, arrangement, unit, right=False, top=True), QColor(LIGHT.window))


def test_the_values_of_a_surface_have_the_canvas_colours(qapp: QApplication):
    experiment, unit = sketch(task="surface"), Unit(3, 0)
    x1, _ = positions("surface")
    image, arrangement = painted(experiment, with_values(values_of(experiment), unit, np.sign(x1) * 0.5))
    for right, value in ((True, 0.5), (False, -0.5)):
        expected = QColor(value_colour(value * SURFACE_STRENGTH["light"], LIGHT))
        assert near(quarter(image, arrangement, unit, right=right, top=True), expected)


def test_the_values_of_a_surface_follow_their_extent(qapp: QApplication):
    experiment, unit = sketch(task="surface"), Unit(3, 0)
    experiment = edit_many(experiment, {"data.extent.value": [270, 330]})
    x1, _ = positions("surface")
    image, arrangement = painted(experiment, with_values(values_of(experiment), unit, 300 + 15 * np.sign(x1)))
    for right, value in ((True, 0.5), (False, -0.5)):
        expected = QColor(value_colour(value * SURFACE_STRENGTH["light"], LIGHT))
        assert near(quarter(image, arrangement, unit, right=right, top=True), expected)


def test_a_curve_rises_to_the_right_where_the_neuron_does(qapp: QApplication):
    experiment, unit = sketch(task="curve"), Unit(1, 0)
    x, _ = positions("curve", 48)
    image, arrangement = painted(experiment, with_values(values_of(experiment, size=48), unit, x))
    rect = arrangement.rect(unit)
    for share in (-0.6, -0.3, 0.3, 0.6):
        column = int(rect.center().x() + share * rect.width() / 2)
        darkness = [
            image.pixelColor(column, y).lightness() for y in range(int(rect.top()) + 2, int(rect.bottom()))
        ]
        darkest = rect.top() + 2 + darkness.index(min(darkness))
        assert darkest == pytest.approx(rect.center().y() - share * 0.92 * rect.height() / 2, abs=2)


def test_values_that_are_not_finite_are_drawn_as_nothing(qapp: QApplication):
    experiment, unit = sketch(), Unit(1, 0)
    image, arrangement = painted(experiment, with_values(values_of(experiment), unit, np.nan))
    assert near(quarter(image, arrangement, unit, right=True, top=True), QColor(LIGHT.middle))


def test_without_values_only_the_shape_is_drawn(qapp: QApplication):
    experiment = sketch()
    image, arrangement = painted(experiment, None)
    assert near(quarter(image, arrangement, Unit(1, 0), right=True, top=True), QColor(LIGHT.raised))


def test_a_surface_in_units_of_the_data_has_the_canvas_colours(qapp: QApplication):
    """A value of 15 between ends of 10 and 20 has the colour of the middle, one of 20 that of the high end."""
    experiment = edit_many(sketch(task="surface"), {"data.extent.value": (10.0, 20.0)})
    x1, _ = positions("surface")
    image, arrangement = painted(
        experiment, with_values(values_of(experiment), Unit(3, 0), np.where(x1 > 0, 20.0, 15.0))
    )
    high = QColor(value_colour(SURFACE_STRENGTH["light"], LIGHT))
    assert near(quarter(image, arrangement, Unit(3, 0), right=True, top=True), high)
    assert near(quarter(image, arrangement, Unit(3, 0), right=False, top=True), QColor(LIGHT.middle))
