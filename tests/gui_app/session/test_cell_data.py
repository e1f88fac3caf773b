"""Cells with points of their own: the document shows those of the chosen one, and nothing drawn is lost."""

from __future__ import annotations

import numpy as np
import pytest

from engine.data import Append, resolve_points
from engine.experiment import Points, TooManyPointsError, default_experiment, dumps, loads
from engine.experiment.own_data import data_of
from engine.experiment.settings import SweepAxis
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.session.lane_actions import LaneActions
from gui_app.session.sweep import Sweep

NOISE = SweepAxis(setting="data.generator.noise", values=(0.0, 0.1, 0.3))
POINTS = SweepAxis(setting="data.generator.points", values=(40, 300))


class Room:
    """A document with a sweep of its data, and what was said."""

    def __init__(self) -> None:
        self.document = Document(default_experiment())
        self.current = CurrentLane(self.document)
        self.sweep = Sweep(self.document, self.current)
        self.actions = LaneActions(self.document, self.current)
        self.said: list[str] = []
        for source in (self.sweep, self.actions):
            source.reported.connect(self.said.append)
        assert self.sweep.start((NOISE, POINTS))

    def shows_the_chosen(self) -> bool:
        data = data_of(self.current.lane, self.document.experiment.data)
        return self.document.experiment.data == data and self.document.points == resolve_points(data)


@pytest.fixture
def room(qapp: object) -> Room:
    return Room()


def test_the_points_are_those_of_the_chosen_cell(room: Room) -> None:
    seen = {}
    for cell in room.sweep.cells:
        steps = room.document.stack.count()
        room.sweep.choose(cell)
        assert room.shows_the_chosen()
        assert room.document.stack.count() == steps
        seen[cell] = room.document.points
    assert [len(seen[0, row]) for row in (0, 1)] == [40, 300]
    assert not np.array_equal(seen[0, 0].xy, seen[2, 0].xy)


def test_zooming_undo_and_redo_show_the_points_of_the_cell_that_is_current_then(
    room: Room, qtbot: object
) -> None:
    room.sweep.choose((2, 1))
    assert room.sweep.zoom((0, 1))
    for step in (room.document.stack.undo, room.document.stack.redo, room.document.stack.undo):
        step()
        qtbot.waitUntil(room.shows_the_chosen)  # type: ignore[attr-defined]


def test_with_the_sweep_the_data_of_before_go_and_with_undo_they_come_back(room: Room) -> None:
    room.sweep.choose((2, 0))
    points = room.document.points
    assert room.sweep.end()
    assert room.document.points == points
    generator = room.document.experiment.data.generator
    assert (generator.noise, generator.points) == (0.3, 40)
    assert room.document.experiment.lanes[0].own_data is None
    room.document.stack.undo()
    room.document.stack.undo()
    assert room.document.experiment == default_experiment()


def test_nothing_can_be_drawn_on_points_of_a_cell(room: Room) -> None:
    before, steps = room.document.experiment, room.document.stack.count()
    one = Points(np.zeros((1, 2)), np.zeros(1), np.zeros(1, dtype=np.uint8))
    with pytest.raises(TooManyPointsError, match="points of its own"):
        room.document.apply_edit(Append(one))
    room.document.clear_points()
    assert (room.document.experiment, room.document.stack.count()) == (before, steps)
    assert not room.document.in_gesture


def test_no_lane_comes_beside_cells_with_points_of_their_own(room: Room) -> None:
    before = room.document.experiment
    assert room.sweep.promote() is None
    room.actions.duplicate()
    assert room.document.experiment == before
    assert len(room.said) == 2
    assert all("no room for other lanes beside it" in sentence for sentence in room.said)


def test_a_file_brings_the_sweep_back(room: Room) -> None:
    room.sweep.choose((1, 1))
    read = loads(dumps(room.document.experiment))
    assert read == room.document.experiment
    room.document.reset(read)
    assert room.current.lane.cell == (0, 0)
    assert room.shows_the_chosen()
