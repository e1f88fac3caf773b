"""What the canvas shows, and when it paints again."""

import re
from dataclasses import fields

import numpy as np
import pytest
from PySide6.QtCore import QBuffer, QIODevice, QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator

from engine.experiment import Points, edit_many, switch_task
from engine.observation.observables import PREDICTION, Prediction
from engine.observation.snapshot import CANVAS_EXTENT, LaneSnapshot, Observed, Snapshot
from gui_app.canvas import Canvas
from gui_app.canvas.layers import background, legend, picture
from gui_app.canvas.layers.legend import Legend
from gui_app.session.current_lane import CurrentLane
from gui_app.theme import colour_maps
from gui_app.theme.tokens import DARK, LIGHT, mix
from tests.gui_app.hands import put_points


def made(kind, **values):
    """A dataclass of which only some fields matter here."""
    return kind(**{field.name: values.get(field.name) for field in fields(kind)})


def snapshot(values, task="classification", classes=2, status="training"):
    prediction = None if values is None else Prediction(CANVAS_EXTENT, np.asarray(values, dtype=np.float32))
    observed = Observed.of({PREDICTION.key: prediction})
    lane = made(LaneSnapshot, name="A", status=status, observed=observed, repeats=())
    return made(Snapshot, task=task, classes=classes, lanes=(lane,))


def certain(best, classes=2):
    """Probabilities that are sure of the classes in ``best`` [rows, columns]."""
    return np.eye(classes, dtype=np.float32)[best]


def halves():
    """Class 0 below, class 1 above."""
    return certain(np.repeat([0, 1], 50)[:, None] + np.zeros((100, 100), dtype=int))


def colour_at(canvas, position):
    return QColor(canvas.grab().toImage().pixel(canvas.scene.viewport.to_pixel(*position).toPoint()))


def strength(theme, k):
    return QColor(mix(theme.window, theme.classes[k], colour_maps.CLASS_STRENGTH[theme.name]))


def near(first, second, tolerance=2):
    return max(abs(a - b) for a, b in zip(first.getRgb(), second.getRgb(), strict=True)) <= tolerance


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_what_is_predicted_above_is_shown_above(empty_document, canvas, theme):
    canvas.apply_theme(theme)
    canvas.show_snapshot(snapshot(halves()))
    assert near(colour_at(canvas, (4, 5)), strength(theme, 1))
    assert near(colour_at(canvas, (4, -5)), strength(theme, 0))
    # The line is thin, so that its edges take on some of what is beside it.
    assert near(colour_at(canvas, (4, 0)), QColor(theme.boundary), 45)


def test_a_surface_that_rises_is_high_at_the_top(document, canvas):
    document.replace(switch_task(document.experiment, "surface"), "Change task")
    document.clear_points()
    y = np.linspace(-1, 1, 100)[:, None] + np.zeros((100, 100))
    canvas.show_snapshot(snapshot(y, "surface"))
    top, bottom = colour_at(canvas, (4, 5.8)), colour_at(canvas, (4, -5.8))
    assert top.blue() > top.red()
    assert bottom.red() > bottom.blue()


def test_a_curve_is_drawn_through_its_heights(document, canvas):
    document.replace(switch_task(document.experiment, "curve"), "Change task")
    document.clear_points()
    canvas.show_snapshot(snapshot(np.linspace(-4, 4, 300), "curve"))
    for x in (-4.5, 1.5, 4.5):
        assert near(colour_at(canvas, (x, x * 4 / 6)), QColor(LIGHT.accent), 6)


def test_the_picture_is_that_of_the_newest_snapshot_where_it_fits_the_data(empty_document, canvas):
    empty = canvas.grab().toImage()
    for unfit in (
        snapshot(None),
        snapshot(np.zeros((100, 100)), "surface"),
        snapshot(certain(np.zeros((9, 9), dtype=int), 3), classes=3),
    ):
        canvas.show_snapshot(snapshot(halves()))
        assert canvas.grab().toImage() != empty
        canvas.show_snapshot(unfit)
        assert canvas.grab().toImage() == empty
    canvas.show_snapshot(snapshot(1 - halves(), status="diverged"))
    assert near(colour_at(canvas, (4, 5)), strength(LIGHT, 0))
    canvas.show_snapshot(None)
    assert near(colour_at(canvas, (4, 5)), QColor(canvas.scene.paper))


def test_a_prediction_is_turned_into_a_picture_once(monkeypatch, canvas):
    painted = []
    monkeypatch.setattr(background, "paint_prediction", lambda *arguments: painted.append(1))
    shown = snapshot(halves())
    for _ in range(3):
        canvas.show_snapshot(shown)
        canvas.grab()
    assert painted == [1]


@pytest.mark.parametrize(
    ("change", "gone"), [({"data.classes": 3}, True), ({"data.generator.noise": 0.3}, False)]
)
def test_a_picture_of_another_task_goes_at_once(document, canvas, change, gone):
    canvas.show_snapshot(snapshot(halves()))
    document.replace(edit_many(document.experiment, change), "Change")
    document.clear_points()
    paper = near(colour_at(canvas, (4, 5)), QColor(canvas.scene.paper))
    assert paper is gone


def test_another_document_starts_with_a_clean_sheet(document, canvas, hand):
    canvas.show_snapshot(snapshot(halves()))
    hand.press((0, 0))
    document.reset(edit_many(document.experiment, {"data.generator.noise": 0.3}))
    assert canvas.pointer.gesture.tool is None
    assert near(colour_at(canvas, (5.9, 5.9)), QColor(canvas.scene.paper))


def test_the_empty_sheet_says_what_to_do(monkeypatch, document, canvas):
    said = []
    monkeypatch.setattr(picture, "paint_empty_message", lambda *arguments: said.append(legend.EMPTY_MESSAGE))
    canvas.grab()
    assert not said
    document.clear_points()
    canvas.grab()
    assert said
    said.clear()
    document.stack.undo()
    canvas.grab()
    assert not said


def test_an_edit_paints_again_only_where_points_changed(qtbot, document, canvas, hand):
    rects = []
    canvas.grab()
    paint = canvas.paintEvent
    canvas.paintEvent = lambda event: (rects.append(event.rect()), paint(event))[1]
    qtbot.wait(20)
    rects.clear()
    put_points(document, Points.concatenate([document.points, Points([[3, 3]], [0])]), "Draw")
    qtbot.waitUntil(lambda: len(rects) == 1)
    assert rects[0].width() < 30
    assert rects[0].contains(hand.pixel((3, 3)))


def test_the_widget_shows_what_was_drawn(qtbot, empty_document, canvas, hand):
    hand.press((2, 2))
    hand.release((2, 2))
    canvas.pointer.move_to(None)
    assert near(colour_at(canvas, empty_document.points.xy[0]), QColor(LIGHT.classes[0]))


def test_the_legend_names_what_there_is():
    points = Points([[0, 0], [7, 0], [0, 9]], [0, 0, 1], [0, 2, 2])
    assert Legend.of(points, fit=False) == Legend((0, 2), False, 2)
    assert Legend.of(points, fit=True).entries() == [(0, "training"), (2, "test"), (None, "fit")]
    assert Legend.of(Points.empty(), fit=False).entries() == []


def test_it_requests_the_resolution_that_it_can_show(document, canvas):
    assert (canvas.grid_size, canvas.extent) == (100, CANVAS_EXTENT)
    document.replace(switch_task(document.experiment, "curve"), "Change task")
    assert canvas.grid_size == 300


def test_it_can_be_read_out(document, canvas, hand):
    assert canvas.accessibleName() == "Drawing canvas"
    assert "250 training, 125 validation and 125 test" in canvas.accessibleDescription()
    document.clear_points()
    assert "0 training" in canvas.accessibleDescription()
    hand.press((1, 1))
    hand.release((1, 1))
    assert "1 training" in canvas.accessibleDescription()


@pytest.mark.parametrize("change", ["theme", "size", "task"])
def test_another_view_is_painted_afresh(document, settings, canvas, qtbot, change):
    # A switch with the focus has a frame.
    canvas.setFocus()
    canvas.grab()
    if change == "theme":
        canvas.apply_theme(DARK)
    elif change == "size":
        canvas.resize(500, 450)
    else:
        document.replace(switch_task(document.experiment, "curve"), "Change task")
    fresh = Canvas(document, CurrentLane(document), settings)
    qtbot.addWidget(fresh)
    fresh.apply_theme(canvas.scene.theme)
    fresh.resize(canvas.size())
    assert canvas.grab().toImage() == fresh.grab().toImage()


def test_a_small_canvas_can_still_be_painted(canvas):
    canvas.resize(320, 230)
    canvas.show_snapshot(snapshot(halves()))
    assert not canvas.grab().isNull()
    assert canvas.minimumSize() == QSize(320, 230)
    bar = canvas.switch_bar.geometry()
    assert canvas.rect().contains(bar), "all switches are whole"


# -- pictures to keep


def svg_of(canvas):
    buffer, generator = QBuffer(), QSvgGenerator()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator.setOutputDevice(buffer)
    generator.setSize(canvas.export_size())
    generator.setViewBox(QRectF(0, 0, 800, 800))
    painter = QPainter(generator)
    canvas.paint_export(painter, QRectF(0, 0, 800, 800))
    painter.end()
    return bytes(buffer.data()).decode()


def test_an_exported_drawing_has_shapes_for_points_and_boundary(document, canvas):
    canvas.show_snapshot(snapshot(halves()))
    svg = svg_of(canvas)
    assert svg.count("<image") == 1
    shapes = svg.count("<path")
    assert shapes > len(document.points)
    document.clear_points()
    assert shapes - svg_of(canvas).count("<path") >= 500
    # The boundary is one path along the middle, from edge to edge.
    middle = canvas.camera.viewport(800, 800, canvas._margins).to_pixel(0.0, 0.0).y()
    lines = re.findall(rf'd="((?:M[\d.]+,{middle:g} L[\d.]+,{middle:g} ?)+)"', svg)
    assert len(lines) == 1
    assert lines[0].count("L") == 101


def test_an_exported_curve_needs_no_image(document, canvas):
    document.replace(switch_task(document.experiment, "curve"), "Change task")
    canvas.show_snapshot(snapshot(np.linspace(-4, 4, 300), "curve"))
    svg = svg_of(canvas)
    assert "<image" not in svg
    assert LIGHT.accent in svg


def exported(canvas, width, height):
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    painter = QPainter(image)
    canvas.paint_export(painter, QRectF(0, 0, width, height))
    painter.end()
    return image


def test_an_exported_picture_may_be_of_any_size(empty_document, canvas):
    canvas.show_snapshot(snapshot(halves()))
    image = exported(canvas, 500, 250)
    assert near(QColor(image.pixel(250, 50)), strength(LIGHT, 1))
    assert near(QColor(image.pixel(250, 200)), strength(LIGHT, 0))
    assert near(QColor(image.pixel(127, 2)), QColor(LIGHT.window))


def test_an_exported_picture_shows_no_circle(empty_document, canvas, hand):
    before = exported(canvas, 400, 400)
    hand.move((2, 2))
    assert exported(canvas, 400, 400) == before


def test_classes_are_seen_in_their_own_colours_and_by_name(document, canvas):
    blank = canvas.grab().toImage()
    document.replace(edit_many(document.experiment, {"data.class_colours": ["#123456", None]}), "colour")
    coloured = canvas.grab().toImage()
    assert "#123456" in {coloured.pixelColor(x, y).name() for x in range(32, 632) for y in range(32, 632)}
    document.replace(edit_many(document.experiment, {"data.class_names": ["left", "right"]}), "name")
    assert canvas.scene.names == ("left", "right")
    named = canvas.grab().toImage()
    strip = [(x, y) for x in range(32, 140) for y in range(8, 31)]
    assert any(named.pixel(*position) != coloured.pixel(*position) for position in strip)
    assert "#123456" in {named.pixelColor(*position).name() for position in strip}
    document.stack.undo()
    document.stack.undo()
    assert canvas.grab().toImage() == blank
