"""Changing the task keeps a drawing of each one: in the window, in its file, in its copy, and not in the engine."""

from __future__ import annotations

from engine.data import resolve_points
from engine.experiment import Points, dumps, edit_many, loads, memory, stable_hash, switch_task
from engine.service import messages as m
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.session.engine_link import EngineLink
from gui_app.startup.recovery.copies import Copy, decode, encode
from tests.gui_app.hands import choose, draw, put_points, stroke

NAMED = {
    "data.classes": 3,
    "data.class_names": ("cat", None, "dog"),
    "data.split": {"validation": 0.1, "test": 0.2, "seed": 3},
}


def test_a_classification_is_there_again_after_a_visit_to_the_curve(open_window, fake_engine):
    window = open_window()
    document, task = window.document, window.transport.task
    document.replace(edit_many(document.experiment, NAMED), "Classes")
    stroke(window, (-4.0, 4.0), (-2.0, 5.0))
    left = document.experiment.data
    assert left.points is not None
    choose(task, "curve")
    assert document.experiment.data.task == "curve"
    assert not document.hand_drawn
    stroke(window, (-3.0, 3.0), (3.0, 1.0))
    curve = document.experiment.data
    choose(task, "classification")
    assert document.experiment.data == left
    assert document.points.digest == left.points.digest
    assert str(document.origin) == "Generated and edited"
    choose(task, "curve")
    assert document.experiment.data == curve
    for data in (left, curve, None, left):
        document.stack.undo()
        if data is not None:
            assert document.experiment.data == data
    assert document.experiment.drawings == ()
    for _ in range(4):
        document.stack.redo()
    assert document.experiment.data == curve


SETTINGS = {
    "lanes.0.training.loss": "squared",
    "lanes.0.regularization.label_smoothing": 0.1,
    "lanes.0.regularization.augmentation.rotate": 10.0,
    "lanes.0.network.features": ("x1", "x2", "x2_squared"),
    "lanes.0.network.hidden": (3,),
}


def test_settings_that_fit_one_task_come_back_with_its_drawing(open_window, fake_engine):
    window = open_window()
    document, task = window.document, window.transport.task
    document.replace(edit_many(document.experiment, SETTINGS), "Settings")
    before = document.experiment
    for way in (("curve",), ("surface",), ("curve", "surface"), ("surface", "curve")):
        for there in way:
            choose(task, there)
            assert document.experiment.lanes[0].regularization.label_smoothing == 0
        choose(task, "classification")
        assert document.experiment.lanes == before.lanes, way
        assert stable_hash(document.experiment) == stable_hash(before)
    # What is edited meanwhile, and fits both tasks, stays.
    choose(task, "curve")
    changes = {"lanes.0.network.hidden": (5, 5), "lanes.0.training.loss": "huber"}
    document.replace(edit_many(document.experiment, changes), "Hidden")
    choose(task, "classification")
    lane = document.experiment.lanes[0]
    assert (lane.network.hidden, lane.training.loss.name) == ((5, 5), "squared")
    choose(task, "curve")
    assert document.experiment.lanes[0].training.loss.name == "huber"


def test_the_file_keeps_them_and_so_does_the_copy_after_a_crash(document, tmp_path):
    draw(document, [(1.0, 2.0), (3.0, 4.0)], 1.0)
    left = document.experiment.data
    document.replace(switch_task(document.experiment, "surface"), "Task")
    put_points(document, Points([[0.0, 1.0]], [0.5]), "Put")
    assert document.modified
    document.save(tmp_path / "a.sketch.json")
    opened = Document()
    opened.open(tmp_path / "a.sketch.json")
    assert opened.experiment == document.experiment
    opened.replace(switch_task(opened.experiment, "classification"), "Task")
    assert opened.experiment.data == left
    assert str(opened.origin) == "From the file"
    copy = Copy(document.experiment, None, True, 1.5, 2)
    assert decode(encode(copy)).experiment == document.experiment
    generated = Copy(switch_task(opened.experiment, "curve"), None, True, 1.5, 2)
    assert decode(encode(generated)).experiment == generated.experiment


def test_the_engine_is_told_of_one_alone(document, fake_engine):
    link = EngineLink(document, CurrentLane(document), fake_engine)
    link.start()
    draw(document, [(1.0, 2.0)], 1.0)
    document.replace(switch_task(document.experiment, "curve"), "Task")
    assert document.experiment.drawings
    link.pull()
    sent = [
        command.experiment for command in fake_engine.take_commands() if isinstance(command, m.SetExperiment)
    ]
    assert [one.drawings for one in sent] == [(), ()]
    assert sent[-1].data is document.experiment.data
    document.reset(document.experiment, run=b"run")
    (load,) = (command for command in fake_engine.take_commands() if isinstance(command, m.LoadRun))
    assert load.experiment == sent[-1]
    link.close()


def test_a_drawing_that_does_not_fit_into_memory_any_more_is_refused(open_window, fake_engine, monkeypatch):
    window = open_window()
    document, task = window.document, window.transport.task
    many = resolve_points(document.experiment.data)
    put_points(document, Points.concatenate([many] * 200), "Put")
    left = document.experiment.data
    choose(task, "curve")
    # A network that has grown meanwhile would do, too, at the price of a slow test.
    monkeypatch.setattr(memory, "LIMIT", 10**8)
    choose(task, "classification")
    assert document.experiment.data.task == task.currentData() == "curve"
    assert document.experiment.drawings == (left,)
    assert "memory" in window.statusBar().currentMessage()


def test_dumps_holds_what_loads_returns(document):
    document.replace(switch_task(document.experiment, "curve"), "Task")
    assert loads(dumps(document.experiment)) == document.experiment
