"""Several lanes with different illnesses: each is named, cured, tried beside, and none disturbs another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from engine.experiment import edit_many
from engine.experiment.lanes import MOST_LANES
from engine.experiment.memory import estimate
from engine.observation import HistoryView, LaneSnapshot, Snapshot, Stop
from engine.observation.diagnosis import Cure, Diagnostician
from gui_app.diagnosis import lane_watch
from gui_app.diagnosis.diagnosis import Diagnosis
from gui_app.diagnosis.finding_parts import BESIDE, beside_button
from gui_app.diagnosis.findings_popover import FindingsPopover
from gui_app.diagnosis.lane_watch import LaneFinding
from gui_app.diagnosis.line import DiagnosisLine
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.session.lane_actions import LaneActions
from gui_app.theme.tokens import LIGHT
from tests.engine.observation import made_up
from tests.engine.observation.made_up import circle, first, history
from tests.gui_app.hands import LEFT, with_lanes

VANISHING = history(np.full(300, 0.69), score=0.5, probes={"error": [1e-5, 0.1, 0.5, 1.0]})
JUMPING = history(0.7 + np.resize([0.2, -0.2], 300), score=0.5)
HEALTHY = history(np.linspace(0.7, 0.05, 300))
DIVERGED = Stop("divergence", 60, None, "the loss is no longer finite")
SICK: Mapping[str, HistoryView] = {"A": HEALTHY, "deep": VANISHING, "fast": JUMPING}


class Room:
    """A document of three lanes, its diagnosis and the line; ``run`` is that of the engine."""

    def __init__(self, qtbot: QtBot) -> None:
        sigmoid: Mapping[str, object] = {"network.activation": "sigmoid"}
        lanes = with_lanes(circle(), A={}, deep=sigmoid, fast={"training.learning_rate": 1.0})
        self.qtbot, self.document, self.run = qtbot, Document(lanes), 1
        self.current = CurrentLane(self.document)
        self.actions = LaneActions(self.document, self.current)
        self.diagnosis = Diagnosis(self.document, self.current)
        self.line = DiagnosisLine(self.diagnosis)
        qtbot.addWidget(self.line)
        self.line.resize(1900, self.line.height())
        self.line.apply_theme(LIGHT)
        self.line.show()
        self.said: list[str] = []
        self.diagnosis.remedies.cured.connect(self.said.append)

    def show(self, rows: int = 100, playing: bool = False, **seen: HistoryView) -> None:
        """Show so many rows of these lanes and wait until each had its turn."""
        shown = {**SICK, **seen}
        lanes = [made_up.snapshot(first(one, rows)) for one in shown.values()]
        self.show_lanes(
            tuple(replace(lane, name=name) for name, lane in zip(shown, lanes, strict=True)), playing
        )

    def show_lanes(self, lanes: tuple[LaneSnapshot, ...], playing: bool = False) -> None:
        now = lanes[0].now
        self.diagnosis.show_snapshot(
            Snapshot(
                serial=1, run=self.run, acknowledged=0, task="classification", classes=2, playing=playing,
                epoch=now.epoch, step=now.step, steps_per_second=1000.0, training_points=100, lanes=lanes,
            )
        )  # fmt: skip
        self.qtbot.waitUntil(lambda: not self.diagnosis._others.isActive())

    @property
    def found(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for one in self.diagnosis.findings:
            found.setdefault(one.lane, []).append(one.finding.code)
        return found

    @property
    def names(self) -> list[str]:
        return [lane.name for lane in self.document.experiment.lanes]

    def finding(self, lane: str) -> LaneFinding:
        return next(one for one in self.diagnosis.findings if one.lane == lane)

    def popover(self) -> FindingsPopover:
        QTest.mouseClick(self.line.more, LEFT)
        return next(one for one in self.line.findChildren(FindingsPopover) if one.isVisible())


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lane_watch, "MIN_INTERVAL", 0)


@pytest.fixture
def room(qtbot: QtBot) -> Room:
    return Room(qtbot)


ILL = {"fast": ["learning_rate_too_high"], "deep": ["vanishing_gradient"]}


def test_why_a_cure_is_not_tried_beside_is_said(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    room.diagnosis.remedies.reported.connect(said.append)
    room.show()
    finding = room.finding("deep")
    cure = next(cure for cure in finding.finding.cures if cure.changes_of_copy)
    # Room for the cure, and for no other lane.
    experiment = room.document.experiment
    taken = [estimate(edit_many(experiment, cure.edits(1))), estimate(experiment)]
    monkeypatch.setattr("engine.experiment.memory.LIMIT", max(taken))
    room.diagnosis.remedies.try_beside(cure, "deep")
    assert room.names == [*SICK]
    assert len(said) == 1
    assert "memory" in said[0]


# -- what is found


def test_every_lane_is_diagnosed_and_the_most_pressing_finding_of_all_comes_first(room: Room) -> None:
    room.show()
    assert room.found == ILL
    assert [one.lane for one in room.diagnosis.findings] == ["fast", "deep"], (
        "as rules are ranked, not as lanes"
    )
    assert room.line.title.text() == f"Lane fast: {room.finding('fast').finding.title}."
    assert room.line.accessibleDescription().startswith("Lane fast: ")
    assert room.line.more.text() == "1 more"


def test_each_lanes_most_pressing_finding_is_told_by_its_name(room: Room) -> None:
    told: list[dict[str, object]] = []
    room.diagnosis.by_lane_changed.connect(told.append)
    room.show()
    assert {name: one.code for name, one in room.diagnosis.by_lane.items()} == {
        lane: codes[0] for lane, codes in ILL.items()
    }
    assert told[-1] == room.diagnosis.by_lane
    room.diagnosis.show_snapshot(None)
    assert told[-1] == {}


def test_one_lane_alone_is_not_named_and_named_as_soon_as_there_is_another(room: Room) -> None:
    room.actions.keep_only(1)
    room.show()
    assert room.line.title.text() == "Vanishing gradient in layer 1."
    room.actions.duplicate(0)
    assert room.line.title.text() == "Lane deep: Vanishing gradient in layer 1."
    room.document.stack.undo()
    assert room.line.title.text() == "Vanishing gradient in layer 1."


def test_a_long_name_leaves_room_for_what_is_said_of_the_lane(room: Room) -> None:
    room.show()
    room.actions.set_name(2, "the one that is called as long as can be")
    title = room.line.title
    assert title.text().startswith("Lane the one that is cal")
    assert "…:" in title.text()
    assert "as long as can be" in title.toolTip()


def test_no_more_than_one_lane_is_looked_at_in_a_turn(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[str] = []
    look = Diagnostician.look
    monkeypatch.setattr(Diagnostician, "look", lambda *a: (looks.append(a[-1].name), look(*a))[1])
    seen = [replace(made_up.snapshot(first(one, 100)), name=name) for name, one in SICK.items()]
    monkeypatch.setattr(room, "qtbot", Impatient())
    room.show_lanes(tuple(seen))
    assert looks == ["A"]
    room.diagnosis.show_snapshot(replace(room.diagnosis.snapshot, serial=2, epoch=5))
    assert looks == ["A"], "a snapshot in between does not hurry them"
    for names in (["A", "deep"], ["A", "deep", "fast"]):
        room.diagnosis._others.timeout.emit()
        assert looks == names


class Impatient:
    def waitUntil(self, callback: object) -> None:
        """Do not wait."""


# -- what becomes of lanes


def test_a_lane_that_is_renamed_keeps_its_findings_and_one_that_is_removed_loses_them(room: Room) -> None:
    room.show()
    room.actions.set_name(1, "six layers")
    assert room.found == {"fast": ILL["fast"], "six layers": ILL["deep"]}
    room.show()
    assert room.found == {"fast": ILL["fast"], "six layers": ILL["deep"]}, (
        "the engine tells the former name yet"
    )
    room.actions.move(2, 0)
    assert [one.lane for one in room.diagnosis.findings] == ["fast", "six layers"]
    room.actions.remove(0)
    assert room.found == {"six layers": ILL["deep"]}
    room.show()
    assert room.found == {"six layers": ILL["deep"]}, "the engine tells of the removed lane yet"


def test_an_edit_of_one_lane_takes_back_the_findings_of_that_lane(room: Room) -> None:
    room.show()
    room.document.change({"lanes.2.training.learning_rate": 0.01}, "Rate")
    assert room.found == {"deep": ILL["deep"]}
    assert room.line.title.text().startswith("Lane deep: ")


def test_what_is_dismissed_is_so_for_its_lane_until_that_restarts(room: Room) -> None:
    room.show(fast=VANISHING)
    assert room.found == {"deep": ["vanishing_gradient"], "fast": ["vanishing_gradient"]}
    QTest.mouseClick(room.line.dismiss, LEFT)
    assert room.found == {"fast": ["vanishing_gradient"]}
    assert room.line.title.text().startswith("Lane fast: ")
    # Another lane has restarted.
    room.run = 2
    lanes = {"A": first(HEALTHY, 2), "deep": first(VANISHING, 120), "fast": first(VANISHING, 120)}
    room.show(300, **lanes)
    assert room.found == {"fast": ["vanishing_gradient"]}
    room.run = 3
    room.show(300, **(lanes | {"deep": first(VANISHING, 1)}))
    assert room.found == {"fast": ["vanishing_gradient"]}
    room.show(300, **(lanes | {"deep": first(VANISHING, 60)}))
    assert room.found == {"deep": ["vanishing_gradient"], "fast": ["vanishing_gradient"]}


def test_a_lane_that_restarts_between_two_snapshots_begins_with_nothing(room: Room) -> None:
    """Although it has already trained further than the run before it."""
    room.show(60)
    assert room.found["deep"] == ["vanishing_gradient"]
    room.run = 2
    room.show(70, deep=history(np.linspace(0.7, 0.05, 300)))
    assert room.found == {"fast": ILL["fast"]}


def test_a_lane_that_diverges_is_told_first(room: Room) -> None:
    room.show()
    lanes = [replace(made_up.snapshot(first(one, 100)), name=name) for name, one in SICK.items()]
    room.show_lanes((replace(lanes[0], stop=DIVERGED, status="diverged"), *lanes[1:]))
    assert room.line.title.text().startswith("Lane A: ")
    assert room.found == {"A": ["divergence"], **ILL}


def test_what_is_wrong_with_the_data_is_told_and_dismissed_once(room: Room) -> None:
    room.document.change({"data.split.validation": 0.04}, "Split")
    room.show()
    assert [(one.lane, one.finding.code, one.shared) for one in room.diagnosis.findings] == [
        ("fast", "learning_rate_too_high", False),
        ("deep", "vanishing_gradient", False),
        ("A", "small_validation_set", True),
    ]
    assert room.diagnosis.by_lane["A"].code == "small_validation_set"
    assert room.diagnosis.by_lane["deep"].code == "vanishing_gradient", "which is more pressing there"
    for _ in range(2):
        QTest.mouseClick(room.line.dismiss, LEFT)
    assert room.line.title.text() == "Data: Few validation points."
    assert room.line.beside is None
    QTest.mouseClick(room.line.dismiss, LEFT)
    assert room.diagnosis.findings == ()


# -- cures


def test_a_cure_is_for_the_lane_of_its_finding_wherever_that_is_by_then(room: Room) -> None:
    room.show()
    assert room.current.index == 0
    QTest.mouseClick(room.line.dismiss, LEFT)
    room.actions.move(1, 2)
    before = room.document.experiment.lanes
    assert room.names == ["A", "fast", "deep"]
    QTest.mouseClick(room.line.cures[0], LEFT)
    after = room.document.experiment.lanes
    assert after[:2] == before[:2]
    assert after[2].network.activation.name == "relu"
    assert room.document.stack.undoText() == "Switch to ReLU with He weights in lane deep"
    assert room.said[-1].startswith("Switch to ReLU with He weights in lane deep: training restarts")
    assert "the run of 99 epochs is over" in room.said[-1]
    assert room.current.name == "deep", "whose controls show what has changed"


def test_the_popover_lists_findings_by_lane_and_cures_that_lane(room: Room) -> None:
    room.show()
    popover = room.popover()
    words = [label.text() for label in popover.findChildren(QLabel)]
    headings = [text for text in words if text.startswith("Lane ")]
    assert headings == ["Lane fast", "Lane deep"]
    titles = [room.finding(lane).finding.title for lane in ("fast", "deep")]
    places = [words.index(text) for text in (headings[0], titles[0], headings[1], titles[1])]
    assert places == sorted(places)
    buttons = {button.text(): button for button in popover.findChildren(QPushButton)}
    before = room.document.experiment.lanes
    QTest.mouseClick(buttons["Add batch normalization"], LEFT)
    assert room.document.experiment.lanes[1].network.normalization is not None
    assert (room.document.experiment.lanes[0], room.document.experiment.lanes[2]) == (before[0], before[2])
    assert not popover.isVisible()


def test_a_cure_is_tried_in_a_copy_beside_the_lane_and_undone_as_one_step(room: Room) -> None:
    room.show()
    before, findings = room.document.experiment, room.diagnosis.findings
    QTest.mouseClick(room.line.dismiss, LEFT)
    assert room.line.beside is not None
    assert room.line.beside.accessibleName() == "Try it beside this one: Switch to ReLU with He weights"
    QTest.mouseClick(room.line.beside, LEFT)
    lanes = room.document.experiment.lanes
    assert room.names == ["A", "deep", "deep + ReLU with He weights", "fast"]
    assert (lanes[2].network.activation.name, lanes[2].network.initializer.name) == ("relu", "he_normal")
    assert lanes[2].seed == lanes[1].seed
    assert [lane.network for lane in (lanes[0], lanes[1], lanes[3])] == [
        lane.network for lane in before.lanes
    ]
    assert [lane.training for lane in (lanes[0], lanes[1], lanes[3])] == [
        lane.training for lane in before.lanes
    ]
    assert room.current.name == "deep + ReLU with He weights"
    assert room.said == [
        "Lane deep + ReLU with He weights starts with the seed of lane deep, which stays as it is. Ctrl+Z removes it."
    ]
    assert room.finding("deep") in findings, "it goes on, and so does what is said of it"
    room.document.stack.undo()
    assert room.document.experiment == before


def test_in_the_popover_each_cure_of_a_lane_can_be_tried_beside(room: Room) -> None:
    room.show()
    popover = room.popover()
    buttons = [button for button in popover.findChildren(QPushButton) if button.text() == BESIDE]
    cures = [cure.label for one in room.diagnosis.findings for cure in one.finding.cures]
    assert [button.accessibleName() for button in buttons] == [
        f"Try it beside this one: {one}" for one in cures
    ]
    QTest.mouseClick(buttons[cures.index("Restart at rate 0.01")], LEFT)
    (tried,) = (lane for lane in room.document.experiment.lanes if lane.name == "fast + rate 0.01")
    assert tried.training.learning_rate == 0.01
    assert tried.seed == room.document.experiment.lanes[2].seed, "so that the two differ in nothing else"
    assert not popover.isVisible()


def test_the_same_cure_tried_twice_makes_two_names(room: Room) -> None:
    room.show()
    for _ in range(2):
        assert room.line.beside is not None
        QTest.mouseClick(room.line.beside, LEFT)
    cure = room.finding("fast").finding.cures[0].short
    assert {f"fast + {cure}", f"fast + {cure} (2)"} < {*room.names}


def test_without_room_for_a_lane_the_button_says_so(room: Room) -> None:
    room.show()
    while len(room.names) < MOST_LANES:
        assert room.line.beside is not None
        assert room.line.beside.isEnabled()
        room.actions.duplicate(0)
    assert room.line.beside is not None
    assert not room.line.beside.isEnabled()
    assert "room for 8 lanes" in room.line.beside.toolTip()
    QTest.mouseClick(room.line.beside, LEFT)
    assert len(room.names) == MOST_LANES
    room.actions.remove(0)
    assert room.line.beside.isEnabled()


def test_a_cure_of_the_data_is_not_tried_beside_because_lanes_share_the_data(room: Room) -> None:
    remedies, cure = room.diagnosis.remedies, Cure("Make 500 points", {"data.generator.points": 500})
    assert beside_button(cure, "A", remedies) is None
    remedies.try_beside(cure, "A")
    assert room.document.stack.count() == 0
    remedies.apply(cure, "A")
    assert room.document.stack.undoText() == "Make 500 points"
