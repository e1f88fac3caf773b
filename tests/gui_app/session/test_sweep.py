"""A sweep of a document: what it says of itself, what its commands do, and that each is one undo step."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.experiment import default_experiment
from engine.experiment.settings import SweepAxis
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.session.lane_actions import LaneActions
from gui_app.session.sweep import Sweep
from tests.gui_app.hands import with_lanes

L2 = SweepAxis(setting="regularization.l2", values=(0.0, 1e-4, 1e-3, 1e-2))
RATE = SweepAxis(setting="training.learning_rate", values=(0.001, 0.003, 0.01))


class Room:
    """A document with a sweep's commands, and what was said and copied."""

    def __init__(self) -> None:
        self.document = Document(with_lanes(default_experiment(), A={}, B={"seed": 4}))
        self.current = CurrentLane(self.document)
        self.copies: list[tuple[int, int]] = []
        self.sweep = Sweep(
            self.document, self.current, lambda index, source: self.copies.append((index, source))
        )
        self.actions = LaneActions(self.document, self.current)
        self.said: list[str] = []
        self.heard: list[str] = []
        for source in (self.sweep, self.actions):
            source.reported.connect(self.said.append)
        for name in ("changed", "started", "ended"):
            getattr(self.sweep, name).connect(lambda name=name: self.heard.append(name))

    @property
    def names(self) -> list[str]:
        return [lane.name for lane in self.document.experiment.lanes]


@pytest.fixture
def room(qapp: object) -> Room:
    return Room()


@pytest.fixture
def spread(room: Room) -> Room:
    assert room.sweep.start((L2, RATE))
    room.heard.clear()
    return room


def test_a_started_sweep_takes_the_place_of_the_lane_and_the_cell_most_like_it_is_chosen(room: Room) -> None:
    before = room.document.experiment
    assert room.sweep.shape == (0, 0)
    assert room.sweep.start((L2, RATE))
    assert room.sweep.is_on
    assert room.sweep.shape == (4, 3)
    assert len(room.sweep.cells) == 12
    assert room.names[-1] == "B"
    assert room.sweep.chosen == (0, 1)
    lane = room.current.lane
    assert (lane.regularization.l2, lane.training.learning_rate) == (0.0, 0.003)
    assert room.heard[:2] == ["changed", "started"]
    room.document.stack.undo()
    assert room.document.experiment == before
    assert room.current.name == "A"
    assert room.heard[-1] == "ended"
    room.document.stack.redo()
    assert room.current.is_cell


def test_cells_are_selected_together_and_one_of_them_is_shown_beside_other_lanes(spread: Room) -> None:
    current = spread.current
    assert current.selected == tuple(range(12))
    assert [look.number for look in current.shown] == [current.index, 12]
    assert [look.number for look in current.own_looks] == [current.index, 12]
    spread.sweep.choose((3, 2))
    assert current.lane.cell == (3, 2)
    assert current.selected == tuple(range(12))
    assert spread.heard == ["changed"]
    current.choose_alone(12)
    assert current.selected == (12,)
    assert spread.sweep.chosen is None
    assert spread.sweep.seen == (3, 2)
    assert [look.name for look in current.own_looks] == [spread.sweep.describe((3, 2)), "B"]


def test_a_setting_on_no_axis_is_edited_in_all_cells_as_one_step(spread: Room) -> None:
    before = spread.document.experiment
    spread.document.change(spread.current.edits({"regularization.l1": 0.01}), "Change λ₁")
    lanes = spread.document.experiment.lanes
    assert [lane.regularization.l1 for lane in lanes] == [0.01] * 12 + [0.0]
    spread.document.stack.undo()
    assert spread.document.experiment == before


def test_a_zoom_puts_new_values_between_those_of_the_region(spread: Room) -> None:
    before = spread.document.experiment
    assert spread.sweep.zoom((1, 2), (0, 1))
    x, y = spread.sweep.axes
    assert (len(x.values), x.values[0], x.values[-1]) == (4, 1e-4, 1e-3)
    assert (len(y.values), y.values[0], y.values[-1]) == (3, 0.001, 0.003)
    assert spread.sweep.chosen is not None
    spread.document.stack.undo()
    assert spread.document.experiment == before


@pytest.mark.parametrize("promoted", [0, 2])
@pytest.mark.parametrize("cell", [(2, 1), (0, 0), (1, 1), (3, 2)])
@pytest.mark.parametrize("ends", [False, True])
def test_undo_chooses_the_cell_that_was_chosen_before(
    spread: Room, ends: bool, cell: tuple[int, int], promoted: int
) -> None:
    for _ in range(promoted):
        spread.sweep.promote(spread.sweep.cells[1, 1])
    spread.sweep.choose((3, 2))
    spread.sweep.choose(cell)
    assert spread.sweep.end() if ends else spread.sweep.zoom((1, 2), (0, 1))
    there = spread.sweep.chosen
    spread.document.stack.undo()
    assert spread.sweep.chosen == cell
    spread.document.stack.redo()
    assert spread.sweep.chosen == there


def test_undo_of_a_zoom_leaves_a_lane_beside_the_sweep_current(spread: Room) -> None:
    spread.sweep.choose((3, 2))
    made = spread.sweep.promote()
    spread.sweep.zoom((1, 2), (0, 1))
    spread.current.choose(len(spread.names) - 1)
    spread.document.stack.undo()
    assert spread.current.index == made
    assert spread.sweep.seen == (3, 2)


def test_a_zoom_into_nothing_is_refused_in_a_sentence(room: Room) -> None:
    room.sweep.start((SweepAxis(setting="network.depth", values=(1, 2, 3)),))
    before = room.document.experiment
    assert not room.sweep.zoom((1, 1))
    assert room.document.experiment is before
    assert len(room.said) == 1


def test_a_promoted_cell_is_a_lane_beside_the_sweep_that_goes_on_from_it(spread: Room) -> None:
    index = spread.sweep.cells[2, 1]
    made = spread.sweep.promote(index)
    assert made == len(spread.names) - 1
    assert spread.copies == [(made, index)]
    lanes = spread.document.experiment.lanes
    assert lanes[made].cell is None
    assert lanes[made].regularization == lanes[index].regularization
    spread.document.stack.undo()
    assert len(spread.names) == 13


def test_the_end_leaves_the_chosen_cell_under_the_name_of_the_lane(spread: Room) -> None:
    spread.sweep.choose((2, 0))
    assert spread.sweep.end()
    assert spread.names == ["A", "B"]
    assert spread.current.index == 0
    assert spread.current.lane.regularization.l2 == 1e-3
    assert spread.heard[-1] == "ended"
    spread.document.stack.undo()
    assert spread.sweep.shape == (4, 3)


def test_other_axes_keep_the_cells_that_stay(spread: Room) -> None:
    kept = spread.sweep.describe((1, 1))
    assert spread.sweep.change_axes((SweepAxis(setting=L2.setting, values=(1e-4, 0.1)), RATE))
    assert spread.sweep.shape == (2, 3)
    assert spread.sweep.describe((0, 1)) == kept


def test_seeds_are_those_of_all_cells(spread: Room) -> None:
    assert spread.sweep.change_axes(spread.sweep.axes, seeds=3)
    assert spread.sweep.seeds == 3
    assert {lane.repeats for lane in spread.document.experiment.lanes[:12]} == {3}
    assert not spread.sweep.change_axes(spread.sweep.axes, seeds=6)
    assert "72 networks" in spread.said[-1]
    assert spread.sweep.seeds == 3


def test_too_many_networks_are_refused_with_what_to_do(room: Room) -> None:
    many = SweepAxis(setting="seed", values=tuple(range(9)))
    rates = SweepAxis(setting="training.learning_rate", values=tuple(0.001 * one for one in range(1, 9)))
    assert not room.sweep.start((many, rates))
    assert "72 networks" in room.said[0]
    assert not room.sweep.is_on


def test_commands_on_lanes_take_the_cells_together_or_say_why_not(spread: Room) -> None:
    actions, index = spread.actions, spread.current.index
    before = spread.document.experiment
    refusals: tuple[Callable[[], bool], ...] = (
        lambda: actions.remove(index),
        lambda: actions.set_name(index, "best"),
        lambda: actions.move(index, 12),
        lambda: actions.swap(index, 12),
        lambda: actions.set_hidden((index,), True),
    )
    for refused in refusals:
        spread.said.clear()
        assert not refused()
        assert len(spread.said) == 1
        assert spread.document.experiment is before
    assert actions.set_muted((index,), True)
    assert [lane.muted for lane in spread.document.experiment.lanes] == [True] * 12 + [False]
    assert spread.document.stack.undoText() == "Mute the sweep"
    assert actions.recolour(index, 5)
    assert {lane.colour for lane in spread.document.experiment.lanes[:12]} == {5}


def test_a_duplicate_of_a_cell_is_a_lane_of_its_own(spread: Room) -> None:
    made = spread.actions.duplicate()
    assert made is not None
    assert spread.document.experiment.lanes[made].cell is None
    assert len(spread.sweep.cells) == 12


def test_the_only_one_of_a_sweep_ends_it(spread: Room) -> None:
    spread.sweep.choose((3, 2))
    assert spread.actions.keep_only(spread.current.index)
    assert len(spread.names) == 1
    assert not spread.sweep.is_on
    assert spread.current.lane.regularization.l2 == 1e-2
