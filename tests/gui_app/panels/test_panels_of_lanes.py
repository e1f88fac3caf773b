"""In a document of three lanes, panels show the current lane and edit it alone."""

from __future__ import annotations

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from engine.experiment import Experiment, default_experiment, edit_many
from gui_app.panels.panel import Panel
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from tests.gui_app.hands import click, with_lanes
from tests.gui_app.panels.conftest import moved
from tests.gui_app.panels.test_every_control import NEEDS, NET, PANELS, REG, START, TRAIN, built, shown

LANE_PANELS = [name for name in PANELS if name != "data"]
ALIKE = with_lanes(
    default_experiment(),
    A=START,
    B={**START, NET + "hidden": (5, 5, 5), TRAIN + "learning_rate": 0.01, REG + "l2": 0.02, "seed": 4},
    C={**START, NET + "hidden": (3, 2, 2), TRAIN + "optimizer": "adamw", REG + "dropout.rate": 0.2},
)
"""Lanes that have all controls, with different settings."""
UNLIKE = with_lanes(
    default_experiment(),
    A=START,
    B={
        NET + "hidden": (7,) * 9,
        NET + "features": ("x1", "x2", "x1_x2"),
        NET + "residual": True,
        TRAIN + "optimizer": "sgd",
        TRAIN + "loss": "squared",
        REG + "l2": 0.02,
    },
    C={
        NET + "hidden": (),
        NET + "input_scaling": "none",
        TRAIN + "learning_rate": 1.5,
        TRAIN + "batch_size": 1,
        REG + "early_stopping": {"criterion": "quotient", "restore_best": False},
    },
)
"""Lanes that have different controls."""


@pytest.fixture
def document(qapp) -> Document:
    return Document(ALIKE)


def only(experiment: Experiment, index: int) -> Experiment:
    """The experiment without the other lanes."""
    return msgspec.structs.replace(experiment, lanes=experiment.lanes[index : index + 1])


def choose(current: CurrentLane, index: int) -> None:
    current.choose(index)
    # Sliders that are made anew are shown by an event.
    QApplication.processEvents()


@pytest.mark.parametrize("index", range(3))
@pytest.mark.parametrize("name", LANE_PANELS)
def test_each_control_edits_the_current_lane_alone(name, index, document, current, settings, show):
    panel, acts = built(name, document, current, settings, show)
    choose(current, index)
    for path, act in acts.items():
        if path in NEEDS:
            needs = {current.path(key): value for key, value in NEEDS[path].items()}
            document.replace(edit_many(document.experiment, needs), "Needs")
        before, looks = document.experiment, shown(panel.controls[path])
        act(panel.controls[path])
        edited = moved(before, document.experiment)
        assert edited, path
        whole = current.path(path)
        assert all(one.startswith(whole) or whole.startswith(one) for one in edited), (path, edited)
        assert shown(panel.controls[path]) != looks, path
        document.stack.undo()
        assert shown(panel.controls[path]) == looks, path
        while document.stack.canUndo():
            document.stack.undo()
        assert document.experiment == ALIKE
        QApplication.processEvents()


@pytest.mark.parametrize("index", range(3))
@pytest.mark.parametrize("name", LANE_PANELS)
@pytest.mark.parametrize("experiment", [ALIKE, UNLIKE], ids=["alike", "unlike"])
def test_a_panel_shows_the_current_lane_as_if_it_were_alone(
    name, index, experiment, document, current, settings, show
):
    document.reset(experiment)
    panel, _ = built(name, document, current, settings, show)
    for other in (1, 2, 0, index):
        choose(current, other)
    alone = Document(only(experiment, index))
    right, _ = built(name, alone, CurrentLane(alone), settings, show)
    assert seen(panel) == seen(right)


def seen(panel: Panel) -> dict[str, object]:
    """What a person reads off each control that there is to see."""
    return {path: shown(control) for path, control in panel.controls.items() if control.isVisible()}


def test_a_hidden_panel_shows_the_current_lane_when_it_is_seen_again(document, current, training):
    training.hide()
    current.choose(1)
    assert training.learning_rate.value() == 0.003
    training.show()
    assert training.learning_rate.value() == 0.01


def test_text_that_was_not_entered_is_dropped_with_its_lane(document, current, training, network):
    field, rate = training.learning_rate.number, training.learning_rate
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "0.7")
    document.replace(edit_many(document.experiment, {"lanes.1.training.learning_rate": 0.003}), "Equal")
    current.choose(1)
    assert field.text() == "0.003"
    QTest.keyClick(field, Qt.Key.Key_Return)
    field.clearFocus()
    rates = [lane.training.learning_rate for lane in document.experiment.lanes]
    assert (rates, rate.value()) == ([0.003, 0.003, 0.003], 0.003)


def test_why_an_edit_was_refused_is_no_longer_shown_for_another_lane(document, current, training):
    training.put({TRAIN + "learning_rate": -1.0}, "Wrong")
    assert training.error.isVisible()
    current.choose(2)
    assert not training.error.isVisible()


def test_each_lane_remembers_what_it_had_switched_off(document, current, regularization, network):
    l2, kinds = regularization.cards["l2"], network.normalization.kind.buttons
    document.replace(edit_many(document.experiment, {"lanes.1.network.normalization.position": "after"}), "B")
    before = document.experiment
    for index in (0, 1):
        current.choose(index)
        click(l2.switch)
        click(kinds["none"])
    assert [lane.regularization.l2 for lane in document.experiment.lanes[:2]] == [0.0, 0.0]
    for index in (0, 1):
        current.choose(index)
        click(l2.switch)
        click(kinds["batch"])
    assert document.experiment == before
