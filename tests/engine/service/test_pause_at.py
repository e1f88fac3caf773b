"""Pause at the end of an epoch: exactly there, at every speed, in bursts, for all lanes."""

from __future__ import annotations

from typing import Any

import pytest

from engine.experiment import Experiment
from engine.observation.report import Report
from engine.observation.snapshot import Snapshot
from engine.service import messages as m
from engine.service.interface import Inbox, Mailbox
from engine.service.kept import Memory
from engine.service.pace import Pace
from engine.service.worker import Worker
from tests.engine.helpers import bits, experiment, lane, trained, with_lanes


class Bench:
    """A worker that is driven by hand."""

    def __init__(self, settings: Experiment, *commands: m.Command, pace: Pace | None = None) -> None:
        self.mailbox: Mailbox[Report] = Mailbox(Report.merged)
        self.outbox = Inbox[m.Event]()
        self.worker = Worker(Inbox(), self.mailbox, self.outbox, pace)
        self.obey(m.SetExperiment(settings), *commands)

    def obey(self, *commands: m.Command) -> None:
        for command in commands:
            self.worker.obey(command)

    def run(self) -> None:
        """Train until it pauses."""
        while self.worker.busy:
            self.worker.train()

    def events(self, kind: type) -> list[Any]:
        return [event for event in self.outbox.drain() if isinstance(event, kind)]

    @property
    def epochs(self) -> list[int]:
        assert self.worker.trainer is not None
        return [run.epoch for run in self.worker.trainer.runs]

    @property
    def snapshot(self) -> Snapshot:
        self.worker.publish()
        report = self.mailbox.take()
        assert report is not None
        return report.snapshot


LANES = with_lanes(experiment(), lane("A"), lane("B", {"seed": 4, "network.hidden": [3]}))


@pytest.mark.parametrize("settings", [experiment(), LANES], ids=["one lane", "two stacks"])
def test_at_full_speed_all_lanes_stop_exactly_there(settings: Experiment) -> None:
    bench = Bench(settings, m.PauseAt(137), m.Play())
    bench.run()
    assert set(bench.epochs) == {137}
    assert bench.events(m.PausedAt) == [m.PausedAt(137)]
    shown = bench.snapshot
    assert (shown.playing, shown.epoch, shown.pause_at) == (False, 137, 137)
    trainer, expected = bench.worker.trainer, trained(settings, 137)
    assert trainer is not None
    assert trainer.at_epoch_end
    for run in trainer.runs:
        assert bits(trainer, run.lane.name) == bits(expected, run.lane.name)


@pytest.mark.parametrize(
    "speed", [m.SetSpeed(500.0), m.SetSpeed(20.0), m.SetSpeed(None, steps_per_second=10.0)]
)
def test_at_every_speed_it_stops_there(speed: m.SetSpeed) -> None:
    # A clock that runs ahead: nothing is waited for.
    moments = iter(range(10**6))
    bench = Bench(experiment(), speed, m.PauseAt(3), m.Play(), pace=Pace(lambda: float(next(moments))))
    bench.run()
    assert bench.epochs == [3]
    assert bench.events(m.PausedAt) == [m.PausedAt(3)]


def test_from_the_middle_of_an_epoch_and_while_epochs_are_asked_for() -> None:
    bench = Bench(experiment(), m.StepBatch(), m.PauseAt(1), m.StepEpoch(50))
    bench.run()
    assert bench.epochs == [1]
    bench.obey(m.PauseAt(30), m.StepEpoch(5))
    bench.run()
    assert bench.epochs == [6], "what was asked for is less"
    bench.obey(m.StepEpoch(50))
    bench.run()
    assert bench.epochs == [30]


def test_it_goes_on_beyond_it_and_pauses_there_again_after_a_reset() -> None:
    bench = Bench(experiment(), m.PauseAt(4), m.Play())
    bench.run()
    bench.obey(m.StepEpoch(3))
    bench.run()
    assert bench.epochs == [7]
    assert bench.events(m.PausedAt) == [m.PausedAt(4)]
    bench.obey(m.Reset(), m.Play())
    bench.run()
    assert bench.epochs == [4]


def test_an_epoch_that_is_over_is_told_and_stops_nothing() -> None:
    bench = Bench(experiment(), m.StepEpoch(5))
    bench.run()
    bench.obey(m.PauseAt(5), m.PauseAt(2))
    assert bench.events(m.EpochPassed) == [m.EpochPassed(5, 5), m.EpochPassed(2, 5)]
    bench.obey(m.StepEpoch(2))
    bench.run()
    assert bench.epochs == [7]
    bench.obey(m.PauseAt(9), m.PauseAt(None), m.StepEpoch(3))
    bench.run()
    assert bench.epochs == [10]
    assert bench.events(m.PausedAt) == []
    assert bench.snapshot.pause_at is None


def test_a_lane_that_has_ended_before_does_not_count() -> None:
    stopping = {"regularization.early_stopping": {"patience": 1, "min_delta": 5.0, "restore_best": False}}
    bench = Bench(with_lanes(experiment(), lane("A", stopping), lane("B")), m.PauseAt(20), m.Play())
    bench.run()
    assert bench.epochs == [1, 20]


def test_an_engine_that_is_started_again_is_told() -> None:
    memory = Memory()
    for command in (m.PauseAt(5), m.SetExperiment(experiment()), m.PauseAt(8)):
        memory.note(command)
    assert memory.beginning(None).commands[0] == m.PauseAt(8)
