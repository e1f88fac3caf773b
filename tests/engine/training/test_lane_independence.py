"""A lane's numbers, to the bit, depend on its settings alone: not on neighbours, pauses, or who looks."""

from __future__ import annotations

from typing import Any

import pytest

from engine.catalogue.activations import ACTIVATIONS
from engine.catalogue.tasks import TASKS
from engine.experiment import Experiment, Lane, Points
from engine.training import stack_key as stack_key_module
from engine.training.trainer import Trainer
from tests.engine.helpers import bits, experiment, lane, mostly_replayed, trained, with_lanes, with_points
from tests.observing import prediction_request

EPOCHS = 4
BASE = experiment({"data.generator.points": 74})
DROPOUT = {"rate": 0.4, "layers": "last", "input_rate": 0.0}


def alone(one: Lane, epochs: int = EPOCHS, way: str = "auto") -> Trainer:
    return trained(with_lanes(BASE, one), epochs, way)


def eight_of_one_shape(changes: dict[str, Any]) -> list[Lane]:
    return [
        lane(
            name,
            {
                "seed": index,
                "training.learning_rate": 0.003 * (index + 1),
                "regularization.l1": 0.001 * (index % 2),
                "regularization.l2": 0.001 * (index % 3),
                **changes,
            },
        )
        for index, name in enumerate("ABCDEFGH")
    ]


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("hidden", [[8, 8], [7, 5], []], ids=str)
def test_alone_and_among_seven_others_of_its_shape(activation: str, hidden: list[int]) -> None:
    lanes = eight_of_one_shape({"network.activation": activation, "network.hidden": hidden})
    way = mostly_replayed(list(ACTIVATIONS).index(activation) + len(hidden))
    together = trained(with_lanes(BASE, *lanes), EPOCHS, way)
    for one in (lanes[0], lanes[3], lanes[7]):
        assert bits(together, one.name) == bits(alone(one, way=way), one.name)


@pytest.mark.parametrize("activation", ["relu", "gelu"])
def test_alone_where_a_lane_alone_is_computed_twice(activation: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on machines whose matrix library rounds otherwise for one matrix than for several."""
    one = lane("A", {"network.activation": activation, "regularization.dropout": DROPOUT})
    other = lane("B", {"network.activation": activation, "seed": 5})
    together = bits(trained(with_lanes(BASE, one, other), EPOCHS, way="replay"))
    asked = []
    # Appending returns None: no shape is computed alike alone.
    monkeypatch.setattr(stack_key_module, "same_alone", lambda *_, **__: asked.append(True))
    twice = alone(one, way="replay")
    assert bits(twice) == together
    assert asked
    assert [len(stack.network.flat) for stack in twice.lanes.stacks] == [2]


@pytest.mark.parametrize(
    ("hidden", "batch"), [([1, 1], 250), ([1], 300), ([64, 64], 100), ([33], 33)], ids=str
)
def test_alone_and_among_others_in_large_batches(hidden: list[int], batch: int) -> None:
    """Sums over many points of layers with one neuron are such a shape."""
    base = experiment({"data.generator.points": 700})
    lanes = [
        lane(name, {"seed": seed, "network.hidden": hidden, "training.batch_size": batch})
        for seed, name in enumerate("ABC")
    ]
    together = trained(with_lanes(base, *lanes), EPOCHS)
    assert bits(together) == bits(trained(with_lanes(base, lanes[0]), EPOCHS))


def test_new_points_may_need_the_lane_to_be_computed_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is left over for an epoch's last batch has another length then."""
    one, other = lane("A"), lane("B", {"seed": 5})
    points = Trainer(BASE).points
    more = with_points(BASE, Points.concatenate([points, points[:9]]))
    sizes = []

    def only_the_first(*arguments: Any, **_: Any) -> bool:
        sizes.append(tuple(arguments[-1]))
        return sizes[-1] == sizes[0]

    def across_an_edit(*lanes: Lane) -> tuple[bytes, ...]:
        trainer = trained(with_lanes(BASE, *lanes), 2, "replay")
        trainer.set_experiment(with_lanes(more, *lanes))
        trainer.train_epoch()
        return bits(trainer)

    together = across_an_edit(one, other)
    monkeypatch.setattr(stack_key_module, "same_alone", only_the_first)
    assert across_an_edit(one) == together
    assert {shapes for shapes in sizes if len(shapes) == 2} == {((10, 10), (10, 7)), ((10, 10), (10, 1))}
    assert {size for size in sizes if len(size) == 1} == {((64, 64),), ((128, 128),)}, "what is measured, too"


@pytest.mark.parametrize("task", ["curve", "surface"])
def test_alone_and_among_others_with_one_output(task: str) -> None:
    base = experiment({"data.generator.points": 120}, task=task)
    lanes = [
        lane_of_task
        for index in range(3)
        for lane_of_task in experiment({"lanes.0.name": "ABC"[index], "lanes.0.seed": index}, task=task).lanes
    ]
    together = trained(with_lanes(base, *lanes), EPOCHS)
    for one in lanes:
        assert bits(together, one.name) == bits(trained(with_lanes(base, one), EPOCHS), one.name)


def test_alone_and_among_others_of_other_shapes() -> None:
    lanes = [
        lane("A"),
        lane("B", {"network.hidden": [3]}),
        lane("C", {"training.batch_size": 5}),
        lane("D", {"training.optimizer": "sgd", "network.activation": "gelu"}),
        lane("E", {"network.features": ["x1", "x2", "sin_x1"], "network.input_scaling": "standardize"}),
    ]
    together = trained(with_lanes(BASE, *lanes), EPOCHS)
    for one in lanes:
        assert bits(together, one.name) == bits(alone(one), one.name)


def test_with_dropout_whatever_the_others_drop() -> None:
    lanes = [
        lane("A", {"regularization.dropout": DROPOUT}),
        lane("B", {"regularization.dropout": {**DROPOUT, "layers": "all", "input_rate": 0.3}}),
        lane("C"),
        lane("D", {"regularization.dropout": {**DROPOUT, "layers": [1]}}),
    ]
    together = trained(with_lanes(BASE, *lanes), EPOCHS)
    for one in lanes:
        assert bits(together, one.name) == bits(alone(one), one.name)


@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize("shape", [[5, 4], [3]], ids=["same group", "other group"])
def test_across_a_neighbour_that_diverges(shape: list[int], place: int) -> None:
    wild = lane("W", {"training.learning_rate": 100.0, "training.optimizer": "sgd", "network.activation": "relu",
                      "network.hidden": shape, "regularization.l2": 100.0})  # fmt: skip
    calm = lane("A", {"training.optimizer": "sgd", "network.activation": "relu"})
    lanes = [wild, calm] if place else [calm, wild]
    together = trained(with_lanes(BASE, *lanes), EPOCHS)
    assert {run.lane.name: run.status for run in together.runs} == {"A": "training", "W": "diverged"}
    assert bits(together) == bits(alone(calm))


@pytest.mark.parametrize("shape", [[5, 4], [3]], ids=["same group", "other group"])
def test_across_a_neighbour_that_stops_early(shape: list[int]) -> None:
    early = {"patience": 1, "min_delta": 10.0, "restore_best": True}
    stopping = lane("S", {"regularization.early_stopping": early, "network.hidden": shape})
    together = trained(with_lanes(BASE, stopping, lane("A")), EPOCHS)
    assert together.runs[0].status == "stopped"
    assert bits(together) == bits(alone(lane("A")))


def test_across_neighbours_that_come_and_go_between_two_steps() -> None:
    one, other = lane("A", {"regularization.dropout": DROPOUT}), lane("B", {"seed": 5})
    trainer = Trainer(with_lanes(BASE, one))
    for step in range(30):
        if step % 7 == 3:
            trainer.set_lanes([one, other])
        if step % 7 == 5:
            trainer.set_lanes([one])
        trainer.step()
    plain = Trainer(with_lanes(BASE, one))
    for _ in range(30):
        plain.step()
    assert bits(trainer)[0] == bits(plain)[0]


def test_removing_the_lane_that_has_trained_longest_changes_nothing_for_the_other() -> None:
    late = lane("B", {"seed": 5, "regularization.dropout": DROPOUT})

    def with_late_lane(remove: bool) -> Trainer:
        trainer = alone(lane("A"), 3)
        trainer.set_lanes([lane("A"), late])
        trainer.train_epoch()
        if remove:
            trainer.set_lanes([late])
        trainer.train_epoch()
        return trainer

    assert bits(with_late_lane(True), "B")[0] == bits(with_late_lane(False), "B")[0]


def test_a_late_lane_sees_a_new_order_in_each_epoch_though_the_first_has_ended() -> None:
    """Its epochs are fewer than those of a lane that has ended; the shared count must go on all the same."""
    trainer = alone(lane("A"), 3)
    early = {"patience": 1, "min_delta": 10.0, "restore_best": False}
    trainer.set_lanes([lane("A", {"regularization.early_stopping": early}), lane("B")])
    for _ in range(4):
        trainer.train_epoch()
    assert [run.status for run in trainer.runs] == ["stopped", "training"]
    assert [run.epoch for run in trainer.runs][1] == 4
    assert trainer.epoch == 7


def everything(settings: Experiment) -> tuple[bytes, ...]:
    trainer = trained(settings, EPOCHS)
    return tuple(part for run in trainer.runs for part in bits(trainer, run.lane.name))


@pytest.mark.parametrize("task", list(TASKS))
def test_the_same_experiment_gives_the_same_bits(task: str) -> None:
    settings = experiment({"lanes.0.regularization.dropout": DROPOUT}, task=task)
    assert everything(settings) == everything(settings)


def test_looking_and_pausing_change_nothing() -> None:
    one = lane("A", {"regularization.dropout": DROPOUT})
    trainer = Trainer(with_lanes(BASE, one))
    while trainer.epoch < EPOCHS:
        trainer.step()
        trainer.measure()
        trainer.lane_snapshots([prediction_request(10)])
        trainer.set_experiment(with_lanes(BASE, one))
        trainer.resume()
    assert bits(trainer) == bits(alone(one))


@pytest.mark.parametrize("change", ["data.split.seed", "lanes.0.seed", "data.generator.seed"])
def test_another_seed_gives_other_numbers(change: str) -> None:
    settings = experiment({"lanes.0.regularization.dropout": DROPOUT})
    assert (
        everything(settings)[0]
        != everything(experiment({"lanes.0.regularization.dropout": DROPOUT, change: 1}))[0]
    )


def test_the_lanes_of_an_experiment_may_have_any_order() -> None:
    lanes = eight_of_one_shape({})
    forth, back = (trained(with_lanes(BASE, *order), 2) for order in (lanes, lanes[::-1]))
    for one in lanes:
        assert bits(forth, one.name) == bits(back, one.name)
