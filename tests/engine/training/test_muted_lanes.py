"""Muted lanes wait while others train, and go on as if nothing had happened."""

from __future__ import annotations

import msgspec
import pytest

from engine.experiment import Experiment, Lane
from engine.service import messages as m
from engine.service.interface import Inbox, Mailbox
from engine.service.worker import Worker
from engine.training.trainer import Trainer
from tests.engine.helpers import bits, experiment, lane, row, trained, with_lanes

BASE = experiment({"data.generator.points": 74})
A, B = lane("A", {"regularization.dropout": {"rate": 0.3}}), lane("B", {"seed": 1})


def muted(one: Lane) -> Lane:
    return msgspec.structs.replace(one, muted=True)


def of(*lanes: Lane) -> Experiment:
    return with_lanes(BASE, *lanes)


def counts(trainer: Trainer) -> list[tuple[int, int, str]]:
    return [(run.epoch, run.step, run.status) for run in trainer.runs]


def test_a_muted_lane_keeps_its_numbers_and_goes_on_where_it_was() -> None:
    trainer, plain = trained(of(A, B), 3, "replay"), trained(of(A, B), 3, "replay")
    for one in (trainer, plain):
        one.step()
    before, marks, number = bits(trainer, "B"), trainer.runs[1].marks.view, trainer.lanes.run_number
    trainer.set_experiment(of(A, muted(B)))
    for _ in range(5):
        trainer.train_epoch()
    assert counts(trainer) == [(8, 32, "training"), (3, 13, "training")]
    snapshot = trainer.lane_snapshots()[1]
    assert (snapshot.muted, snapshot.status, snapshot.marks) == (True, "training", marks)
    assert snapshot.history.epoch.tolist() == [0, 1, 2, 3]
    assert bits(trainer, "B") == before
    trainer.set_experiment(of(A, B))
    assert trainer.lanes.run_number == number
    assert not any(run.marks.view for run in trainer.runs)
    for one, epochs in ((trainer, 5), (plain, 5)):
        for _ in range(epochs):
            one.train_epoch()
    while trainer.runs[1].epoch < 8:
        trainer.train_epoch()
    assert bits(trainer, "B") == bits(plain, "B")


def test_lanes_that_are_muted_from_the_start_have_their_first_row() -> None:
    trainer = trained(of(muted(A), B), 2, "replay")
    assert counts(trainer) == [(0, 0, "training"), (2, 8, "training")]
    assert trainer.lane_snapshots()[0].history.epoch.tolist() == [0]


def test_other_points_while_it_is_muted_are_those_that_it_goes_on_with() -> None:
    def noisy(*lanes: Lane) -> Experiment:
        data = msgspec.structs.replace(BASE.data, split=msgspec.structs.replace(BASE.data.split, seed=5))
        return msgspec.structs.replace(BASE, data=data, lanes=lanes)

    trainer, plain = trained(of(A, B), 2, "replay"), trained(of(B), 2, "replay")
    for one in (trainer, plain):
        one.step()
    for settings in (of(A, muted(B)), noisy(A, muted(B))):
        trainer.set_experiment(settings)
        trainer.train_epoch()
    trainer.set_experiment(noisy(A, B))
    plain.set_experiment(noisy(B))
    for _ in range(3):
        trainer.train_epoch()
        plain.train_epoch()
    assert bits(trainer, "B") == bits(plain, "B")


def test_an_ended_lane_that_is_muted_goes_on_only_when_it_is_no_longer() -> None:
    early = lane("S", {"regularization.early_stopping": {"patience": 1, "min_delta": 10.0}})
    trainer = trained(of(early, muted(B)), 4, "replay")
    assert [run.status for run in trainer.runs] == ["stopped", "training"]
    assert not trainer.can_train
    trainer.set_lanes([muted(early), muted(B)])
    trainer.resume()
    assert trainer.runs[0].status == "stopped"
    assert not trainer.runs[0].waits
    trainer.set_lanes([early, muted(B)])
    trainer.resume()
    assert trainer.can_train
    assert [run.running for run in trainer.runs] == [True, False]


# -- the service


def worker_of(settings: Experiment) -> tuple[Worker, Inbox[m.Event]]:
    outbox = Inbox[m.Event]()
    worker = Worker(Inbox(), Mailbox(), outbox)
    worker.obey(m.SetExperiment(settings))
    return worker, outbox


@pytest.mark.parametrize(
    "command", [m.Play(), m.StepEpoch(2), m.StepBatch()], ids=lambda one: type(one).__name__
)
def test_where_all_lanes_are_muted_nothing_plays(command: m.Command) -> None:
    worker, outbox = worker_of(of(muted(A), muted(B)))
    worker.obey(command)
    assert outbox.drain() == [m.AllLanesMuted()]
    worker.train()
    worker.publish()
    assert worker.trainer is not None
    assert not worker.busy
    assert counts(worker.trainer) == [(0, 0, "training")] * 2
    worker.obey(m.SetExperiment(of(A, muted(B))))
    worker.obey(m.StepEpoch(2))
    while worker.busy:
        worker.train()
    assert counts(worker.trainer) == [(2, 8, "training"), (0, 0, "training")]


def test_the_last_lane_that_is_muted_pauses() -> None:
    worker, outbox = worker_of(of(A, muted(B)))
    worker.obey(m.Play())
    worker.obey(m.SetExperiment(of(muted(A), muted(B))))
    worker._announce_ends()
    worker._announce_ends()
    assert outbox.drain() == [m.AllLanesMuted()]
    worker.publish()
    snapshot = worker._publisher._mailbox.take()
    assert snapshot is not None
    assert not snapshot.snapshot.playing
    assert [one.muted for one in snapshot.snapshot.lanes] == [True, True]


def test_training_pauses_at_the_epoch_of_the_lanes_that_train() -> None:
    worker, outbox = worker_of(of(A, muted(B)))
    worker.obey(m.StepEpoch(4))
    while worker.busy:
        worker.train()
    worker.obey(m.SetExperiment(of(muted(A), B)))
    worker.obey(m.PauseAt(3))
    worker.obey(m.Play())
    while worker.busy:
        worker.train()
    assert outbox.drain() == [m.PausedAt(3)]
    assert worker.trainer is not None
    assert counts(worker.trainer) == [(4, 16, "training"), (3, 12, "training")]


def test_a_lane_stops_early_while_another_one_is_muted() -> None:
    early = lane("S", {"regularization.early_stopping": {"patience": 1, "min_delta": 10.0}})
    worker, outbox = worker_of(of(muted(A), early))
    worker.obey(m.Play())
    while worker.busy:
        worker.train()
        worker._announce_ends()
    (ended,) = outbox.drain()
    assert isinstance(ended, m.LaneEnded)
    assert ended.lane == "S"
    assert row(worker.trainer, "A").equal(row(Trainer(of(A)), "A")) if worker.trainer else False
