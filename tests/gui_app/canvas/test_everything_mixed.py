"""All tools, undo, redo and edits of classes, settings and views in any order: nothing is lost, and all agree."""

from __future__ import annotations

import gc
import json

import numpy as np
import pytest
from hypothesis import settings as examples
from hypothesis import strategies as st
from hypothesis.stateful import (
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from engine.catalogue.tasks import TASKS
from engine.experiment import default_experiment, edit_many, switch_task, to_json, without_drawings
from engine.service import messages as m
from engine.training.trainer import Trainer
from gui_app.canvas import TOOLS, Canvas, ToolSettings, tools_for
from gui_app.canvas.layers.points import PointsLayer
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.session.engine_link import EngineLink
from gui_app.theme.tokens import LIGHT
from tests.gui_app.fake_engine import FakeEngine
from tests.gui_app.hands import LEFT, Hand
from tests.gui_app.undoing import Undoing

RIGHT = Qt.MouseButton.RightButton
MODIFIERS = (
    Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier,
)  # fmt: skip
PLACES = st.tuples(st.integers(-14, 14), st.integers(-14, 14)).map(
    lambda position: (position[0] / 2, position[1] / 2)
)


def bits(document: Document) -> tuple:
    """All that must come back: the settings as text and the points to the bit."""
    return json.dumps(to_json(document.experiment)), document.points.digest


class Studio(Undoing):
    """A canvas of 400 pixels with a document, and a trainer of what its engine is sent."""

    task = "classification"

    def __init__(self) -> None:
        super().__init__()
        experiment = switch_task(default_experiment(), self.task)
        self.document = Document(edit_many(experiment, {"data.generator.points": 60}))
        self.settings = ToolSettings()
        current = CurrentLane(self.document)
        self.canvas = Canvas(self.document, current, self.settings)
        self.canvas.apply_theme(LIGHT)
        self.canvas.resize(400, 400)
        self.canvas.context.rng = np.random.default_rng(0)
        self.now = 0.0
        self.canvas.pointer.gesture.clock = lambda: self.now
        self.hand = Hand(self.canvas)
        self.engine = FakeEngine()
        self.link = EngineLink(self.document, current, self.engine)
        self.trainer = Trainer(self.document.experiment)
        self.first = bits(self.document)

    # -- gestures

    @rule(
        number=st.integers(0, len(TOOLS) - 1), positions=st.lists(PLACES, min_size=1, max_size=4),
        button=st.sampled_from([LEFT, LEFT, RIGHT]), modifiers=st.sampled_from(MODIFIERS),
        end=st.sampled_from(["release", "release", "release", "escape"]),
    )  # fmt: skip
    def gesture(self, number, positions, button, modifiers, end) -> None:
        fitting = tools_for(self.document.experiment.data.task)
        self.settings.tool = fitting[number % len(fitting)].key
        before = bits(self.document)
        self.hand.press(positions[0], button, modifiers)
        for position in positions[1:]:
            self.now += 0.03
            self.hand.move(position, button, modifiers)
        self.now += 0.03
        if end == "escape":
            QTest.keyClick(self.canvas, Qt.Key.Key_Escape)
            assert bits(self.document) == before
        self.hand.release(positions[-1], button, modifiers)

    @rule(
        radius=st.sampled_from([0.3, 1.0, 3.0]), index=st.integers(0, 4), value=st.sampled_from([-1, 0.25, 1]),
        split=st.integers(0, 2), soft=st.booleans(), lasso=st.booleans(),
    )  # fmt: skip
    def choose(self, radius, index, value, split, soft, lasso) -> None:
        self.settings.radius, self.settings.value = radius, value
        self.settings.class_index = min(index, self.document.experiment.data.classes - 1)
        self.settings.split, self.settings.soft, self.settings.lasso = split, soft, lasso

    @rule(split=st.integers(0, 2), shown=st.booleans())
    def hide_or_show(self, split, shown) -> None:
        self.settings.show_split(split, shown)

    # -- the selection

    @rule(command=st.sampled_from(["select_all", "delete", "relabel", "duplicate", "copy", "cut", "paste"]))
    def selected(self, command) -> None:
        # Copies of copies would soon be thousands.
        if len(self.document.points) < 500 or command in ("delete", "cut", "copy"):
            getattr(self.canvas.selected, command)()

    # -- the document

    @rule()
    def clear(self) -> None:
        self.document.clear_points()

    @precondition(lambda self: self.document.experiment.data.task == "classification")
    @rule(classes=st.integers(2, 5))
    def change_classes(self, classes) -> None:
        self.document.set_classes(classes)

    @rule(validation=st.sampled_from([0.0, 0.2, 0.4]), seed=st.integers(0, 3))
    def change_split(self, validation, seed) -> None:
        self.document.change({"data.split.validation": validation, "data.split.seed": seed}, "Split")

    # -- the view

    @rule(notches=st.integers(-4, 4), position=PLACES)
    def zoom(self, notches, position) -> None:
        self.hand.wheel(notches, position, Qt.KeyboardModifier.ControlModifier)

    @rule()
    def show_all(self) -> None:
        self.canvas.show_all()

    @rule()
    def usual_view(self) -> None:
        self.canvas.camera.reset()

    # -- what must hold

    @invariant()
    def everything_can_be_undone_and_done_again(self) -> None:
        stack, selection = self.document.stack, self.canvas.context.selection
        index, now, chosen = stack.index(), bits(self.document), selection.index
        stack.setIndex(0)
        assert bits(self.document) == self.first
        stack.setIndex(stack.count())
        stack.setIndex(index)
        assert bits(self.document) == now
        selection.choose(self.document.points, chosen)

    @invariant()
    def the_canvas_shows_the_documents_points(self) -> None:
        points = self.document.points
        visible = points[self.settings.shows(points)]
        canvas = self.canvas
        layer = PointsLayer(canvas.view)
        layer.update(visible)
        canvas.picture.update_points(canvas.visible.points)
        assert canvas.visible.points == visible
        assert canvas.picture.points_layer.image == layer.image

    @invariant()
    def the_engine_gets_the_documents_points(self) -> None:
        self.link.pull()
        sent = [command for command in self.engine.take_commands() if isinstance(command, m.SetExperiment)]
        if sent:
            self.sent = sent[-1].experiment
            self.trainer.set_experiment(self.sent)
            self.trainer.step()
        assert len(sent) <= 1
        assert self.sent == without_drawings(self.document.experiment)
        assert self.sent.data is self.document.experiment.data
        assert self.trainer.points == self.document.points

    @invariant()
    def selected_points_exist_and_are_shown(self) -> None:
        index = self.canvas.context.selection.index
        assert self.canvas.context.reachable[index].all()

    @invariant()
    def targets_fit_the_task(self) -> None:
        data, points = self.document.experiment.data, self.document.points
        if data.task == "classification":
            assert np.isin(points.target, range(data.classes)).all()
        if data.task == "curve":
            assert np.array_equal(points.target, points.xy[:, 1])

    def teardown(self) -> None:
        self.document.stack.setClean()
        self.canvas.deleteLater()
        self.link.deleteLater()


@pytest.mark.parametrize("task", list(TASKS))
def test_whatever_is_done_all_agree_and_everything_comes_back(qapp, task) -> None:
    QGuiApplication.clipboard().setText("1,2,0\n3,-4,1")
    machine = type("Studio", (Studio,), {"task": task})
    run_state_machine_as_test(
        machine, settings=examples(max_examples=15, stateful_step_count=25, deadline=None)
    )
    gc.collect()
