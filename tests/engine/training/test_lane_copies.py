"""A lane goes on from what another one is."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from engine.experiment import Experiment, Lane
from engine.service import messages as m
from engine.service.interface import Inbox, Mailbox
from engine.service.worker import Worker
from engine.tape.out_of_memory import NOT_ENOUGH_MEMORY
from engine.training.keeping import run_bytes
from engine.training.lane_copies import CopyError
from engine.training.lane_stacks import LaneStacks
from engine.training.trainer import Trainer
from tests.engine.helpers import bits, experiment, lane, row, trained, with_lanes

BASE = experiment({"data.generator.points": 74})
SETTINGS: dict[str, dict[str, Any]] = {
    "plain": {},
    "dropout": {"regularization.dropout": {"rate": 0.4}},
    "momentum and a schedule": {
        "training.optimizer": "momentum",
        "training.schedule": {"name": "plateau", "patience": 2},
    },
    "early stopping": {"regularization.early_stopping": {"patience": 6}},
    "batch normalization": {"network.normalization": {"kind": "batch"}},
}


def of(*lanes: Lane) -> Experiment:
    return with_lanes(BASE, *lanes)


def called(name: str, one: Lane) -> Lane:
    return msgspec.structs.replace(one, name=name)


def all_of(trainer: Trainer, name: str) -> tuple[Any, ...]:
    run = next(run for run in trainer.runs if run.lane.name == name)
    state = trainer.lanes.stacks.states()[run]
    slots = {key: slot.numpy().tobytes() for key, slot in state.slots.items()}
    counts = (run.epoch, run.step, run.status, run.stop, state.updates)
    best = (run.best, None if run.best_row is None else run.best_row.numpy().tobytes())
    return bits(trainer, name), slots, counts, best, repr((run.progress.stopping, run.progress.plateau))


@pytest.mark.parametrize("steps", [0, 2])
@pytest.mark.parametrize("which", SETTINGS)
def test_with_the_same_settings_it_equals_its_source_to_the_bit(which: str, steps: int) -> None:
    source = lane("A", SETTINGS[which])
    trainer = trained(of(source), 4, "replay")
    for _ in range(steps):
        trainer.step()
    trainer.set_lanes([source, called("B", source)])
    trainer.copy_lane("B", "A")
    assert all_of(trainer, "B") == all_of(trainer, "A")
    for _ in range(5):
        trainer.train_epoch()
    assert all_of(trainer, "B") == all_of(trainer, "A")
    assert [mark.text for mark in trainer.runs[1].marks.view] == ["continues from lane A at epoch 4"]
    assert trainer.runs[0].marks.view == ()


def test_the_source_trains_as_if_nobody_had_copied_it() -> None:
    source, plain = lane("A"), trained(of(lane("A")), 6, "replay")
    trainer = trained(of(source), 4, "replay")
    trainer.set_lanes([source, called("B", source)])
    trainer.copy_lane("B", "A")
    trainer.train_epoch()
    trainer.train_epoch()
    assert all_of(trainer, "A") == all_of(plain, "A")


def test_it_trains_on_with_its_own_settings() -> None:
    source, fast = lane("A"), lane("B", {"training.learning_rate": 0.1})
    trainer, edited = trained(of(source), 4, "replay"), trained(of(source), 4, "replay")
    trainer.set_lanes([source, fast])
    trainer.copy_lane("B", "A")
    edited.set_lanes([called("A", fast)])
    for one in (trainer, edited):
        one.train_epoch()
        one.train_epoch()
    assert row(trainer, "B").equal(row(edited, "A"))
    assert not row(trainer, "B").equal(row(trainer, "A"))


def test_another_optimizer_begins_without_state_and_another_loss_without_a_best_epoch() -> None:
    source = lane("A")
    trainer = trained(of(source), 4, "replay")
    trainer.set_lanes([source, lane("B", {"training.optimizer": "momentum", "training.loss": "squared"})])
    trainer.copy_lane("B", "A")
    copy = trainer.runs[1]
    assert row(trainer, "B").equal(row(trainer, "A"))
    assert trainer.lanes.stacks.states()[copy].updates == 0
    assert copy.best is not None
    assert copy.best.epoch == 4


def test_other_batches_begin_the_epoch_again() -> None:
    source = lane("A")
    trainer = trained(of(source), 2, "replay")
    trainer.step()
    trainer.set_lanes([source, lane("B", {"training.batch_size": 20})])
    trainer.copy_lane("B", "A")
    for _ in range(2):
        trainer.train_epoch()
    assert [(run.epoch, run.step) for run in trainer.runs] == [(4, 16), (3, 11)]


def test_an_ended_lane_hands_its_end_on_and_the_copy_can_go_on_alone() -> None:
    early = {"regularization.early_stopping": {"patience": 1, "min_delta": 10.0}}
    source = lane("A", early)
    trainer = trained(of(source), 4, "replay")
    end = trainer.runs[0].stop
    trainer.set_lanes([source, lane("B")])
    trainer.copy_lane("B", "A")
    assert [run.status for run in trainer.runs] == ["stopped", "stopped"]
    assert trainer.runs[1].stop == end
    trainer.set_lanes([source, lane("B"), lane("C")])
    trainer.resume()
    assert [run.status for run in trainer.runs] == ["stopped", "training", "training"]


def test_a_muted_lane_and_a_kept_run_take_it_over() -> None:
    source = lane("A")
    trainer = trained(of(source), 3, "replay")
    trainer.step()
    trainer.set_lanes([source, msgspec.structs.replace(called("B", source), muted=True)])
    trainer.copy_lane("B", "A")
    trainer.train_epoch()
    again = Trainer.of_run(run_bytes(trainer.lanes), way="replay")
    for one in (trainer, again):
        one.set_lanes([msgspec.structs.replace(source, muted=True), called("B", source)])
        one.train_epoch()
        assert all_of(one, "B") == all_of(one, "A")
    assert again.runs[1].marks.view == trainer.runs[1].marks.view


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"network.hidden": [3]}, "their networks have other layers: 2-3-2 and 2-5-4-2"),
        ({"network.normalization": {"kind": "layer"}}, "differ in normalization or residual connections"),
    ],
)
def test_another_shape_is_refused(changes: dict[str, Any], why: str) -> None:
    trainer = trained(of(lane("A"), lane("B", changes)), 2, "replay")
    before = all_of(trainer, "B")
    with pytest.raises(CopyError, match=why):
        trainer.copy_lane("B", "A")
    for names in (("X", "A"), ("A", "X"), ("A", "A")):
        with pytest.raises(CopyError, match="no such lane"):
            trainer.copy_lane(*names)
    assert all_of(trainer, "B") == before


def test_the_engine_answers_what_cannot_be_copied() -> None:
    outbox = Inbox[m.Event]()
    worker = Worker(Inbox(), mailbox := Mailbox(), outbox)
    worker.obey(m.CopyLane("B", "A"))
    assert outbox.drain() == [m.LaneNotCopied("B", "There is nothing to train yet.")]
    worker.obey(m.SetExperiment(of(lane("A"), lane("B"), lane("C", {"network.hidden": [3]}))))
    worker.obey(m.StepEpoch(2))
    while worker.busy:
        worker.train()
    worker.obey(m.SetExperiment(of(lane("A"), lane("D"), lane("C", {"network.hidden": [3]}))))
    worker.publish()
    mailbox.take()
    for command in (m.CopyLane("D", "A"), m.CopyLane("C", "A")):
        worker.obey(command)
    (event,) = outbox.drain()
    assert isinstance(event, m.LaneNotCopied)
    assert (event.lane, event.sentence[:44]) == ("C", "Lane C cannot continue from lane A: their ne")
    worker.publish()
    report = mailbox.take()
    assert report is not None
    assert len(report.deltas[1].epochs) == 3, "its whole history is sent"


def test_without_memory_nothing_is_copied_and_all_train_on(monkeypatch: pytest.MonkeyPatch) -> None:
    outbox = Inbox[m.Event]()
    worker = Worker(Inbox(), Mailbox(), outbox)
    worker.obey(m.SetExperiment(of(lane("A"), lane("B", {"seed": 1}))))
    worker.obey(m.StepEpoch(2))
    while worker.busy:
        worker.train()
    trainer = worker.trainer
    assert trainer is not None
    before, runs = (all_of(trainer, "A"), all_of(trainer, "B")), trainer.lanes.run_number

    def exhausted(*_: object) -> None:
        raise MemoryError

    outbox.drain()
    with monkeypatch.context() as patched:
        patched.setattr(LaneStacks, "arrange", exhausted)
        worker.obey(m.CopyLane("B", "A"))
    assert outbox.drain() == [m.LaneNotCopied("B", NOT_ENOUGH_MEMORY)]
    assert (all_of(trainer, "A"), all_of(trainer, "B")) == before
    assert trainer.lanes.run_number == runs
    worker.publish()
    worker.obey(m.StepEpoch())
    while worker.busy:
        worker.train()
    assert [run.epoch for run in trainer.runs] == [3, 3]
