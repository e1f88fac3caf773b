"""The list of runs follows snapshots and edits: each run that ends is there once, with the numbers of its snapshot."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from engine.data import resolve_points
from engine.experiment import Lane, default_experiment, dumps, edit_many, switch_generator, switch_task
from engine.experiment.document import loads_sketch
from engine.experiment.lanes import with_lane_name, without_lane
from engine.experiment.run_list import bare_lane, curves_of, data_digest
from engine.observation.snapshot import LaneSnapshot, Snapshot, Stop
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.session.engine_link import EngineLink
from gui_app.session.run_list import PATIENCE, RunList
from gui_app.startup.recovery.copies import Copy, decode, encode
from tests.engine.observation.made_up import history, snapshot
from tests.gui_app.fake_engine import FakeEngine
from tests.gui_app.hands import draw, with_lanes

STOP = Stop("early_stopping", 9, 4, "no better for 5 epochs")


class Desk:
    """A document with its list of runs; the test makes the snapshots."""

    def __init__(self, **lanes: Mapping[str, object]) -> None:
        self.document = Document(with_lanes(default_experiment(), **(lanes or {"A": {}})))
        self.runs = RunList(self.document, clock=lambda: 1000.9)
        self.link = EngineLink(self.document, CurrentLane(self.document), FakeEngine())
        self.runs.follow(self.link)
        self.run = self.serial = 0
        self.said: list[str] = []
        self.runs.reported.connect(self.said.append)

    def train(self, task: str = "", **epochs: int | LaneSnapshot) -> None:
        """Show a snapshot with so many epochs of these lanes; ``task``: another one than that of the document."""
        lanes = tuple(
            replace(trained(made) if isinstance(made, int) else made, name=name)
            for name, made in epochs.items()
        )
        self.serial += 1
        most = max(lane.now.epoch for lane in lanes)
        task = task or self.document.experiment.data.task
        self.link.snapshot_taken.emit(
            Snapshot(self.serial, self.run, 0, task, 2, False, most, 10 * most, 0.0, 100, lanes)
        )

    def reset(self) -> None:
        self.link.restart()
        self.run += 1

    def edit(self, **changes: object) -> None:
        named = {path.replace("__", "."): value for path, value in changes.items()}
        self.document.replace(edit_many(self.document.experiment, named), "Edit")

    @property
    def listed(self) -> list[tuple[str, int, str]]:
        return [(record.name, record.epochs, record.ended) for record in self.runs.runs]


def trained(epochs: int, stop: Stop | None = None, scale: float = 1.0) -> LaneSnapshot:
    return snapshot(history(scale * np.exp(-np.arange(epochs + 1) / 50.0)), stop)


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk()


@pytest.fixture
def two(qtbot: QtBot) -> Desk:
    return Desk(A={}, B={"regularization.l2": 0.01})


def test_a_reset_keeps_the_runs_of_all_lanes(two: Desk) -> None:
    two.train(A=5, B=7)
    assert two.listed == []
    two.reset()
    assert two.listed == [("A", 5, "reset"), ("B", 7, "reset")]
    first, second = two.runs.runs
    seen = trained(5)
    assert first.loss == tuple(seen.now.loss)
    assert np.array_equal(curves_of(first)[:, 1:4], seen.history.loss)
    assert second.lane.regularization.l2 == 0.01
    assert (first.when, first.number, second.number) == (1000, 1, 2)
    data = two.document.experiment.data
    assert first.data == data_digest(data, resolve_points(data))


def test_a_run_without_an_epoch_is_not_kept(desk: Desk) -> None:
    desk.train(A=0)
    desk.reset()
    assert desk.listed == []


def test_snapshots_of_before_a_reset_that_come_late_change_nothing(desk: Desk) -> None:
    desk.train(A=5)
    desk.reset()
    desk.run -= 1
    for _ in range(2 * PATIENCE):
        desk.train(A=6)
    desk.run += 1
    desk.train(A=3)
    desk.train(A=8)
    assert desk.listed == [("A", 5, "reset")]
    desk.reset()
    assert desk.listed == [("A", 5, "reset"), ("A", 8, "reset")]


def test_a_stop_is_kept_at_once_and_a_reset_after_it_adds_nothing(desk: Desk) -> None:
    desk.train(A=8)
    desk.train(A=trained(9, STOP))
    assert desk.listed == [("A", 9, "early_stopping")]
    assert desk.runs.runs[0].reason == "no better for 5 epochs"
    desk.reset()
    assert desk.listed == [("A", 9, "early_stopping")]


def test_a_run_that_goes_on_after_its_stop_is_brought_up_to_date(desk: Desk) -> None:
    desk.train(A=trained(9, STOP))
    desk.train(A=replace(trained(12), stop=STOP))
    desk.reset()
    assert desk.listed == [("A", 12, "reset")]


def test_another_shape_ends_the_run_once_with_the_settings_that_it_had(two: Desk) -> None:
    two.train(A=5, B=7)
    for width in (7, 6, 5):
        two.edit(lanes__1__network__hidden=[width])
    assert two.listed == [("B", 7, "shape")]
    assert two.runs.runs[0].lane.network.hidden == (8, 8, 8)
    two.run += 1
    two.train(A=6, B=trained(9, scale=2.0))
    two.edit(lanes__1__network__hidden=[3])
    assert two.listed == [("B", 7, "shape"), ("B", 9, "shape")]
    assert two.runs.runs[1].lane.network.hidden == (5,)
    two.reset()
    assert two.listed[2:] == [("A", 6, "reset")]


def test_an_edit_that_is_taken_back_at_once_lets_the_run_go_on(two: Desk) -> None:
    two.train(A=5, B=7)
    two.edit(lanes__1__training__batch_size=20)
    assert two.listed == [("B", 7, "shape")]
    two.document.stack.undo()
    for epochs in range(8, 9 + PATIENCE):
        two.train(A=6, B=epochs)
    assert two.listed == [("B", 7, "shape")]
    two.reset()
    assert two.listed == [("B", 8 + PATIENCE, "reset"), ("A", 6, "reset")]


def test_numbers_and_strokes_end_no_run(desk: Desk) -> None:
    desk.train(A=5)
    desk.edit(lanes__0__training__learning_rate=0.5, lanes__0__regularization__l1=0.1)
    draw(desk.document, [(1.0, 1.0)])
    desk.train(A=6)
    assert desk.listed == []
    desk.reset()
    assert desk.runs.runs[0].lane.training.learning_rate == 0.5


def test_a_removed_lane_leaves_its_run_and_others_go_on(two: Desk) -> None:
    two.train(A=5, B=7)
    two.document.replace(without_lane(two.document.experiment, 1), "Remove")
    assert two.listed == [("B", 7, "removed")]
    # A snapshot of before that.
    two.train(A=6, B=8)
    two.train(A=7)
    two.reset()
    assert two.listed == [("B", 7, "removed"), ("A", 7, "reset")]


def test_a_renamed_lane_is_one_run(two: Desk) -> None:
    two.train(A=trained(9, STOP), B=7)
    two.document.replace(with_lane_name(two.document.experiment, 0, "plain"), "Rename")
    two.train(A=trained(9, STOP), B=8)
    two.train(plain=trained(9, STOP), B=8)
    two.reset()
    # The name that it had when it ended.
    assert two.listed == [("A", 9, "early_stopping"), ("B", 8, "reset")]


def of_seeds(count: int, epochs: int, reached: int | None = None, scale: float = 2.0) -> LaneSnapshot:
    """A repeated lane, whose median is another run than that of its first seed."""
    lane = trained(epochs, scale=scale)
    return replace(lane, repeats=(lane,) * count, reached=reached)


def test_a_lane_that_gets_seeds_leaves_the_run_that_it_was(desk: Desk) -> None:
    desk.train(A=60)
    desk.edit(lanes__0__repeats=5)
    assert desk.listed == [("A", 60, "seeds")]
    assert desk.runs.runs[0].lane.repeats == 1
    desk.train(A=of_seeds(5, 0, reached=60))
    desk.reset()
    assert desk.listed == [("A", 60, "seeds")]


def test_seeds_that_have_caught_up_in_part_are_a_run_beside_the_one_that_was_ahead(desk: Desk) -> None:
    desk.train(A=60)
    desk.edit(lanes__0__repeats=5)
    desk.train(A=of_seeds(5, 7, reached=60))
    desk.reset()
    assert desk.listed == [("A", 60, "seeds"), ("A", 7, "reset")]
    assert [one.lane.repeats for one in desk.runs.runs] == [1, 5]
    assert desk.runs.runs[1].reason == "new seeds had caught up to epoch 7 of 60"


def test_a_lane_that_loses_seeds_leaves_their_run_and_goes_on_with_the_first(desk: Desk) -> None:
    desk.edit(lanes__0__repeats=5)
    desk.train(A=of_seeds(5, 30))
    desk.edit(lanes__0__repeats=1)
    assert desk.listed == [("A", 30, "seeds")]
    desk.train(A=trained(31, scale=2.0))
    desk.reset()
    assert desk.listed == [("A", 30, "seeds"), ("A", 31, "reset")]
    assert [one.lane.repeats for one in desk.runs.runs] == [5, 1]


@pytest.mark.parametrize("undo", [True, False])
def test_a_lane_that_loses_its_new_seeds_again_goes_on_as_the_run_that_it_was(desk: Desk, undo: bool) -> None:
    desk.train(A=60)
    desk.edit(lanes__0__repeats=5)
    desk.train(A=of_seeds(5, 7, reached=60))
    if undo:
        desk.document.stack.undo()
    else:
        desk.edit(lanes__0__repeats=1)
    desk.train(A=60)
    desk.train(A=64)
    desk.reset()
    assert desk.listed == [("A", 64, "reset"), ("A", 7, "seeds")]


def test_a_removed_lane_that_comes_back_where_it_was_is_the_same_run(two: Desk) -> None:
    two.train(A=5, B=7)
    two.document.replace(without_lane(two.document.experiment, 1), "Remove")
    two.train(A=6)
    two.document.stack.undo()
    # It had trained on before the engine was told.
    two.train(A=7, B=8)
    two.train(A=9, B=10)
    two.reset()
    assert two.listed == [("B", 10, "reset"), ("A", 9, "reset")]


def test_shapes_between_which_undo_and_redo_go_back_and_forth_are_two_runs(two: Desk) -> None:
    two.train(A=5, B=7)
    two.edit(lanes__1__network__hidden=[3])
    two.train(A=6, B=trained(4, scale=2.0))
    for _ in range(2):
        two.document.stack.undo()
        two.train(A=6, B=7)
        two.document.stack.redo()
        two.train(A=6, B=trained(4, scale=2.0))
    two.train(A=9, B=trained(9, scale=2.0))
    two.reset()
    assert two.listed == [("B", 7, "shape"), ("B", 9, "reset"), ("A", 9, "reset")]
    assert [one.lane.network.hidden for one in two.runs.runs[:2]] == [(8, 8, 8), (3,)]


def test_the_only_lane_goes_on_as_the_same_run_when_another_shape_is_undone_at_once(desk: Desk) -> None:
    desk.train(A=5)
    desk.edit(lanes__0__network__hidden=[3])
    desk.document.stack.undo()
    for epochs in range(6, 7 + PATIENCE):
        desk.train(A=epochs)
    desk.reset()
    assert desk.listed == [("A", 6 + PATIENCE, "reset")]


def test_a_run_that_comes_back_after_it_was_deleted_from_the_list_is_a_new_one(two: Desk) -> None:
    two.train(A=5, B=7)
    two.document.replace(without_lane(two.document.experiment, 1), "Remove")
    removal = two.document.stack.index()
    two.runs.delete([1])
    two.document.stack.setIndex(removal - 1)
    two.runs.delete([1])
    two.train(A=6, B=9)
    two.reset()
    assert two.listed == [("A", 6, "reset"), ("B", 9, "reset")]


def test_a_reset_after_an_undo_begins_another_run(two: Desk) -> None:
    two.train(A=5, B=7)
    two.document.replace(without_lane(two.document.experiment, 1), "Remove")
    two.document.stack.undo()
    two.reset()
    two.train(A=8, B=8)
    two.reset()
    assert two.listed == [("B", 7, "removed"), ("A", 5, "reset"), ("A", 8, "reset"), ("B", 8, "reset")]


def test_other_data_end_all_runs_with_the_data_that_they_had(two: Desk) -> None:
    two.train(A=5, B=7)
    before = two.document.experiment
    moons = switch_generator(before, "moons")
    two.document.replace(moons, "Data", other_data=True)
    assert two.listed == [("A", 5, "data"), ("B", 7, "data")]
    assert {one.data for one in two.runs.runs} == {data_digest(before.data, resolve_points(before.data))}


def test_snapshots_of_another_task_are_no_runs_of_this_one(two: Desk) -> None:
    two.train(A=5, B=7)
    curve = switch_task(two.document.experiment, "curve")
    two.document.replace(curve, "Curve", other_data=True)
    kept = two.listed
    for late in range(2 * PATIENCE):
        two.run += 1
        two.train("classification", A=trained(9 + late, STOP), B=8)
    two.document.stack.undo()
    two.document.stack.redo()
    assert two.listed == kept
    two.run += 1
    two.train(A=4, B=4)
    two.reset()
    assert two.listed == [*kept, ("A", 4, "reset"), ("B", 4, "reset")]
    assert [record.task for record in two.runs.runs] == ["classification"] * 2 + ["curve"] * 2


def test_another_document_has_its_own_runs(two: Desk, tmp_path: Path) -> None:
    two.train(A=5, B=7)
    two.reset()
    path = tmp_path / "a.sketch.json"
    two.document.save(path)
    kept = two.runs.runs
    two.run += 1
    two.train(A=3, B=3)
    two.document.reset(default_experiment())
    assert two.listed == []
    two.train(A=4)
    two.document.open(path)
    assert two.runs.runs == kept


def test_a_run_that_was_opened_with_its_stop_is_the_one_in_the_file(desk: Desk, tmp_path: Path) -> None:
    desk.train(A=trained(9, STOP))
    path = tmp_path / "a.sketch.json"
    desk.document.save(path)
    desk.document.open(path)
    desk.train(A=trained(9, STOP))
    assert desk.listed == [("A", 9, "early_stopping")]


def test_runs_alone_leave_the_document_as_saved_as_it_was(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "a.sketch.json"
    desk.document.save(path)
    desk.train(A=5)
    desk.reset()
    assert desk.listed
    assert not desk.document.modified
    assert not desk.document.edited
    desk.document.save(path)
    assert loads_sketch(path.read_bytes()).runs == desk.runs.runs


def test_deleting_is_one_undo_step_that_leaves_settings_and_newer_runs_alone(desk: Desk) -> None:
    for epochs in (5, 6, 7):
        desk.train(A=epochs)
        desk.reset()
    all_runs, experiment = desk.runs.runs, desk.document.experiment
    desk.runs.delete([1, 3])
    assert [one.number for one in desk.runs.runs] == [2]
    assert desk.document.stack.undoText() == "Delete run 1, 3"
    assert desk.document.modified
    desk.train(A=4)
    desk.reset()
    newer = desk.runs.runs[-1]
    assert (newer.number, newer.epochs) == (4, 4)
    desk.document.stack.undo()
    assert desk.runs.runs == (*all_runs, newer)
    assert desk.document.experiment is experiment
    desk.document.stack.redo()
    assert [one.number for one in desk.runs.runs] == [2, 4]


def test_no_run_gets_the_number_of_a_deleted_one_after_the_file_was_opened_again(
    desk: Desk, tmp_path: Path
) -> None:
    for epochs in (5, 6):
        desk.train(A=epochs)
        desk.reset()
    desk.runs.delete([1, 2])
    path = tmp_path / "a.sketch.json"
    desk.document.save(path)
    desk.document.reset(default_experiment())
    assert desk.document.last_run == 0
    desk.document.open(path)
    desk.run += 1
    desk.train(A=4)
    desk.reset()
    assert [(one.number, one.epochs) for one in desk.runs.runs] == [(3, 4)]


def test_a_deleted_run_does_not_come_back_when_it_is_reset(desk: Desk) -> None:
    desk.train(A=trained(9, STOP))
    desk.runs.delete([1])
    desk.reset()
    assert desk.listed == []


def test_pinning_is_undoable_and_outlasts_an_update(desk: Desk) -> None:
    desk.train(A=trained(9, STOP))
    desk.runs.set_pinned([1], True)
    assert [one.number for one in desk.runs.pinned] == [1]
    desk.train(A=replace(trained(12), stop=STOP))
    desk.reset()
    assert desk.listed == [("A", 12, "reset")]
    assert desk.runs.runs[0].pinned
    desk.document.stack.undo()
    assert desk.runs.pinned == ()
    assert desk.runs.runs[0].epochs == 12


def test_a_restored_run_is_a_lane_with_its_settings_and_seed(desk: Desk) -> None:
    desk.edit(lanes__0__seed=9, lanes__0__network__hidden=[4, 2], lanes__0__regularization__l2=0.5)
    desk.train(A=5)
    desk.edit(lanes__0__seed=1, lanes__0__network__hidden=[8])
    assert desk.runs.restore(1, 0) == 1
    first, lane = desk.document.experiment.lanes
    assert (lane.name, lane.seed, lane.network.hidden, lane.regularization.l2) == ("B", 9, (4, 2), 0.5)
    assert first.network.hidden == (8,)
    assert desk.document.stack.undoText() == "Restore run 1"
    desk.document.stack.undo()
    assert len(desk.document.experiment.lanes) == 1


def test_a_run_that_does_not_fit_the_data_is_refused_in_a_sentence(desk: Desk) -> None:
    desk.train(A=5)
    desk.document.switch_task("curve", "Curve")
    before = desk.document.experiment
    assert desk.runs.restore(1, 0) is None
    assert desk.document.experiment is before
    assert len(desk.said) == 1


def test_the_room_of_the_list_is_told(desk: Desk) -> None:
    assert desk.runs.room == "0 of 200 runs, 0.0 of 8 MB"
    desk.train(A=5)
    desk.reset()
    assert desk.runs.room == "1 of 200 runs, 0.0 of 8 MB"


def test_recovery_copies_hold_the_list(desk: Desk) -> None:
    desk.train(A=5)
    desk.reset()
    draw(desk.document, [(1.0, 1.0)])
    copy = Copy(desk.document.experiment, None, True, 1.5, 2, runs=desk.runs.runs, last_run=7)
    assert decode(encode(copy)) == copy


def test_a_damaged_run_of_a_file_is_told_when_it_is_opened(desk: Desk, tmp_path: Path) -> None:
    desk.train(A=5)
    desk.reset()
    document = json.loads(dumps(default_experiment(), runs=desk.runs.runs))
    document["runs"][0]["epochs"] = -1
    path = tmp_path / "a.sketch.json"
    path.write_text(json.dumps(document))
    sketch = desk.document.open(path)
    assert (
        sketch.runs_problem
        == "Run 1 was damaged and is left out: its number of epochs cannot be read (expected int >= 1)."
    )
    assert desk.runs.runs == ()


STEPS = ("train", "stop", "reset", "shape", "number", "add", "remove", "undo", "redo", "data")


@given(st.lists(st.sampled_from(STEPS), max_size=25))
def test_every_run_is_there_once_whatever_is_done(steps: list[str]) -> None:
    expected = Expected()
    for step in steps:
        getattr(expected, step)()
        runs = expected.desk.runs.runs
        assert [(one.name, one.epochs, one.lane) for one in runs] == list(expected.ended.values())
        numbers = [one.number for one in runs]
        assert numbers == sorted(set(numbers))


class Expected:
    """What the list should hold, by the number of each run; no two runs have equal epochs."""

    def __init__(self) -> None:
        self.desk = Desk()
        self.count = 0
        self.now: dict[str, tuple[int, int, bool]] = {}
        """Of each lane: what tells its run from others, its epochs, and whether it stands still."""
        self.ended: dict[tuple[str, int], tuple[str, int, Lane]] = {}

    @property
    def lanes(self) -> dict[str, Lane]:
        return {lane.name: lane for lane in self.desk.document.experiment.lanes}

    def train(self, stop: Stop | None = None) -> None:
        self.count += 1
        for name, lane in self.lanes.items():
            run = self.now[name][0] if name in self.now else self.count
            self.now[name] = run, self.count, stop is not None
            if stop is not None:
                self.ended[name, run] = bare(name, self.count, lane)
        # Each run begins with another loss.
        self.desk.train(
            **{name: trained(self.count, stop, scale=1 + self.now[name][0]) for name in self.lanes}
        )

    def stop(self) -> None:
        self.train(replace(STOP, epoch=self.count + 1))

    def reset(self) -> None:
        self._end(*self.lanes)
        self.desk.reset()

    def shape(self) -> None:
        self._end("A")
        self.count += 1
        self.desk.edit(lanes__0__seed=self.count)
        self.desk.run += 1

    def number(self) -> None:
        self.count += 1
        self.desk.edit(lanes__0__training__learning_rate=1 / (1 + self.count))

    def add(self) -> None:
        before = self.desk.document.experiment
        if len(before.lanes) == 1:
            lane = msgspec.structs.replace(before.lanes[0], name="B")
            self.desk.document.replace(msgspec.structs.replace(before, lanes=(*before.lanes, lane)), "Add")

    def remove(self) -> None:
        if "B" in self.lanes:
            self._end("B")
            self.desk.document.replace(without_lane(self.desk.document.experiment, 1), "Remove")

    def data(self) -> None:
        self._end(*self.lanes)
        self.count += 1
        generator = {"name": "spiral", "seed": self.count}
        after = edit_many(self.desk.document.experiment, {"data.generator": generator})
        self.desk.document.replace(after, "Data", other_data=True)
        self.desk.run += 1

    def undo(self) -> None:
        self.reset()
        self.desk.document.stack.undo()

    def redo(self) -> None:
        self.reset()
        self.desk.document.stack.redo()

    def _end(self, *names: str) -> None:
        for name in names:
            run, epochs, is_still = self.now.pop(name, (0, 0, True))
            if not is_still:
                self.ended[name, run] = bare(name, epochs, self.lanes[name])


def bare(name: str, epochs: int, lane: Lane) -> tuple[str, int, Lane]:
    return name, epochs, bare_lane(lane)
