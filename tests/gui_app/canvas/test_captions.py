"""What the canvas says of what it shows, what it does not show, and what it asks for while nobody reads a point."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from engine.experiment import Points, switch_classes, switch_task
from engine.observation.observables import POINTS, SPOT, PointAnswers, Spot
from engine.observation.observables.points import Position
from engine.observation.snapshot import CANVAS_EXTENT, Observed
from gui_app.canvas.reading.caption import Caption, unsure_message
from tests.gui_app.canvas.test_canvas import Prediction, colour_at, halves, near, snapshot, strength
from tests.gui_app.hands import put_points

TWO = Points([[-3.0, 0.0], [3.0, 0.0]], [0, 1])


class Paints(QObject):
    """Counts the paint events of a widget."""

    def __init__(self, widget):
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched, event):
        self.count += event.type() == QEvent.Type.Paint
        return False


def say(canvas, values, task="classification", classes=2, **more):
    """Let the canvas know an answer at the cursor, and other observables by key."""
    x, y = canvas.reading.readout.position.x, canvas.reading.readout.position.y
    spot = Spot(Position(x, y), np.array(values))
    shown = snapshot(None, task, classes)
    observed = Observed.of({SPOT.key: spot, **more})
    canvas.show_snapshot(replace(shown, lanes=(replace(shown.lanes[0], observed=observed),)))


def test_an_answer_of_more_classes_is_forgotten_with_them(empty_document, canvas):
    empty_document.replace(switch_classes(empty_document.experiment, 3), "Classes")
    canvas.pointer.move_to((1.0, 1.0))
    say(canvas, [0.1, 0.2, 0.7], classes=3)
    assert "class 3 70.0 %" in canvas.reading.readout.text
    empty_document.stack.undo()
    assert "predicted" not in canvas.reading.readout.text


@pytest.mark.parametrize("other", ["classification", "curve"])
def test_an_answer_for_another_task_is_forgotten(empty_document, canvas, other):
    empty_document.replace(switch_task(empty_document.experiment, "surface"), "Task")
    put_points(empty_document, Points.empty(), "None")
    canvas.pointer.move_to((1.0, 1.0))
    say(canvas, [0.25], "surface")
    assert "predicted 0.25" in canvas.reading.readout.text
    empty_document.replace(switch_task(empty_document.experiment, other), "Task")
    assert "predicted" not in canvas.reading.readout.text


def test_answers_for_points_are_asked_for_only_where_one_is_read(empty_document, canvas):
    put_points(empty_document, TWO, "Two")
    canvas.pointer.move_to((0.0, 4.0))
    asked = {request.key for request in canvas.requests}
    assert SPOT.key in asked
    assert POINTS.key not in asked
    canvas.pointer.move_to((3.0, 0.0))
    assert POINTS.request() in canvas.requests


@pytest.mark.parametrize("rings", [False, True])
def test_other_answers_paint_the_canvas_only_where_rings_show_them(empty_document, canvas, qapp, rings):
    put_points(empty_document, TWO, "Two")
    canvas.switches.turn("wrong", rings)
    canvas.pointer.move_to((0.0, 4.0))
    for loss in (0.1, 0.2):
        paints = Paints(canvas)
        answers = PointAnswers(TWO.digest, np.array([1.0, 1.0]), np.array([2.0, loss]))
        say(canvas, [0.5, 0.5], **{POINTS.key: answers})
        canvas.reading.line.hide()
        qapp.processEvents()
    assert (paints.count > 0) is rings
    # They are found once for all paintings.
    assert canvas.reading.known.wrong is canvas.reading.known.wrong


def test_what_was_learned_from_points_that_are_gone_goes_with_them(empty_document, canvas):
    shown = snapshot(halves())
    canvas.show_snapshot(replace(shown, training_points=2))
    theme = canvas.scene.theme
    assert near(colour_at(canvas, (-4, -3)), strength(theme, 0))
    canvas.show_snapshot(replace(shown, training_points=0))
    assert near(colour_at(canvas, (-4, -3.2)), QColor(canvas.scene.paper))
    canvas.show_snapshot(replace(shown, training_points=1))
    assert near(colour_at(canvas, (-4, -3)), strength(theme, 0))


def test_without_training_points_it_says_so(empty_document):
    caption = Caption(empty_document)
    assert caption.lack() == ""
    put_points(empty_document, Points(TWO.xy, TWO.target, [1, 2]), "Put")
    assert caption.lack().startswith("There are no training points: draw some")
    put_points(empty_document, TWO, "Put")
    assert caption.lack() == ""
    put_points(empty_document, TWO[:1], "Put")
    assert caption.lack().startswith("The only point is of class 1")


@pytest.mark.parametrize(
    ("probabilities", "said"),
    [
        ([0.5, 0.5], "The network is unsure everywhere: no class gets more than 50 %"),
        ([0.53, 0.47], "The network is unsure everywhere: no class gets more than 53 %"),
        ([0.6, 0.4], ""),
        ([0.25] * 4, "The network is unsure everywhere: no class gets more than 25 %"),
        ([0.4, 0.2, 0.2, 0.2], ""),
    ],
)
def test_a_network_that_tells_nothing_apart_gets_a_word(probabilities, said):
    values = np.broadcast_to(np.float32(probabilities), (8, 8, len(probabilities)))
    assert unsure_message(Prediction(CANVAS_EXTENT, values)) == said


def test_the_word_is_about_the_prediction_that_is_shown(empty_document, canvas):
    put_points(empty_document, TWO, "Two")
    canvas.show_snapshot(snapshot(np.full((100, 100, 2), 0.5)))
    assert canvas._said(canvas.panes.current).startswith("The network is unsure everywhere")
    canvas.show_snapshot(snapshot(halves()))
    assert canvas._said(canvas.panes.current) == ""


def test_the_key_of_a_missing_class_says_so(settings, canvas, qtbot):
    with qtbot.waitSignal(canvas.reported) as said:
        QTest.keyClick(canvas, "3")
    assert said.args == ["There is no class 3; the data have 2 classes."]
    assert settings.class_index == 0
