"""Replay equals eager to the bit, for every optimizer, initializer, activation, penalty, dropout, loss and task."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from engine.catalogue.activations import ACTIVATIONS
from engine.catalogue.generators import GENERATORS
from engine.catalogue.initializers import INITIALIZERS
from engine.catalogue.losses import LOSSES, applies
from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.regularizers import REGULARIZERS
from engine.catalogue.schedules import SCHEDULES
from engine.catalogue.tasks import TASKS
from engine.experiment import Experiment, default_experiment, edit, edit_many, switch_generator
from engine.tape import recording as tape_module
from engine.tape.recording import Unrecordable, record
from engine.training.trainer import Trainer
from tests.engine.helpers import with_points

SMALL = {
    "data.generator.points": 50,
    "lanes.0.network.hidden": (5, 3),
    "lanes.0.training.learning_rate": 0.02,
}
L1, L2 = "lanes.0.regularization.l1", "lanes.0.regularization.l2"
DROPOUT = "lanes.0.regularization.dropout"
PENALTIES: dict[str, dict[str, Any]] = {
    "none": {},
    "l1": {L1: 0.01},
    "l2": {L2: 0.01},
    "elastic net": {L1: 0.01, L2: 0.01},
    "proximal": {L1: 0.01, "lanes.0.regularization.l1_update": "proximal"},
    "clipping by value": {"lanes.0.regularization.gradient_clipping": {"kind": "value", "threshold": 0.01}},
}
TIGHT = {"max_norm": 0.5, "threshold": 0.05, "weight_decay": 0.5}
"""Values with which a regularizer does something from the first steps on."""
REGULARIZED: dict[str, dict[str, Any]] = {
    key: {
        f"lanes.0.regularization.{path}": value
        for path, value in entry.switched_on(
            {k: v for k, v in TIGHT.items() if k in entry.typical_on}
        ).items()
    }
    for key, entry in REGULARIZERS.items()
}
DROPOUTS: dict[str, dict[str, Any]] = {
    "none": {},
    "last": {f"{DROPOUT}.rate": 0.5},
    "all": {f"{DROPOUT}.rate": 0.3, f"{DROPOUT}.layers": "all", f"{DROPOUT}.input_rate": 0.2},
}


def small(changes: dict[str, Any], generator: str = "moons") -> Experiment:
    return edit_many(switch_generator(default_experiment(), generator), {**SMALL, **changes})


def parameters(experiment: Experiment, way: str, epochs: int = 3) -> Tensor:
    """A lane's parameters after some epochs (of two whole batches and one of what is left over)."""
    trainer = Trainer(experiment, way=way)
    for _ in range(epochs):
        trainer.train_epoch()
    return trainer.parameters("A")[2]


def assert_same(experiment: Experiment, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        replayed, eager = parameters(experiment, "replay"), parameters(experiment, "eager")
    assert not caplog.records, "a step that cannot be replayed is a slow one"
    assert torch.equal(replayed.view(torch.int32), eager.view(torch.int32))
    assert replayed.isfinite().all()


@pytest.mark.parametrize("dropout", DROPOUTS)
@pytest.mark.parametrize("penalty", PENALTIES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_optimizers_penalties_and_dropout(
    optimizer: str, penalty: str, dropout: str, caplog: pytest.LogCaptureFixture
) -> None:
    changes = {"lanes.0.training.optimizer": optimizer, **PENALTIES[penalty], **DROPOUTS[dropout]}
    assert_same(small(changes), caplog)


@pytest.mark.parametrize("regularizer", REGULARIZERS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_optimizers_and_regularizers(
    optimizer: str, regularizer: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert_same(small({"lanes.0.training.optimizer": optimizer, **REGULARIZED[regularizer]}), caplog)


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_optimizers_and_schedules(optimizer: str, schedule: str, caplog: pytest.LogCaptureFixture) -> None:
    changes = {"lanes.0.training.optimizer": optimizer, "lanes.0.training.schedule": schedule}
    assert_same(small({**changes, "lanes.0.regularization.weight_decay": 0.1}), caplog)


@pytest.mark.parametrize("dropout", DROPOUTS)
@pytest.mark.parametrize("residual", [False, True])
@pytest.mark.parametrize("position", ["before", "after"])
@pytest.mark.parametrize("kind", ["batch", "layer"])
def test_normalization_and_residual_connections(
    kind: str, position: str, residual: bool, dropout: str, caplog: pytest.LogCaptureFixture
) -> None:
    network = {"normalization": {"kind": kind, "position": position}, "residual": residual, "hidden": (4, 4)}
    assert_same(
        small({f"lanes.0.network.{key}": value for key, value in network.items()} | DROPOUTS[dropout]), caplog
    )


@pytest.mark.parametrize("initializer", INITIALIZERS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_activations_and_initializers(
    activation: str, initializer: str, caplog: pytest.LogCaptureFixture
) -> None:
    changes = {"lanes.0.network.activation": activation, "lanes.0.network.initializer": initializer}
    assert_same(small(changes), caplog)


@pytest.mark.parametrize("dropout", DROPOUTS)
@pytest.mark.parametrize(
    ("task", "loss"),
    [(task, key) for task in TASKS for key, entry in LOSSES.items() if applies(entry, task, 2)],
)
def test_losses_and_tasks(task: str, loss: str, dropout: str, caplog: pytest.LogCaptureFixture) -> None:
    generator = next(key for key, entry in GENERATORS.items() if entry.task == task)
    assert_same(small({"lanes.0.training.loss": loss, **DROPOUTS[dropout]}, generator), caplog)


@pytest.mark.parametrize("hidden", [(), (1,), (8,) * 12, (512,)])
def test_shapes(hidden: tuple[int, ...], caplog: pytest.LogCaptureFixture) -> None:
    assert_same(small({"lanes.0.network.hidden": hidden}), caplog)


def test_several_lanes(caplog: pytest.LogCaptureFixture) -> None:
    lane = small({}).lanes[0]
    lanes = [edit(small({}), "lanes.0.name", name).lanes[0] for name in ("A", "B", "C")]
    assert lane == lanes[0]
    assert_same(edit(small({}), "lanes", lanes), caplog)


def test_edits_of_numbers_keep_the_tape(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slider changes what a replay computes, not what is called."""
    experiment = small({L2: 0.01, f"{DROPOUT}.rate": 0.5})
    edited = edit_many(experiment, {L2: 0.1, f"{DROPOUT}.rate": 0.2, "lanes.0.training.learning_rate": 0.1})
    outcomes = []
    for way in ("replay", "eager"):
        trainer = Trainer(experiment, way=way)
        trainer.train_epoch()
        recorded: list[object] = []
        monkeypatch.setattr(tape_module, "record", _counting(recorded))
        trainer.set_experiment(edited)
        trainer.train_epoch()
        monkeypatch.undo()
        assert recorded == []
        outcomes.append(trainer.parameters("A")[2])
    assert torch.equal(*outcomes)
    other = Trainer(experiment)
    for _ in range(2):
        other.train_epoch()
    assert not torch.equal(other.parameters("A")[2], outcomes[0])


def test_new_points_keep_the_tape(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stroke changes what the batches hold, not what is called."""
    outcomes = []
    for way in ("replay", "eager"):
        trainer = Trainer(small({}), way=way)
        trainer.train_epoch()
        recorded: list[object] = []
        monkeypatch.setattr(tape_module, "record", _counting(recorded))
        trainer.set_experiment(with_points(small({}), trainer.points[1:]))
        trainer.train_epoch()
        monkeypatch.undo()
        assert recorded == []
        outcomes.append(trainer.parameters("A")[2])
    assert torch.equal(*outcomes)


def test_another_program_is_recorded_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = Trainer(small({}), way="replay")
    trainer.train_epoch()
    recorded: list[object] = []
    monkeypatch.setattr(tape_module, "record", _counting(recorded))
    trainer.set_experiment(small({L1: 0.01}))
    trainer.train_epoch()
    assert recorded


@pytest.mark.expects_log("cannot be replayed")
def test_what_cannot_be_recorded_runs_eagerly_and_says_why(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(function: Callable[[], object]) -> Any:
        function()
        raise Unrecordable("a reason")

    eager = parameters(small({}), "eager")
    monkeypatch.setattr(tape_module, "record", refuse)
    with caplog.at_level(logging.WARNING):
        assert torch.equal(parameters(small({}), "replay"), eager)
    assert "a reason" in caplog.text


def test_a_tape_reads_what_its_memory_holds_now() -> None:
    source, total = torch.ones(3), torch.zeros(3)
    tape = record(lambda: total.add_(source.exp().mul(2.0)))
    source.zero_()
    tape.play()
    assert torch.equal(total, 2.0 * torch.ones(3).exp() + 2.0)


def test_a_tape_drops_views_and_constants_that_nothing_writes() -> None:
    source, total = torch.ones(2, 3), torch.zeros(3, 2)
    tape = record(lambda: total.add_(source.t() + torch.ones_like(total)))
    assert len(tape) == 2


def test_a_constant_that_is_written_is_made_again() -> None:
    source, total = torch.ones(3), torch.zeros(3)

    def work() -> None:
        start = torch.zeros_like(source)
        start.add_(source)
        total.add_(start)

    tape = record(work)
    tape.play()
    assert total.tolist() == [2.0, 2.0, 2.0]


def test_a_tape_drops_what_nobody_reads_but_no_drawing_of_numbers() -> None:
    source, total, generator = torch.ones(3), torch.zeros(3), torch.Generator().manual_seed(0)

    def work() -> tuple[torch.Tensor]:
        source.exp().sum()
        torch.rand(3, generator=generator)
        total.add_(torch.rand(3, generator=generator))
        return (source * 2.0,)

    tape = record(work)
    assert len(tape) == 4
    generator.manual_seed(7)
    total.zero_()
    tape.play()
    again = torch.Generator().manual_seed(7)
    torch.rand(3, generator=again)
    assert torch.equal(total, torch.rand(3, generator=again))


def test_what_a_recorded_function_returns_is_made_anew() -> None:
    source, results = torch.ones(3), []

    def work() -> tuple[torch.Tensor]:
        results.append(source * 2.0)
        return (results[0],)

    tape = record(work)
    source.fill_(4.0)
    tape.play()
    assert results[0].tolist() == [8.0, 8.0, 8.0]


def test_values_that_python_sees_cannot_be_recorded() -> None:
    with pytest.raises(Unrecordable, match="_local_scalar_dense"):
        record(lambda: torch.ones(3).sum().item())


def _counting(recorded: list[object]) -> Callable[..., Any]:
    def count(function: Callable[[], object]) -> Any:
        recorded.append(function)
        return record(function)

    return count
