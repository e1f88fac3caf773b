"""Which lane is current, and which are selected, whatever becomes of the document."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest
from PySide6.QtWidgets import QApplication

from engine.experiment import Experiment, default_experiment, edit, edit_many
from engine.experiment.lanes import with_lane_name, with_moved
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from tests.gui_app.hands import with_lanes
from tests.gui_app.plots.runs import history_of, snapshot_of


def lanes(*names: str) -> Experiment:
    experiment = default_experiment()
    (lane,) = experiment.lanes
    return msgspec.structs.replace(
        experiment, lanes=tuple(msgspec.structs.replace(lane, name=name) for name in names)
    )


@pytest.fixture
def document(qapp: QApplication) -> Document:
    return Document(lanes("A", "B", "C"))


@pytest.fixture
def current(document: Document) -> CurrentLane:
    return CurrentLane(document)


@pytest.fixture
def changes(current: CurrentLane) -> list[tuple[str, tuple[int, ...]]]:
    """The current lane's name and the selected lanes, at every change."""
    changes: list[tuple[str, tuple[int, ...]]] = []
    current.changed.connect(lambda: changes.append((current.name, current.selected)))
    return changes


def put(document: Document, *names: str) -> None:
    document.replace(lanes(*names), "Lanes")


def test_a_document_begins_with_its_first_lane(current: CurrentLane) -> None:
    assert (current.index, current.name, current.selected) == (0, "A", (0,))


def test_paths_and_lane_are_those_of_the_moment(current: CurrentLane, document: Document) -> None:
    current.choose(1)
    document.change({current.path("training.learning_rate"): 0.5}, "Rate")
    assert current.lane.training.learning_rate == 0.5
    assert [lane.training.learning_rate for lane in document.experiment.lanes] == [0.003, 0.5, 0.003]
    assert current.path("seed") == "lanes.1.seed"
    current.choose(2)
    assert current.path("seed") == "lanes.2.seed"


def test_of_finds_the_lane_of_a_snapshot_by_name(current: CurrentLane) -> None:
    snapshot = snapshot_of(history_of([0, 1]))
    b, a = replace(snapshot.lanes[0], name="B"), snapshot.lanes[0]
    assert current.of(replace(snapshot, lanes=(b, a))) is a
    current.choose(1)
    assert current.of(replace(snapshot, lanes=(b, a))) is b
    current.choose(2)
    assert current.of(replace(snapshot, lanes=(b, a))) is None
    assert current.of(None) is None


def test_choosing_announces_each_change_once(current: CurrentLane, changes: list) -> None:
    current.choose(2)
    current.choose(2)
    assert changes == [("C", (2,))]


@pytest.mark.parametrize("index", [3, -1])
def test_a_lane_that_is_not_there_cannot_be_chosen(current: CurrentLane, changes: list, index: int) -> None:
    for ask in (lambda: current.choose(index), lambda: current.select([1, index])):
        with pytest.raises(IndexError, match="has 3 lanes"):
            ask()
    assert (current.index, current.selected, changes) == (0, (0,), [])


def test_the_current_lane_is_always_selected(current: CurrentLane, changes: list) -> None:
    current.select([2])
    assert current.selected == (0, 2)
    current.choose(2)
    assert current.selected == (0, 2), "it was selected already"
    current.choose(1)
    assert current.selected == (1,), "it was not"
    current.select([])
    assert current.selected == (1,)
    assert changes == [("A", (0, 2)), ("C", (0, 2)), ("B", (1,))]


def test_the_current_lane_stays_current_when_another_goes_or_comes(
    current: CurrentLane, document: Document, changes: list
) -> None:
    current.select([1])
    current.choose(1)
    changes.clear()
    put(document, "B", "C")
    assert (current.index, current.name, current.selected) == (0, "B", (0,))
    assert current.path("seed") == "lanes.0.seed"
    document.stack.undo()
    assert (current.index, current.name, current.selected) == (1, "B", (1,))
    assert changes == [("B", (0,)), ("B", (1,))], "its index has changed"


@pytest.mark.parametrize(
    ("left", "name"), [(("A", "C"), "C"), (("A",), "A"), (("A", "B2", "C"), "B2")],
    ids=["removed", "the last ones removed", "renamed"],
)  # fmt: skip
def test_another_lane_is_current_when_it_goes_itself(
    current: CurrentLane, document: Document, left: tuple[str, ...], name: str, changes: list
) -> None:
    current.choose(1)
    changes.clear()
    put(document, *left)
    assert current.name == name
    assert [told for told, _ in changes] == [name]
    document.stack.undo()
    assert document.experiment.lanes[current.index].name == current.name
    assert current.index in current.selected


def test_nobody_who_hears_of_a_change_sees_a_lane_beyond_the_document(
    current: CurrentLane, document: Document
) -> None:
    seen: list[str] = []
    document.changed.connect(lambda before, after: seen.append(after.lanes[current.index].name))
    current.changed.connect(lambda: seen.append(current.lane.name))
    current.choose(2)
    put(document, "A")
    put(document, "X", "Y")
    assert seen == ["C", "A", "A", "X", "X"]


def test_another_document_begins_with_its_first_lane(
    current: CurrentLane, document: Document, changes: list
) -> None:
    current.select([0, 2])
    current.choose(2)
    changes.clear()
    document.reset(lanes("D", "E", "C"))
    assert (current.index, current.selected) == (0, (0,))
    assert changes[-1] == ("D", (0,))


def test_edits_that_leave_the_lanes_alone_announce_nothing(
    current: CurrentLane, document: Document, changes: list
) -> None:
    current.choose(1)
    changes.clear()
    document.change({"data.generator.seed": 5}, "Seed")
    document.replace(edit(document.experiment, current.path("seed"), 7), "Seed")
    document.replace(edit_many(document.experiment, {"lanes.0.seed": 3}), "Seed")
    assert changes == []


def test_a_renamed_lane_stays_current_and_selected(qapp: QApplication) -> None:
    document = Document(with_lanes(default_experiment(), A={}, B={"seed": 1}, C={"seed": 2}))
    current = CurrentLane(document)
    current.choose(1)
    current.select((2,))
    document.replace(with_moved(with_lane_name(document.experiment, 1, "wide"), 0, 2), "Rename")
    assert (current.name, current.index, current.selected) == ("wide", 0, (0, 1))


def test_at_most_four_lanes_are_shown_and_each_has_its_look(qapp: QApplication) -> None:
    document = Document(with_lanes(default_experiment(), **{name: {} for name in "ABCDE"}))
    current = CurrentLane(document)
    told: list[list[str]] = []
    current.looks_changed.connect(lambda: told.append([look.name for look in current.shown]))
    assert [(look.number, look.name, look.colour) for look in current.shown] == [
        (0, "A", 0),
        (1, "B", 1),
        (2, "C", 2),
        (3, "D", 3),
    ]
    current.choose(4)
    document.change({"lanes.1.hidden": True}, "Hide")
    document.change({"lanes.0.colour": 7}, "Recolour")
    assert told == [["A", "B", "C", "E"], ["A", "C", "D", "E"], ["A", "C", "D", "E"]]
    assert current.looks[0].colour == 7


def test_an_edit_of_all_selected_lanes_names_each_of_them(qapp: QApplication) -> None:
    document = Document(with_lanes(default_experiment(), A={}, B={}, C={}))
    current = CurrentLane(document)
    current.select((2,))
    assert current.edits({"regularization.l2": 0.1}) == {
        "lanes.0.regularization.l2": 0.1,
        "lanes.2.regularization.l2": 0.1,
    }
