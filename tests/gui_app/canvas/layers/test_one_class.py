"""Data of one class alone get a word."""

import pytest

from engine.experiment import Points, edit, switch_task
from gui_app.session.no_points import one_class_message
from tests.gui_app.hands import draw, put_points


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ([], ""),
        ([0, 0], "All points are of class 1; there is nothing to tell apart. Draw a second class."),
        ([1], "The only point is of class 2; there is nothing to tell apart. Draw a second class."),
        ([0, 1], ""),
    ],
)
def test_it_says_which_class_there_is_and_which_is_missing(empty_document, target, words):
    put_points(empty_document, Points([[0, 1]] * len(target), target), "Put")
    assert one_class_message(empty_document) == words


def test_names_are_said_and_regression_has_no_classes(empty_document):
    empty_document.replace(edit(empty_document.experiment, "data.class_names", ["cat", None]), "Name")
    draw(empty_document, [(0.0, 1.0)])
    assert "of class cat" in one_class_message(empty_document)
    empty_document.replace(switch_task(empty_document.experiment, "curve"), "Task")
    assert one_class_message(empty_document) == ""


def test_the_canvas_shows_it_and_forgets_it(empty_document, canvas):
    draw(empty_document, [(0.0, 1.0)], 0.0)
    alone = canvas.grab().toImage()
    draw(empty_document, [(5.0, 5.0)], 1.0)
    both = canvas.grab().toImage()
    bottom = int(canvas.scene.viewport.square.bottom())
    corner = [(x, y) for x in range(60, 300) for y in range(bottom - 24, bottom - 8)]
    assert any(alone.pixel(*at) != both.pixel(*at) for at in corner)


def test_a_message_that_is_wider_than_the_sheet_takes_several_lines(empty_document, canvas):
    draw(empty_document, [(0.0, 1.0)], 0.0)
    canvas.resize(340, 340)
    square = canvas.scene.viewport.square
    alone = canvas.grab().toImage()
    empty_document.replace(edit(empty_document.experiment, "data.classes", 3), "Classes")
    draw(empty_document, [(5.0, 5.0)], 1.0)
    both = canvas.grab().toImage()
    column = [int(square.right()) + 3, *range(int(square.left()) + 10, int(square.left()) + 40)]
    rows = range(int(square.bottom()) - 40, int(square.bottom()) - 24)
    assert any(alone.pixel(x, y) != both.pixel(x, y) for x in column[1:] for y in rows), "a second line"
    assert all(alone.pixel(column[0], y) == both.pixel(column[0], y) for y in rows), (
        "nothing beside the sheet"
    )
