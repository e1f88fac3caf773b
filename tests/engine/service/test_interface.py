"""Mailbox, inbox and coalescing."""

from __future__ import annotations

import threading

import pytest

from engine.experiment import Experiment, edit
from engine.service import messages as m
from engine.service.interface import Inbox, Mailbox
from tests.engine.helpers import experiment
from tests.observing import watch_prediction


def test_a_mailbox_holds_the_newest() -> None:
    box: Mailbox[int] = Mailbox()
    assert box.empty
    assert box.take() is None
    for value in (1, 2, 3):
        box.put(value)
    assert not box.empty
    assert box.take() == 3
    assert box.take() is None
    assert box.empty


def test_a_mailbox_may_merge_what_nobody_took_with_what_comes() -> None:
    box: Mailbox[str] = Mailbox(lambda earlier, newer: earlier + newer)
    for value in "abc":
        box.put(value)
    assert box.take() == "abc"
    box.put("d")
    assert box.take() == "d"
    assert box.take() is None


def test_an_inbox_keeps_all_in_order() -> None:
    inbox: Inbox[int] = Inbox()
    assert inbox.drain() == []
    for item in range(5):
        inbox.put(item)
    assert not inbox.empty
    assert inbox.drain() == [0, 1, 2, 3, 4]
    assert inbox.empty


def test_an_inbox_waits_for_the_first() -> None:
    inbox: Inbox[str] = Inbox()
    threading.Timer(0.01, inbox.put, ["late"]).start()
    assert inbox.drain(wait=True) == ["late"]


def test_nothing_is_lost_between_threads() -> None:
    inbox: Inbox[int] = Inbox()
    senders = [threading.Thread(target=lambda: [inbox.put(n) for n in range(500)]) for _ in range(3)]
    for sender in senders:
        sender.start()
    received: list[int] = []
    while len(received) < 1500:
        received += inbox.drain(wait=True)
    assert sorted(received) == sorted(list(range(500)) * 3)


def with_rate(rate: float) -> Experiment:
    return edit(experiment(), "lanes.0.training.learning_rate", rate)


ONE, TWO = m.SetExperiment(with_rate(0.1)), m.SetExperiment(with_rate(0.2))
ANEW = m.SetExperiment(with_rate(0.3), turn=1)


@pytest.mark.parametrize(
    ("commands", "left"),
    [
        ([], []),
        ([ONE], [ONE]),
        ([ONE, TWO], [TWO]),
        ([ONE, ONE, TWO], [TWO]),
        ([ONE, ANEW], [ANEW]),
        ([ONE, m.Play(), TWO], [ONE, m.Play(), TWO]),
        ([watch_prediction(1), watch_prediction(2)], [watch_prediction(2)]),
        ([ONE, watch_prediction(1), TWO], [ONE, watch_prediction(1), TWO]),
        ([m.StepBatch(), m.StepBatch()], [m.StepBatch(), m.StepBatch()]),
        ([m.StepEpoch(), m.StepEpoch()], [m.StepEpoch(), m.StepEpoch()]),
        ([m.Play(), m.Pause(), m.Play()], [m.Play(), m.Pause(), m.Play()]),
        ([m.Reset(), m.Reset()], [m.Reset(), m.Reset()]),
        ([m.SaveRun("a"), m.SaveRun("b")], [m.SaveRun("a"), m.SaveRun("b")]),
    ],
)
def test_only_what_is_replaced_at_once_is_left_out(commands: list[m.Command], left: list[m.Command]) -> None:
    assert m.coalesce(commands) == left
