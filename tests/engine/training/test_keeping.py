"""A run that is kept goes on as if nothing had happened, and nothing else is taken for a run."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.catalogue.criteria import CRITERIA
from engine.catalogue.losses import LOSSES
from engine.catalogue.normalizations import NORMALIZATIONS
from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.schedules import SCHEDULES
from engine.experiment import Experiment, Points, edit_many
from engine.experiment.kept_run import Kept, RunError, facts, pack, unpack
from engine.observation.history import History
from engine.training.keeping import run_bytes
from engine.training.trainer import Trainer
from tests.engine.helpers import bits, experiment, lane, with_lanes, with_points

NET, TRAIN, REG = "lanes.0.network", "lanes.0.training", "lanes.0.regularization"
STOPPING = f"{REG}.early_stopping"
WAYS = ("replay", "compiled")
"""Eager steps have the bits of replayed ones."""

CASES: dict[str, dict[str, Any]] = {
    **{f"optimizer {key}": {f"{TRAIN}.optimizer": key} for key in OPTIMIZERS},
    **{f"schedule {key}": {f"{TRAIN}.schedule": key} for key in SCHEDULES},
    **{f"normalization {key}": {f"{NET}.normalization": {"kind": key}} for key in NORMALIZATIONS},
    **{f"criterion {key}": {STOPPING: {"criterion": key, "patience": 30}} for key in CRITERIA},
    **{
        f"loss {key}": {f"{TRAIN}.loss": key}
        for key, loss in LOSSES.items()
        if "classification" in loss.tasks
    },
    "dropout": {f"{REG}.dropout": {"rate": 0.4, "input_rate": 0.1}},
    "augmentation": {f"{REG}.augmentation": {"rotate": 20.0, "shift": 0.1}},
    "mixup": {f"{REG}.mixup": 0.3},
    "penalties": {f"{REG}.l1": 0.001, f"{REG}.l2": 0.001},
    "no validation": {"data.split.validation": 0.0, "data.split.test": 0.0},
}


def go_on(trainer: Trainer, epochs: int, batches: int) -> None:
    for _ in range(epochs):
        trainer.train_epoch()
    for _ in range(batches):
        trainer.step()


def everything(trainer: Trainer) -> list[Any]:
    """All that a window can see of the lanes."""
    trainer.measure()
    return [
        (
            bits(trainer, run.lane.name),
            (run.epoch, run.step, run.status, run.stop, run.stops, run.best, run.progress.first_best),
            (run.marks.view, run.continues_from, run.waits, run.lane),
            None if run.best_row is None else run.best_row.numpy().tobytes(),
        )
        for run in trainer.runs
    ]


def again(trainer: Trainer, way: str = "auto") -> Trainer:
    return Trainer.of_run(run_bytes(trainer.lanes), way=way)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("way", WAYS)
def test_training_goes_on_to_the_bit(case: str, way: str) -> None:
    trainer = Trainer(experiment(CASES[case]), way=way)
    go_on(trainer, 4, 2)
    restored = again(trainer, way)
    assert everything(restored) == everything(trainer)
    for each in (trainer, restored):
        go_on(each, 3, 1)
    assert everything(restored) == everything(trainer)


@pytest.mark.parametrize("task", ["classification", "curve", "surface"])
def test_several_lanes_of_other_shapes_and_batches_go_on(task: str) -> None:
    base = experiment(task=task)
    features = base.lanes[0].network.features
    loss = base.lanes[0].training.loss
    common = {"network.features": features, "training.loss": loss}
    lanes = (
        lane("A", common),
        lane("B", {**common, "network.hidden": [3], "training.batch_size": 7, "seed": 3}),
        lane("C", {**common, "regularization.l1": 0.01}),
    )
    trainer = Trainer(with_lanes(base, *lanes))
    go_on(trainer, 3, 2)
    restored = again(trainer)
    for each in (trainer, restored):
        go_on(each, 2, 3)
    assert everything(restored) == everything(trainer)


def test_an_ended_lane_can_go_on_from_where_it_ended() -> None:
    patient = {STOPPING: {"patience": 1, "restore_best": True}, f"{TRAIN}.learning_rate": 0.3}
    trainer = Trainer(experiment(patient))
    while trainer.can_train:
        trainer.train_epoch()
    assert trainer.runs[0].stop is not None
    restored = again(trainer)
    assert everything(restored) == everything(trainer)
    for each in (trainer, restored):
        each.resume()
        go_on(each, 2, 0)
    assert everything(restored) == everything(trainer)


def test_a_diverged_lane_stays_diverged() -> None:
    wild = {f"{NET}.activation": "relu", f"{REG}.l2": 10.0, f"{TRAIN}.optimizer": "sgd"}
    trainer = Trainer(experiment({**wild, f"{TRAIN}.learning_rate": 100.0}))
    go_on(trainer, 60, 0)
    assert trainer.runs[0].status == "diverged"
    assert everything(again(trainer)) == everything(trainer)


def test_drawn_points_come_along() -> None:
    rng = np.random.default_rng(0)
    points = Points(rng.normal(size=(40, 2)), rng.integers(0, 2, 40), rng.integers(0, 3, 40))
    trainer = Trainer(with_points(experiment(), points))
    go_on(trainer, 2, 1)
    restored = again(trainer)
    assert restored.points == points
    assert everything(restored) == everything(trainer)


def test_edits_after_it_are_taken_over_as_without_it() -> None:
    """Marks of before are kept; an edit of now adds its own, and what training does is the same."""
    trainer = Trainer(experiment())
    go_on(trainer, 2, 0)
    trainer.set_experiment(edit_many(experiment(), {f"{REG}.l2": 0.01}))
    go_on(trainer, 2, 0)
    restored = again(trainer)
    after = edit_many(experiment(), {f"{REG}.l2": 0.02, f"{TRAIN}.learning_rate": 0.01})
    for each in (trainer, restored):
        each.set_experiment(after)
        go_on(each, 2, 0)
    assert everything(restored) == everything(trainer)
    assert len(restored.runs[0].marks.view) == 2


def test_a_history_that_has_left_rows_out_goes_on_leaving_out_the_same() -> None:
    trainer = Trainer(experiment({"data.generator.points": 12}), most_rows=64)
    go_on(trainer, 100, 0)
    restored = Trainer.of_run(run_bytes(trainer.lanes), most_rows=64)
    for each in (trainer, restored):
        go_on(each, 150, 0)
    assert everything(restored) == everything(trainer)


def test_keeping_changes_no_number() -> None:
    kept, other = Trainer(experiment()), Trainer(experiment())
    for _ in range(5):
        kept.step()
        run_bytes(kept.lanes)
        other.step()
    assert everything(kept) == everything(other)


def test_the_facts_say_what_it_is() -> None:
    trainer = Trainer(with_lanes(experiment(), lane("A"), lane("B")))
    go_on(trainer, 3, 1)
    known = facts(run_bytes(trainer.lanes))
    assert (known.epoch, known.lanes) == (3, 2)


# -- what is no run


def changed(run: bytes, change: Any) -> bytes:
    """The run with other content, under a checksum that is right."""
    kept = unpack(run)
    content, arrays = json.loads(json.dumps(kept.content)), dict(kept.arrays)
    change(content, arrays)
    return pack(Kept(kept.epoch, kept.lanes, content, arrays))


def put(*path: Any, value: Any) -> Any:
    def change(content: Any, arrays: dict[str, Any]) -> None:
        for key in path[:-1]:
            content = content[key]
        content[path[-1]] = value

    return change


def array(name: str, value: Any) -> Any:
    def change(content: Any, arrays: dict[str, Any]) -> None:
        arrays[name] = value

    return change


def without(name: str) -> Any:
    def change(content: Any, arrays: dict[str, Any]) -> None:
        del arrays[name]

    return change


@pytest.fixture(scope="module")
def run() -> bytes:
    trainer = Trainer(experiment())
    go_on(trainer, 3, 1)
    return run_bytes(trainer.lanes)


WRONG = {
    "no lanes": put("lanes", value=[]),
    "a negative epoch": put("epoch", value=-1),
    "a batch beyond the epoch": put("batch", value=10**6),
    "an epoch without end": put("lanes", 0, "epoch", value=10**30),
    "a status without its end": put("lanes", 0, "status", value="stopped"),
    "an unknown status": put("lanes", 0, "status", value="gone"),
    "an unknown key": put("lanes", 0, "more", value=1),
    "another way": put("lanes", 0, "way", value="magic"),
    "another shape": put("experiment", "lanes", 0, "network", "hidden", value=[9]),
    "settings that are none": put("experiment", value={"format": "neural-sketchbook/1", "x": 1}),
    "a stride of nothing": put("lanes", 0, "strides", value=[0, 1]),
    "text for losses": put("lanes", 0, "stopping", "training", value=["a"]),
    "no weights": without("0.now.row"),
    "no history": without("0.losses"),
    "weights of another type": array("0.now.row", np.zeros(10)),
    "points that are none": array("points.xy", np.zeros((2, 2))),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_does_not_fit_is_refused(run: bytes, what: str) -> None:
    with pytest.raises(RunError, match=r"^it"):
        Trainer.of_run(changed(run, WRONG[what]))


def test_numbers_that_no_run_has_are_refused(run: bytes) -> None:
    def huge(content: Any, arrays: dict[str, Any]) -> None:
        arrays["0.losses"] = arrays["0.losses"].copy()
        arrays["0.losses"]["numbers"][0, 0] = 1e308

    with pytest.raises(RunError, match="history"):
        Trainer.of_run(changed(run, huge))


def test_rows_that_go_back_are_refused(run: bytes) -> None:
    def backwards(content: Any, arrays: dict[str, Any]) -> None:
        arrays["0.losses"] = arrays["0.losses"][::-1].copy()

    with pytest.raises(RunError, match="history"):
        Trainer.of_run(changed(run, backwards))


@settings(max_examples=60)
@given(st.data())
def test_a_run_with_other_bytes_is_refused(data: st.DataObject) -> None:
    run = run_bytes(_TRAINER.lanes)
    at = data.draw(st.integers(0, len(run) - 1))
    cut = data.draw(st.booleans())
    other = run[:at] if cut else run[:at] + bytes([run[at] ^ data.draw(st.integers(1, 255))]) + run[at + 1 :]
    with pytest.raises(RunError):
        Trainer.of_run(other)


def test_growing_rows_are_those_of_the_view() -> None:
    history = History(layers=2)
    history.append(0, 0, np.arange(7.0))
    rows = history.growing()["losses"]
    assert rows.when.tolist() == [[0, 0]]
    assert rows.numbers.tolist() == [list(range(7))]


def _trained(start: Experiment) -> Trainer:
    trainer = Trainer(start)
    go_on(trainer, 2, 1)
    return trainer


_TRAINER = _trained(experiment())
