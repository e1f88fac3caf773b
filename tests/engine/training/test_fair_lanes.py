"""Any lane of any comparison equals the same lane trained alone, whenever it came and whatever its neighbours do."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.experiment import Lane
from engine.training.keeping import run_bytes
from engine.training.trainer import Trainer
from tests.engine.helpers import bits, experiment, lane, with_lanes

BASE = experiment({"data.generator.points": 74})
"""38 training points: 4 batches of 10."""
DROPOUT = {"rate": 0.4, "layers": "last", "input_rate": 0.2}
LANES = {
    one.name: one
    for one in (
        lane("A"),
        lane("B", {"seed": 1, "training.learning_rate": 0.02}),
        lane("D", {"regularization.dropout": DROPOUT}),
        lane("M", {"regularization.augmentation": {"rotate": 20.0}, "regularization.mixup": 0.2}),
        lane("L", {"training.batch_size": 25, "training.schedule": {"name": "step", "every": 3}}),
        lane(
            "N", {"network.hidden": [3], "network.normalization": {"kind": "batch"}, "training.batch_size": 7}
        ),
        lane("S", {"regularization.early_stopping": {"patience": 2, "min_delta": 10.0}}),
        lane(
            "W",
            {
                "training.learning_rate": 100.0,
                "training.optimizer": "sgd",
                "network.activation": "relu",
                "regularization.l2": 100.0,
            },
        ),
    )
}


def muted(one: Lane, is_muted: bool = True) -> Lane:
    return msgspec.structs.replace(one, muted=is_muted)


def everything(trainer: Trainer, name: str) -> dict[str, Any]:
    run = next(run for run in trainer.runs if run.lane.name == name)
    state = trainer.lanes.stacks.states()[run]
    return {
        "numbers": bits(trainer, name),
        "counts": (run.epoch, run.step, run.status, state.updates),
        "slots": {key: slot.numpy().tobytes() for key, slot in state.slots.items()},
        "checkpoint": state.checkpoint.numpy().tobytes(),
        "best": (run.best, None if run.best_row is None else run.best_row.numpy().tobytes()),
        "end": run.stop,
        "marks": run.marks.view,
        "progress": repr((run.progress.stopping, run.progress.plateau)),
    }


@cache
def alone(name: str, epochs: int, way: str) -> dict[str, Any]:
    trainer = Trainer(with_lanes(BASE, LANES[name]), way=way)
    while trainer.can_train and trainer.runs[0].epoch < epochs:
        trainer.train_epoch()
    return everything(trainer, name)


def finish_epochs(trainer: Trainer) -> None:
    """Train all lanes to ends of their epochs."""
    trainer.set_lanes([muted(run.lane, False) for run in trainer.runs])
    trainer.train_epoch()
    while trainer.can_train and not trainer.lanes.at_epoch_end:
        trainer.train_epoch()


def equal_alone(trainer: Trainer, way: str) -> None:
    for run in trainer.runs:
        expected = alone(run.lane.name, run.epoch + (run.status == "diverged"), way)
        assert everything(trainer, run.lane.name) == expected, run.lane.name


OPERATIONS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["add", "remove", "mute", "unmute", "front"]), st.sampled_from("ABDMLNSW")),
        st.tuples(st.sampled_from(["steps", "epochs"]), st.integers(1, 7)),
        st.tuples(st.just("keep"), st.just(0)),
    ),
    min_size=3,
    max_size=14,
)


def carry_out(trainer: Trainer, operation: str, what: Any, way: str) -> Trainer:
    lanes = [run.lane for run in trainer.runs]
    names = [one.name for one in lanes]
    if operation == "steps":
        for _ in range(what):
            trainer.step()
    elif operation == "epochs":
        left = what
        while trainer.can_train and left:
            left -= trainer.train(left).epochs
    elif operation == "keep":
        return Trainer.of_run(run_bytes(trainer.lanes), way=way)
    elif operation == "add" and what not in names:
        trainer.set_lanes([*lanes, LANES[what]])
    elif operation == "remove" and what in names and len(names) > 1:
        trainer.set_lanes([one for one in lanes if one.name != what])
    elif operation in ("mute", "unmute"):
        trainer.set_lanes([muted(one, operation == "mute") if one.name == what else one for one in lanes])
    elif operation == "front" and what in names:
        trainer.set_lanes(sorted(lanes, key=lambda one: one.name != what))
    return trainer


@pytest.mark.parametrize("way", ["eager", "replay", "compiled"])
@settings(max_examples=12, deadline=None)
@given(st.lists(st.sampled_from("ABDMLNSW"), min_size=1, max_size=3, unique=True), OPERATIONS)
@example(["A"], [("epochs", 7), ("add", "D"), ("epochs", 5), ("steps", 2), ("add", "L"), ("epochs", 3)])
@example(["A", "L", "N"], [("steps", 3), ("mute", "L"), ("epochs", 3), ("unmute", "L"), ("epochs", 4)])
@example(["A", "N"], [("steps", 5), ("mute", "N"), ("mute", "A"), ("unmute", "N"), ("epochs", 2)])
@example(
    ["W", "S", "D"], [("steps", 2), ("add", "A"), ("epochs", 6), ("remove", "S"), ("keep", 0), ("epochs", 2)]
)
def test_a_lane_equals_the_same_lane_alone(
    way: str, start: list[str], operations: list[tuple[str, Any]]
) -> None:
    trainer = Trainer(with_lanes(BASE, *(LANES[name] for name in start)), way=way)
    for operation, what in operations:
        trainer = carry_out(trainer, operation, what, way)
    finish_epochs(trainer)
    equal_alone(trainer, way)


def test_a_lane_that_comes_in_mid_epoch_has_its_first_row_at_once_and_waits_for_the_next_epoch() -> None:
    trainer = Trainer(with_lanes(BASE, LANES["A"]), way="replay")
    trainer.train_epoch()
    trainer.step()
    trainer.set_lanes([LANES["A"], LANES["D"]])
    assert trainer.lane_snapshots()[1].history.epoch.tolist() == [0]
    steps = []
    for _ in range(5):
        trainer.step()
        steps.append([run.step for run in trainer.runs])
    assert steps == [[6, 0], [7, 0], [8, 0], [9, 1], [10, 2]]


def test_several_lanes_of_other_epochs_train_in_bursts() -> None:
    trainer = Trainer(with_lanes(BASE, LANES["A"]), way="replay")
    trainer.train_epoch()
    trainer.set_lanes([LANES["A"], LANES["B"], LANES["D"]])
    trainer.train_epoch()
    trainer.set_lanes([LANES["A"], LANES["B"], LANES["D"], LANES["L"]])
    assert {stack.key.ahead for stack in trainer.lanes.stacks} == {0, 1, 2}
    bursts = []
    while sum(bursts) < 270:
        bursts.append(trainer.train(64).epochs)
    assert max(bursts) > 1
    equal_alone(trainer, "replay")


def test_a_lane_that_went_on_after_an_end_sees_the_batches_that_it_would_see_alone() -> None:
    stopping = LANES["S"]

    def with_others(*others: Lane) -> Trainer:
        trainer = Trainer(with_lanes(BASE, stopping, *others), way="replay")
        for _ in range(6):
            trainer.train_epoch()
        trainer.step()
        trainer.resume([0])
        for _ in range(4):
            trainer.train_epoch()
        return trainer

    alone_again, among_others = with_others(), with_others(LANES["A"], LANES["N"])
    assert everything(alone_again, "S") == everything(among_others, "S")
    assert len(among_others.runs[0].stops) == 2


def test_a_diverged_lane_that_goes_on_begins_its_epoch_again_alone_and_among_others() -> None:
    slow = {"training.learning_rate": 0.01, "regularization.l2": 0.0}

    def with_others(*others: Lane) -> Trainer:
        trainer = Trainer(with_lanes(BASE, LANES["W"], *others), way="replay")
        while trainer.runs[0].status == "training":
            trainer.step()
        for _ in range(len(others)):
            trainer.step()
        calm = lane("W", {"training.optimizer": "sgd", "network.activation": "relu", **slow})
        trainer.set_lanes([calm, *others])
        trainer.resume()
        while trainer.can_train and trainer.runs[0].epoch < 6:
            trainer.train_epoch()
        return trainer

    alone_again, among_others = with_others(), with_others(LANES["A"], LANES["L"])
    assert among_others.runs[0].epoch == 6
    assert everything(alone_again, "W") == everything(among_others, "W")
