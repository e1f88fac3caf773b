"""The editor guards its undo stack: any order of gestures, previews, undo, redo and changes keeps it whole."""

import numpy as np
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from PySide6.QtCore import Qt

from engine.data import Append, remove_where, resolve_points
from engine.experiment import default_experiment, edit_many
from gui_app.session.document import Document
from tests.gui_app.hands import Hand, click, part_of

POSITIONS = st.lists(st.tuples(st.floats(-6, 6), st.floats(-6, 6)), min_size=1, max_size=4)


class EditorMachine(RuleBasedStateMachine):
    """Calls the editor in any order, as code could, also with a gesture open."""

    folder = None

    @initialize()
    def start(self):
        self.document = Document(default_experiment())
        self.document.changed.connect(self.note)
        self.seen = self.start_experiment = self.document.experiment

    def teardown(self):
        self.document.deleteLater()

    def note(self, before, after):
        assert before is self.seen
        self.seen = after

    def appended(self, xy):
        return Append(self.document.new_points(np.array(xy), np.zeros(len(xy))))

    @rule(xy=POSITIONS)
    def apply_edit(self, xy):
        self.document.apply_edit(self.appended(xy))

    @rule(every=st.integers(2, 4))
    def erase(self, every):
        points = self.document.points
        self.document.apply_edit(remove_where(points, np.arange(len(points)) % every == 0))

    @rule(every=st.integers(2, 4))
    def preview(self, every):
        points = self.document.gesture_start
        self.document.preview(remove_where(points, np.arange(len(points)) % every == 0))

    @rule()
    def finish(self):
        self.document.finish_gesture("Draw")

    @rule()
    def cancel(self):
        self.document.cancel_gesture()

    @rule()
    def discard(self):
        self.document.discard_last_gesture()

    @rule()
    def clear(self):
        self.document.clear_points()

    @rule()
    def undo(self):
        self.document.stack.undo()

    @rule()
    def redo(self):
        self.document.stack.redo()

    @rule(share=st.integers(0, 4))
    def set_index(self, share):
        self.document.stack.setIndex(self.document.stack.count() * share // 4)

    @rule(rate=st.sampled_from([0.001, 0.01, 0.1]))
    def change(self, rate):
        self.document.change({"lanes.0.training.learning_rate": rate}, "Rate")

    @rule(share=st.sampled_from([0.1, 0.2, 0.4]))
    def resplit(self, share):
        self.document.change({"data.split.validation": share}, "Split")

    @rule(name=st.sampled_from(["spiral", "circle", "xor"]))
    def replace(self, name):
        after = edit_many(self.document.experiment, {"data.generator.name": name, "data.points": None})
        self.document.replace(after, "Generator", other_data=True)

    @rule(classes=st.integers(2, 3))
    def classes(self, classes):
        self.document.set_classes(classes)

    @rule()
    def reset(self):
        self.document.reset(default_experiment())
        self.start_experiment = self.document.experiment
        assert not self.document.modified

    @rule()
    def save(self):
        self.document.save(self.folder / "a.sketch.json")
        assert not self.document.modified

    @rule()
    def undo_and_redo_everything(self):
        document, stack = self.document, self.document.stack
        document.finish_gesture("Draw")
        end, index = document.experiment, stack.index()
        while stack.canUndo():
            stack.undo()
        assert document.experiment == self.start_experiment
        while stack.index() < index:
            stack.redo()
        assert document.experiment == end

    @invariant()
    def points_are_those_of_the_experiment(self):
        assert self.document.points == resolve_points(self.document.experiment.data)
        assert self.seen is self.document.experiment


def test_any_order_of_calls_keeps_the_undo_stack(qapp, tmp_path):
    from hypothesis import settings
    from hypothesis.stateful import run_state_machine_as_test

    machine = type("Machine", (EditorMachine,), {"folder": tmp_path})
    run_state_machine_as_test(machine, settings=settings(max_examples=25, stateful_step_count=30))


def test_undo_takes_the_open_gesture_back_and_redo_brings_it(qapp):
    document = Document(default_experiment())
    before = document.points
    document.apply_edit(Append(document.new_points(np.zeros((1, 2)), [0])))
    drawn = document.points
    document.stack.undo()
    assert document.points == before
    document.stack.redo()
    assert document.points == drawn
    assert not document.stack.canRedo()


@pytest.mark.parametrize("way", ["menu", "button"])
def test_menu_and_buttons_undo_through_the_guard(still, fake_engine, way):
    from gui_app.panels.data.data_panel import DataPanel

    document, before = still.document, still.document.points
    Hand(still.canvas).follow((-1, 0), (1, 0))
    document.preview(remove_where(document.points, np.arange(len(document.points)) % 2 == 0))
    if way == "menu":
        (action,) = (
            one
            for menu in still.menuBar().actions()
            for one in menu.menu().actions()
            if one.text().startswith("&Undo")
        )
        assert action.text() == "&Undo Draw"
        action.trigger()
    else:
        click(part_of(still, DataPanel).draw.undo)
    # The preview is gone, the stroke before it is not.
    assert len(document.points) > len(before)
    assert document.gesture == document.stack.index() == 1


def test_a_shortcut_in_a_stroke_does_nothing_as_before(still, fake_engine, qtbot):
    hand = Hand(still.canvas)
    hand.follow((-1, 0), (1, 0), release=False)
    drawn = len(still.document.points)
    qtbot.keyClick(still.canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(still.document.points) == drawn
    hand.release((1, 0))
    assert still.document.stack.count() == 1
