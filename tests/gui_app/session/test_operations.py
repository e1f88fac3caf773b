"""Whole-set operations from the menu, with a number where one is needed."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QWidget

from engine.catalogue.tasks import TASKS
from engine.data import OPERATIONS
from engine.data.axes import HOME, Axes
from engine.experiment import Points, default_experiment, switch_task
from gui_app.session import operations as operations_module
from gui_app.session.document import Document
from gui_app.session.operations import Operations
from tests.gui_app.hands import click, drag_slider, put_points, type_into


@pytest.fixture
def operations(document, qtbot):
    anchor = QWidget()
    qtbot.addWidget(anchor)
    anchor.resize(400, 400)
    anchor.show()
    return Operations(document, anchor)


@pytest.fixture
def popover(operations):
    """The small window of label flips, in which a tenth is chosen."""
    operations.run("flip")
    yield operations.popover
    if operations.popover is not None:
        operations.popover.close()


def flipped(document, before) -> int:
    return int((document.points.target != before.target).sum())


def entries(operations) -> dict:
    menu = QMenu()
    operations.fill(menu)
    menu.aboutToShow.emit()
    return {
        action.text(): action.isEnabled() for action in menu.actions() if action.isVisible() and action.text()
    }


def test_the_effect_shows_while_the_number_is_chosen_and_is_one_undo_step(document, popover):
    before = document.experiment
    stack = document.stack
    assert stack.count() == 0
    drag_slider(popover.amount, 0.1, 0.4)
    share = popover.amount.value()
    assert 0.3 < share < 0.5
    type_into(popover.amount.number, "20")
    points = document.points
    assert (points.target != Document(default_experiment()).points.target).sum() == 100
    assert stack.count() == 1
    assert stack.undoText() == "Flip labels"
    stack.undo()
    assert document.experiment.data.points is None
    assert document.experiment.lanes == before.lanes
    stack.redo()
    assert document.points == points


def test_the_window_is_dragged_and_the_next_one_opens_where_it_was_put(operations, document):
    operations.run("flip")
    first = operations.popover
    start, grip = first.pos(), QPoint(40, 16)
    QTest.mousePress(first, Qt.MouseButton.LeftButton, pos=grip)
    QTest.mouseMove(first, grip + QPoint(57, 33))
    assert first.pos() == start + QPoint(57, 33)
    QTest.mouseRelease(first, Qt.MouseButton.LeftButton, pos=grip)
    QTest.mouseMove(first, grip + QPoint(9, 9))
    assert first.pos() == start + QPoint(57, 33)
    assert document.in_gesture, "the preview goes on"
    first.close()
    operations.run("noise")
    assert operations.popover.pos() == start + QPoint(57, 33)
    operations.popover.close()


@pytest.mark.parametrize("left", [0, 150, 700])
def test_the_first_window_does_not_cover_the_canvas_that_previews_and_stays_on_the_screen(
    document, qtbot, left
):
    anchor = QWidget()
    qtbot.addWidget(anchor)
    anchor.setGeometry(left, 80, 400, 400)
    anchor.show()
    operations = Operations(document, anchor, previews=True)
    operations.run("noise")
    opened = operations.popover.geometry()
    canvas = QRect(anchor.mapToGlobal(QPoint(0, 0)), anchor.size())
    assert anchor.screen().availableGeometry().contains(opened)
    assert not opened.intersects(canvas)
    operations.popover.close()


def test_a_drag_beyond_the_screen_is_brought_back_the_next_time(operations):
    operations.run("flip")
    first, grip = operations.popover, QPoint(40, 16)
    QTest.mousePress(first, Qt.MouseButton.LeftButton, pos=grip)
    QTest.mouseMove(first, grip + QPoint(5000, 3000))
    screen = first.screen().availableGeometry()
    assert not screen.intersects(first.geometry())
    QTest.mouseRelease(first, Qt.MouseButton.LeftButton, pos=grip)
    first.close()
    operations.run("noise")
    second = operations.popover
    assert screen.contains(second.geometry())
    second.close()


def test_a_drag_shows_other_numbers_of_the_same_points(document, popover):
    start = Document(default_experiment()).points
    assert flipped(document, start) == 50
    QTest.keyClick(popover.amount.slider, Qt.Key.Key_Right)
    assert flipped(document, start) == round(popover.amount.value() * 500) > 50


def test_each_number_on_the_way_is_shown_at_once(document, popover):
    seen = []
    document.changed.connect(lambda before, after: seen.append(len(after.data.points or ())))
    QTest.keyClick(popover.amount.slider, Qt.Key.Key_Right)
    assert seen == [500]


def test_zero_is_no_change(document, popover):
    type_into(popover.amount.number, "0")
    assert document.stack.count() == 0
    assert not document.hand_drawn
    assert not document.modified


def test_the_die_deals_anew(document, popover):
    start, before = Document(default_experiment()).points, document.points
    click(popover.again)
    assert document.points != before
    assert flipped(document, start) == 50


@pytest.mark.parametrize("way", ["escape", "cancel", "close"])
def test_whoever_thinks_better_of_it_has_changed_nothing(document, popover, operations, way):
    before = Document(default_experiment()).experiment
    if way == "escape":
        QTest.keyClick(popover, Qt.Key.Key_Escape)
    elif way == "cancel":
        click(popover.cancel)
    else:
        popover.close()
    assert operations.popover is None
    assert document.experiment == before
    assert not document.hand_drawn
    assert document.stack.count() == 0
    assert not document.modified


def test_what_is_not_random_has_no_die(document, popover, operations):
    assert popover.again.isVisible()
    popover.close()
    operations.run("rotate")
    assert not operations.popover.again.isVisible()
    operations.popover.close()


def test_apply_keeps_it(document, popover):
    points = document.points
    click(popover.apply)
    assert document.points is points
    assert document.stack.count() == 1


def test_what_takes_no_number_is_done_at_once(document, operations):
    before = document.points
    operations.run("mirror_x")
    assert np.array_equal(document.points.xy, before.xy * (-1, 1))
    assert operations.popover is None
    operations.run("mirror_x")
    assert document.points == before
    assert document.stack.count() == 2


def test_what_changes_nothing_is_no_undo_step(document, operations):
    operations.run("balance")
    assert document.stack.count() == 0
    assert not document.modified


def test_an_impossible_operation_is_reported_and_changes_nothing(document, operations):
    far = Points([[1e100, 1e100]], [0])
    put_points(document, far, "far")
    operations.run("rotate")
    popover = operations.popover
    assert popover.error.text() == "A point would end up beyond ±1e100; give the data larger units."
    assert not popover.apply.isEnabled()
    QTest.keyClick(popover, Qt.Key.Key_Return)
    type_into(popover.amount.number, "90")
    assert document.points.xy.tolist() == [[-1e100, 1e100]]
    popover.close()


def test_each_task_offers_what_makes_sense(document, operations):
    assert "Flip labels …" in entries(operations)
    assert "Add noise to the values …" not in entries(operations)
    document.replace(switch_task(document.experiment, "surface"), "task")
    assert "Add noise to the values …" in entries(operations)
    assert "Balance classes" not in entries(operations)
    document.clear_points()
    assert not any(entries(operations).values())


UNEQUAL = Axes(50.0, 500.0, 8.0, 4.0)


@pytest.mark.parametrize("task", list(TASKS))
@pytest.mark.parametrize("key", OPERATIONS)
def test_an_operation_does_the_same_on_the_screen_whatever_the_units(qtbot, monkeypatch, key, task):
    monkeypatch.setattr(operations_module, "new_seed", lambda seed: 3)
    rng = np.random.default_rng(0)
    sheet, found = rng.integers(-40, 41, (60, 2)) / 8, []
    for axes in (HOME, UNEQUAL):
        document, anchor = Document(switch_task(default_experiment(), task)), QWidget()
        qtbot.addWidget(anchor)
        xy = axes.to_data(sheet)
        target = xy[:, 1] if task == "curve" else np.arange(60) % 2
        put_points(document, Points(xy, target, np.arange(60) % 3), "start")
        if task in OPERATIONS[key].tasks:
            operations = Operations(document, anchor, lambda axes=axes: axes)
            operations._document.preview(operations._edit(OPERATIONS[key], None, 3))
            document.finish_gesture(key)
        found.append((axes.points_on_sheet(document.points, task), document.points))
        document.stack.setClean()
    (plain, _), (stretched, data) = found
    assert np.allclose(stretched.xy, plain.xy, atol=1e-9)
    assert np.allclose(stretched.target, plain.target, atol=1e-9)
    assert np.array_equal(stretched.split, plain.split)
    assert task != "curve" or np.array_equal(data.target, data.xy[:, 1])


def test_the_amount_of_noise_is_told_in_the_units_of_the_data(document, qtbot):
    anchor = QWidget()
    qtbot.addWidget(anchor)
    document.change({"data.extent.x": [0, 84], "data.axes.x.unit": "cm"}, "Axes")
    operations = Operations(document, anchor, lambda: Axes(42.0, 0.0, 7.0, 1.0))
    operations.run("noise")
    popover = operations.popover
    assert popover.meaning.text().endswith("0.3 of 12 ≈ 2.1 cm across, 0.3 up.")
    type_into(popover.amount.number, "1")
    assert popover.meaning.text().endswith("1 of 12 ≈ 7 cm across, 1 up.")
    popover.close()
