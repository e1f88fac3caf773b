"""Every tool by real mouse events: what it makes, what it changes, and what it leaves alone."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from engine.catalogue.tasks import TASKS
from engine.experiment import SPLITS, TEST, TRAINING, VALIDATION, Points, edit_many, switch_task
from gui_app.canvas import TOOLS
from gui_app.canvas.tools.path import near_path
from tests.gui_app.hands import LEFT, put_points

SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
RIGHT = Qt.MouseButton.RightButton


class Clock:
    """Time that goes on when it is told to."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock(canvas):
    canvas.pointer.gesture.clock = Clock()
    return canvas.pointer.gesture.clock


def scattered(n=400, seed=0, classes=2):
    rng = np.random.default_rng(seed)
    return Points(rng.uniform(-5.5, 5.5, (n, 2)), rng.integers(0, classes, n), rng.integers(0, 3, n))


@pytest.fixture
def points(document):
    put_points(document, scattered(), "Scattered")
    document.stack.clear()
    return document.points


def hold(canvas, clock, seconds, frames=10):
    """Stay with the button down, frame by frame."""
    for _ in range(frames):
        clock.now += seconds / frames
        canvas.pointer.gesture.end_frame()


def around(points, position, radius):
    return np.hypot(*(points.xy - position).T) <= radius


def same_but(before, after, mask):
    """Whether all points but those in the mask are the same."""
    return before[~mask] == after[~mask]


# -- brush


@pytest.mark.parametrize("soft", [False, True], ids=["even", "soft"])
@pytest.mark.parametrize("task", list(TASKS))
def test_a_fast_and_a_slow_stroke_are_equally_dense(empty_document, settings, hand, soft, task):
    if task != "classification":
        empty_document.replace(switch_task(empty_document.experiment, task), "Change task")
    empty_document.clear_points()
    settings.soft, settings.density = soft, 60
    counts = []
    for y, events in ((3, 4), (-3, 160)):
        before = len(empty_document.points)
        hand.drag((-5, y), (5, y), events)
        x = empty_document.points.xy[before:, 0]
        counts.append(np.histogram(x, np.arange(-4, 5))[0])
    fast, slow = counts
    # Each unit holds 60 points, give or take those that scattering carries over its borders.
    for units in counts:
        assert abs(units.mean() - 60) < 3
        assert np.abs(units - 60).max() < 4 * np.sqrt(60)
    assert abs(fast.sum() - slow.sum()) < 4 * np.sqrt(60)


def test_a_soft_brush_is_thicker_in_the_middle_and_stays_in_its_circle(empty_document, settings, hand):
    settings.density, settings.radius = 60, 1.0
    spread = {}
    for soft, y in ((False, 3), (True, -3)):
        settings.soft = soft
        before = len(empty_document.points)
        hand.drag((-5, y), (5, y))
        away = np.abs(empty_document.points.xy[before:, 1] - hand.position((0, y))[1])
        assert away.max() <= 1.0 + 1e-9
        spread[soft] = away.mean()
    assert spread[True] < 0.8 * spread[False]


def test_shift_keeps_a_stroke_straight(empty_document, settings, hand):
    settings.radius = 0.1
    hand.press((-4, 0))
    for position in ((-3, 0.2), (-1, -0.8), (3, 1.1)):
        hand.move(position, modifiers=SHIFT)
    hand.release((3, 1.1), modifiers=SHIFT)
    xy = empty_document.points.xy
    assert xy[:, 0].max() > 2.9
    assert np.abs(xy[:, 1] - hand.position((-4, 0))[1]).max() <= 0.1 + 1e-9


# -- spray


def test_the_spray_adds_points_while_it_is_held_and_none_after(
    qtbot, empty_document, canvas, settings, hand, clock
):
    settings.tool, settings.rate = "spray", 100
    hand.press((1, 1))
    assert len(empty_document.points) == 1
    hold(canvas, clock, 0.5)
    assert len(empty_document.points) == 1 + 50
    clock.now += 0.05
    hand.release((1, 1))
    sprayed = empty_document.points
    assert len(sprayed) == 1 + 55
    assert around(sprayed, hand.position((1, 1)), settings.radius).all()
    clock.now += 10
    qtbot.wait(60)
    assert empty_document.points == sprayed
    assert empty_document.stack.count() == 1


def test_the_spray_goes_on_by_itself(qtbot, empty_document, settings, hand):
    settings.tool = "spray"
    hand.press((0, 0))
    qtbot.waitUntil(lambda: len(empty_document.points) > 5)
    hand.release((0, 0))


def test_a_window_that_stood_still_was_not_sprayed_on(empty_document, canvas, settings, hand, clock):
    settings.tool, settings.rate = "spray", 100
    hand.press((0, 0))
    clock.now += 60
    hand.release((0, 0))
    assert len(empty_document.points) == 1 + 10


def test_a_moving_spray_leaves_points_all_along_its_way(empty_document, canvas, settings, hand, clock):
    settings.tool, settings.rate, settings.radius = "spray", 500, 0.1
    hand.press((-4, 0))
    clock.now += 0.1
    hand.release((4, 0))
    x = np.sort(empty_document.points.xy[:, 0])
    assert np.diff(x).max() < 0.6
    assert x[-1] > 3.7


# -- point


@pytest.mark.parametrize("task", ["classification", "curve"])
def test_a_click_of_the_point_tool_is_one_point(document, settings, hand, task):
    document.replace(switch_task(document.experiment, task), "Change task")
    document.clear_points()
    settings.tool, settings.class_index = "point", 1
    for position in ((2, 3), (2, 3), (-4, 1)):
        hand.click(position)
    assert len(document.points) == 3
    assert document.points.xy[1] == pytest.approx(hand.position((2, 3)))
    assert set(document.points.target) == (
        {1.0} if task == "classification" else set(document.points.xy[:, 1])
    )


def test_dragging_with_the_point_tool_makes_one_point_still(empty_document, settings, hand):
    settings.tool = "point"
    hand.drag((0, 0), (3, 3))
    assert empty_document.points.xy.tolist() == [pytest.approx(hand.position((0, 0)))]


def test_a_surface_point_gets_its_value_by_going_up_or_down(document, settings, hand):
    document.replace(switch_task(document.experiment, "surface"), "Change task")
    document.clear_points()
    settings.tool, settings.value = "point", 0.0
    hand.drag((1, 0), (1, 1))
    assert document.points.target.tolist() == pytest.approx([0.5], abs=0.01)
    assert settings.value == document.points.target[0]
    hand.drag((-1, 0), (-1, -5))
    assert document.points.target[1] == -1
    assert document.points.xy[1] == pytest.approx(hand.position((-1, 0)))


def test_a_cancelled_drag_gives_the_value_back(document, canvas, settings, hand):
    document.replace(switch_task(document.experiment, "surface"), "Change task")
    settings.tool, settings.value = "point", 0.25
    before = document.points
    hand.press((1, 0))
    hand.move((1, 3))
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert settings.value == 0.25
    assert document.points == before


# -- line


@pytest.mark.parametrize("task", list(TASKS))
def test_points_follow_a_path_when_it_is_finished(document, settings, hand, task):
    document.replace(switch_task(document.experiment, task), "Change task")
    document.clear_points()
    document.stack.clear()
    settings.tool, settings.density, settings.scatter, settings.value = "line", 20, 0.2, 0.5
    hand.press((-4, -4))
    hand.move((0, 4))
    hand.move((4, -4))
    assert len(document.points) == 0
    hand.release((4, -4))
    corners = np.array([hand.position(position) for position in ((-4, -4), (0, 4), (4, -4))])
    length = np.hypot(*np.diff(corners, axis=0).T).sum()
    points = document.points
    assert len(points) == 1 + int(length * 20)
    assert near_path(points.xy, corners, 0.2 + 1e-9).all()
    assert not near_path(points.xy, corners, 0.15).all()
    expected = {"classification": 0.0, "curve": points.xy[:, 1], "surface": 0.5}[task]
    assert (points.target == expected).all()
    assert document.stack.count() == 1


def test_a_line_without_scatter_lies_on_its_path_and_shift_makes_it_straight(empty_document, settings, hand):
    settings.tool, settings.scatter = "line", 0.0
    hand.press((-4, 0))
    hand.move((-2, 0.3), modifiers=SHIFT)
    hand.move((3, -1), modifiers=SHIFT)
    hand.release((3, -1), modifiers=SHIFT)
    xy = empty_document.points.xy
    assert np.abs(xy[:, 1] - hand.position((-4, 0))[1]).max() < 1e-9
    assert np.diff(np.sort(xy[:, 0])) == pytest.approx(1 / settings.density)


# -- eraser


def test_shift_erases_only_the_chosen_class(points, document, settings, hand):
    settings.class_index, settings.radius = 1, 2.0
    for tool, button in (("eraser", LEFT), ("brush", RIGHT)):
        settings.tool = tool
        before = document.points
        hand.click((1, 1), button, SHIFT)
        gone = around(before, hand.position((1, 1)), 2.0) & (before.target == 1)
        assert gone.sum() > 5
        assert document.points == before[~gone]
        document.stack.undo()


# -- relabel and split


def test_the_relabel_brush_changes_classes_and_nothing_else(points, document, settings, hand):
    settings.tool, settings.class_index = "relabel", 1
    hand.drag((-4, 0), (4, 0), 3)
    swept = near_path(points.xy, np.array([hand.position((-4, 0)), hand.position((4, 0))]), settings.radius)
    assert 20 < swept.sum() < 100
    assert (document.points.target[swept] == 1).all()
    assert np.array_equal(document.points.xy, points.xy)
    assert np.array_equal(document.points.split, points.split)
    assert same_but(points, document.points, swept)
    assert document.stack.count() == 1
    document.stack.undo()
    assert document.points == points


def test_the_relabel_brush_changes_values_of_a_surface(document, settings, hand):
    document.replace(switch_task(document.experiment, "surface"), "Change task")
    before = document.points
    settings.tool, settings.value, settings.radius = "relabel", -0.25, 2.0
    hand.click((0, 0))
    near = around(before, hand.position((0, 0)), 2.0)
    assert (document.points.target[near] == -0.25).all()
    assert same_but(before, document.points, near)


@pytest.mark.parametrize("split", range(len(SPLITS)), ids=SPLITS)
def test_the_split_brush_moves_points_into_a_split(points, document, settings, hand, split):
    settings.tool, settings.split, settings.radius = "split_brush", split, 1.5
    hand.click((0, 0))
    near = around(points, hand.position((0, 0)), 1.5)
    assert (document.points.split[near] == split).all()
    assert (points.split[near] != split).any()
    assert np.array_equal(document.points.target, points.target)
    assert same_but(points, document.points, near)


# -- jitter, magnet, repel


@pytest.mark.parametrize("tool", ["jitter", "magnet", "repel"])
@pytest.mark.parametrize("task", list(TASKS))
def test_pushing_moves_only_what_is_in_the_circle(document, canvas, settings, hand, clock, tool, task):
    document.replace(switch_task(document.experiment, task), "Change task")
    before = document.points
    settings.tool, settings.radius = tool, 2.0
    centre = before.xy[len(before) // 2]
    hand.press(centre)
    hold(canvas, clock, 0.3)
    hand.release(centre)
    after, near = document.points, around(before, hand.position(centre), 2.0)
    assert same_but(before, after, near)
    moved = (before.xy != after.xy).any(axis=1)
    assert moved.sum() > 0.9 * near.sum() > 3
    assert np.array_equal(before.split, after.split)
    assert np.array_equal(after.target, after.xy[:, 1] if task == "curve" else before.target)
    assert document.stack.undoText() == TOOLS[tool].undo_text
    document.stack.undo()
    assert document.points == before


def push(canvas, clock, settings, hand, tool, seconds, frames=10):
    settings.tool, settings.radius = tool, 2.0
    hand.press((0, 0))
    hold(canvas, clock, seconds, frames)
    hand.release((0, 0))


def test_the_magnet_pulls_by_the_time_it_is_held(points, document, canvas, settings, hand, clock):
    near = around(points, hand.position((0, 0)), 2.0)
    before = points.xy[near] - hand.position((0, 0))
    push(canvas, clock, settings, hand, "magnet", 0.4, 5)
    few = document.points
    after = few.xy[near] - hand.position((0, 0))
    share = np.hypot(*after.T) / np.hypot(*before.T)
    assert share == pytest.approx(np.exp(-1.5 * 0.45), rel=1e-9)
    document.stack.undo()
    push(canvas, clock, settings, hand, "magnet", 0.4, 40)
    assert np.allclose(document.points.xy, few.xy, rtol=0, atol=1e-9)


def test_repel_pushes_out_as_far_as_the_edge(points, document, canvas, settings, hand, clock):
    near = around(points, hand.position((0, 0)), 2.0)
    before = np.hypot(*(points.xy[near] - hand.position((0, 0))).T)
    push(canvas, clock, settings, hand, "repel", 0.5, 5)
    after = np.hypot(*(document.points.xy[near] - hand.position((0, 0))).T)
    assert (after >= before - 1e-9).all()
    assert (after <= 2.0 + 1e-9).all()
    assert after.mean() > before.mean() + 0.2


def test_repel_takes_points_apart_that_lie_in_one_place(empty_document, canvas, settings, hand, clock):
    put_points(empty_document, Points(np.tile(hand.position((0, 0)), (20, 1)), np.zeros(20)), "Heap")
    push(canvas, clock, settings, hand, "repel", 0.2)
    assert len(np.unique(empty_document.points.xy.round(6), axis=0)) == 20


def test_jitter_grows_with_the_root_of_time(document, canvas, settings, hand, clock):
    put_points(document, Points(np.tile(hand.position((0, 0)), (3000, 1)), np.zeros(3000)), "Heap")
    for frames in (4, 64):
        push(canvas, clock, settings, hand, "jitter", 0.11, frames)
        offset = document.points.xy - hand.position((0, 0))
        assert offset.std() == pytest.approx(2.0 * 0.4 * np.sqrt(0.16), rel=0.1)
        assert np.abs(offset.mean(axis=0)).max() < 0.05
        document.stack.undo()


def test_strength_makes_pushing_faster(points, document, canvas, settings, hand, clock):
    shares = []
    for settings.strength in (0.5, 2.0):
        near = around(points, hand.position((0, 0)), 2.0)
        push(canvas, clock, settings, hand, "magnet", 0.4)
        after = document.points.xy[near] - hand.position((0, 0))
        shares.append(np.hypot(*after.T).mean())
        document.stack.undo()
    assert shares[1] < shares[0] * 0.6


# -- eyedropper


def test_the_eyedropper_takes_the_class_of_the_nearest_point(document, settings, hand):
    document.replace(edit_many(document.experiment, {"data.classes": 4}), "Classes")
    put_points(document, Points([[0, 0], [2, 0]], [3, 1]), "Two")
    document.stack.clear()
    settings.tool = "eyedropper"
    for position, index in (((0.1, 0.1), 3), ((2.1, 0), 1), ((5, 5), 1)):
        hand.click(position)
        assert settings.class_index == index
    assert document.stack.count() == 0


def test_the_eyedropper_takes_values(document, settings, hand):
    document.replace(switch_task(document.experiment, "surface"), "Change task")
    put_points(document, Points([[0, 0], [2, 0]], [0.25, -0.75]), "Two")
    settings.tool = "eyedropper"
    hand.click((2, 0.1))
    assert settings.value == -0.75


# -- hidden points


@pytest.mark.parametrize("hidden", [TRAINING, VALIDATION, TEST], ids=SPLITS)
@pytest.mark.parametrize("tool", ["eraser", "relabel", "split_brush", "jitter", "magnet", "repel", "select"])
def test_no_tool_touches_hidden_points(points, document, canvas, settings, hand, clock, tool, hidden):
    settings.show_split(hidden, False)
    settings.tool, settings.radius, settings.class_index, settings.split = tool, 3.0, 1, (hidden + 1) % 3
    hand.press((-5, -5))
    hand.move((5, 5))
    hold(canvas, clock, 0.2)
    hand.release((5, 5))
    if tool == "select":
        QTest.keyClick(canvas, Qt.Key.Key_Delete)
    kept = points.split == hidden
    after = document.points
    rows = {(*xy, target) for xy, target in zip(after.xy.tolist(), after.target.tolist(), strict=True)}
    hidden_rows = {
        (*xy, target)
        for xy, target, mine in zip(points.xy.tolist(), points.target.tolist(), kept, strict=True)
        if mine
    }
    # The lists compare exactly: not a bit of a hidden point has changed.
    assert {tuple(np.ravel(row).tolist()) for row in hidden_rows} <= {
        tuple(np.ravel(row).tolist()) for row in rows
    }
    assert after != points


# -- modifiers and buttons


def test_ctrl_selects_for_as_long_as_it_is_held(points, document, canvas, settings, hand):
    settings.tool = "brush"
    hand.drag((-2, -2), (2, 2), modifiers=CONTROL)
    inside = (np.abs(points.xy) <= 2).all(axis=1)
    assert canvas.context.selection.index.tolist() == np.flatnonzero(inside).tolist()
    assert document.points == points
    hand.click((5, 5))
    assert len(document.points) == len(points) + 1


@pytest.mark.parametrize("key", list(TOOLS))
def test_escape_leaves_nothing_of_any_gesture(document, canvas, settings, hand, clock, key):
    tool = TOOLS[key]
    for task in tool.tasks:
        document.replace(switch_task(document.experiment, task), "Change task")
        document.stack.clear()
        before, experiment = document.points, document.experiment
        settings.tool = key
        drawn = settings.class_index, settings.value
        hand.press(before.xy[7])
        hand.move((1, 1))
        hold(canvas, clock, 0.2)
        QTest.keyClick(canvas, Qt.Key.Key_Escape)
        hand.release((1, 1))
        assert document.points == before
        assert document.experiment is experiment
        assert document.stack.count() == 0
        assert (settings.class_index, settings.value) == drawn
        assert len(canvas.context.selection) == 0
        assert canvas.context.selection.area is None


@pytest.mark.parametrize("key", list(TOOLS))
def test_a_gesture_of_any_tool_is_at_most_one_undo_step(document, canvas, settings, hand, clock, key):
    task = TOOLS[key].tasks[-1]
    document.replace(switch_task(document.experiment, task), "Change task")
    document.stack.clear()
    before = document.points
    settings.tool, settings.value, settings.class_index, settings.split = key, 0.5, 1, 2
    hand.press((-3, -3))
    for position in ((0, 0), (3, 1), (1, 4)):
        hand.move(position)
        hold(canvas, clock, 0.1)
    hand.release((1, 4))
    changes = key not in ("eyedropper", "select")
    assert document.stack.count() == changes
    assert (document.points != before) is changes
    document.stack.undo()
    assert document.points == before
