"""A ping is answered by the worker itself, and changes nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from engine.observation.report import Report
from engine.service import messages as m
from engine.service.interface import Inbox, Mailbox
from engine.service.worker import Worker
from tests.engine.driving import until
from tests.engine.helpers import experiment


class Running:
    """A worker that runs in a thread."""

    def __init__(self) -> None:
        self.inbox: Inbox[m.Command] = Inbox()
        self.outbox: Inbox[m.Event] = Inbox()
        self.worker = Worker(self.inbox, Mailbox(Report.merged), self.outbox)
        self.events: list[m.Event] = []
        self.thread = threading.Thread(target=self.worker.run)
        self.thread.start()

    def ping(self) -> None:
        """Ping it, and wait for the answer."""
        answered = self.events.count(m.Pong())
        self.inbox.put(m.Ping())

        def is_answered() -> bool:
            self.events += self.outbox.drain()
            return self.events.count(m.Pong()) > answered

        until(is_answered)


@pytest.fixture
def running() -> Iterator[Running]:
    running = Running()
    yield running
    running.inbox.put(m.Shutdown())
    running.thread.join()


def test_a_worker_at_rest_answers_and_reports_nothing(running: Running) -> None:
    running.ping()
    running.inbox.put(m.SetExperiment(experiment()))
    until(lambda: running.worker.published)
    running.ping()
    published = running.worker.published
    for _ in range(5):
        running.ping()
    assert running.worker.published == published
    assert set(map(type, running.events)) == {m.EngineReady, m.Pong}


def test_a_worker_that_trains_answers_and_goes_on(running: Running) -> None:
    running.inbox.put(m.SetExperiment(experiment()))
    running.inbox.put(m.StepEpoch(3))
    for _ in range(5):
        running.ping()
    trainer = running.worker.trainer
    assert trainer is not None
    until(lambda: trainer.epoch == 3 and not running.worker.busy)
    assert running.events.count(m.Pong()) == 5


def test_an_edit_is_replaced_by_the_next_although_a_ping_comes_between() -> None:
    inbox: Inbox[m.Command] = Inbox()
    outbox: Inbox[m.Event] = Inbox()
    worker = Worker(inbox, Mailbox(Report.merged), outbox)
    for command in (m.SetExperiment(None), m.Ping(), m.SetExperiment(experiment())):  # type: ignore[arg-type]
        inbox.put(command)
    thread = threading.Thread(target=worker.run)
    thread.start()
    until(lambda: worker.published)
    inbox.put(m.Shutdown())
    thread.join()
    assert outbox.drain() == [m.EngineReady(), m.Pong()]
