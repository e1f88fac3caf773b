"""How fast epochs follow one another, by a clock that the test turns."""

from __future__ import annotations

import threading
from itertools import pairwise

import pytest

from engine.experiment import Experiment, edit_many
from engine.observation.report import Reader, Report
from engine.observation.snapshot import Snapshot
from engine.service import messages as m
from engine.service.interface import Inbox, Mailbox
from engine.service.pace import CATCH_UP, FIRST_SPEED, GROWTH, Pace
from engine.service.worker import GLANCE, Worker
from tests.deadline import DEADLINE
from tests.engine.helpers import bits, experiment, points_of, trained, with_points


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine is, no burst ends within an epoch."""
    monkeypatch.setattr("engine.service.worker.BURST", 60.0)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pace(clock: Clock) -> Pace:
    return Pace(clock)


class Hall:
    """A worker whose training takes no time, and whose waits end at once because the test turns the clock on."""

    def __init__(self, clock: Clock, speed: m.SetSpeed, settings: Experiment | None = None) -> None:
        self.clock, self.inbox = clock, Inbox[m.Command]()
        self.mailbox: Mailbox[Report] = Mailbox(Report.merged)
        self.worker = Worker(self.inbox, self.mailbox, Inbox(), Pace(clock))
        self.waits: list[float] = []
        for command in (m.SetExperiment(settings or experiment()), speed, m.Play()):
            self.worker.obey(command)

    @property
    def steps(self) -> int:
        return self.worker._playback.steps

    @property
    def epoch(self) -> int:
        assert self.worker.trainer is not None
        return self.worker.trainer.epoch

    def live(self, seconds: float) -> None:
        """What the loop does in this time, where it always waits as long as it may."""
        end = self.clock.now + seconds
        while self.clock.now < end:
            patience = self.worker._patience()
            assert patience is not None
            self.waits.append(patience)
            # Training and looking cost a little.
            self.clock.now += patience + 1e-5
            self.worker.train()


# -- the pace alone


def test_full_speed_has_no_limit_and_no_wait(pace: Pace, clock: Clock) -> None:
    pace.begin()
    for epoch in range(5):
        assert pace.epochs_due(epoch) is None
        assert pace.wait(epoch) == 0.0
        pace.spend(1000.0)


@pytest.mark.parametrize("speed", [1.0, 7.0, 25.0, 100.0, 3000.0])
@pytest.mark.parametrize("look", [0.0003, 0.004, 0.033])
def test_so_many_epochs_a_second_however_often_it_looks(
    pace: Pace, clock: Clock, speed: float, look: float
) -> None:
    pace.speed = m.SetSpeed(speed)
    pace.begin()
    epochs, start = 0, clock.now
    while clock.now < start + 10.0:
        due = pace.epochs_due(epochs)
        assert due is not None
        pace.spend(due)
        epochs += due
        clock.now += look
    assert epochs == pytest.approx(10.0 * speed, abs=1.0 + speed * look)


def test_the_first_epoch_comes_at_once_and_the_second_on_time(pace: Pace, clock: Clock) -> None:
    pace.speed = m.SetSpeed(2.0)
    pace.begin()
    assert pace.epochs_due(0) == 1
    pace.spend(1.0)
    assert pace.epochs_due(1) == 0
    assert pace.wait(1) == pytest.approx(0.5)
    clock.now += 0.501
    assert pace.epochs_due(1) == 1


def test_a_long_delay_is_not_made_up_for(pace: Pace, clock: Clock) -> None:
    pace.speed = m.SetSpeed(100.0)
    pace.begin()
    clock.now += 60.0
    due = pace.epochs_due(0)
    assert due is not None
    assert due <= 100.0 * CATCH_UP + 1


def test_another_speed_counts_at_once(pace: Pace) -> None:
    pace.speed = m.SetSpeed(1.0)
    pace.begin()
    pace.spend(1.0)
    assert pace.wait(1) == pytest.approx(1.0)
    pace.speed = m.SetSpeed(50.0)
    assert pace.wait(1) == pytest.approx(0.02)
    pace.speed = m.SetSpeed()
    assert pace.wait(1) == 0.0


def test_a_slow_start_shows_first_epochs_and_then_a_decade_in_equal_times(pace: Pace) -> None:
    pace.speed = m.SetSpeed(slow_start=True)
    assert pace.rate(0) == pace.rate(5) == FIRST_SPEED
    assert pace.rate(10_000) == GROWTH * 10_000
    pace.speed = m.SetSpeed(100.0, slow_start=True)
    assert [pace.rate(epoch) for epoch in (0, 50, 10_000)] == [30.0, 50.0, 100.0]
    pace.speed = m.SetSpeed(2.0, slow_start=True)
    assert pace.rate(0) == 2.0


# -- in the worker


@pytest.mark.parametrize("speed", [1.0, 10.0, 40.0, 200.0])
def test_the_worker_trains_at_the_chosen_speed(clock: Clock, speed: float) -> None:
    hall = Hall(clock, m.SetSpeed(speed))
    hall.live(3.0)
    assert hall.epoch == pytest.approx(3.0 * speed, abs=1.0)
    assert max(hall.waits) <= 1.0 / speed


def test_slow_epochs_spread_their_batches_evenly(clock: Clock) -> None:
    hall = Hall(clock, m.SetSpeed(1.0))
    times = []
    while len(times) < 9:
        before = hall.steps
        hall.live(1e-9)
        times += [clock.now] * (hall.steps - before)
    between = [later - earlier for earlier, later in pairwise(times)]
    assert between == pytest.approx([1.0 / 3.0] * 8, abs=0.01), "there are three batches in an epoch"


def test_fast_epochs_are_whole(clock: Clock) -> None:
    hall = Hall(clock, m.SetSpeed(200.0))
    for _ in range(30):
        hall.live(1e-9)
        assert hall.worker.trainer is not None
        assert hall.worker.trainer.at_epoch_end


def test_steps_are_not_slowed(clock: Clock) -> None:
    hall = Hall(clock, m.SetSpeed(1.0))
    hall.worker.obey(m.Pause())
    hall.worker.obey(m.StepBatch())
    assert hall.steps == 1
    hall.worker.obey(m.StepEpoch(5))
    while hall.worker.busy:
        assert hall.worker._patience() == 0.0
        hall.worker.train()
    assert hall.epoch == 5
    assert clock.now == 100.0


def test_numbers_do_not_depend_on_the_speed(clock: Clock) -> None:
    slow = Hall(clock, m.SetSpeed(7.0))
    slow.live(1.0)
    slow.worker.obey(m.SetSpeed(300.0, slow_start=True))
    slow.live(0.5)
    slow.worker.obey(m.Pause())
    trainer = slow.worker.trainer
    assert trainer is not None
    slow.worker.obey(m.StepEpoch())
    while slow.worker.busy:
        slow.worker.train()
    assert bits(trainer, "A") == bits(trained(experiment(), trainer.epoch), "A")


def test_what_waits_to_be_shown_is_looked_after(clock: Clock) -> None:
    one_batch = edit_many(experiment(), {"lanes.0.training.batch_size": 500})
    hall = Hall(clock, m.SetSpeed(1.0), one_batch)
    hall.live(1e-9)
    assert hall.worker._patience() == GLANCE
    hall.worker.publish()
    assert hall.worker._patience() == pytest.approx(1.0, abs=0.01)


def test_each_batch_of_a_slow_epoch_may_be_shown() -> None:
    worker = Worker(Inbox(), mailbox := Mailbox(Report.merged), Inbox(), Pace(Clock()))
    for command in (m.SetExperiment(experiment()), m.SetSpeed(1.0), m.Play()):
        worker.obey(command)
    worker.train()
    assert worker.is_report_due
    worker.publish()
    report = mailbox.take()
    assert report is not None
    assert (Reader().read(report).epoch, report.snapshot.step) == (0, 1)


def test_a_command_ends_a_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that may train one batch in a hundred seconds pauses and ends as soon as it is told to."""
    inbox: Inbox[m.Command] = Inbox()
    mailbox: Mailbox[Report] = Mailbox(Report.merged)
    worker = Worker(inbox, mailbox, Inbox(), Pace())
    for command in (m.SetExperiment(experiment()), m.SetSpeed(0.003), m.Play()):
        inbox.put(command)
    thread = threading.Thread(target=worker.run, daemon=True)
    thread.start()
    reader, snapshot = Reader(), None

    def seen() -> Snapshot:
        nonlocal snapshot
        while (report := mailbox.take()) is None:
            thread.join(0.002)
        return reader.read(report)

    while (snapshot := seen()).step == 0:
        pass
    inbox.put(m.Pause())
    while (snapshot := seen()).playing:
        pass
    assert snapshot.step == 1
    inbox.put(m.Shutdown())
    thread.join(DEADLINE)
    assert not thread.is_alive()


# -- step by step


@pytest.mark.parametrize("speed", [1.0, 5.0, 10.0])
def test_steps_a_second_are_spread_evenly_whatever_an_epoch_has_of_them(clock: Clock, speed: float) -> None:
    for batch_size in (1, 10, 1000):
        settings = experiment({"lanes.0.training.batch_size": batch_size})
        hall = Hall(clock, m.SetSpeed(None, slow_start=True, steps_per_second=speed), settings)
        times: list[float] = []
        while len(times) < 6:
            before = hall.steps
            hall.live(1e-9)
            times += [clock.now] * (hall.steps - before)
        between = [later - earlier for earlier, later in pairwise(times)]
        assert between == pytest.approx([1.0 / speed] * 5, abs=0.01)


def test_each_step_is_reported(clock: Clock) -> None:
    hall = Hall(clock, m.SetSpeed(None, steps_per_second=2.0))
    seen: list[int] = []
    for _ in range(6):
        hall.live(1e-9)
        # What the loop does where the window has taken the report before.
        hall.worker.publish()
        report = hall.mailbox.take()
        assert report is not None
        seen.append(report.snapshot.step)
    assert seen == [1, 2, 3, 4, 5, 6]
    assert hall.worker._is_even


def test_without_points_a_speed_of_steps_waits_for_some(clock: Clock) -> None:
    hall = Hall(clock, m.SetSpeed(None, steps_per_second=1.0))
    hall.worker.obey(m.SetExperiment(with_points(experiment(), points_of([]))))
    assert not hall.worker.busy
    assert hall.worker._patience() is None
    hall.worker.train()
    hall.worker.publish()
    report = hall.mailbox.take()
    assert report is not None
    assert report.snapshot.step == 0
