"""Selecting points by real mouse events, and what can be done with them."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from engine.catalogue.tasks import TASKS
from engine.data import read_csv
from engine.experiment import Points, edit, edit_many, switch_task
from gui_app.canvas import Canvas, ToolSettings
from gui_app.canvas.tools.select import frame_of
from gui_app.canvas.tools.selection_frame import INSIDE, TURN
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from tests.gui_app.hands import LEFT, put_points

SHIFT = Qt.KeyboardModifier.ShiftModifier
GRID = np.stack(np.meshgrid(np.arange(-5, 6), np.arange(-5, 6)), -1).reshape(-1, 2).astype(float)


@pytest.fixture
def grid(document, settings):
    """A point on every whole number, alternately of two classes and all splits."""
    number = np.arange(len(GRID))
    put_points(document, Points(GRID, number % 2, number % 3), "Grid")
    document.stack.clear()
    settings.tool = "select"
    return document.points


@pytest.fixture
def selection(canvas):
    return canvas.context.selection


def chosen(canvas):
    return {tuple(position) for position in canvas.context.points.xy[canvas.context.selection.index].tolist()}


def handle(canvas, name):
    frame = frame_of(canvas.context)
    return frame.middle if name == INSIDE else frame.handles()[name]


def drag_handle(canvas, hand, name, by, modifiers=Qt.KeyboardModifier.NoModifier):
    start = handle(canvas, name)
    hand.drag(start, np.add(start, by), modifiers=modifiers)


def test_a_rectangle_selects_what_lies_in_it(grid, canvas, hand):
    hand.drag((-1.5, 2.5), (1.5, 0.5))
    assert chosen(canvas) == {(x, y) for x in (-1.0, 0.0, 1.0) for y in (1.0, 2.0)}


def test_a_lasso_selects_what_lies_in_it(grid, canvas, settings, hand):
    settings.lasso = True
    hand.follow((-2.5, -0.5), (0.5, -0.5), (0.5, 2.5), (-0.5, 2.5), (-0.5, 0.5), (-2.5, 0.5))
    assert chosen(canvas) == {(-2, 0), (-1, 0), (0, 0), (0, 1), (0, 2)}


def test_a_click_selects_one_point_and_beside_points_none(grid, canvas, hand):
    hand.click((2.05, 3.0))
    assert chosen(canvas) == {(2, 3)}
    hand.click((-3.5, -3.5))
    assert chosen(canvas) == set()


def test_shift_adds_to_what_is_selected(grid, canvas, hand):
    hand.drag((-1.5, -1.5), (1.5, 1.5))
    hand.click((4, 4), modifiers=SHIFT)
    hand.drag((-5.4, 3.4), (-3.6, 4.6), modifiers=SHIFT)
    assert len(chosen(canvas)) == 9 + 1 + 2
    hand.drag((3.5, -5.4), (4.5, -3.5))
    assert chosen(canvas) == {(4, -5), (4, -4)}


def test_selecting_is_no_undo_step(grid, document, canvas, hand):
    hand.drag((-1.5, -1.5), (1.5, 1.5))
    assert document.stack.count() == 0
    assert document.points is grid


def test_dragging_the_frame_moves_the_selected_points(grid, document, canvas, hand, selection):
    hand.drag((-1.5, -1.5), (1.5, 1.5))
    index = selection.index
    hand.drag((0.5, 0.5), (2.5, 3.5))
    by = np.subtract(hand.position((2.5, 3.5)), hand.position((0.5, 0.5)))
    assert np.allclose(document.points.xy[index], grid.xy[index] + by)
    others = np.delete(np.arange(len(grid)), index)
    assert document.points[others] == grid[others]
    assert np.array_equal(document.points.target, grid.target)
    assert document.stack.count() == 1
    assert selection.index.tolist() == index.tolist()
    document.stack.undo()
    assert document.points == grid


def test_shift_moves_along_one_axis(grid, document, hand, selection):
    hand.drag((-1.5, -1.5), (1.5, 1.5))
    hand.drag((0.5, 0.5), (2.5, 1.0), modifiers=SHIFT)
    moved = document.points.xy[selection.index] - grid.xy[selection.index]
    assert np.allclose(moved, [2, 0], atol=0.03)
    assert (moved[:, 1] == 0).all()


@pytest.mark.parametrize(
    ("name", "by", "factors", "kept"),
    [
        ("right", (1, 0), (1.5, 1), "left"),
        ("top right", (2, 1), (2, 1.5), "bottom left"),
        ("bottom left", (1, 1), (0.5, 0.5), "top right"),
        ("top", (0, -1), (1, 0.5), "bottom"),
    ],
)
def test_a_handle_scales_and_the_other_side_stays(
    grid, document, canvas, hand, selection, name, by, factors, kept
):
    hand.drag((-1.5, -1.5), (1.5, 1.5))
    drag_handle(canvas, hand, name, by)
    before, after = grid.xy[selection.index], document.points.xy[selection.index]
    assert np.ptp(after, axis=0) == pytest.approx(np.multiply((2, 2), factors), abs=0.05)
    for axis, side in enumerate(({"left": -1, "right": 1}, {"bottom": -1, "top": 1})):
        for word, sign in side.items():
            if word in kept.split():
                assert (sign * after[:, axis]).max() == pytest.approx((sign * before[:, axis]).max())
    assert document.stack.count() == 1


def test_shift_scales_both_axes_alike(grid, document, canvas, hand, selection):
    hand.drag((-1.5, -0.5), (1.5, 1.5))
    drag_handle(canvas, hand, "top right", (2, 0.1), SHIFT)
    wide, high = np.ptp(document.points.xy[selection.index], axis=0)
    assert wide / high == pytest.approx(2)
    assert wide == pytest.approx(4, abs=0.05)


def test_the_knob_turns_around_the_middle(grid, document, canvas, hand, selection):
    hand.drag((-1.5, -1.5), (1.5, 1.5))
    knob = handle(canvas, TURN)
    hand.drag(knob, (knob[1], 0.1), modifiers=SHIFT)
    before, after = grid.xy[selection.index], document.points.xy[selection.index]
    assert np.allclose(after, np.column_stack((before[:, 1], -before[:, 0])), atol=1e-9)


def test_a_single_point_has_nothing_to_scale_or_turn(grid, canvas, hand):
    hand.click((2, 3))
    assert frame_of(canvas.context).handles() == {}


def test_moving_a_curve_moves_its_targets(document, canvas, settings, hand, selection):
    document.replace(switch_task(document.experiment, "curve"), "Change task")
    settings.tool = "select"
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    canvas.selected.select_all()
    middle = handle(canvas, INSIDE)
    hand.drag(middle, (middle[0] + 1, middle[1] + 1))
    assert np.array_equal(document.points.target, document.points.xy[:, 1])


def test_escape_gives_the_selection_up_and_delete_deletes_it(grid, document, canvas, hand, selection):
    hand.drag((-1.5, -1.5), (1.5, 1.5))
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert len(selection) == 0
    hand.drag((-1.5, -1.5), (1.5, 1.5))
    QTest.keyClick(canvas, Qt.Key.Key_Delete)
    assert len(document.points) == len(GRID) - 9
    assert len(selection) == 0
    assert document.stack.undoText() == "Delete"
    document.stack.undo()
    assert document.points == grid


def test_escape_in_a_move_keeps_points_and_selection(grid, document, canvas, hand, selection):
    hand.drag((-1.5, -1.5), (1.5, 1.5))
    index = selection.index
    hand.press((0.5, 0.5))
    hand.move((3, 3))
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    hand.release((3, 3))
    assert document.points == grid
    assert selection.index.tolist() == index.tolist()


def test_hidden_points_are_not_selected_and_leave_the_selection(
    grid, document, canvas, settings, hand, selection
):
    hand.drag((-1.5, -1.5), (1.5, 1.5))
    settings.show_split(1, False)
    assert (document.points.split[selection.index] != 1).all()
    assert len(selection) == 6
    canvas.selected.select_all()
    assert len(selection) == (document.points.split != 1).sum()


def test_points_that_come_into_a_hidden_split_leave_the_selection(
    grid, document, canvas, settings, hand, selection
):
    settings.show_split(2, False)
    canvas.selected.select_all()
    settings.tool, settings.split, settings.radius = "split_brush", 2, 1.6
    hand.click((0, 0))
    assert (document.points.split[selection.index] != 2).all()
    assert 0 < len(selection) == (document.points.split != 2).sum()


def test_the_selection_follows_appended_points_and_goes_with_others(grid, document, canvas, hand, selection):
    hand.drag((-1.5, -1.5), (1.5, 1.5))
    index = selection.index
    put_points(document, Points.concatenate([grid, Points([[0.5, 0.5]], [0])]), "One more")
    assert selection.index.tolist() == index.tolist()
    document.clear_points()
    assert len(selection) == 0


def test_other_generated_points_are_not_selected(document, canvas, selection):
    canvas.selected.select_all()
    document.replace(edit_many(document.experiment, {"data.generator.seed": 5}), "Regenerate")
    assert len(selection) == 0


def test_relabelling_the_selection(grid, document, canvas, settings, hand, selection):
    document.replace(edit_many(document.experiment, {"data.classes": 3}), "Classes")
    settings.class_index = 2
    hand.drag((-1.5, -1.5), (1.5, 1.5))
    canvas.selected.relabel()
    assert (document.points.target == 2).sum() == 9
    assert (document.points.target[selection.index] == 2).all()
    assert document.stack.undoText() == "Relabel"


def test_relabelling_values(document, canvas, settings):
    document.replace(switch_task(document.experiment, "surface"), "Change task")
    settings.value = 0.5
    canvas.selected.select_all()
    canvas.selected.relabel()
    assert set(document.points.target) == {0.5}


@pytest.mark.parametrize("task", list(TASKS))
def test_duplicates_lie_beside_their_originals_and_are_selected(document, canvas, task):
    document.replace(switch_task(document.experiment, task), "Change task")
    canvas.selected.select_all()
    before = document.points
    canvas.selected.duplicate()
    copies = document.points[canvas.context.selection.index]
    assert document.points[: len(before)] == before
    assert np.allclose(copies.xy, before.xy + np.array((0.3, -0.3)))
    assert np.array_equal(copies.split, before.split)
    assert np.array_equal(copies.target, copies.xy[:, 1] if task == "curve" else before.target)
    document.stack.undo()
    assert document.points == before


@pytest.fixture
def other(qtbot):
    """Another window with an empty sheet."""
    document = Document()
    document.clear_points()
    document.stack.clear()
    canvas = Canvas(document, CurrentLane(document), ToolSettings())
    canvas.said = []
    canvas.selected.reported.connect(canvas.said.append)
    qtbot.addWidget(canvas)
    yield document, canvas
    document.stack.setClean()


def test_points_go_to_another_window_as_csv_text(grid, canvas, hand, selection, other):
    document, second = other
    hand.drag((-1.5, -1.5), (1.5, 1.5))
    copied = grid[selection.index]
    canvas.selected.copy()
    text = QGuiApplication.clipboard().text()
    assert text.startswith("x1,x2,class,split\n")
    assert np.array_equal(read_csv(text, "classification").xy, copied.xy)
    second.selected.paste()
    assert document.points == copied
    assert len(second.context.selection) == 9
    assert second.said == ["Pasted 9 points."]
    assert str(document.origin) == "Pasted"
    document.stack.undo()
    assert len(document.points) == 0


def test_pasted_classes_come_along_in_the_same_undo_step(other):
    document, canvas = other
    QGuiApplication.clipboard().setText("x1,x2,class,split\n1,2,5,test\n")
    canvas.selected.paste()
    assert document.experiment.data.classes == 5
    assert document.points == Points([[1, 2]], [4], [2])
    assert str(document.origin) == "Pasted"
    document.stack.undo()
    assert document.experiment.data.classes == 2
    assert len(document.points) == 0


def test_pasted_classes_are_known_by_name(other):
    document, canvas = other
    document.replace(edit(document.experiment, "data.class_names", ["zebra", "ape"]), "name")
    QGuiApplication.clipboard().setText("x1,x2,class,split\n1,2,ape,test\n3,4,bee,test\n5,5,zebra,test\n")
    canvas.selected.paste()
    assert document.points.target.tolist() == [1, 2, 0]
    assert document.experiment.data.class_names == ("zebra", "ape", "bee")
    canvas.context.select([2])
    canvas.selected.copy()
    assert QGuiApplication.clipboard().text() == "x1,x2,class,split\n5.0,5.0,zebra,test\n"


def test_names_come_along_onto_an_empty_sheet(other):
    document, canvas = other
    document.set_classes(4)
    QGuiApplication.clipboard().setText("1,2,dog\n3,4,cat\n")
    canvas.selected.paste()
    assert document.points.target.tolist() == [1, 0]
    assert document.experiment.data.class_names == ("cat", "dog", None, None)
    document.stack.undo()
    assert document.experiment.data.class_names is None


def test_pasted_points_of_a_hidden_split_are_not_selected(other):
    _, canvas = other
    canvas.context.settings.show_split(2, False)
    QGuiApplication.clipboard().setText("x1,x2,class,split\n1,2,0,test\n3,4,1,training\n")
    canvas.selected.paste()
    assert canvas.context.selection.index.tolist() == [1]
    assert canvas.said == ["Pasted 2 points, 1 of them hidden."]


def test_text_of_a_spreadsheet_is_dealt_out_to_the_splits(other):
    document, canvas = other
    QGuiApplication.clipboard().setText("1\t2\t0\n3\t4\t1\n")
    canvas.selected.paste()
    assert document.points.xy.tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize("text", ["", "Hello, there", "x1,x2,class\n1,2", "1,nan,0", "1,500;2;a"])
def test_pasting_text_without_points_is_reported_and_changes_nothing(other, text):
    document, canvas = other
    QGuiApplication.clipboard().setText(text)
    canvas.selected.paste()
    assert len(document.points) == 0
    assert document.stack.count() == 0
    (said,) = canvas.said
    assert said.startswith("The clipboard holds no points for this task")
    assert said.endswith(".")
    assert ".." not in said
    assert ("Paste data asks for its format" in said) == bool(text)


def test_cutting_copies_and_deletes(grid, document, canvas, hand):
    hand.drag((-1.5, -1.5), (1.5, 1.5))
    canvas.selected.cut()
    assert len(document.points) == len(GRID) - 9
    canvas.selected.paste()
    assert len(document.points) == len(GRID)


def test_commands_without_a_selection_do_nothing(grid, document, canvas):
    QGuiApplication.clipboard().setText("untouched")
    for command in ("cut", "copy", "delete", "duplicate", "relabel"):
        getattr(canvas.selected, command)()
    assert document.stack.count() == 0
    assert QGuiApplication.clipboard().text() == "untouched"


def test_a_strip_of_buttons_works_on_the_selection(grid, document, canvas, settings, hand, selection):
    bar = canvas.selection_bar
    assert not bar.isVisible()
    hand.drag((-1.5, -1.5), (1.5, 1.5))
    assert bar.isVisible()
    assert canvas.rect().contains(bar.geometry())
    settings.class_index = 1
    QTest.mouseClick(bar.relabel, LEFT)
    assert (document.points.target[selection.index] == 1).all()
    QTest.mouseClick(bar.copy, LEFT)
    assert QGuiApplication.clipboard().text().count("\n") == 10
    QTest.mouseClick(bar.duplicate, LEFT)
    assert len(document.points) == len(GRID) + 9
    QTest.mouseClick(bar.delete, LEFT)
    assert document.points.xy.tolist() == GRID.tolist()
    assert not bar.isVisible()


def test_a_curve_has_nothing_to_relabel(document, canvas):
    document.replace(switch_task(document.experiment, "curve"), "Change task")
    canvas.selected.select_all()
    assert canvas.selection_bar.isVisible()
    assert not canvas.selection_bar.relabel.isVisible()
