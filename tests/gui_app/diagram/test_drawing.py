"""What is drawn, where, and when the engine is asked for it."""

from base64 import b64decode
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from engine.experiment import edit_many
from gui_app.diagram.arrangement import CHOSEN, SMALLEST, arrange
from gui_app.diagram.connections import FADED, gaps_of
from gui_app.diagram.marks import paint_silenced
from gui_app.diagram.meters import meters_of
from gui_app.diagram.picture import DiagramPicture, compose_picture
from gui_app.diagram.strengths import QUANTITIES
from gui_app.exporting.pictures import PICTURE_FORMATS, export_picture
from gui_app.session.looked_at import Unit
from gui_app.theme.tokens import DARK, LIGHT, mix
from tests.gui_app.diagram.conftest import Show, Shown
from tests.gui_app.diagram.networks import shape_of, sketch, values_of, with_layer
from tests.gui_app.hands import choose

HREF, RECT = "{http://www.w3.org/1999/xlink}", ("x", "y", "width", "height")
SIZES = [(240, 190), (240, 400), (320, 400), (560, 560)]
SHAPES = [(), (8,), (8, 8, 8), (16,) * 10]


def ink(shown: Shown, layer: int, source: int, target: int) -> int:
    """How many pixels along a connection differ from the ground."""
    gap = gaps_of(shown.picture.arrangement)[layer - 1]
    (row,) = np.flatnonzero((gap.sources == source) & (gap.targets == target))
    image, ground = shown.diagram.area.grab().toImage(), QColor(shown.diagram.theme.panel)
    points = gap.points[row, 1:-1]
    return sum(image.pixelColor(round(x), round(y)) != ground for x, y in points.tolist())


def only_weight(network, layer: int, source: int, target: int, value: float):
    """The network with this weight alone."""
    for number, part in enumerate(network.inside.layers, 1):
        weight = np.zeros_like(part.weight)
        if number == layer:
            weight[source, target] = value
        network = with_layer(network, number, weight=weight)
    return network


# -- arrangement


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("hidden", SHAPES, ids=str)
def test_nothing_overlaps_and_nothing_is_cut_off(qapp: QApplication, size: tuple[int, int], hidden):
    arrangement = arrange(shape_of(sketch(hidden)), *map(float, size))
    whole = QRectF(0.0, 0.0, *map(float, size))
    rects = [
        arrangement.rect(Unit(column.layer, index))
        for column in arrangement.columns
        for index in column.units
    ]
    assert all(whole.contains(rect.adjusted(-1, -1, 1, 1)) for rect in rects)
    for column in arrangement.columns:
        own = [arrangement.rect(Unit(column.layer, index)) for index in column.units]
        assert all(first.bottom() < second.top() for first, second in pairwise(own))
    assert all(after.x - before.x > arrangement.side for before, after in pairwise(arrangement.columns))
    assert sum(len(column.units) for column in arrangement.columns) == 2 + sum(hidden) + 2


def test_beyond_ten_layers_of_16_layers_are_boxes(qapp: QApplication):
    wide = arrange(shape_of(sketch((16, 17, 400))), 400.0, 400.0)
    assert [column.box is not None for column in wide.columns] == [False, False, True, True, False]
    assert [len(column.units) for column in wide.columns] == [2, 16, CHOSEN, CHOSEN, 2]
    deep = arrange(shape_of(sketch((8,) * 11)), 400.0, 400.0)
    assert all(column.box is not None for column in deep.columns[1:-1])


def test_the_pinned_neuron_is_drawn_also_in_a_box(show: Show):
    shown = show(sketch((400,)), size=(500, 400))
    assert 123 not in shown.picture.arrangement.columns[1].units
    shown.looked_at.pin(Unit(1, 123))
    assert 123 in shown.picture.arrangement.columns[1].units
    (request,) = shown.diagram.requests
    assert (1, 123) in request.options.chosen


def test_a_box_shows_living_neurons_first_and_how_many_of_them(show: Show, tmp_path):
    experiment = sketch((32,))
    dead = np.ones(32, dtype=bool)
    dead[[7, 8, 20]] = False
    shown = show(experiment, values=with_layer(values_of(experiment), 1, dead=dead))
    units = shown.picture.arrangement.columns[1].units
    assert {7, 8, 20} < set(units)
    assert len(units) == CHOSEN
    export_picture(shown.diagram, tmp_path / "network.svg")
    assert "4 of 32" in (tmp_path / "network.svg").read_text()
    shown.hover(Unit(1, 7))
    for said in (shown.said, shown.diagram.legend.toolTip()):
        assert "|w|: the size of its weights" in said
        assert "w = 0: the share" in said


def test_so_many_layers_that_no_thumbnail_fits_are_meters_alone(show: Show):
    shown = show(sketch((4,) * 64), size=(300, 400))
    arrangement = shown.picture.arrangement
    assert all(not column.units for column in arrangement.columns[1:-1])
    assert arrangement.side >= SMALLEST
    top = int(arrangement.height - arrangement.meters)
    area = shown.diagram.area.grab().toImage()
    first, last = arrangement.columns[1].x, arrangement.columns[-2].x
    colours = {
        area.pixelColor(x, y).name() for x in range(int(first), int(last)) for y in range(top, top + 40, 2)
    }
    assert shown.diagram.theme.muted in colours


def test_the_numbers_below_a_box_are_those_of_its_layer(qapp: QApplication):
    experiment = sketch((20,))
    network = values_of(experiment)
    dead = np.arange(20) < 5
    weight = network.inside.layers[0].weight.copy()
    weight[0] = 0.0
    meters = meters_of(with_layer(network, 1, dead=dead, weight=weight), 1)
    said = {meter.name: meter.text for meter in meters}
    assert said["dead neurons"] == "25 %"
    assert said["weights at zero"] == "50 %"
    rms = np.sqrt(np.mean(weight**2))
    assert said["weights, RMS"] == f"{rms:.3f}"


# -- connections


def test_a_weight_of_zero_vanishes_and_a_larger_one_is_wider(show: Show):
    experiment = sketch()
    network = values_of(experiment)
    shown = show(experiment, values=only_weight(network, 1, 0, 3, 1.0))
    assert ink(shown, 1, 0, 3) > 0
    assert ink(shown, 2, 0, 0) == 0
    (thin,) = shown.picture.strokes
    shown.show(only_weight(network, 1, 0, 3, 8.0))
    (thick,) = shown.picture.strokes
    assert thick.width > 1.5 * thin.width
    shown.show(only_weight(network, 1, 0, 3, 0.0))
    assert ink(shown, 1, 0, 3) == 0


def test_lines_are_as_thick_as_the_theme_says(show: Show):
    shown = show()
    usual = [(stroke.colour, stroke.width) for stroke in shown.picture.strokes]
    shown.diagram.apply_theme(replace(LIGHT, line_scale=2.0))
    assert [(stroke.colour, stroke.width / 2.0) for stroke in shown.picture.strokes] == usual


@pytest.mark.parametrize(("sign", "colour"), [(1.0, "high"), (-1.0, "low")])
def test_the_colour_is_that_of_the_sign(show: Show, sign: float, colour: str):
    experiment = sketch()
    shown = show(experiment, values=only_weight(values_of(experiment), 1, 0, 0, 50.0 * sign))
    (stroke,) = shown.picture.strokes
    assert stroke.colour == getattr(shown.diagram.theme, colour)


def test_a_vanishing_gradient_is_seen_as_lines_that_get_thinner_towards_the_inputs(show: Show):
    experiment = sketch((6, 6, 6, 6))
    network = values_of(experiment)
    for layer, part in enumerate(network.inside.layers, 1):
        gradient = np.sign(part.weight_gradient) * 10.0 ** (layer - 5)
        network = with_layer(network, layer, weight_gradient=gradient)
    shown = show(experiment, values=network)
    choose(shown.diagram.header.choice, "gradient")
    widths = [max(abs(share).tolist()) for share in shown.picture.shares]
    assert all(second > 1.2 * first for first, second in pairwise(widths))
    assert "|∂C/∂W|" in [item.label for item in shown.diagram.legend.items]


def test_the_update_ratio_of_a_thousandth_is_in_the_middle(show: Show):
    experiment = sketch()
    network = values_of(experiment)
    for layer, part in enumerate(network.inside.layers, 1):
        # The step met the weight before it.
        network = with_layer(network, layer, weight_update=1e-3 / 1.001 * part.weight)
    shown = show(experiment, values=network)
    choose(shown.diagram.header.choice, "update_ratio")
    assert np.concatenate(shown.picture.shares) == pytest.approx(2 / 3)
    assert "0.001" in [item.label for item in shown.diagram.legend.items]


def test_the_update_ratio_is_a_share_of_what_the_step_met():
    """Of a weight that the step has brought next to zero it is 1, not ten thousand."""
    network, small = values_of(sketch()), 1e-4
    part = network.inside.layers[0]
    weight, bias = np.full_like(part.weight, small), np.full_like(part.bias, 0.5)
    update, bias_update = weight - np.float32(1), np.zeros_like(bias)
    near = with_layer(network, 1, weight=weight, weight_update=update, bias=bias, bias_update=bias_update)
    weights, biases = QUANTITIES["update_ratio"].measure(near.inside.layers[0])
    np.testing.assert_allclose(weights, small - 1, rtol=1e-5)
    assert not biases.any()


@pytest.mark.parametrize("key", QUANTITIES)
def test_values_that_are_not_finite_do_no_harm(show: Show, key: str):
    experiment = sketch()
    network = values_of(experiment)
    for layer, part in enumerate(network.inside.layers, 1):
        broken = np.full_like(part.weight, np.nan)
        broken[0, 0] = np.inf
        network = with_layer(
            network,
            layer,
            weight=broken,
            weight_gradient=broken,
            weight_update=broken,
            values=part.values * np.nan,
        )
    shown = show(experiment, values=network)
    choose(shown.diagram.header.choice, key)
    assert all(np.isfinite(share).all() for share in shown.picture.shares)


# -- when


def test_hidden_it_asks_for_nothing_and_draws_nothing(show: Show):
    shown = show()
    assert [request.key for request in shown.diagram.requests] == ["inside"]
    shown.diagram.hide()
    before = shown.picture
    assert not shown.diagram.is_seen
    shown.show(values_of(shown.document.experiment, seed=5))
    assert shown.picture is before
    shown.diagram.show()
    assert shown.picture is not before


def test_it_is_over_the_part_of_the_data_that_the_canvas_shows(show: Show):
    shown = show()
    shown.diagram._extent = lambda: (0.0, 2.0, 1.0, 3.0)
    assert shown.diagram.requests[0].options.extent == (0.0, 2.0, 1.0, 3.0)


def test_values_of_the_network_before_an_edit_are_not_drawn(show: Show):
    shown = show()
    assert shown.picture.thumbnails is not None
    shown.document.change({"lanes.0.network.hidden": (5, 3)}, "shape")
    assert shown.picture.thumbnails is None
    assert len(shown.picture.arrangement.columns[1].units) == 5


def test_every_theme_and_the_size_of_the_text_are_followed(show: Show):
    shown = show()
    light = shown.diagram.grab().toImage().pixelColor(2, 100)
    shown.diagram.apply_theme(DARK)
    dark = shown.diagram.grab().toImage().pixelColor(2, 100)
    assert (light.name(), dark.name()) == (LIGHT.panel, DARK.panel)


@pytest.mark.parametrize("suffix", PICTURE_FORMATS)
def test_it_is_exported_with_its_legend(show: Show, tmp_path, suffix: str):
    shown = show()
    path = tmp_path / f"network{suffix}"
    export_picture(shown.diagram, path)
    content = path.read_bytes()
    assert len(content) > 5_000
    if suffix == ".svg":
        assert b"|w|" in content
        assert b"Network. Lines: weights W" in content


def test_an_exported_network_says_what_lines_show_and_offers_nothing(show: Show, tmp_path):
    shown = show()
    choose(shown.diagram.header.choice, "gradient")
    path = tmp_path / "network.svg"
    export_picture(shown.diagram, path)
    content = path.read_text()
    assert "on a logarithmic scale" in content
    assert "sin" not in content
    assert 'dasharray="' not in content.replace('stroke-dasharray="none"', "")


def test_each_neuron_has_its_own_image_in_an_exported_drawing(show: Show, tmp_path):
    """The images embedded in an SVG are those that the PNG shows at their places."""
    shown = show()
    for suffix in (".svg", ".png"):
        export_picture(shown.diagram, tmp_path / f"network{suffix}", scale=1.0)
    drawing = ElementTree.parse(tmp_path / "network.svg")
    whole = QImage(str(tmp_path / "network.png"))
    placed = [
        (node, QPointF(*map(float, group.get("transform", "")[:-1].split(",")[-2:])))
        for group in drawing.iter()
        for node in group
        if node.tag.endswith("}image")
    ]
    assert len(placed) == sum(shape_of(shown.document.experiment).widths)
    for node, origin in placed:
        own = QImage.fromData(b64decode(node.get(f"{HREF}href", "").split(",", 1)[1]))
        assert own.width() == own.height()
        rect = QRectF(*(float(node.get(key, "")) for key in RECT)).translated(origin)
        assert _differs(own, whole.copy(rect.toRect())) < 6.0


def _differs(first: QImage, second: QImage) -> float:
    """How far the middles of two pictures are apart, on the average: biases and frames lie at their edges."""
    sides = 24, 24, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    colours = [
        np.array([
            QColor(image.pixel(x, y)).getRgb()[:3] for x in range(6, 18) for y in range(6, 18)
        ])
        for image in (first.scaled(*sides), second.scaled(*sides))
    ]  # fmt: skip
    return float(np.abs(colours[0] - colours[1]).mean())


def test_inputs_have_the_names_of_the_axes(show: Show, tmp_path):
    named = {"data.axes.x.name": "petal length", "data.axes.y.name": "width"}
    experiment = edit_many(sketch(network__features=("x1", "x2", "x1_x2", "sin_x2")), named)
    shown = show(experiment)
    shown.hover(Unit(0, 0))
    assert shown.said.startswith("Input petal length.")
    path = tmp_path / "network.svg"
    export_picture(shown.diagram, path)
    content = path.read_text()
    for label in ("petal len…", "width", "petal len…·width", "sin width"):
        assert f">{label}<" in content
    assert "x₁" not in content
    one = shape_of(edit_many(sketch(), {"data.axes.y.name": "width"}))
    assert [one.feature_label(key) for key in ("x1", "x2", "x1_x2")] == ["x₁", "width", "x₁·width"]


def test_an_unseen_network_asks_for_its_values_for_an_export_alone(show: Show):
    shown = show()
    shown.diagram.hide()
    shown.show_nothing()
    assert shown.diagram.lacks_values
    assert not shown.diagram.is_seen
    shown.diagram.want_values(True)
    assert shown.diagram.is_seen
    (request,) = shown.diagram.requests
    assert request.key == "inside"
    shown.show(values_of(shown.document.experiment))
    shown.diagram.want_values(False)
    assert not shown.diagram.lacks_values
    assert not shown.diagram.is_seen


def test_parts_have_names_for_screen_readers(show: Show):
    shown = show()
    named = {part.accessibleName() for part in shown.diagram.findChildren(QWidget) if part.accessibleName()}
    assert {
        "Network", "Connections show", "Add a hidden layer", "Remove a hidden layer", "Add a neuron to layer 1",
        "Remove a neuron from layer 2",
    } <= named  # fmt: skip


# -- what dropout has silenced


def with_silenced(experiment, index: int):
    flags = np.zeros(experiment.lanes[0].network.hidden[0], dtype=bool)
    flags[index] = True
    return with_layer(values_of(experiment), 1, silenced=flags)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("side", [10, 16, 40])
def test_a_silenced_neuron_is_hatched_and_framed_by_dashes(qapp: QApplication, side: int, theme):
    image = QImage(side + 8, side + 8, QImage.Format.Format_RGB32)
    image.fill(QColor(theme.raised))
    painter = QPainter(image)
    paint_silenced(painter, QRectF(4.0, 4.0, side, side), theme)
    painter.end()
    middle = [image.pixelColor(x, 4 + side // 2) != QColor(theme.raised) for x in range(5, side + 3)]
    assert sum(one != other for one, other in pairwise(middle)) >= 3, "lines and gaps take turns"
    top = [image.pixelColor(x, 3) != QColor(theme.raised) for x in range(4, side + 4)]
    assert {True, False} == set(top), "dashes"


def test_only_silenced_neurons_are_hatched(show: Show):
    experiment = sketch((8, 8, 8))
    shown = show(experiment, size=(320, 400))
    before = shown.diagram.area.grab().toImage()
    shown.show(with_silenced(experiment, 2))
    after = shown.diagram.area.grab().toImage()
    for index in range(8):
        inner = shown.picture.arrangement.rect(Unit(1, index)).adjusted(3, 3, -5, -3).toRect()
        assert (before.copy(inner) != after.copy(inner)) == (index == 2)


def test_connections_of_a_silenced_neuron_fade_and_others_do_not(qapp: QApplication):
    experiment = sketch((8, 8, 8))
    arrangement = arrange(shape_of(experiment), 320.0, 400.0)
    usual = compose_picture(values_of(experiment), arrangement, "weights", LIGHT)
    silent = compose_picture(with_silenced(experiment, 2), arrangement, "weights", LIGHT)
    touching = np.concatenate([gap.touching(Unit(1, 2)) for gap in gaps_of(arrangement)])
    before, after = colours(usual), colours(silent)
    assert before.keys() == after.keys()
    for row, colour in after.items():
        assert colour == (mix(LIGHT.panel, before[row], FADED) if touching[row] else before[row])
    assert sum(touching[row] for row in after) == 2 + 8


def colours(picture: DiagramPicture) -> dict[int, str]:
    """The colour of each connection."""
    return {row: stroke.colour for stroke in picture.strokes for row in stroke.rows.tolist()}


def test_it_says_whose_network_it_shows(show: Show, tmp_path):
    shown = show()
    header = shown.diagram.header
    assert header.whose.isHidden(), "there is only one"
    shown.document.change({"lanes.0.repeats": 3, "lanes.0.seed": 7}, "Repeat")
    assert header.whose.full_text == "seed 7, the first of 3"
    export_picture(shown.diagram, tmp_path / "network.svg")
    assert "Network, seed 7, the first of 3. Lines: weights" in (tmp_path / "network.svg").read_text()
