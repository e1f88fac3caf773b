"""Lanes that are ahead of the others wait for them, and get the numbers that they get alone."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.experiment import Experiment, Lane
from engine.experiment.lane_looks import trained_part
from engine.experiment.repeats import seed_groups
from engine.service import messages as m
from engine.training.keeping import run_bytes
from engine.training.trainer import Trainer
from tests.engine.helpers import experiment, lane, with_lanes
from tests.engine.service.test_pause_at import Bench
from tests.engine.training.test_fair_lanes import everything

BASE = experiment({"data.generator.points": 74})
"""38 training points: 4 batches of 10."""
LANES = {
    "A": lane("A", {"regularization.dropout": {"rate": 0.3}}),
    "B": lane("B", {"network.hidden": [3], "training.batch_size": 17}),
    "S": lane("S", {"regularization.early_stopping": {"patience": 4, "min_delta": 10.0}}),
}


def repeated(one: Lane, seeds: int, is_muted: bool = False) -> Lane:
    return msgspec.structs.replace(one, repeats=seeds, muted=is_muted)


class Document:
    """Lanes as a document has them, and a trainer that is told of them as a worker tells it."""

    def __init__(self, way: str, **seeds: int) -> None:
        self.lanes = {name: repeated(LANES[name], count) for name, count in seeds.items()}
        self.way = way
        self.trainer = Trainer(trained_part(self.experiment), way=way)
        self.tell()

    @property
    def experiment(self) -> Experiment:
        return with_lanes(BASE, *self.lanes.values())

    def tell(self) -> None:
        self.trainer.set_experiment(trained_part(self.experiment), groups=seed_groups(self.experiment))

    def repeat(self, name: str, seeds: int) -> None:
        self.lanes[name] = repeated(self.lanes[name], seeds, self.lanes[name].muted)
        self.tell()

    def epochs(self, name: str) -> list[int]:
        return [
            run.epoch
            for run in self.trainer.runs
            if run.lane.name == name or run.lane.name.startswith(f"{name} (")
        ]

    def train(self, epochs: int) -> None:
        while self.trainer.can_train and epochs:
            epochs -= self.trainer.train(epochs).epochs


def equal_alone(trainer: Trainer, way: str) -> None:
    for run in trainer.runs:
        alone = Trainer(with_lanes(BASE, msgspec.structs.replace(run.lane, muted=False)), way=way)
        while alone.can_train and alone.runs[0].epoch < run.epoch:
            alone.train_epoch()
        assert everything(trainer, run.lane.name) == everything(alone, run.lane.name), run.lane.name


def test_new_seeds_catch_up_while_the_older_one_waits() -> None:
    document = Document("replay", A=1, B=1)
    document.train(6)
    document.repeat("A", 3)
    document.train(4)
    assert (document.epochs("A"), document.epochs("B")) == ([6, 4, 4], [10])
    assert [run.held for run in document.trainer.runs] == [True, False, False, False]
    document.train(2)
    assert document.epochs("A") == [6, 6, 6]
    document.train(3)
    assert (document.epochs("A"), document.epochs("B")) == ([9, 9, 9], [15])
    equal_alone(document.trainer, "replay")


def test_seeds_that_come_amid_an_epoch_are_level_in_whole_epochs() -> None:
    document = Document("replay", A=1)
    document.train(3)
    document.trainer.step()
    document.repeat("A", 2)
    document.train(3)
    assert document.epochs("A") == [3, 3]
    assert [run.step for run in document.trainer.runs] == [13, 12]
    document.trainer.step()
    assert [run.step for run in document.trainer.runs] == [13, 13]
    document.train(2)
    assert document.epochs("A") == [5, 5]
    equal_alone(document.trainer, "replay")


def test_a_burst_ends_where_the_seeds_are_level() -> None:
    document = Document("auto", A=1)
    document.train(300)
    document.repeat("A", 2)
    trained = []
    while document.epochs("A") != [300, 300]:
        trained.append(document.trainer.train(1000).epochs)
    assert (sum(trained), max(trained) > 1) == (300, True)
    document.train(10)
    assert document.epochs("A") == [310, 310]


def test_a_seed_that_ends_holds_nobody_up_and_one_that_goes_on_catches_up() -> None:
    document = Document("replay", S=1)
    document.train(3)
    document.repeat("S", 2)
    document.train(50)
    assert [(run.epoch, run.status) for run in document.trainer.runs] == [(4, "stopped"), (4, "stopped")]
    document.trainer.resume([0])
    document.train(2)
    document.trainer.resume([1])
    document.train(1)
    assert document.epochs("S") == [6, 5]


def test_fewer_seeds_wait_no_more() -> None:
    document = Document("replay", A=1)
    document.train(5)
    document.repeat("A", 2)
    document.train(1)
    document.repeat("A", 1)
    document.train(1)
    assert document.epochs("A") == [6]
    assert not document.trainer.runs[0].held


OPERATIONS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["repeat A", "repeat B", "repeat S"]), st.integers(1, 3)),
        st.tuples(st.sampled_from(["steps", "epochs"]), st.integers(1, 7)),
        st.tuples(st.sampled_from(["mute A", "mute B", "keep"]), st.just(0)),
        st.tuples(st.just("level"), st.one_of(st.none(), st.integers(1, 12))),
    ),
    min_size=3,
    max_size=12,
)


def carry_out(document: Document, operation: str, what: Any) -> None:
    name = operation[-1]
    if operation.startswith("repeat"):
        document.repeat(name, what)
    elif operation.startswith("mute"):
        one = document.lanes[name]
        document.lanes[name] = msgspec.structs.replace(one, muted=not one.muted)
        document.tell()
    elif operation == "steps":
        for _ in range(what):
            document.trainer.step()
    elif operation == "epochs":
        document.train(what)
    elif operation == "level":
        document.trainer.wait_at(what)
    else:
        document.trainer = Trainer.of_run(run_bytes(document.trainer.lanes), way=document.way)
        document.tell()


@pytest.mark.parametrize("way", ["replay", "compiled"])
@settings(max_examples=15, deadline=None)
@given(OPERATIONS)
@example(
    [("epochs", 5), ("steps", 2), ("repeat A", 3), ("epochs", 2), ("keep", 0), ("steps", 3), ("epochs", 6)]
)
@example(
    [("epochs", 3), ("level", 5), ("repeat B", 2), ("epochs", 7), ("level", 7), ("steps", 3), ("epochs", 7)]
)
@example(
    [("epochs", 3), ("repeat S", 3), ("steps", 3), ("mute A", 0), ("level", 6), ("epochs", 7), ("mute A", 0)]
)
def test_whatever_waits_each_network_equals_itself_alone(way: str, operations: list[tuple[str, Any]]) -> None:
    document = Document(way, A=1, B=1, S=1)
    for operation, what in operations:
        carry_out(document, operation, what)
    for name in "AB":
        document.lanes[name] = msgspec.structs.replace(document.lanes[name], muted=False)
    document.tell()
    document.trainer.wait_at(None)
    document.train(1)
    for _ in range(30):
        trainer = document.trainer
        amid = any(run.active and (run.batch or not trainer.at_epoch_end) for run in trainer.runs)
        if not amid and all(len(set(document.epochs(name))) == 1 for name in "AB"):
            break
        document.train(1)
    assert all(len(set(document.epochs(name))) == 1 for name in "AB")
    equal_alone(trainer, way)


# -- the epoch of a pause


def test_a_pause_waits_for_the_last_lane() -> None:
    one, other = LANES["A"], LANES["B"]
    bench = Bench(with_lanes(BASE, one), m.StepEpoch(5))
    bench.run()
    bench.obey(m.SetExperiment(with_lanes(BASE, one, other)), m.PauseAt(8), m.Play())
    bench.run()
    assert bench.epochs == [8, 8]
    assert bench.events(m.PausedAt) == [m.PausedAt(8)]
    bench.obey(m.StepEpoch(2))
    bench.run()
    assert bench.epochs == [10, 10]
    equal_alone(bench.worker.trainer, "auto")  # type: ignore[arg-type]


def test_a_lane_that_is_beyond_waits_until_the_others_are_there() -> None:
    one, other = LANES["A"], LANES["B"]
    bench = Bench(with_lanes(BASE, one), m.StepEpoch(9))
    bench.run()
    bench.obey(m.SetExperiment(with_lanes(BASE, one, other)), m.PauseAt(4), m.Play())
    assert bench.events(m.EpochPassed) == []
    bench.run()
    assert bench.epochs == [9, 4]
    assert bench.events(m.PausedAt) == [m.PausedAt(4)]
    bench.obey(m.PauseAt(3))
    assert bench.events(m.EpochPassed) == [m.EpochPassed(3, 9)]


def test_it_pauses_where_the_lane_that_was_waited_for_is_muted() -> None:
    one, other = LANES["A"], LANES["B"]
    bench = Bench(with_lanes(BASE, one), m.StepEpoch(4), m.PauseAt(4))
    bench.run()
    bench.obey(m.SetExperiment(with_lanes(BASE, one, other)), m.StepEpoch(2))
    bench.run()
    assert bench.epochs == [4, 2]
    bench.obey(m.Play(), m.SetExperiment(with_lanes(BASE, one, msgspec.structs.replace(other, muted=True))))
    assert not bench.worker.busy
    assert bench.events(m.PausedAt)[-1] == m.PausedAt(4)
    bench.run()
    assert bench.epochs == [4, 2]


def test_a_pause_long_past_stops_nobody_when_a_lane_comes_and_goes() -> None:
    one, other = LANES["A"], LANES["B"]
    bench = Bench(with_lanes(BASE, one), m.StepEpoch(9))
    bench.run()
    bench.obey(m.PauseAt(5), m.Play(), m.SetExperiment(with_lanes(BASE, one, other)))
    assert [event.epoch for event in bench.events(m.EpochPassed)] == [5]
    bench.obey(m.SetExperiment(with_lanes(BASE, one)))
    assert bench.worker.busy
    assert bench.events(m.PausedAt) == []
