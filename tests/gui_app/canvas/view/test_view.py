"""What part of the plane is seen: zooming, moving, points beyond the edges, and hidden splits."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from engine.experiment import Points, switch_task
from engine.observation.observables import Prediction
from engine.observation.snapshot import CANVAS_EXTENT
from gui_app.canvas.layers import picture
from gui_app.canvas.layers.axis_labels import TICKS, axis_ticks
from gui_app.canvas.layers.curve import visible_curve
from gui_app.canvas.layers.points import PointsLayer
from gui_app.canvas.layers.scene import View
from gui_app.canvas.view.camera import SPAN_RANGE, Camera
from gui_app.canvas.view.edge_markers import count_beyond
from gui_app.canvas.view.viewport import Viewport
from tests.gui_app.hands import put_points

CONTROL = Qt.KeyboardModifier.ControlModifier
MIDDLE = Qt.MouseButton.MiddleButton


def fresh(canvas, points):
    view = canvas.view
    layer = PointsLayer(View(view.scene, view.width, view.height, view.ratio))
    layer.update(points)
    return layer.image


def shown(canvas):
    canvas.grab()
    return canvas.picture.points_layer.image


def test_ctrl_and_the_wheel_zoom_at_the_mouse(canvas, settings, hand):
    radius, position = settings.radius, (3, -2)
    pixel = hand.pixel(position)
    hand.wheel(4, position, CONTROL)
    assert settings.radius == radius
    left, right, bottom, top = canvas.extent
    assert right - left == pytest.approx(12 / 1.2**4) == top - bottom
    assert canvas.scene.viewport.to_data(QPointF(pixel)) == pytest.approx(position, abs=1e-9)
    hand.wheel(-4, position, CONTROL)
    assert canvas.extent == pytest.approx(CANVAS_EXTENT)


def test_the_middle_button_moves_the_view(document, canvas, hand):
    before = document.points
    start, end = hand.pixel((0, 0)), hand.pixel((2, 1))
    QTest.mousePress(canvas, MIDDLE, pos=start)
    QTest.mouseMove(canvas, end)
    QTest.mouseRelease(canvas, MIDDLE, pos=end)
    assert canvas.extent == pytest.approx((-8, 4, -7, 5))
    QTest.mouseMove(canvas, start)
    assert canvas.extent == pytest.approx((-8, 4, -7, 5))
    assert document.points is before


def test_a_double_click_goes_back_to_the_usual_view_and_leaves_no_point(document, canvas, settings, hand):
    settings.tool = "point"
    hand.wheel(3, (0, 0), CONTROL)
    before = document.points
    hand.click((1, 1))
    assert len(document.points) == len(before) + 1
    QTest.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=hand.pixel((1, 1)))
    assert canvas.extent == CANVAS_EXTENT
    assert document.points == before
    assert not document.stack.canRedo()


def test_a_double_click_in_the_usual_view_is_two_clicks(empty_document, canvas, settings, hand):
    settings.tool = "point"
    hand.click((1, 1))
    QTest.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=hand.pixel((1, 1)))
    hand.release((1, 1))
    assert len(empty_document.points) == 2


def test_strokes_go_where_the_mouse_is_in_any_view(empty_document, canvas, settings, hand):
    settings.tool = "point"
    hand.wheel(6, (3, 3), CONTROL)
    hand.click((3.1, 2.9))
    canvas.camera.zoom(-20, (3, 3))
    hand.click((20, -15))
    assert empty_document.points.xy[0] == pytest.approx((3.1, 2.9), abs=0.02)
    assert empty_document.points.xy[1] == pytest.approx((20, -15), abs=1)


def test_nothing_is_drawn_where_it_is_not_seen(empty_document, canvas, settings, hand):
    hand.wheel(6, (0, 0), CONTROL)
    left, right = canvas.extent[:2]
    settings.radius = 3.0
    hand.drag((0, 0), (1.5, 0))
    assert len(empty_document.points) > 1
    assert ((empty_document.points.xy >= left) & (empty_document.points.xy <= right)).all()


def test_the_picture_of_any_view_is_right(document, canvas, hand):
    for act in (lambda: hand.wheel(5, (2, 1), CONTROL), lambda: canvas.camera.pan(3, 1), canvas.show_all):
        act()
        assert shown(canvas) == fresh(canvas, document.points)


def test_zooming_has_limits(canvas):
    canvas.camera.zoom(1000, (1, 1))
    assert canvas.extent[1] - canvas.extent[0] == pytest.approx(SPAN_RANGE[0])
    canvas.camera.zoom(-1000, (1, 1))
    canvas.grab()
    assert canvas.extent[1] - canvas.extent[0] == pytest.approx(SPAN_RANGE[1])


def test_no_zoom_in_the_middle_of_a_stroke(canvas, hand):
    hand.press((0, 0))
    hand.wheel(3, (0, 0), CONTROL)
    assert canvas.extent == CANVAS_EXTENT
    hand.release((0, 0))


def test_the_view_does_not_move_in_the_middle_of_a_stroke(canvas, hand):
    hand.press((0, 0))
    QTest.mousePress(canvas, MIDDLE, pos=hand.pixel((1, 1)))
    QTest.mouseMove(canvas, hand.pixel((2, 2)))
    assert canvas.extent == CANVAS_EXTENT
    hand.release((2, 2))


def test_edges_count_points_beyond_them():
    xy = np.array([(-7, 0), (-7, 6.5), (7, 7.5), (0, -9), (0, 0), (6, 6), (0, -6.1)])
    assert count_beyond(xy, CANVAS_EXTENT) == {"left": 2, "right": 0, "bottom": 2, "top": 1}
    assert sum(count_beyond(np.empty((0, 2)), CANVAS_EXTENT).values()) == 0
    corner, extent = np.array([[700.0, 12.0]]), (-600.0, 600.0, -6.0, 6.0)
    assert count_beyond(corner, extent, 100.0, 1.0) == {"left": 0, "right": 0, "bottom": 0, "top": 1}


def test_a_marker_at_each_edge_counts_the_points_beyond_it_and_shows_them(document, canvas):
    far = [(-9, 0), (-8, 1), (30, 2), (0, 7)]
    put_points(document, Points([*far, (0, 0)], np.zeros(5)), "Far")
    buttons = canvas.edges.buttons
    assert {side: button.text() for side, button in buttons.items() if button.isVisible()} == {
        "left": "◂ 2", "right": "1 ▸", "top": "▴ 1",
    }  # fmt: skip
    for side, button in buttons.items():
        if button.isVisible():
            assert canvas.scene.viewport.square.toRect().contains(button.geometry()), side
    assert buttons["left"].accessibleName() == "2 points beyond the left edge: show all"
    QTest.mouseClick(buttons["right"], Qt.MouseButton.LeftButton)
    left, right, bottom, top = canvas.extent
    x, y = document.points.xy.T
    assert left < x.min()
    assert right > x.max()
    assert bottom < y.min()
    assert top > y.max()
    assert not any(button.isVisible() for button in buttons.values())


def test_points_beyond_the_usual_square_can_be_edited(document, canvas, settings, hand):
    put_points(document, Points([(30, 2), (0, 0)], [0, 1]), "Far")
    canvas.show_all()
    settings.tool = "eraser"
    hand.click((30, 2))
    assert document.points.xy.tolist() == [[0, 0]]


def test_all_points_that_lie_in_the_usual_square_are_seen_in_it(canvas, hand):
    hand.wheel(5, (2, 1), CONTROL)
    canvas.show_all()
    assert canvas.extent == CANVAS_EXTENT


def test_numbers_on_the_axes_follow_the_view():
    assert axis_ticks(Viewport.fitted(664, 664)) == (TICKS, TICKS)
    across, up = axis_ticks(Viewport.fitted(664, 664, (1.0, 2.0, -40.0, -39.0)))
    assert [words for _, words in across] == ["1", "1.2", "1.4", "1.6", "1.8", "2"]
    assert up[0][1].startswith("−4")


def test_a_curve_is_cut_at_the_edges_of_the_view():
    prediction = Prediction(CANVAS_EXTENT, np.linspace(-6, 6, 13).astype(np.float32))
    positions = visible_curve(prediction, (-0.5, 0.5, -0.25, 0.75))
    shown = positions[np.isfinite(positions[:, 0])]
    assert shown[0] == pytest.approx((-0.25, -0.25))
    assert shown[-1] == pytest.approx((0.5, 0.5))


def test_a_prediction_of_another_view_keeps_its_place_and_stays_on_the_sheet(empty_document, canvas):
    from tests.gui_app.canvas.test_canvas import halves, snapshot

    canvas.show_snapshot(snapshot(halves()))
    canvas.camera.pan(0, 3)
    image = canvas.grab().toImage()
    above = QColor(image.pixel(canvas.scene.viewport.to_pixel(4, 4).toPoint()))
    below = QColor(image.pixel(canvas.scene.viewport.to_pixel(4, -2).toPoint()))
    nothing = QColor(image.pixel(canvas.scene.viewport.to_pixel(4, 8.5).toPoint()))
    margin = QColor(image.pixel(332, 664 - 3))
    assert above.red() > above.blue()
    assert below.blue() > below.red()
    assert nothing == QColor(canvas.scene.paper)
    assert margin == QColor(canvas.scene.theme.backdrop)


@pytest.mark.parametrize("split", range(3))
def test_a_hidden_split_is_not_painted_and_comes_back(document, canvas, settings, split):
    before = shown(canvas)
    settings.show_split(split, False)
    assert shown(canvas) == fresh(canvas, document.points[document.points.split != split])
    assert split not in canvas.legend.splits
    settings.show_split(split, True)
    assert shown(canvas) == before


def test_points_out_of_view_and_hidden_points_are_counted(document, canvas, settings):
    assert canvas.legend.unseen() == ""
    settings.show_split(2, False)
    assert canvas.legend.unseen() == "125 points hidden"
    canvas.camera.pan(100, 0)
    assert canvas.legend.unseen() == "375 points out of view · 125 hidden"
    put_points(document, Points([[0, 0]], [0]), "One")
    assert canvas.legend.unseen() == "1 point out of view"


def test_a_sheet_with_all_points_hidden_is_not_called_empty(monkeypatch, document, canvas, settings):
    said = []
    monkeypatch.setattr(picture, "paint_empty_message", lambda *arguments: said.append(1))
    settings.shown = ()
    canvas.grab()
    assert not said
    document.clear_points()
    canvas.grab()
    assert said


def test_hidden_points_stay_hidden_while_others_are_drawn(document, canvas, settings, hand):
    settings.show_split(1, False)
    hand.drag((-4, 4), (4, 4))
    document.stack.undo()
    document.stack.redo()
    assert shown(canvas) == fresh(canvas, document.points[document.points.split != 1])


def test_a_surface_and_a_curve_can_be_zoomed(document, canvas, hand):
    for task in ("surface", "curve"):
        document.replace(switch_task(document.experiment, task), "Change task")
        hand.wheel(3, (1, 1), CONTROL)
        assert shown(canvas) == fresh(canvas, document.points)
        canvas.camera.reset()


def test_a_camera_emits_only_changes(qtbot):
    camera, told = Camera(), []
    camera.changed.connect(lambda: told.append(camera.extent))
    camera.reset()
    camera.show_all(np.zeros((1, 2)))
    assert told == []
    camera.pan(1, 0)
    assert told == [(-5, 7, -6, 6)]
    assert not camera.at_home
