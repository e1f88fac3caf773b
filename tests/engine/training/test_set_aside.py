"""A lane that comes back by undo is what a lane is that was muted meanwhile."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import engine.training.set_aside as set_aside
from engine.experiment import Experiment, Lane, Points
from engine.experiment.lanes import with_duplicate, with_only, with_swapped_settings, without_lane
from engine.service import messages as m
from engine.training.trainer import Trainer
from tests.engine.helpers import experiment, lane, points_of, row, trained, with_lanes, with_points
from tests.engine.service.test_pause_at import Bench
from tests.engine.training.test_fair_lanes import everything

BASE = experiment({"data.generator.points": 74})
A = lane("A", {"regularization.dropout": {"rate": 0.3}})
B = lane("B", {"network.hidden": [3], "training.schedule": {"name": "step", "every": 2}})
S = lane("S", {"regularization.early_stopping": {"patience": 2, "min_delta": 10.0}})
STROKE = [(0.1 * k, 1.0, float(k % 2), k % 3) for k in range(12)]


def muted(one: Lane, is_muted: bool = True) -> Lane:
    return msgspec.structs.replace(one, muted=is_muted)


def of(*lanes: Lane, base: Experiment = BASE) -> Experiment:
    return with_lanes(base, *lanes)


def go(trainer: Trainer, epochs: int) -> None:
    while trainer.can_train and epochs:
        epochs -= trainer.train(epochs).epochs


# -- as if muted


def stroked(trainer: Trainer, count: int) -> Experiment:
    """The data with some more points."""
    points = trainer.points
    more = points_of(STROKE[: count + 1])
    joined = Points(
        np.concatenate([points.xy, more.xy]),
        np.concatenate([points.target, more.target]),
        np.concatenate([points.split, more.split]),
    )
    return with_points(BASE, joined)


MEANWHILE = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["epochs", "steps"]), st.integers(1, 5)),
        st.tuples(st.just("stroke"), st.integers(0, 11)),
        st.tuples(st.sampled_from(["split", "extent", "others"]), st.integers(1, 3)),
    ),
    max_size=6,
)


class Pair:
    """One trainer from which lanes are removed, and one in which they are muted instead."""

    def __init__(self, way: str) -> None:
        self.removed, self.muted = (Trainer(of(A, B, S), way=way) for _ in range(2))
        self.data = BASE
        self.more: tuple[Lane, ...] = ()

    @property
    def both(self) -> tuple[Trainer, Trainer]:
        return self.removed, self.muted

    def tell(self, gone: bool, returns: bool = False) -> None:
        out = () if gone else (B, S)
        self.removed.set_experiment(of(A, *out, *self.more, base=self.data), returns=returns)
        rest = (muted(B, gone), muted(S, gone))
        self.muted.set_experiment(of(A, *rest, *self.more, base=self.data))

    def carry_out(self, operation: str, what: int, gone: bool) -> None:
        data = self.data.data
        if operation == "epochs":
            for one in self.both:
                go(one, what)
        elif operation == "steps":
            for one in self.both:
                for _ in range(what):
                    one.step()
        elif operation == "stroke":
            self.data = msgspec.structs.replace(self.data, data=stroked(self.removed, what).data)
        elif operation == "split":
            split = msgspec.structs.replace(data.split, seed=what)
            self.data = msgspec.structs.replace(self.data, data=msgspec.structs.replace(data, split=split))
        elif operation == "extent":
            extent = msgspec.structs.replace(data.extent, x=(-6.0 - what, 6.0))
            self.data = msgspec.structs.replace(self.data, data=msgspec.structs.replace(data, extent=extent))
        else:
            self.more = (lane("X", {"seed": what}),)
        if operation not in ("epochs", "steps"):
            self.tell(gone)


@pytest.mark.parametrize("way", ["replay", "compiled"])
@settings(max_examples=15, deadline=None)
@given(st.integers(0, 6), st.integers(0, 3), MEANWHILE, st.integers(1, 6))
@example(3, 2, [("epochs", 2), ("stroke", 5), ("steps", 2)], 3)
@example(5, 1, [("extent", 1), ("epochs", 2), ("split", 2)], 3)
@example(2, 3, [("stroke", 1), ("stroke", 5), ("others", 1), ("epochs", 3)], 4)
def test_lanes_that_come_back_are_as_if_they_had_been_muted(
    way: str, epochs: int, steps: int, meanwhile: list[tuple[str, int]], after: int
) -> None:
    pair = Pair(way)
    pair.carry_out("epochs", epochs, False)
    pair.carry_out("steps", steps, False)
    pair.tell(gone=True)
    for operation, what in meanwhile:
        pair.carry_out(operation, what, True)
    pair.tell(gone=False, returns=True)
    pair.carry_out("epochs", after, False)
    for name in "ABS":
        found, right = (everything(one, name) for one in pair.both)
        # One that another extent has started again comes back without a word about that.
        for one in (found, right):
            # A lane that another extent has started again comes back without a word about that.
            one["marks"] = [mark for mark in one["marks"] if mark.kind != "start"]
        assert found == right, name


# -- each command on lanes: done, undone, done again

COMMANDS: dict[str, Any] = {
    "remove": lambda sketch: without_lane(sketch, 1),
    "keep only": lambda sketch: with_only(sketch, 0),
    "duplicate": lambda sketch: with_duplicate(sketch, 1)[0],
    "swap rates": lambda sketch: with_swapped_settings(sketch, 0, 2),
    "swap shapes": lambda sketch: with_swapped_settings(sketch, 0, 1),
}
SKETCH = of(A, B, lane("C", {"training.learning_rate": 0.02}))


@pytest.mark.parametrize("command", COMMANDS)
def test_do_undo_and_redo_lose_no_epoch(command: str) -> None:
    trainer = trained(SKETCH, 5, "replay")
    before = {run.lane.name: run.epoch for run in trainer.runs}
    after = COMMANDS[command](SKETCH)
    trainer.set_experiment(after)
    go(trainer, 4)
    done = {run.lane.name: (run.epoch, run.step) for run in trainer.runs}
    trainer.set_experiment(SKETCH, returns=True)
    undone = {run.lane.name: run.epoch for run in trainer.runs}
    assert all(undone[name] >= before[name] for name in before), undone
    go(trainer, 2)
    trainer.set_experiment(after, returns=True)
    again = {run.lane.name: run.epoch for run in trainer.runs}
    assert all(again[name] >= epoch for name, (epoch, _) in done.items()), again


def test_a_lane_that_is_made_anew_is_not_the_one_that_was_removed() -> None:
    trainer = trained(of(A, B), 5, "replay")
    trainer.set_experiment(of(A))
    trainer.set_experiment(of(A, B))
    assert [run.epoch for run in trainer.runs] == [5, 0]


def test_a_lane_that_comes_back_with_other_settings_starts_anew() -> None:
    trainer = trained(of(A, B), 5, "replay")
    trainer.set_experiment(of(A))
    other = msgspec.structs.replace(B, seed=9)
    trainer.set_experiment(of(A, other), returns=True)
    assert [run.epoch for run in trainer.runs] == [5, 0]


def test_the_only_lane_goes_on_where_it_was_after_another_shape_is_undone() -> None:
    trainer = trained(of(A), 5, "replay")
    before = everything(trainer, "A")
    wide = lane("A", {"network.hidden": [7]})
    trainer.set_experiment(of(wide))
    go(trainer, 2)
    trainer.set_experiment(of(A), returns=True)
    assert everything(trainer, "A") == before
    assert (trainer.epoch, trainer.at_epoch_end) == (5, True)
    go(trainer, 3)
    assert everything(trainer, "A") == everything(trained(of(A), 8, "replay"), "A")


@pytest.mark.parametrize("begin", ["reset", "data"])
def test_after_a_reset_or_with_other_data_lanes_come_back_anew(begin: str) -> None:
    trainer = trained(of(A, B), 5, "replay")
    trainer.set_experiment(of(A))
    base = BASE
    if begin == "reset":
        trainer.reset()
    else:
        base = experiment({"data.generator.points": 74, "data.generator.seed": 5})
        trainer.set_experiment(of(A, base=base))
    trainer.set_experiment(of(A, B, base=base), returns=True)
    assert [run.epoch for run in trainer.runs] == [0, 0]


def test_of_very_many_runs_the_newest_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(set_aside, "MOST", 2)
    lanes = [A, B, S, lane("D", {"seed": 3})]
    trainer = trained(of(*lanes), 1, "replay")
    for count in (3, 2, 1):
        trainer.set_experiment(of(*lanes[:count]))
    assert [one.run.lane.name for one in trainer.lanes.aside] == ["S", "B"]
    monkeypatch.setattr(set_aside, "MOST_BYTES", trainer.lanes.aside[1].size)
    trainer.set_experiment(of(A, lanes[3]))
    go(trainer, 1)
    trainer.set_experiment(of(A))
    assert sum(one.size for one in trainer.lanes.aside) <= set_aside.MOST_BYTES


# -- the service


def test_a_worker_lets_lanes_go_on_after_an_undo_and_not_after_an_edit() -> None:
    bench = Bench(of(A, B), m.StepEpoch(4))
    bench.run()
    bench.obey(m.SetExperiment(of(A)), m.StepEpoch(2))
    bench.run()
    bench.obey(m.SetExperiment(of(A, B), returns=1))
    assert bench.epochs == [6, 4]
    assert bench.snapshot.lanes[1].history is not None
    bench.obey(m.SetExperiment(of(A), returns=1), m.SetExperiment(of(A, B), returns=1))
    assert bench.epochs == [6, 0]


def test_an_undo_that_brings_all_lanes_back_starts_none_of_them_again() -> None:
    bench = Bench(of(A), m.StepEpoch(4))
    bench.run()
    wide = lane("A", {"network.hidden": [7]})
    bench.obey(m.SetExperiment(of(wide), turn=1), m.StepEpoch(2))
    bench.run()
    bench.obey(m.SetExperiment(of(A), turn=2, returns=1))
    assert bench.epochs == [4]
    bench.obey(m.SetExperiment(of(A), turn=3))
    assert bench.epochs == [0], "another data set was chosen, with the same points"


def test_an_undo_in_a_document_that_is_closed_brings_nothing_into_the_next_one() -> None:
    bench = Bench(of(A), m.StepEpoch(4))
    bench.run()
    bench.obey(m.SetExperiment(of(A), turn=2, document=1, returns=1))
    assert bench.epochs == [0]


# -- several edits at once, and earlier lives


def test_what_goes_and_comes_back_in_one_edit_goes_on() -> None:
    """Two undos that are merged on their way: of a removal, and of another lane's edit before it."""
    trainer = trained(of(A, B), 3)
    before = row(trainer, "B")
    slower = msgspec.structs.replace(A, training=msgspec.structs.replace(A.training, learning_rate=0.5))
    trainer.set_experiment(of(slower, B), former={"A": "A"}, returns=True)
    assert [run.epoch for run in trainer.runs] == [3, 3]
    assert row(trainer, "B").equal(before)


def test_undo_brings_back_the_latest_life_alone() -> None:
    """Another shape and back by hand begins anew; so does the same data set, chosen again."""
    narrow, wide = (lane("A", {"network.hidden": [width]}) for width in (3, 4))
    same = {"A": "A"}
    trainer = trained(of(A), 5)
    for settings_, returns, epochs in (
        (narrow, False, 0),
        (A, False, 0),
        (wide, False, 0),
        (A, True, 0),
        (wide, True, 0),
    ):
        trainer.set_experiment(of(settings_), former=same, returns=returns)
        assert trainer.runs[0].epoch == epochs
    trainer = trained(of(A), 5)
    trainer.set_experiment(of(A), restart=True, former=same)
    trainer.set_experiment(of(narrow), former=same)
    trainer.set_experiment(of(A), former=same, returns=True)
    assert trainer.runs[0].epoch == 0


# -- long histories


def test_all_networks_of_a_long_sweep_come_back_with_thinner_curves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has room for less than half of its curve: all epochs, weights and the best epoch's row stay."""
    monkeypatch.setattr(set_aside, "MOST_BYTES", 8 * 120_000)
    lanes = [lane(f"L{k}", {"seed": k, "network.hidden": [2]}) for k in range(8)]
    trainer = trained(of(*lanes), 3000)
    before = {one.name: row(trainer, one.name) for one in lanes}
    best = {run.lane.name: run.best for run in trainer.runs}
    trainer.set_experiment(of(lanes[0]))
    assert len(trainer.lanes.aside) == 7
    assert sum(one.size for one in trainer.lanes.aside) <= set_aside.MOST_BYTES
    trainer.set_experiment(of(*lanes), returns=True)
    assert [run.epoch for run in trainer.runs] == [3000] * 8
    for run in trainer.runs:
        name, view = run.lane.name, run.history.view()
        assert row(trainer, name).equal(before[name])
        assert run.best == best[name]
        assert run.best is not None
        assert run.best.epoch in view.epoch
        assert (view.epoch[0], view.epoch[-1]) == (0, 3000)
    assert 256 <= len(trainer.runs[1].history) < 1500
    go(trainer, 5)
    assert trainer.runs[1].history.last_epoch == 3005


def test_an_undo_says_how_many_networks_start_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(set_aside, "MOST", 1)
    bench = Bench(of(A, B, lane("D", {"seed": 3})), m.StepEpoch(2))
    bench.run()
    bench.obey(m.SetExperiment(of(A)))
    bench.outbox.drain()
    bench.obey(m.SetExperiment(of(A, B, lane("D", {"seed": 3})), returns=1))
    assert sorted(bench.epochs) == [0, 2, 2]
    assert bench.events(m.TrainingNotKept) == [m.TrainingNotKept(1)]


@pytest.mark.parametrize("between", ["reset", "untrained"])
def test_lanes_that_have_nothing_to_come_back_to_are_no_loss(
    monkeypatch: pytest.MonkeyPatch, between: str
) -> None:
    monkeypatch.setattr(set_aside, "MOST", 0)
    trainer = trained(of(A, B), 2, "replay")
    trainer.set_experiment(of(A))
    if between == "reset":
        trainer.reset()
    else:
        trainer.set_experiment(of(A, B))
        trainer.set_experiment(of(A))
    trainer.set_experiment(of(A, B), returns=True)
    assert trainer.lanes.unreturned == 0
