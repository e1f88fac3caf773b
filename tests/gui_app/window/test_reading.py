"""Under the cursor: positions, answers of the network and points, in a window with a real engine; wrong points."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from engine.experiment import Points, edit_many, switch_task
from engine.experiment.frame import loss_unit_text
from engine.observation.observables import POINTS, PREDICTION, SPOT, PointAnswers, Prediction, Spot
from engine.observation.snapshot import CANVAS_EXTENT, Observed
from engine.training.models import export_lane
from engine.training.trainer import Trainer
from gui_app.canvas.reading.finder import NONE_WRONG, UNTRAINED
from gui_app.canvas.reading.texts import percent_text, point_text, position_text
from tests.gui_app.hands import Hand, put_points
from tests.gui_app.plots.runs import history_of, snapshot_of

NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
ODD = Points([[-3, 0], [-3, 1], [3, 0], [3, 1], [-3, -1], [3, -1]], [0, 0, 1, 1, 1, 0], [0, 1, 0, 1, 1, 2])
"""Two classes on two sides; the last two points lie on the wrong one."""
FAST = {"lanes.0.network.hidden": [], "lanes.0.training.learning_rate": 0.1}


@pytest.fixture
def taught(window, qtbot):
    """A window whose network tells left from right; it rests."""
    document = window.document
    put_points(document, ODD, "Odd")
    document.replace(edit_many(document.experiment, FAST), "Fast")
    window.link.set_playing(True)
    qtbot.waitUntil(lambda: window.link.latest is not None and window.link.latest.epoch >= 60)
    window.link.set_playing(False)
    qtbot.waitUntil(lambda: window.link.settled and not window.link.latest.playing)
    return window


@pytest.fixture
def told(open_window, fake_engine):
    """A window with the same points, whose engine says what a test lets it say."""
    window = open_window()
    put_points(window.document, ODD, "Odd")
    say(window)
    return window


def say(window, loss=(0.1, 0.2, 0.1, 0.2, 2.5, 3.5), answer=(0, 0, 1, 1, 0, 1)):
    """Let the canvas know answers for the present points, and an answer at whatever position it asks for."""
    points, canvas = window.document.points, window.canvas
    told = {PREDICTION.key: Prediction(CANVAS_EXTENT, np.full((2, 2, 2), 0.5, np.float32))}
    for request in canvas.requests:
        if request.key == POINTS.key:
            count = len(points)
            told[POINTS.key] = PointAnswers(
                points.digest, np.array(answer[:count], float), np.array(loss[:count])
            )
        if request.key == SPOT.key:
            told[SPOT.key] = Spot(request.options, np.array([0.25, 0.75], np.float32))
    shown = snapshot_of(history_of([0]))
    lane = replace(shown.lanes[0], observed=Observed.of(told))
    canvas.show_snapshot(replace(shown, task="classification", classes=2, lanes=(lane,)))


def model_of(window, qtbot, tmp_path):
    """What the engine has trained, exported."""
    run = None

    def kept():
        nonlocal run
        run = window.link.kept_run()
        return run is not None

    window.link.keep_run(tmp_path / "run")
    qtbot.waitUntil(kept)
    return export_lane(Trainer.of_run(run), "A")


def read(window):
    return window.canvas.reading.readout.text


def test_a_position_shows_the_probability_of_each_class_as_the_model_says(taught, qtbot, tmp_path):
    model, hand = model_of(taught, qtbot, tmp_path), Hand(taught.canvas)
    for position in ((0.1, 3.0), (-1.0, -3.0)):
        hand.move(position)
        x, y = hand.position(position)
        with torch.no_grad():
            chance = model(torch.tensor([[x, y]], dtype=torch.float64)).softmax(1)[0].tolist()
        first, second = sorted(range(2), key=lambda k: -chance[k])
        more, less = percent_text(chance[first]), percent_text(chance[second])
        wanted = f"predicted class {first + 1} {more}, {second + 1} {less}"
        qtbot.waitUntil(lambda wanted=wanted: wanted in read(taught))
        assert read(taught).startswith(position_text(taught.document.experiment.data, x, y))


def test_a_point_shows_number_class_split_and_its_loss(told):
    hand = Hand(told.canvas)
    hand.move(ODD.xy[5])
    assert read(told).startswith("Point 6: class 1, test")
    say(told)
    assert read(told).startswith(
        "Point 6: class 1, test, wrong, loss 3.5 · predicted class 2 75.0 %, 1 25.0 % · "
    )
    hand.move(ODD.xy[0])
    assert read(told).startswith("Point 1: class 1, training, right, loss 0.1")
    # Answers for other points are worth nothing.
    put_points(told.document, ODD[:5], "Fewer")
    assert read(told).startswith("Point 1: class 1, training · ")


def test_the_loss_of_a_point_of_regression_has_the_unit_of_the_values_to_its_degree(told):
    document, reading = told.document, told.canvas.reading
    settings = edit_many(switch_task(document.experiment, "surface"), {"data.axes.value.unit": "€"})
    document.replace(settings, "Surface")
    put_points(document, Points([[1, 1]], [2], [0]), "One")
    Hand(told.canvas).move((1, 1))
    digest = document.points.digest
    reading.show(PointAnswers(digest, np.array([0.5]), np.array([2.25])), None, True)
    assert ", loss 2.25 €²" in read(told)
    loss = document.experiment.lanes[0].training.loss.name
    assert loss_unit_text(document.experiment.data, loss) == "€²"


def test_the_line_is_read_by_keyboard_too_and_is_empty_elsewhere(told):
    canvas, data = told.canvas, told.document.experiment.data
    Hand(canvas).move((5, 5))
    x, y = Hand(canvas).position((5, 5))
    assert canvas.reading.line.text().startswith(position_text(data, x, y))
    QTest.keyClick(canvas, Qt.Key.Key_Down)
    assert read(told).startswith(position_text(data, x, y - 0.5))
    assert SPOT.request(canvas.reading.readout.position) in canvas.requests
    QApplication.sendEvent(canvas, QEvent(QEvent.Type.Leave))
    assert canvas.reading.line.text() == ""
    assert not any(request.key in ("spot", "points") for request in canvas.requests)


LONG = {
    "data.axes": {
        axis: {"name": "A name of an axis that is long", "unit": "mmol/l"} for axis in ("x", "y", "value")
    },
    "data.extent": {"x": [-6000, 6000], "y": [-6000, 6000], "value": [0, 90000]},
}


@pytest.mark.parametrize("task", ["classification", "curve", "surface"])
@pytest.mark.parametrize("at", [(0, 0), (2500, 2500)])
def test_the_line_is_never_cut_off_in_a_small_window(open_window, fake_engine, task, at):
    window = open_window((1272, 682))
    experiment = edit_many(switch_task(window.document.experiment, task), LONG)
    many = {"data.classes": 10, "data.class_names": [f"a class with a long name {k}" for k in range(10)]}
    window.document.replace(edit_many(experiment, many if task == "classification" else {}), "Long")
    target = [2500] if task == "curve" else [0]
    put_points(window.document, Points([[2500, 2500]], target), "Put")
    canvas = window.canvas
    canvas.pointer.move_to(tuple(canvas.camera.axes.to_sheet(np.array(at, float)).tolist()))
    spot = Spot(canvas.reading.readout.position, np.linspace(0.1, 0.3, 10 if task == "classification" else 1))
    canvas.reading.show(PointAnswers(window.document.points.digest, np.zeros(1), np.ones(1)), spot, True)
    line = canvas.reading.line
    assert read(window).startswith("Point 1" if at[0] else "A name")
    assert "predicted" in read(window)
    assert line.text()
    assert not line.text().endswith("…")
    assert line.fontMetrics().horizontalAdvance(line.text()) <= line.width()
    assert line.geometry().right() < canvas.width()
    assert line.accessibleDescription() == read(window)


def test_another_task_reads_anew(told):
    Hand(told.canvas).move(ODD.xy[0])
    assert read(told).startswith("Point 1: class 1")
    told.document.replace(switch_task(told.document.experiment, "curve"), "Task")
    assert "class" not in read(told)
    assert read(told).startswith(("x ", "Point "))


def test_wrong_points_are_found_one_after_another(told):
    canvas, found = told.canvas, []
    for modifiers in (NONE, NONE, NONE, SHIFT):
        QTest.keyClick(told, Qt.Key.Key_F3, modifiers)
        say(told)
        found.append(ODD.xy.tolist().index([*canvas.pointer.position]))
    assert found == [5, 4, 5, 4]
    assert read(told).startswith("Point 5: class 2, validation, wrong, loss 2.5")


def test_a_wrong_point_out_of_view_comes_into_view(told):
    canvas = told.canvas
    canvas.camera.zoom(8, (-5.0, 5.0))
    QTest.keyClick(told, Qt.Key.Key_F3)
    say(told)
    left, right, bottom, top = canvas.camera.view
    x, y = canvas.pointer.position
    assert left < x < right
    assert bottom < y < top


def test_without_a_wrong_point_a_sentence_says_so(told):
    QTest.keyClick(told, Qt.Key.Key_F3)
    say(told, answer=ODD.target.tolist())
    assert told.statusBar().currentMessage() == NONE_WRONG


def test_before_training_a_sentence_says_what_to_do(open_window, fake_engine):
    window = open_window()
    QTest.keyClick(window, Qt.Key.Key_F3)
    assert window.statusBar().currentMessage() == UNTRAINED


def test_texts_use_units_names_and_no_class_in_regression(document):
    document.replace(
        edit_many(
            document.experiment,
            {
                "data.axes": {"x": {"name": "Age", "unit": "years"}, "y": {"name": None, "unit": None}},
                "data.extent": {"x": [0, 100], "y": [-6, 6]},
                "data.class_names": ["cat", None],
            },
        ),
        "Names",
    )
    data = document.experiment.data
    assert position_text(data, 41.25, -2.0) == "Age 41.2 years, x₂ −2"
    points = Points([[1, 2], [3, 4]], [0, 1], [0, 2])
    assert point_text(data, points, 0, None) == "Point 1: cat, training"
    assert point_text(data, points, 1, None) == "Point 2: class 2, test"
    assert [percent_text(share) for share in (0.0, 0.0001, 0.5, 0.9999, 1.0)] == [
        "< 0.1 %", "< 0.1 %", "50.0 %", "> 99.9 %", "> 99.9 %",
    ]  # fmt: skip


@pytest.mark.parametrize(("size", "position"), [((1272, 682), False), ((1480, 1000), True)])
def test_the_line_of_a_point_says_all_that_there_is_room_for(open_window, fake_engine, size, position):
    """Number, class, split and loss at any size, with what is predicted; in a usual window its position, too."""
    window = open_window(size)
    place = [[-1.25, 2.75]] * 399
    put_points(window.document, Points(place, [0] * 399, [0] * 398 + [1]), "Put")
    canvas = window.canvas
    canvas.pointer.move_to((-1.25, 2.75))
    readout = canvas.reading.readout
    readout.index = 398
    spot = Spot(readout.position, np.array([0.149, 0.851]))
    answers = PointAnswers(window.document.points.digest, np.ones(399), np.full(399, 1.923))
    canvas.reading.show(answers, spot, True)
    said = canvas.reading.line.text()
    assert said.startswith(f"Point {readout.index + 1}: class 1, ")
    assert ", wrong, loss 1.923 · predicted 2 85.1 %" in said.replace("predicted class", "predicted")
    assert ("x₁ −1.25, x₂ 2.75" in said) == position
