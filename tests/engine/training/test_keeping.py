"""A run that is kept goes on as if nothing had happened, and nothing else is taken for a run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.catalogue.criteria import CRITERIA
from engine.catalogue.generators import GENERATORS
from engine.catalogue.losses import LOSSES
from engine.catalogue.normalizations import NORMALIZATIONS
from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.schedules import SCHEDULES
from engine.experiment import Experiment, Points, edit_many, from_json, kept_run
from engine.experiment.kept_run import (
    MOST_BYTES,
    Kept,
    RunError,
    facts,
    fitted,
    from_text,
    lanes_without_history,
    pack,
    rows_type,
    state_digest,
    to_text,
    unpack,
)
from engine.experiment.lane_looks import trained_part
from engine.experiment.memory import LIMIT, estimate
from engine.experiment.settings import SweepAxis
from engine.experiment.sweeps.cells import with_sweep
from engine.network import Layout
from engine.observation.history import LARGEST, MOST_EPOCHS, History
from engine.service.wire import LONGEST
from engine.training.keeping import restored_settings, run_bytes, take_settings
from engine.training.trainer import Trainer
from tests.engine.experiment.strategies import documents
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


def test_the_run_of_a_sweep_goes_on_without_knowing_of_it() -> None:
    """Its cells are what they would be as ordinary lanes, kept or not."""
    axes = [SweepAxis("regularization.l2", (0.0, 0.5)), SweepAxis("network.width", (2, 4))]
    trainer = Trainer(with_sweep(experiment(), 0, axes), way="replay")
    plain = Trainer(trained_part(with_sweep(experiment(), 0, axes)), way="replay")
    for one in (trainer, plain):
        one.train_epoch()
    again = Trainer.of_run(run_bytes(trainer.lanes), way="replay")
    for one in (trainer, plain, again):
        one.train_epoch()
    for name in ("λ₂ 0 · width 2", "λ₂ 0.5 · width 4"):
        assert bits(again, name) == bits(trainer, name) == bits(plain, name)


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


@settings(max_examples=20)
@given(documents())
def test_the_settings_of_every_run_come_back(document: dict[str, Any]) -> None:
    """Whatever experiment is trained is valid when it is read, with points that suit no generator, too."""
    start = from_json(document)
    settings, points = take_settings(start)
    kept = unpack(pack(Kept(0, 1, settings, points)))
    assert restored_settings(kept.content, kept.arrays) == start


def test_fewer_classes_than_the_generator_has_come_back() -> None:
    many = max(GENERATORS.values(), key=lambda entry: entry.classes)
    assert many.classes > 2
    points = Points(np.zeros((4, 2)), np.array([0, 1, 0, 1]), np.zeros(4, np.int64))
    drawn = edit_many(with_points(experiment(), points), {"data.generator.name": many.key, "data.classes": 2})
    trainer = Trainer(drawn)
    assert again(trainer).points == trainer.points


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


def test_the_digest_tells_what_was_trained(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the same in a file, also one that holds less of a history, and after going on; any step changes it."""
    monkeypatch.setattr(kept_run, "MOST_ROWS_BYTES", 20_000)
    monkeypatch.setattr(kept_run, "FIRST_ROWS", 10)
    two = with_lanes(experiment(), lane("A"), lane("B", {"training.optimizer": "adam"}))
    trainer = Trainer(two)
    go_on(trainer, 40, 3)
    run = run_bytes(trainer.lanes)
    thin = fitted(from_text(to_text(run)))
    assert len(thin) < len(run)
    known = {state_digest(each) for each in (run, thin, run_bytes(Trainer.of_run(run).lanes))}
    assert len(known) == 1
    # Neither other settings nor other points are another state.
    trainer.set_experiment(edit_many(two, {"lanes.0.training.learning_rate": 0.5}))
    assert state_digest(run_bytes(trainer.lanes)) in known
    trainer.step()
    known.add(state_digest(run_bytes(trainer.lanes)))
    trainer.restore_best(None)
    known.add(state_digest(run_bytes(trainer.lanes)))
    assert len(known) == 3


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


def test_a_run_from_before_data_had_a_frame_goes_on_to_the_bit(run: bytes) -> None:
    def before(content: Any, arrays: dict[str, Any]) -> None:
        for key in ("extent", "axes", "aspect"):
            del content["experiment"]["data"][key]

    older, newer = Trainer.of_run(changed(run, before)), Trainer.of_run(run)
    for trainer in (older, newer):
        go_on(trainer, 1, 2)
    assert everything(older) == everything(newer)


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
    "settings that are none": put("experiment", value={"format": "neural-sketchbook/4", "x": 1}),
    "text for losses": put("lanes", 0, "stopping", "training", value=["a"]),
    "no weights": without("0.now.row"),
    "weights of another type": array("0.now.row", np.zeros(10)),
    "points that are none": array("points.xy", np.zeros((2, 2))),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_does_not_fit_is_refused(run: bytes, what: str) -> None:
    with pytest.raises(RunError, match=r"^it"):
        Trainer.of_run(changed(run, WRONG[what]))


# -- numbers that are not finite


def histories(trainer: Trainer) -> list[list[bytes]]:
    kept = [run.history.growing().values() for run in trainer.runs]
    return [[rows.records().tobytes() for rows in both] for both in kept]


def test_infinite_numbers_of_layers_come_back() -> None:
    """Behind a residual connection a layer of ReLU may get no gradient at all, by which another one is divided."""
    dying = {f"{NET}.hidden": [8, 8, 8], f"{NET}.activation": "relu", f"{NET}.initializer": "he_uniform"}
    dying |= {f"{NET}.residual": True, f"{TRAIN}.optimizer": "adam", f"{TRAIN}.learning_rate": 0.1}
    trainer = Trainer(experiment({**dying, "data.generator.points": 500}))
    while not np.isinf(trainer.runs[0].history.view().layers).any():
        assert trainer.epoch < 100
        trainer.train_epoch()
    restored = again(trainer)
    assert restored.without_history == ()
    assert histories(restored) == histories(trainer)
    for each in (trainer, restored):
        go_on(each, 2, 1)
    assert everything(restored) == everything(trainer)


ODD = st.sampled_from([np.nan, np.inf, -np.inf, 1e308, -1e308, 3e38, -3e38, 1e-45, 5e-324, 0.0, -0.0])


@cache
def _two_lanes() -> Trainer:
    """A lane of which all is kept that there may be, beside another one."""
    stopping = {"regularization.early_stopping": {"patience": 1, "restore_best": True}}
    plateau = {
        "training.schedule": "plateau",
        "training.optimizer": "adam",
        "network.normalization": {"kind": "batch"},
    }
    first = lane("A", {**stopping, **plateau, "training.learning_rate": 0.3})
    trainer = Trainer(with_lanes(experiment(), first, lane("B")))
    while trainer.runs[0].left is None:
        trainer.train_epoch()
    trainer.step()
    return trainer


@settings(max_examples=80)
@given(st.data())
def test_what_is_written_is_read_whatever_its_numbers(data: st.DataObject) -> None:
    """NaN, infinite and huge numbers may stand wherever training puts any: they cost nothing of what is kept."""
    run = run_bytes(_two_lanes().lanes)
    kept = unpack(run)
    content, arrays = json.loads(json.dumps(kept.content)), dict(kept.arrays)
    floats = [name for name, array in arrays.items() if array.dtype.names or array.dtype.kind == "f"]
    names = [name for name in floats if name.startswith("0.")]
    assert {"0.losses", "0.layers", "0.best", "0.now.row", "0.left.row"} <= set(names)
    with np.errstate(over="ignore"):
        for name in data.draw(st.lists(st.sampled_from(names), min_size=1, unique=True)):
            array = arrays[name].copy()
            numbers = (array["numbers"] if array.dtype.names else array).reshape(-1)
            numbers[data.draw(st.integers(0, len(numbers) - 1))] = data.draw(ODD)
            arrays[name] = array
    first = content["lanes"][0]
    for place, key in data.draw(st.lists(st.sampled_from(list(_losses_in(first))))):
        place[key] = data.draw(ODD)
    restored = Trainer.of_run(pack(Kept(kept.epoch, kept.lanes, content, arrays)))
    assert restored.without_history == ()
    assert histories(restored)[1] == histories(_two_lanes())[1]
    written = arrays["0.layers"]["numbers"].reshape(-1)
    with np.errstate(over="ignore"):
        clipped = np.where(np.abs(written) > 1e150, written * 1e300, written)
    read = restored.lanes.runs[0].history.growing()["layers"].numbers.reshape(-1)
    np.testing.assert_array_equal(read, clipped)


def _losses_in(kept: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
    """Where the losses of a kept lane stand that may be any number."""
    for best in filter(None, (kept["best"], kept["first_best"])):
        yield from ((best["loss"], split) for split in range(3))
    stopping = kept["stopping"]
    yield from ((stopping, key) for key in ("validation", "strip_began_at"))
    yield from ((stopping[best], "loss") for best in ("best", "lowest"))
    yield from ((stopping["training"], number) for number in range(len(stopping["training"])))
    yield kept["plateau"], "loss"


# -- histories that cannot be read


def _backwards(content: Any, arrays: dict[str, Any]) -> None:
    arrays["0.losses"] = arrays["0.losses"][::-1].copy()


LOST = {
    "rows that go back": _backwards,
    "no rows of losses": without("0.losses"),
    "no rows of layers": without("0.layers"),
    "rows of another width": array("0.layers", np.zeros(3, rows_type(5))),
    "no rows at all": array("0.losses", np.zeros(4)),
    "a stride of nothing": put("lanes", 0, "strides", value=[0, 1]),
}


@pytest.mark.parametrize("what", LOST)
def test_a_history_that_cannot_be_read_costs_itself_alone(what: str) -> None:
    restored = Trainer.of_run(changed(run_bytes(_two_lanes().lanes), LOST[what]))
    assert restored.without_history == ("A",)
    (first, second), (former_first, former_second) = everything(restored), everything(_two_lanes())
    # Of the first lane only the weights, which come first, and none of its rows.
    assert (first[0][0], first[1:], second) == (former_first[0][0], former_first[1:], former_second)
    (epoch,) = restored.runs[0].history.view().epoch
    assert epoch == restored.runs[0].history.view().layer_epoch == restored.runs[0].stop.best_epoch
    # Other data, after an end: the best epoch, of which there is no row, is the one to beat.
    ended = restored.runs[0].stop
    assert ended is not None
    lanes = [run.lane for run in restored.runs]
    restored.set_experiment(with_lanes(experiment({"data.split.seed": 9}), *lanes), same_set=True)
    assert restored.runs[0].progress.first_best is not None
    assert restored.runs[0].progress.first_best.epoch == ended.best_epoch
    restored.resume()
    go_on(restored, 2, 0)
    assert restored.runs[0].history.view().epoch[-1] == restored.runs[0].epoch > ended.epoch


def test_a_run_says_which_of_its_histories_are_lost() -> None:
    run = run_bytes(_two_lanes().lanes)
    assert lanes_without_history(run) == []
    assert lanes_without_history(changed(run, without("1.layers"))) == ["B"]
    assert lanes_without_history(changed(run, without("0.losses"))) == ["A"]


def test_the_largest_run_that_may_be_trained_can_be_read() -> None:
    """Of a network as large as the limit of memory allows: parameters and state of now and of its end, and its best."""
    with_slots = max(OPTIMIZERS, key=lambda key: len(OPTIMIZERS[key].slots))
    largest = {f"{NET}.hidden": [512] * 64, f"{TRAIN}.optimizer": with_slots, f"{TRAIN}.batch_size": 1}
    network = edit_many(experiment(), largest)
    rows = 2 * (2 + len(OPTIMIZERS[with_slots].slots)) + 1
    size = 4 * rows * Layout.of(network.lanes[0], network.data).size
    histories = 2 * 72 * MOST_EPOCHS + 8 * LARGEST
    room = LIMIT / estimate(network)
    assert size * max(1.0, room) + histories < MOST_BYTES < LONGEST


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
    history.append(0, 0, np.arange(9.0))
    rows = history.growing()["losses"]
    assert rows.when.tolist() == [[0, 0]]
    assert rows.numbers.tolist() == [list(range(9))]


def _trained(start: Experiment) -> Trainer:
    trainer = Trainer(start)
    go_on(trainer, 2, 1)
    return trainer


_TRAINER = _trained(experiment())
