"""What an edit does to training is what ``effect`` says: nothing, numbers, program, data or restart."""

from __future__ import annotations

import doctest
from typing import Any

import msgspec
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.catalogue.activations import ACTIVATIONS
from engine.catalogue.initializers import INITIALIZERS
from engine.catalogue.optimizers import OPTIMIZERS
from engine.data import resolve_points
from engine.experiment import Effect, Experiment, Points, edit_many, effect, effects
from engine.experiment.effects import keeps_best, keeps_optimizer_state, restarts_all
from engine.experiment.lanes import with_duplicate, with_lane_name, with_moved, without_lane
from engine.training.lane_state import LaneState
from engine.training.trainer import Trainer
from tests.engine.helpers import experiment, lane, with_lanes, with_points

LANE_EDITS: dict[str, list[Any]] = {
    "seed": [0, 1],
    "network.hidden": [[], [3], [4, 4]],
    "network.activation": [*ACTIVATIONS, {"name": "leaky_relu", "slope": 0.3}],
    "network.initializer": list(INITIALIZERS),
    "network.features": [["x1", "x2"], ["x1"], ["x2", "x1"]],
    "network.input_scaling": ["unit", "none", "standardize"],
    "network.normalization": [None, {"kind": "batch"}, {"kind": "layer"}],
    "network.residual": [False, True],
    "training.optimizer": [*OPTIMIZERS, {"name": "adam", "beta1": 0.5}],
    "training.learning_rate": [0.003, 0.1],
    "training.batch_size": [7, 12],
    "training.loss": ["cross_entropy", "squared", "playground"],
    "training.schedule": [{"name": "constant"}, {"name": "step"}],
    "regularization.l1": [0.0, 0.01],
    "regularization.l1_update": ["subgradient", "proximal"],
    "regularization.l2": [0.0, 0.01],
    "regularization.weight_decay": [0.0, 0.1],
    "regularization.max_norm": [None, 1.0],
    "regularization.dropout": [{}, {"rate": 0.3}, {"input_rate": 0.1}],
    "regularization.input_noise": [0.0, 0.2],
    "regularization.augmentation": [{}, {"rotate": 10.0}],
    "regularization.early_stopping": [None, {"patience": 500}],
    "regularization.gradient_clipping": [None, {"threshold": 0.5}],
}
DATA_EDITS: dict[str, list[Any]] = {
    "data.class_names": [None, ["a", "b"]],
    "data.extent.x": [[-6.0, 6.0], [-10.0, 2.0]],
    "data.extent.value": [[-1.0, 1.0], [0.0, 9.0]],
    "data.aspect": ["free", "equal"],
    "data.axes.y": [{}, {"name": "Height", "unit": "cm"}],
    "data.generator.name": ["spiral", "moons"],
    "data.generator.noise": [0.1, 0.3],
    "data.generator.seed": [0, 1],
    "data.split.seed": [0, 1],
    "data.split.validation": [0.25, 0.4],
}
EDITS = {f"lanes.0.{path}": values for path, values in LANE_EDITS.items()} | DATA_EDITS
SIZE = {"data.generator.points": 40, "lanes.0.network.hidden": [3]}


def small() -> Experiment:
    return experiment(SIZE)


def points_edits(base: Experiment) -> dict[str, Points]:
    """Edits of the points by hand: added, erased, moved, relabelled, imported, none left, as they were."""
    points = resolve_points(base.data)
    other = np.random.default_rng(0).uniform(-1, 1, (9, 2))
    return {
        "added": Points.concatenate([points, Points(other[:2], [0, 1])]),
        "erased": points[3:],
        "moved": Points(points.xy + 0.5, points.target, points.split),
        "relabelled": Points(points.xy, 1 - points.target, points.split),
        "imported": Points(other, np.arange(9) % 2),
        "none": Points.empty(),
        "unchanged": points,
    }


@st.composite
def changes(draw: st.DrawFn) -> dict[str, Any]:
    """One to three settings with a value each."""
    paths = draw(st.lists(st.sampled_from(list(EDITS)), min_size=1, max_size=3, unique=True))
    return {path: draw(st.sampled_from(EDITS[path])) for path in paths}


def lane_state(trainer: Trainer) -> LaneState:
    assert trainer.runs[0].lane.name == "A"
    return trainer.lanes.stacks.states()[trainer.runs[0]]


def check(before: Experiment, after: Experiment) -> Effect:
    """Train before the edit, edit, train on, and compare what stayed with what the effect says."""
    old, new = resolve_points(before.data), resolve_points(after.data)
    found = effect(before, after, old, new)
    trainer, plain = Trainer(before, way="eager"), Trainer(before, way="eager")
    for one in (trainer, plain):
        one.train_epoch()
        one.step()
    kept, run = lane_state(trainer), trainer.runs[0]
    steps, history, best = run.step, run.history.view().loss.tobytes(), run.best
    trainer.set_experiment(after)
    now, run = lane_state(trainer), trainer.runs[0]
    if found is Effect.RESTART:
        fresh = Trainer(after, way="eager")
        assert (run.epoch, run.step, run.best) == (0, 0, fresh.runs[0].best)
        assert torch.equal(now.row, lane_state(fresh).row)
        assert not any(slot.any() for slot in now.slots.values())
        assert run.history.view().epoch.tolist() == [0]
        return found
    assert torch.equal(now.row, kept.row)
    assert run.step == steps
    assert run.history.view().loss.tobytes() == history
    one, other = before.lanes[0], after.lanes[0]
    check_slots(now, kept, keeps_optimizer_state(one, other))
    comparable = found is not Effect.DATA and keeps_best(one, other)
    assert (run.best is best) == (comparable or (best is None and run.best is None))
    if found is Effect.NOTHING:
        for trained in (trainer, plain):
            trained.train_epoch()
        assert torch.equal(lane_state(trainer).row, lane_state(plain).row)
        assert trainer.runs[0].marks.view == ()
    return found


def check_slots(now: LaneState, before: LaneState, kept: bool) -> None:
    if kept:
        assert now.updates == before.updates
        assert now.slots.keys() == before.slots.keys()
        assert all(torch.equal(slot, before.slots[key]) for key, slot in now.slots.items())
    else:
        assert now.updates == 0
        assert not any(slot.any() for slot in now.slots.values())


@settings(max_examples=120, deadline=None)
@given(changes(), changes(), st.sampled_from([None, *points_edits(small())]))
def test_an_edit_does_what_its_effect_says(
    start: dict[str, Any], edits: dict[str, Any], points: str | None
) -> None:
    before = edit_many(small(), start)
    after = edit_many(before, edits)
    if points is not None:
        after = with_points(after, points_edits(small())[points])
    check(before, after)


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ({}, Effect.NOTHING),
        ({"data.class_names": ["a", "b"]}, Effect.NOTHING),
        ({"data.class_colours": [None, "#112233"]}, Effect.NOTHING),
        ({"data.axes.x.name": "Petal length", "data.axes.y.unit": "cm"}, Effect.NOTHING),
        ({"data.extent.y": [0, 200]}, Effect.RESTART),
        ({"data.extent.value": [0, 200]}, Effect.NOTHING),
        ({"data.aspect": "equal"}, Effect.NOTHING),
        ({"lanes.0.training.learning_rate": 0.1}, Effect.NUMBERS),
        ({"lanes.0.training.optimizer": {"name": "adam", "beta1": 0.5}}, Effect.NUMBERS),
        ({"lanes.0.regularization.dropout.rate": 0.5}, Effect.NUMBERS),
        ({"lanes.0.training.optimizer": "sgd"}, Effect.PROGRAM),
        ({"lanes.0.training.loss": "squared"}, Effect.PROGRAM),
        ({"data.split.validation": 0.4}, Effect.DATA),
        ({"data.split.seed": 1}, Effect.DATA),
        ({"data.split.seed": 1, "lanes.0.training.optimizer": "sgd"}, Effect.DATA),
        ({"lanes.0.training.loss": "playground"}, Effect.RESTART),
        ({"lanes.0.training.batch_size": 3}, Effect.RESTART),
        ({"lanes.0.seed": 1}, Effect.RESTART),
        ({"lanes.0.name": "B"}, Effect.NOTHING),
        ({"lanes.0.colour": 3, "lanes.0.hidden": True}, Effect.NOTHING),
        ({"lanes.0.muted": True}, Effect.NUMBERS),
        ({"data.generator.noise": 0.2}, Effect.RESTART),
        ({"data.classes": 3}, Effect.RESTART),
    ],
)
def test_the_effect_of_each_kind_of_edit(edits: dict[str, Any], expected: Effect) -> None:
    after = edit_many(small(), edits)
    points = [resolve_points(one.data) for one in (small(), after)]
    assert effect(small(), after, *points) is expected
    if "lanes.0.name" not in edits:
        check(small(), after)


def two() -> Experiment:
    return with_lanes(small(), lane("A"), lane("B", {"seed": 1}))


@pytest.mark.parametrize(
    ("after", "expected", "all_restart"),
    [
        (with_lane_name(two(), 1, "C"), Effect.NOTHING, False),
        (with_moved(two(), 1, 0), Effect.PROGRAM, False),
        (without_lane(two(), 0), Effect.PROGRAM, False),
        (with_duplicate(two(), 0)[0], Effect.RESTART, False),
        (with_lanes(small(), lane("B"), lane("A", {"seed": 1})), Effect.RESTART, True),
        (with_lanes(small(), lane("C", {"seed": 2}), lane("D", {"seed": 3})), Effect.RESTART, True),
    ],
    ids=["renamed", "moved", "removed", "added", "names swapped", "other lanes"],
)
def test_the_effect_of_other_lanes(after: Experiment, expected: Effect, all_restart: bool) -> None:
    points = resolve_points(two().data)
    assert effect(two(), after, points, points) is expected
    assert restarts_all(two(), after, points, points) is all_restart


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        ("added", Effect.DATA),
        ("erased", Effect.DATA),
        ("moved", Effect.DATA),
        ("relabelled", Effect.DATA),
        ("none", Effect.DATA),
        ("imported", Effect.RESTART),
        ("unchanged", Effect.NOTHING),
    ],
)
def test_the_effect_of_each_kind_of_stroke(which: str, expected: Effect) -> None:
    after = with_points(small(), points_edits(small())[which])
    assert check(small(), after) is expected
    # A generator that makes none of the points may have other settings.
    idle = edit_many(after, {"data.generator.noise": 0.3})
    assert effect(after, idle, after.data.points, after.data.points) is Effect.NOTHING  # type: ignore[arg-type]


def test_lanes_that_come_go_or_move() -> None:
    a, b, points = lane("A"), lane("B"), Points.empty()
    one, two = with_lanes(small(), a), with_lanes(small(), a, b)
    moved = msgspec.structs.replace(two, lanes=(b, a))
    assert effect(one, two, points, points) is Effect.RESTART
    assert effect(two, one, points, points) is Effect.PROGRAM
    assert effect(two, moved, points, points) is Effect.PROGRAM
    trainer = Trainer(two)
    trainer.train_epoch()
    weights = {run.lane.name: trainer.parameters(run.lane.name)[2] for run in trainer.runs}
    for after in (moved, one):
        trainer.set_experiment(after)
        assert all(torch.equal(trainer.parameters(x.name)[2], weights[x.name]) for x in after.lanes)


def test_the_examples_in_its_documentation_hold() -> None:
    assert doctest.testmod(effects).failed == 0
