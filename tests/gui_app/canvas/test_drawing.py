"""Strokes by real mouse events, from the widget down to the document and its undo stack."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from engine.experiment import switch_task
from gui_app.canvas.tools.path import near_path


def test_a_click_draws_a_point_under_the_mouse(empty_document, hand):
    hand.press((2, -3))
    hand.release((2, -3))
    assert empty_document.points.xy.tolist() == [pytest.approx(hand.position((2, -3)))]


def test_a_stroke_draws_along_its_path(empty_document, settings, hand):
    settings.class_index = 1
    hand.drag((-4, 1), (4.02, 1))
    points = empty_document.points
    assert len(points) == 1 + int(8.02 * settings.density)
    assert set(points.target) == {1}
    path = np.array([hand.position((-4, 1)), hand.position((4.02, 1))])
    assert near_path(points.xy, path, settings.radius + 1e-9).all()


@pytest.mark.parametrize("events", [1, 3, 400])
def test_the_number_of_points_does_not_depend_on_the_speed(empty_document, settings, hand, events):
    settings.density = 20
    hand.drag((-4, 0), (4.03, 0), events)
    assert len(empty_document.points) == 1 + int(8.03 * 20)


def test_a_stroke_is_one_undo_step_and_comes_back_to_the_bit(document, hand):
    before, experiment = document.points, document.experiment
    hand.drag((-4, 1), (4, -1))
    after, drawn = document.points, document.experiment
    assert len(after) > len(before)
    assert document.stack.count() == 1
    assert document.stack.undoText() == "Draw"
    document.stack.undo()
    assert document.points == before
    assert document.experiment == experiment
    document.stack.redo()
    assert document.points == after
    assert document.experiment == drawn


@pytest.mark.parametrize("button", [Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton])
def test_the_eraser_takes_what_it_sweeps(document, settings, hand, button):
    settings.tool = "eraser" if button == Qt.MouseButton.LeftButton else "brush"
    before = document.points
    hand.drag((-5, -2), (5, 2), 4, button)
    steps = [np.array([-5, -2]) + share * np.array([10, 4]) for share in (0, 0.25, 0.5, 0.75, 1)]
    swept = near_path(before.xy, np.array([hand.position(step) for step in steps]), settings.radius)
    assert 20 < swept.sum() < 300
    assert document.points == before[~swept]
    assert document.stack.undoText() == "Erase"
    document.stack.undo()
    assert document.points == before


@pytest.mark.parametrize("button", [Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton])
def test_escape_leaves_nothing_behind(qtbot, document, canvas, hand, button):
    before, experiment = document.points, document.experiment
    hand.press((-4, 1), button)
    hand.move((4, 1))
    qtbot.waitUntil(lambda: document.points != before)
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert document.points == before
    assert document.experiment is experiment
    hand.move((4, 4))
    hand.release((4, 4), button)
    qtbot.wait(30)
    assert document.points == before
    assert document.stack.count() == 0


def test_escape_without_a_stroke_is_for_others(canvas, document, hand):
    hand.drag((0, 0), (1, 1))
    drawn = document.points
    assert not canvas.pointer.cancel_stroke()
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert document.points == drawn


def test_another_button_does_not_disturb_a_stroke(empty_document, hand):
    hand.press((-4, 0))
    hand.press((0, 4), Qt.MouseButton.RightButton)
    hand.release((0, 4), Qt.MouseButton.RightButton)
    assert empty_document.stack.count() == 0
    hand.release((-4, 0))
    assert empty_document.stack.count() == 1


def test_a_release_outside_the_widget_ends_the_stroke(empty_document, canvas, hand):
    hand.press((0, 0))
    hand.move((20, 0))
    hand.release((20, 0))
    assert canvas.pointer.gesture.tool is None
    assert (np.abs(empty_document.points.xy) <= 6).all()
    # Near the edge some fall outside from within, others inside from without.
    assert 5.4 * 12 <= len(empty_document.points) <= 6.6 * 12 + 1


def test_a_lost_release_ends_the_stroke_with_the_next_move(empty_document, canvas, hand):
    hand.press((-4, 0))
    hand.move((-2, 0))
    position = QPointF(hand.pixel((4, 0)))
    none = Qt.MouseButton.NoButton
    move = QMouseEvent(
        QEvent.Type.MouseMove,
        position,
        canvas.mapToGlobal(position),
        none,
        none,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(canvas, move)
    assert canvas.pointer.gesture.tool is None
    assert empty_document.points.xy[:, 0].max() <= -2 + 0.6
    assert empty_document.stack.count() == 1


@pytest.mark.parametrize(
    "kind", [QEvent.Type.WindowDeactivate, QEvent.Type.UngrabMouse, QEvent.Type.Hide, QEvent.Type.FocusOut]
)
def test_what_takes_the_mouse_away_ends_the_stroke(qtbot, empty_document, canvas, hand, kind):
    hand.press((-4, 0))
    hand.move((-2, 0))
    if kind == QEvent.Type.Hide:
        canvas.hide()
    elif kind == QEvent.Type.FocusOut:
        canvas.setFocus()
        canvas.clearFocus()
    else:
        QApplication.sendEvent(canvas, QEvent(kind))
    assert canvas.pointer.gesture.tool is None
    drawn = empty_document.points
    assert len(drawn) >= 24
    hand.move((4, 0))
    qtbot.wait(30)
    assert empty_document.points == drawn
    assert empty_document.stack.count() == 1


def test_shortcuts_wait_until_the_stroke_is_over(canvas, hand):
    def claimed():
        event = QEvent(QEvent.Type.ShortcutOverride)
        event.ignore()
        QApplication.sendEvent(canvas, event)
        return event.isAccepted()

    assert not claimed()
    hand.press((0, 0))
    assert claimed()
    hand.release((0, 0))
    assert not claimed()


def test_another_task_in_the_middle_of_a_stroke_ends_it(document, canvas, hand):
    hand.press((-4, 0))
    document.replace(switch_task(document.experiment, "curve"), "Change task")
    points = document.points
    hand.move((4, 0))
    hand.release((4, 0))
    assert document.points == points


def test_a_drawn_curve_has_its_heights_as_targets(document, hand):
    document.replace(switch_task(document.experiment, "curve"), "Change task")
    before = len(document.points)
    hand.drag((-4, -3), (4, 3))
    new = document.points[before:]
    assert len(new) > 100
    assert np.array_equal(new.target, new.xy[:, 1])


def test_a_surface_is_drawn_with_the_value_brush(document, settings, hand):
    document.replace(switch_task(document.experiment, "surface"), "Change task")
    assert settings.tool == "value_brush"
    settings.value = 0.5
    before = len(document.points)
    hand.drag((-4, -3), (4, 3))
    assert set(document.points[before:].target) == {0.5}


def test_the_task_chooses_a_tool_that_it_has(document, settings, canvas):
    document.replace(switch_task(document.experiment, "surface"), "Change task")
    assert settings.tool == "value_brush"
    document.replace(switch_task(document.experiment, "classification"), "Change task")
    assert settings.tool == "brush"
    settings.tool = "eraser"
    document.replace(switch_task(document.experiment, "surface"), "Change task")
    assert settings.tool == "eraser"


def test_new_points_keep_the_shares_of_the_splits(empty_document, hand):
    for y in (-4, -2, 0, 2, 4):
        hand.drag((-5, y), (5, y))
    shares = np.array(empty_document.points.counts()) / len(empty_document.points)
    assert shares == pytest.approx([0.5, 0.25, 0.25], abs=0.02)


def wheel(canvas, notches):
    position = QPointF(canvas.rect().center())
    none, phase = Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
    angle = QPoint(0, round(120 * notches))
    event = QWheelEvent(
        position, canvas.mapToGlobal(position), QPoint(), angle, Qt.MouseButton.NoButton, none, phase, False
    )
    QApplication.sendEvent(canvas, event)


def test_the_wheel_changes_the_radius(canvas, settings):
    before = settings.radius
    wheel(canvas, 1)
    assert settings.radius > before
    wheel(canvas, -1)
    assert settings.radius == pytest.approx(before)
    wheel(canvas, 100)
    assert settings.radius == 3.0


def test_the_circle_comes_and_goes_with_the_mouse(qtbot, canvas, hand):
    hand.move((1, 2))
    # A mouse that moves without a button is the screen's own, and its events come when they come.
    qtbot.waitUntil(lambda: canvas.pointer.position is not None)
    assert canvas.pointer.position == pytest.approx(hand.position((1, 2)))
    QApplication.sendEvent(canvas, QEvent(QEvent.Type.Leave))
    assert canvas.pointer.position is None
