"""Data of one class alone get a word."""

import pytest

from engine.experiment import Points, edit, switch_task
from gui_app.canvas.layers.one_class import one_class_message
from tests.gui_app.hands import draw, put_points


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ([], ""),
        ([0, 0], "All points are of class 1: draw a second class (key 2)"),
        ([1], "All points are of class 2: draw a second class (key 1)"),
        ([0, 1], ""),
    ],
)
def test_it_says_which_class_there_is_and_which_is_missing(empty_document, target, words):
    put_points(empty_document, Points([[0, 1]] * len(target), target), "Put")
    assert one_class_message(empty_document.experiment.data, empty_document.points) == words


def test_names_are_said_and_regression_has_no_classes(empty_document):
    empty_document.replace(edit(empty_document.experiment, "data.class_names", ["cat", None]), "Name")
    draw(empty_document, [(0.0, 1.0)])
    assert "of class cat" in one_class_message(empty_document.experiment.data, empty_document.points)
    empty_document.replace(switch_task(empty_document.experiment, "curve"), "Task")
    assert one_class_message(empty_document.experiment.data, empty_document.points) == ""


def test_the_canvas_shows_it_and_forgets_it(empty_document, canvas):
    draw(empty_document, [(0.0, 1.0)], 0.0)
    alone = canvas.grab().toImage()
    draw(empty_document, [(5.0, 5.0)], 1.0)
    both = canvas.grab().toImage()
    bottom = int(canvas.scene.viewport.square.bottom())
    corner = [(x, y) for x in range(60, 300) for y in range(bottom - 24, bottom - 8)]
    assert any(alone.pixel(*at) != both.pixel(*at) for at in corner)
