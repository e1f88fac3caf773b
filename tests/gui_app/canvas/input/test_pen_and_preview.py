"""Pens, what tools show before they do it, and the sheet of keys."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QInputDevice, QPointingDevice, QPointingDeviceUniqueId, QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from engine.catalogue.tasks import TASKS
from engine.experiment import Points, switch_task
from gui_app.canvas import TOOLS
from gui_app.canvas.tools import ERASER, SELECT
from tests.gui_app.hands import LEFT, NONE, put_points

NO_BUTTON = Qt.MouseButton.NoButton
CONTROL = Qt.KeyboardModifier.ControlModifier
Capability = QInputDevice.Capability


def pen(kind=QPointingDevice.PointerType.Pen, capabilities=Capability.Position | Capability.Pressure):
    return QPointingDevice(
        "pen", 7, QInputDevice.DeviceType.Stylus, kind, capabilities, 1, 2, "", QPointingDeviceUniqueId()
    )


def tablet(canvas, hand, device, kind, position, pressure, buttons):
    at = QPointF(hand.pixel(position))
    button = NO_BUTTON if kind == QEvent.Type.TabletMove else LEFT
    event = QTabletEvent(
        kind, device, at, canvas.mapToGlobal(at), pressure, 0, 0, 0, 0, 0, NONE, button, buttons
    )
    QApplication.sendEvent(canvas, event)
    assert event.isAccepted()


def pen_stroke(canvas, hand, device, y, pressure):
    tablet(canvas, hand, device, QEvent.Type.TabletPress, (-4, y), pressure, LEFT)
    for x in np.linspace(-4, 4, 20)[1:]:
        tablet(canvas, hand, device, QEvent.Type.TabletMove, (x, y), pressure, LEFT)
    tablet(canvas, hand, device, QEvent.Type.TabletRelease, (4, y), 0.0, NO_BUTTON)


def test_a_pen_draws_denser_where_it_is_pressed(empty_document, canvas, settings, hand):
    settings.density = 50
    device, counts = pen(), []
    for y, pressure in ((3, 1.0), (0, 0.5), (-3, 0.1)):
        before = len(empty_document.points)
        pen_stroke(canvas, hand, device, y, pressure)
        counts.append(len(empty_document.points) - before - 1)
    assert counts == pytest.approx([400, 200, 40], abs=2)
    assert empty_document.stack.count() == 3


def test_a_pen_that_does_not_say_draws_as_a_mouse_does(empty_document, canvas, settings, hand):
    settings.density = 50
    pen_stroke(canvas, hand, pen(capabilities=Capability.Position), 0, 0.0)
    assert len(empty_document.points) == pytest.approx(401, abs=2)


def test_the_other_end_of_a_pen_erases(document, canvas, hand):
    before = len(document.points)
    pen_stroke(canvas, hand, pen(QPointingDevice.PointerType.Eraser), 0, 1.0)
    assert len(document.points) < before
    assert document.stack.undoText() == "Erase"


# -- previews


def preview(canvas, position):
    canvas.pointer.move_to(position)
    canvas.grab()
    pointer = canvas.pointer
    return pointer.tool.preview(canvas.context, position, pointer.gesture.trail)


@pytest.mark.parametrize("key", list(TOOLS))
@pytest.mark.parametrize("task", list(TASKS))
def test_every_tool_shows_something_and_changes_nothing(document, canvas, settings, key, task):
    if task not in TOOLS[key].tasks:
        return
    document.replace(switch_task(document.experiment, task), "Change task")
    settings.tool = key
    position = tuple(document.points.xy[11].tolist())
    points = document.points
    without = canvas.grab().toImage()
    shown = preview(canvas, position)
    assert document.points is points
    if key != "select":
        assert canvas.grab().toImage() != without
        assert shown.radius > 0 or len(shown.made) or len(shown.touched)


def test_the_preview_of_an_eraser_is_what_it_erases(document, canvas, settings, hand):
    settings.tool, settings.radius = "eraser", 1.5
    position = hand.position((1, 1))
    touched = preview(canvas, position).touched
    before = document.points
    hand.click((1, 1))
    gone = {tuple(row) for row in before.xy.tolist()} - {tuple(row) for row in document.points.xy.tolist()}
    assert {tuple(row) for row in touched.tolist()} == gone
    assert len(gone) > 5


def test_with_shift_the_eraser_marks_only_the_chosen_class(document, canvas, settings):
    put_points(document, Points([[0, 0], [0.1, 0]], [0, 1]), "Two")
    settings.tool, settings.class_index = "eraser", 1
    assert len(preview(canvas, (0, 0)).touched) == 2
    QTest.keyPress(canvas, Qt.Key.Key_Shift, Qt.KeyboardModifier.ShiftModifier)
    assert preview(canvas, (0, 0)).touched.tolist() == [[0.1, 0]]
    QTest.keyRelease(canvas, Qt.Key.Key_Shift, NONE)
    assert len(preview(canvas, (0, 0)).touched) == 2


def test_relabelling_marks_only_what_would_change(document, canvas, settings):
    four = Points([[0, 0], [0.1, 0], [3, 3], [-3, -3]], [0, 1, 0, 1], [0, 1, 2, 0])
    put_points(document, four, "Four")
    settings.class_index, settings.split = 1, 1
    for settings.tool in ("relabel", "split_brush"):
        assert preview(canvas, (0, 0)).touched.tolist() == [[0, 0]]


def test_a_line_shows_its_path(canvas, settings, hand):
    settings.tool = "line"
    hand.press((-3, 0))
    hand.move((0, 3))
    hand.move((3, 0))
    path = preview(canvas, (3, 0)).path
    assert np.allclose(path, [hand.position(position) for position in ((-3, 0), (0, 3), (3, 0))])


def test_the_eyedropper_says_what_it_would_take(document, canvas, settings):
    document.replace(switch_task(document.experiment, "surface"), "Change task")
    put_points(document, Points([[0, 0]], [-0.5]), "One")
    settings.tool = "eyedropper"
    assert preview(canvas, (0.1, 0)).label == "−0.5"
    assert preview(canvas, (5, 5)).label == ""


def test_ctrl_shows_the_selection_tool(canvas, settings):
    QTest.keyPress(canvas, Qt.Key.Key_Control, CONTROL)
    assert canvas.pointer.tool is SELECT
    QTest.keyRelease(canvas, Qt.Key.Key_Control, NONE)
    assert canvas.pointer.tool is TOOLS["brush"]
    assert canvas.pointer.tool is not ERASER


def test_a_preview_leaves_no_trace_when_it_goes(qtbot, canvas, settings, hand):
    canvas.pointer.move_to(None)
    clean = canvas.grab().toImage()
    for key, tool in TOOLS.items():
        if "classification" in tool.tasks:
            settings.tool = key
            for position in ((0, 0), (2, 1), (-3, 2)):
                canvas.pointer.move_to(position)
                canvas.repaint()
    canvas.pointer.move_to(None)
    assert canvas.grab().toImage() == clean


def test_a_mark_beside_the_colours_of_a_surface_shows_the_value_that_is_drawn(document, canvas, settings):
    document.replace(switch_task(document.experiment, "surface"), "Change task")
    square = canvas.scene.viewport.square
    positions = []
    for settings.value in (-1, 0, 0.5):
        image = canvas.grab().toImage()
        column = [image.pixelColor(int(square.right()) + 3, y).lightness() for y in range(image.height())]
        positions.append(int(np.argmin(column)))
    assert positions[0] > positions[1] > positions[2]
    assert positions[1] == pytest.approx(square.center().y(), abs=2)
    assert positions[2] == pytest.approx(square.top() + square.height() / 4, abs=6)
