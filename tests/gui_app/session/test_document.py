import errno
import gc
import os
import weakref
from itertools import pairwise

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QElapsedTimer

from engine.catalogue.generators import GENERATORS
from engine.catalogue.tasks import TASKS
from engine.data import Append, leftovers, remove_where, resolve_points, stratified_split
from engine.data.leftovers import temporary_beside
from engine.experiment import (
    ExperimentError,
    Points,
    default_experiment,
    dumps,
    edit,
    switch_generator,
    switch_task,
)
from gui_app.session import document as document_module
from gui_app.session import experiment_editor
from gui_app.session.document import Document
from tests.gui_app.hands import draw, erase, put_points

RATE = "lanes.0.training.learning_rate"


@pytest.fixture
def document(qapp):
    return Document()


def bits(document) -> tuple:
    """All that must come back: the settings as text and the points to the bit."""
    return dumps(document.experiment), document.points.digest, document.hand_drawn


# -- undo


def cancelled(document, xy):
    document.apply_edit(Append(document.new_points(xy, np.array(xy)[:, 1] * 0)))
    document.cancel_gesture()


PLACES = st.lists(st.tuples(*[st.floats(-6, 6, width=32)] * 2), min_size=1, max_size=8)
ACTIONS = st.one_of(
    st.tuples(st.just(draw), PLACES, st.just(1.0), st.integers(1, 3)),
    st.tuples(st.just(cancelled), PLACES),
    st.tuples(st.just(erase), st.integers(1, 5)),
    st.tuples(st.just(Document.clear_points)),
    st.tuples(st.just(Document.set_classes), st.integers(2, 5)),
    st.tuples(st.just(lambda d, rate: d.change({RATE: rate}, "rate")), st.floats(1e-4, 1.0)),
    st.tuples(st.just(lambda d, share: d.change({"data.split.test": share}, "split")), st.floats(0, 0.5)),
    st.tuples(
        st.just(lambda d, hidden: d.replace(edit(d.experiment, "lanes.0.network.hidden", hidden), "hidden")),
        st.lists(st.integers(1, 9), max_size=3).map(tuple),
    ),
    st.tuples(
        st.just(lambda d, name: d.replace(switch_generator(d.experiment, name), "data set")),
        st.sampled_from(sorted(GENERATORS)),
    ),
)


@given(st.lists(ACTIONS, max_size=12))
def test_undoing_everything_gives_the_first_and_redoing_the_last(qapp, actions):
    document = Document()
    first = bits(document)
    for act, *arguments in actions:
        before = bits(document)
        try:
            act(document, *arguments)
        except (ExperimentError, ValueError):
            assert bits(document) == before
    last, steps = bits(document), []
    while document.stack.canUndo():
        steps.append(bits(document))
        document.stack.undo()
        assert document.points == resolve_points(document.experiment.data)
    assert bits(document) == first
    assert not document.modified
    for step in reversed(steps):
        document.stack.redo()
        assert bits(document) == step
    assert bits(document) == last


def test_a_stroke_of_many_edits_is_one_step(document):
    before = bits(document)
    draw(document, [[0, 0], [1, 1], [2, 2]], edits=3)
    assert document.stack.count() == 1
    assert document.stack.undoText() == "Draw"
    assert len(document.points) == 503
    document.stack.undo()
    assert bits(document) == before


def test_a_run_of_changes_of_one_setting_is_one_step(document):
    first = document.experiment
    for rate in (0.01, 0.02, 0.03):
        document.change({RATE: rate}, "Change learning rate")
    assert document.stack.count() == 1
    assert document.experiment.lanes[0].training.learning_rate == 0.03
    document.stack.undo()
    assert document.experiment == first
    document.stack.redo()
    assert document.experiment.lanes[0].training.learning_rate == 0.03


def test_clicks_are_steps_of_their_own(document):
    for rate in (0.01, 0.02):
        document.replace(edit(document.experiment, RATE, rate), "Click")
    document.change({RATE: 0.03}, "Drag")
    assert document.stack.count() == 3


def test_another_setting_begins_another_run(document):
    document.change({RATE: 0.01}, "rate")
    document.change({"lanes.0.training.batch_size": 5}, "batch")
    document.change({RATE: 0.02}, "rate")
    assert document.stack.count() == 3


def test_a_late_change_begins_another_run(document, monkeypatch, qtbot):
    monkeypatch.setattr(experiment_editor, "MERGE_TIME", 1)
    since_change = QElapsedTimer()
    document.change({RATE: 0.01}, "rate")
    since_change.start()
    qtbot.waitUntil(lambda: since_change.hasExpired(2))
    document.change({RATE: 0.02}, "rate")
    assert document.stack.count() == 2


def test_an_undo_and_a_stroke_end_a_run(document):
    document.change({RATE: 0.01}, "rate")
    document.stack.undo()
    document.stack.redo()
    document.change({RATE: 0.02}, "rate")
    assert document.stack.count() == 2
    draw(document, [[0, 0]])
    document.stack.undo()
    document.change({RATE: 0.03}, "rate")
    assert document.stack.count() == 3


def test_a_run_that_ends_where_it_began_leaves_no_step(document):
    rate = document.experiment.lanes[0].training.learning_rate
    for value in (0.5, 0.9, rate):
        document.change({RATE: value}, "rate")
    assert document.stack.count() == 0
    assert not document.modified


def test_a_change_to_the_same_value_is_no_step(document):
    changes = []
    document.changed.connect(lambda *pair: changes.append(pair))
    document.change({RATE: document.experiment.lanes[0].training.learning_rate}, "rate")
    assert document.stack.count() == 0
    assert changes == []


def test_a_run_goes_not_into_what_is_saved(document, tmp_path):
    document.change({RATE: 0.01}, "rate")
    document.save(tmp_path / "a.sketch.json")
    document.change({RATE: 0.02}, "rate")
    assert document.modified
    document.stack.undo()
    assert not document.modified
    assert document.experiment.lanes[0].training.learning_rate == 0.01


def test_what_is_refused_changes_nothing(document):
    before = bits(document)
    with pytest.raises(ExperimentError, match="learning_rate"):
        document.change({RATE: -1.0}, "rate")
    with pytest.raises(ExperimentError, match="three_spirals"):
        document.replace(edit(switch_generator(document.experiment, "three_spirals"), "data.classes", 2), "x")
    assert bits(document) == before
    assert document.stack.count() == 0


def test_a_setting_changed_during_a_stroke_comes_after_it(document):
    document.apply_edit(Append(document.new_points([[1, 1]], [0])))
    document.change({RATE: 0.01}, "rate")
    assert [document.stack.text(n) for n in range(2)] == ["Draw", "rate"]


# -- points


def test_a_split_edit_deals_drawn_points_anew(document):
    document.clear_points()
    draw(document, np.random.default_rng(0).uniform(-5, 5, (100, 2)))
    before = document.points
    document.change({"data.split.validation": 0.5, "data.split.test": 0.1}, "Change split")
    assert document.points.counts() == (40, 50, 10)
    data = document.experiment.data
    dealt = stratified_split(before.target, data.task, 0.5, 0.1, data.split.seed)
    assert document.points.split.tolist() == dealt.tolist()
    assert document.points.xy.tolist() == before.xy.tolist()
    document.stack.undo()
    assert document.points == before


def test_generated_points_follow_the_split_and_stay_generated(document):
    document.change({"data.split.validation": 0.0, "data.split.test": 0.2}, "Change split")
    assert document.points.counts() == (400, 0, 100)
    assert not document.hand_drawn


def test_new_points_keep_the_shares(document):
    document.clear_points()
    draw(document, np.zeros((40, 2)), 1.0)
    assert document.points.counts() == (20, 10, 10)
    assert set(document.points.target) == {1.0}


def test_a_gesture_that_is_taken_back_is_as_if_it_had_not_been(document):
    before = bits(document)
    document.discard_last_gesture()
    draw(document, [[1, 1]])
    first = bits(document)
    draw(document, [[2, 2]])
    document.discard_last_gesture()
    assert bits(document) == first
    assert not document.stack.canRedo()
    document.discard_last_gesture()
    assert bits(document) == before
    assert not document.modified
    document.change({RATE: 0.5}, "rate")
    document.discard_last_gesture()
    assert document.stack.count() == 1, "settings are no gesture"


def test_a_cancelled_gesture_leaves_nothing(document):
    first, experiment = bits(document), document.experiment
    document.apply_edit(Append(document.new_points([[1, 1]], [0])))
    assert document.modified
    assert document.hand_drawn
    document.cancel_gesture()
    assert bits(document) == first
    assert document.experiment is experiment
    assert document.stack.count() == 0
    assert not document.modified


def test_classes_that_go_take_their_points_along(document):
    document.set_classes(4)
    draw(document, [[1, 1]], 3.0)
    draw(document, [[2, 2]], 1.0)
    document.set_classes(3)
    assert document.experiment.data.classes == 3
    assert len(document.points) == 501
    document.stack.undo()
    assert document.points.target[-2:].tolist() == [3.0, 1.0]


def test_too_few_classes_for_the_generator_keep_the_points_that_fit(document):
    document.replace(switch_generator(document.experiment, "three_spirals"), "x")
    document.set_classes(2)
    assert set(document.points.target) == {0.0, 1.0}
    assert document.hand_drawn


def test_clearing_nothing_is_no_step(document):
    document.clear_points()
    document.clear_points()
    assert document.stack.count() == 1


def test_replacing_points_is_one_step(document):
    points = Points([[1, 2]], [1], [0])
    put_points(document, points, "Other")
    assert document.points == points
    document.stack.undo()
    assert not document.hand_drawn


def test_changes_say_from_what_to_what(document):
    seen = []
    document.changed.connect(lambda before, after: seen.append((before, after)))
    first = document.experiment
    document.change({RATE: 0.01}, "rate")
    draw(document, [[0, 0]], edits=1)
    document.stack.undo()
    assert seen[0][0] is first
    assert all(a[1] is b[0] for a, b in pairwise(seen))
    assert seen[0][1].data is first.data
    assert seen[1][1].lanes is seen[0][1].lanes


# -- file


@pytest.mark.parametrize("task", list(TASKS))
@pytest.mark.parametrize("drawn", [False, True])
def test_a_saved_document_opens_equal(qapp, tmp_path, task, drawn):
    document = Document(switch_task(default_experiment(), task))
    document.change({RATE: 0.1234567890123}, "rate")
    if drawn:
        draw(document, np.random.default_rng(1).uniform(-6, 6, (20, 2)), 0.125 if task == "surface" else 1.0)
    path = tmp_path / "a.sketch.json"
    document.save(path)
    assert not document.modified
    assert document.path == path
    again = Document()
    again.open(path)
    assert again.experiment == document.experiment
    assert bits(again) == bits(document)
    assert again.path == path
    assert not again.modified
    assert again.stack.count() == 0


@pytest.mark.parametrize("where", ["write", "replace"])
def test_a_failed_save_changes_nothing(document, tmp_path, monkeypatch, where):
    old, new = tmp_path / "old.sketch.json", tmp_path / "new.sketch.json"
    document.save(old)
    new.write_text("precious")
    draw(document, [[0, 0]])
    before = bits(document)

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(*((document_module, "atomic_write") if where == "write" else (os, "replace")), full)
    with pytest.raises(OSError, match="No space left"):
        document.save(new)
    assert document.path == old
    assert document.modified
    assert bits(document) == before
    assert new.read_text() == "precious"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new.sketch.json", "old.sketch.json"]


def test_what_a_stroke_has_drawn_so_far_is_saved_as_a_step(document, tmp_path):
    """A stroke that is taken back after the save must not leave a document that calls itself clean."""
    path = tmp_path / "a.sketch.json"
    document.apply_edit(Append(document.new_points([[1, 1]], [0])))
    document.save(path)
    saved = document.experiment
    document.apply_edit(Append(document.new_points([[2, 2]], [0])))
    document.cancel_gesture()
    assert not document.modified
    assert document.experiment == saved
    again = Document()
    again.open(path)
    assert again.experiment == document.experiment


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "the file ends too early, in line 1"),
        (b"\xff\xfe\xfa", "not"),
        (b"[" * 100_000, "nested too deeply"),
        (b"[]", "an experiment is a JSON object"),
        (b'{"format": "neural-sketchbook/99"}', "newer version"),
        (b'{"format": "neural-sketchbook/4", "colour": "red"}', "colour"),
        (b'{"format": "neural-sketchbook/4", "data": {"classes": 11}}', "data.classes"),
        (
            b'{"format": "neural-sketchbook/4", "data": {"points": [[1, 2, 0, "train"]]}}',
            "split must be one of",
        ),
    ],
)
def test_a_bad_file_keeps_what_is_open(document, tmp_path, content, words):
    path = tmp_path / "bad.sketch.json"
    path.write_bytes(content)
    draw(document, [[0, 0]])
    before = bits(document)
    with pytest.raises(ExperimentError, match=words) as caught:
        document.open(path)
    assert "\n" not in str(caught.value)
    assert bits(document) == before
    assert document.path is None
    assert document.modified
    assert document.stack.count() == 1


def test_another_document_begins_without_a_past(document, tmp_path):
    replaced = []
    document.replaced.connect(lambda: replaced.append(document.experiment))
    document.apply_edit(Append(document.new_points([[1, 1]], [0])))
    other = switch_task(default_experiment(), "curve")
    document.reset(other, tmp_path / "x.sketch.json")
    assert replaced == [other]
    assert document.experiment is other
    assert document.points == resolve_points(other.data)
    assert not document.modified
    document.finish_gesture("Draw")
    assert document.stack.count() == 0
    assert document.title == "x.sketch.json"


def test_each_change_of_the_saved_state_is_told(document, tmp_path):
    told = []
    document.file_changed.connect(lambda: told.append((document.title, document.modified)))
    document.apply_edit(Append(document.new_points([[1, 1]], [0])))
    assert told[-1] == ("Untitled.sketch.json", True)
    document.cancel_gesture()
    assert told[-1] == ("Untitled.sketch.json", False)
    draw(document, [[0, 0]])
    assert told[-1] == ("Untitled.sketch.json", True)
    document.save(tmp_path / "b.sketch.json")
    assert told[-1] == ("b.sketch.json", False)
    document.stack.undo()
    assert told[-1] == ("b.sketch.json", True)
    document.stack.redo()
    assert told[-1] == ("b.sketch.json", False)


def test_erasing_leaves_each_class_a_point_to_train_on_and_undo_takes_it_back(document):
    put_points(document, Points(np.zeros((5, 2)), [0, 0, 1, 1, 1], [0, 1, 0, 1, 2]), "start")
    before = document.points
    document.apply_edit(remove_where(before, before.split == 0))
    document.finish_gesture("Erase")
    assert document.points.target.tolist() == [0, 1, 1]
    assert document.points.split.tolist() == [0, 1, 0]
    document.stack.undo()
    assert document.points == before


def test_points_of_a_new_class_are_trained_on_first(document):
    put_points(document, Points(np.zeros((4, 2)), [0] * 4, [0, 0, 1, 2]), "start")
    draw(document, [[1, 1], [2, 2], [3, 3]], 1.0)
    assert document.points.split[-3:].tolist() == [0, 1, 2]


def test_a_document_that_is_let_go_with_its_undo_stack_crashes_nothing():
    """In a cycle with its document, a command would be deleted twice: by Python's collector and by Qt."""
    for number in range(3):
        document = Document()
        document.change({"lanes.0.training.learning_rate": 0.01 + number / 1000}, "Rate")
        document.clear_points()
        document.stack.undo()
        gone = weakref.ref(document)
        del document
        gc.collect()
        assert gone() is None


def test_who_hears_of_another_document_knows_already_where_its_points_come_from():
    document, heard = Document(), []
    document.changed.connect(lambda before, after: heard.append(document.origin.source))
    drawn = default_experiment()
    drawn = msgspec.structs.replace(drawn, data=msgspec.structs.replace(drawn.data, points=Points.empty()))
    document.reset(drawn)
    document.reset(drawn, source="Restored")
    document.reset(default_experiment())
    assert heard == ["From the file", "Restored", "Generated"]


def test_opening_and_saving_remove_what_a_killed_process_left(document, tmp_path, monkeypatch):
    monkeypatch.setattr(leftovers, "OLD", 0.0)
    path = tmp_path / "a.sketch.json"
    left = tmp_path / temporary_beside(path).name.replace(f"-{os.getpid()}-", "-999999999-")
    for work in (document.save, document.open):
        left.write_text("x")
        work(path)
        assert os.listdir(tmp_path) == [path.name]
