"""Training in bursts of any lengths is, to the bit, training step by step: numbers, histories, marks and ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import Tensor

from engine.catalogue.criteria import CRITERIA
from engine.catalogue.schedules import SCHEDULES
from engine.experiment import Experiment, Lane, edit_many
from engine.observation import history
from engine.tape.ways import Way
from engine.training.step.feed import Feed
from engine.training.step.stepper import Stepper
from engine.training.trainer import Trainer
from tests.engine.helpers import bits, experiment, lane, with_lanes, with_points

WAYS = [Way.REPLAY, Way.COMPILED]
"""Eager steps go the way of replayed ones, and have their bits (test_replay)."""
EPOCHS = 60

Edit = Callable[[Trainer], None]


@dataclass(frozen=True, eq=False)
class Case:
    """An experiment, and what is done to it after some epochs."""

    experiment: Experiment
    edits: Mapping[int, Edit] = field(default_factory=dict)
    most_rows: int = history.MOST_EPOCHS


NOISY = experiment({"data.generator.name": "gaussians", "data.generator.noise": 0.5})
FAST = {"training.learning_rate": 0.05}
WILD = {
    "training.optimizer": "sgd",
    "training.learning_rate": 100.0,
    "network.activation": "relu",
    "regularization.l2": 10.0,
}
CALM = {**WILD, "training.learning_rate": 0.01, "regularization.l2": 0.0}


def stopping(name: str, criterion: str = "patience", **changes: Any) -> Lane:
    chosen = {"criterion": criterion, "patience": 5, "alpha": 2.0, "strips": 2, **changes}
    return lane(name, {**FAST, "regularization.early_stopping": chosen})


def lanes_of(*lanes: Lane, base: Experiment = NOISY) -> Experiment:
    return with_lanes(base, *lanes)


def to(*lanes: Lane) -> Edit:
    return lambda trainer: trainer.set_lanes(lanes)


def without_points(count: int) -> Edit:
    return lambda trainer: trainer.set_experiment(
        with_points(
            Experiment(
                format="neural-sketchbook/4",
                data=trainer.lanes.data,
                lanes=tuple(r.lane for r in trainer.lanes.runs),
            ),
            trainer.points[count:],
        )
    )


def resume(trainer: Trainer) -> None:
    trainer.resume()


def restore_best(trainer: Trainer) -> None:
    trainer.restore_best()


DROPOUT = {"regularization.dropout": {"rate": 0.3, "layers": "all"}}
SCHEDULED = {
    key: lane(key, {**FAST, "training.schedule": {"name": key}}) for key in SCHEDULES if key != "plateau"
}
PLATEAU = {**FAST, "training.schedule": {"name": "plateau", "patience": 2, "factor": 0.7}}

CASES: dict[str, Case] = {
    **{f"early stopping by {key}": Case(lanes_of(stopping("A", key), lane("B", FAST))) for key in CRITERIA},
    "best weights restored": Case(lanes_of(stopping("A", restore_best=True), stopping("B", patience=9))),
    "best weights not restored": Case(lanes_of(stopping("A", restore_best=False))),
    "resumed": Case(
        lanes_of(stopping("A"), stopping("B", patience=12)), {30: resume, 45: resume, 50: restore_best}
    ),
    "plateau": Case(lanes_of(lane("A", PLATEAU), lane("B", {**PLATEAU, "seed": 3}), lane("C", FAST))),
    # Its first epoch is the best, and the one that the others are compared with.
    "plateau from the first epoch": Case(lanes_of(lane("A", {**PLATEAU, "training.learning_rate": 1e-9}))),
    "plateau of Adam and early stopping": Case(
        lanes_of(
            lane(
                "A",
                {**PLATEAU, "training.optimizer": "adam", "regularization.early_stopping": {"patience": 9}},
            )
        )
    ),
    "schedules": Case(lanes_of(*SCHEDULED.values())),
    "one of three diverges": Case(
        lanes_of(lane("A", CALM), lane("B", CALM), lane("C", {**CALM, "seed": 4})),
        {23: to(lane("A", CALM), lane("B", WILD), lane("C", {**CALM, "seed": 4}))},
    ),
    "one diverges and goes on": Case(
        lanes_of(lane("A", CALM)),
        {5: to(lane("A", WILD)), 6: to(lane("A", CALM)), 7: resume},
    ),
    "batches of two sizes": Case(
        lanes_of(
            lane("A", {"training.batch_size": 4}),
            lane("B", {"training.batch_size": 7, **DROPOUT}),
            stopping("C"),
            lane("D", {"training.batch_size": 100, "training.optimizer": "adam"}),
        )
    ),
    "the one with small batches diverges": Case(
        lanes_of(lane("A", {"training.batch_size": 30}), lane("B", {**CALM, "training.batch_size": 1})),
        {17: to(lane("A", {"training.batch_size": 30}), lane("B", {**WILD, "training.batch_size": 1}))},
    ),
    "edits": Case(
        lanes_of(lane("A", DROPOUT), lane("B", {"training.optimizer": "adam"})),
        {
            7: to(lane("A", {**DROPOUT, **FAST}), lane("B", {"training.optimizer": "adam", **FAST})),
            19: without_points(3),
            31: to(lane("A", {**DROPOUT, **FAST, "regularization.l1": 0.001}), lane("B", FAST)),
            40: restore_best,
        },
    ),
    "moved points": Case(
        lanes_of(
            lane("A", {"regularization.augmentation.rotate": 20.0, "regularization.input_noise": 0.1}),
            lane("B", {"regularization.mixup": 0.4, **DROPOUT}),
        )
    ),
    "batch normalization": Case(lanes_of(lane("A", {"network.normalization": {"kind": "batch"}, **FAST}))),
    "thinned histories": Case(lanes_of(lane("A", FAST), stopping("B", patience=1000)), most_rows=1),
    "without validation": Case(
        lanes_of(stopping("A"), lane("B", PLATEAU), base=edit_many(NOISY, {"data.split.validation": 0.0}))
    ),
}


def everything(trainer: Trainer) -> dict[str, Any]:
    """All that training has come to, in values that compare."""
    ends = sorted(str((run.lane.name, stop)) for run, stop in trainer.lanes.stops)
    found: dict[str, Any] = {"epoch": trainer.epoch, "ends": ends}
    trainer.measure()
    states = trainer.lanes.stacks.states()
    for run in trainer.runs:
        progress, state, name = run.progress, states[run], run.lane.name
        best_row = None if run.best_row is None else run.best_row.numpy().tobytes()
        slots = {key: slot.numpy().tobytes() for key, slot in state.slots.items()}
        found[name] = bits(trainer, name)
        found[f"{name}'s tensors"] = (state.checkpoint.numpy().tobytes(), slots, state.updates, best_row)
        found[f"{name}'s counts"] = (run.epoch, run.step, run.status, run.way)
        found[f"{name}'s words"] = (run.marks.view, run.stop, run.stops, run.continues_from)
        found[f"{name}'s progress"] = repr(
            (progress.best, progress.first_best, progress.stopping, progress.plateau)
        )
        assert run.now is not None
        found[f"{name} now"] = (run.now.loss.tobytes(), run.now.layers.tobytes())
    return found


def started(case: Case, way: Way) -> Trainer:
    return Trainer(case.experiment, most_rows=case.most_rows, way=way)


@cache
def step_by_step(name: str, way: Way) -> dict[str, Any]:
    return everything(cut(CASES[name], way, [("steps", 1)]))


def cut(case: Case, way: Way, lengths: list[tuple[str, int]]) -> Trainer:
    """Trained in bursts and steps of these lengths, over and over."""
    trainer, turn = started(case, way), 0
    ends = [*sorted(case.edits), EPOCHS]
    for number, end in enumerate(ends):
        while trainer.can_train and trainer.epoch < end:
            kind, length = lengths[turn % len(lengths)]
            turn += 1
            if kind == "burst":
                trained = trainer.train(min(length, end - trainer.epoch))
                assert trained.steps
            for _ in range(length if kind == "steps" else 0):
                if trainer.epoch < end:
                    trainer.step()
            if kind == "look":
                trainer.measure()
        if number < len(ends) - 1:
            case.edits[end](trainer)
    return trainer


LENGTHS = st.lists(
    st.one_of(
        st.tuples(st.just("burst"), st.integers(1, 40)),
        st.tuples(st.just("steps"), st.integers(1, 9)),
        st.tuples(st.just("look"), st.just(0)),
    ),
    min_size=1,
    max_size=6,
).filter(lambda lengths: any(kind != "look" for kind, _ in lengths))


@pytest.fixture(scope="module", autouse=True)
def few_rows_of_layers() -> Any:
    """So that bursts are long from the first epochs on."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(history, "DENSE", 2)
        patch.setattr(history, "SMALLEST", 16)
        yield


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", CASES)
@given(lengths=LENGTHS)
@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_bursts_of_any_lengths(name: str, way: Way, lengths: list[tuple[str, int]]) -> None:
    assert everything(cut(CASES[name], way, lengths)) == step_by_step(name, way)


@pytest.mark.parametrize("name", CASES)
def test_bursts_as_long_as_they_may_be(name: str) -> None:
    assert everything(cut(CASES[name], Way.REPLAY, [("burst", 1000)])) == step_by_step(name, Way.REPLAY)


def test_the_cases_are_what_they_say() -> None:
    ends = {name: step_by_step(name, Way.REPLAY)["ends"] for name in CASES}
    for key in CRITERIA:
        assert any("early_stopping" in end for end in ends[f"early stopping by {key}"]), key
    for name in ("one of three diverges", "one diverges and goes on", "the one with small batches diverges"):
        assert any("divergence" in end for end in ends[name]), name
    assert "reductions=0" not in step_by_step("plateau", Way.REPLAY)["A's progress"]
    assert len(np.frombuffer(step_by_step("thinned histories", Way.REPLAY)["A"][1], np.int64)) < EPOCHS


def test_a_burst_that_fails_leaves_all_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    case = CASES["batches of two sizes"]
    trainer, calls = cut(case, Way.REPLAY, [("burst", 1000)]), 0
    before, train = everything(trainer), Stepper.train

    def fail(self: Stepper, feed: Feed, index: int) -> Tensor:
        nonlocal calls
        calls += 1
        if calls == 30:
            raise MemoryError
        return train(self, feed, index)

    with monkeypatch.context() as patch:
        patch.setattr(Stepper, "train", fail)
        with pytest.raises(MemoryError):
            trainer.train(40)
    assert everything(trainer) == before


def test_looks_that_are_not_finite_for_nothing_end_no_lane() -> None:
    """Outputs of 1e20 have squares beyond single precision, and a loss that is finite."""
    huge = {"training.optimizer": "sgd", "training.learning_rate": 1e-30, "network.hidden": []}
    trainer = Trainer(lanes_of(lane("A", huge)))
    flat = trainer.lanes.stacks.find("A")[0].network.flat
    flat[:, -1] = 1e20
    for _ in range(12):
        assert trainer.train(5).steps
    assert trainer.runs[0].status == "training"
    assert trainer.epoch == trainer.runs[0].epoch > 6
