"""Commands on lanes: each is one undo step, and says why it is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from engine.experiment import default_experiment
from engine.experiment.lanes import lane_colours
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.session.lane_actions import LaneActions
from tests.gui_app.hands import with_lanes


class Desk:
    """A document of three lanes, with what was reported of commands on them."""

    def __init__(self) -> None:
        self.document = Document(
            with_lanes(default_experiment(), A={}, B={"regularization.l2": 0.01}, C={"seed": 4})
        )
        self.current = CurrentLane(self.document)
        self.actions = LaneActions(self.document, self.current)
        self.said: list[str] = []
        self.made: list[tuple[int, int]] = []
        self.actions.reported.connect(self.said.append)
        self.actions.duplicated.connect(lambda index, source: self.made.append((index, source)))

    @property
    def names(self) -> list[str]:
        return [lane.name for lane in self.document.experiment.lanes]


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk()


def test_a_lane_is_renamed_by_its_name_wherever_it_is(desk: Desk) -> None:
    assert desk.actions.move(1, 0)
    assert desk.actions.rename("B", "wide")
    assert desk.names == ["wide", "A", "C"]
    assert not desk.actions.rename("B", "narrow")
    assert desk.said == ["Lane B is not there any more; its new name narrow was dropped."]


def test_the_duplicate_is_current_and_selected_alone(desk: Desk) -> None:
    desk.current.choose(1)
    desk.current.select((0, 2))
    assert desk.actions.duplicate(changes={"regularization.dropout.rate": 0.5}) == 2
    assert desk.names == ["A", "B", "D", "C"]
    assert (desk.current.name, desk.current.selected) == ("D", (2,))
    lane = desk.current.lane
    assert (lane.regularization.l2, lane.regularization.dropout.rate) == (0.01, 0.5)
    assert desk.made == [(2, 1)]
    desk.document.stack.undo()
    assert desk.names == ["A", "B", "C"]


@pytest.mark.parametrize(
    ("act", "names", "words"),
    [
        (lambda actions: actions.remove(1), ["A", "C"], "Remove lane B"),
        (lambda actions: actions.keep_only(2), ["C"], "Keep lane C alone"),
        (lambda actions: actions.set_name(0, "plain"), ["plain", "B", "C"], "Rename lane"),
        (lambda actions: actions.move(2, 0), ["C", "A", "B"], "Move lane C"),
        (lambda actions: actions.duplicate(0), ["A", "D", "B", "C"], "Duplicate lane A"),
    ],
)
def test_each_command_is_one_undo_step(
    desk: Desk, act: Callable[[LaneActions], object], names: list[str], words: str
) -> None:
    before = desk.document.experiment
    assert act(desk.actions)
    assert desk.names == names
    assert (desk.document.stack.count(), desk.document.stack.undoText()) == (1, words)
    desk.document.stack.undo()
    assert desk.document.experiment == before
    desk.document.stack.redo()
    assert desk.names == names


def test_hiding_muting_and_colouring_are_in_the_document(desk: Desk) -> None:
    assert desk.actions.set_hidden((0, 2), True)
    assert desk.actions.set_muted((1,), True)
    assert desk.actions.recolour(1, 6)
    lanes = desk.document.experiment.lanes
    assert [lane.hidden for lane in lanes] == [True, False, True]
    assert [lane.muted for lane in lanes] == [False, True, False]
    assert lane_colours(desk.document.experiment) == (0, 6, 1)
    assert [desk.document.stack.text(index) for index in range(3)] == [
        "Hide lane A, C",
        "Mute lane B",
        "Recolour lane B",
    ]


def test_swapped_settings_come_back_with_undo(desk: Desk) -> None:
    assert desk.actions.swap(1, 2)
    assert desk.names == ["A", "B", "C"]
    lanes = desk.document.experiment.lanes
    assert (lanes[1].seed, lanes[2].regularization.l2) == (4, 0.01)
    desk.document.stack.undo()
    assert desk.document.experiment.lanes[1].regularization.l2 == 0.01


def test_what_is_refused_is_said_and_changes_nothing(desk: Desk) -> None:
    before = desk.document.experiment
    assert not desk.actions.set_name(0, "B")
    assert desk.said == ["Two lanes are named 'B'; give each its own name."]
    for _ in range(5):
        desk.actions.duplicate(0)
    full = desk.document.experiment
    assert desk.actions.duplicate(0) is None
    assert desk.said[-1] == "A document has room for 8 lanes and has 8 lanes; remove one first."
    assert desk.document.experiment is full
    for _ in range(5):
        desk.document.stack.undo()
    assert desk.document.experiment == before
    desk.actions.keep_only(0)
    assert not desk.actions.remove()
    assert desk.said[-1] == "The only lane cannot be removed; duplicate it first."
