"""A worker that trains in bursts makes as many epochs as were asked for, counts its steps, and looks for commands."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.observation import history
from engine.observation.report import Report
from engine.service import messages as m
from engine.service import worker as worker_module
from engine.service.interface import Inbox, Mailbox
from engine.service.worker import BURST, Worker
from engine.training.trainer import Trained, Trainer
from tests.engine.helpers import experiment, lane, with_lanes


def worker_of(*commands: m.Command) -> tuple[Worker, Inbox[m.Command], Mailbox[Report]]:
    inbox, mailbox = Inbox[m.Command](), Mailbox(Report.merged)
    worker = Worker(inbox, mailbox, Inbox())
    lanes = with_lanes(experiment(), lane("A"), lane("B", {"training.batch_size": 7}))
    for command in (m.SetExperiment(lanes), *commands):
        worker.obey(command)
    return worker, inbox, mailbox


@given(asked=st.lists(st.integers(1, 70), min_size=1, max_size=4), burst=st.sampled_from([0.0, 0.002, 10.0]))
@settings(max_examples=15, deadline=None)
def test_no_epoch_more_than_was_asked_for(asked: list[int], burst: float) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(history, "DENSE", 2)
        patch.setattr(worker_module, "BURST", burst)
        worker, _, mailbox = worker_of()
        for epochs in asked:
            worker.obey(m.StepEpoch(epochs))
            while worker.busy:
                worker.train()
                mailbox.take()
        assert worker.trainer is not None
        assert worker.trainer.epoch == sum(asked)
        assert worker.trainer.at_epoch_end
        assert worker._playback.steps == max(run.step for run in worker.trainer.runs)


def test_after_a_pause_within_an_epoch_it_goes_on_there() -> None:
    worker, _, _ = worker_of(m.StepBatch(), m.StepBatch())
    assert worker.trainer is not None
    assert not worker.trainer.at_epoch_end
    worker.obey(m.StepEpoch(3))
    while worker.busy:
        worker.train()
    assert worker.trainer.epoch == 3
    assert worker.trainer.at_epoch_end


def test_a_burst_is_short_and_a_command_ends_a_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []
    worker, inbox, _ = worker_of(m.Play())
    train = Trainer.train

    def noted(self: Trainer, most_epochs: int | None = None, seconds: float = 0.0) -> Trained:
        asked.append(seconds)
        if len(asked) == 3:
            inbox.put(m.Pause())
        return train(self, most_epochs, seconds)

    monkeypatch.setattr(Trainer, "train", noted)
    monkeypatch.setattr(worker_module, "BURST", 5.0)
    # While nobody has taken the last report, none is due.
    worker.publish()
    worker.train()
    assert len(asked) == 3
    assert BURST <= 0.05 / 4


@pytest.mark.parametrize(
    ("command", "starts"),
    [
        (m.Reset(), True),
        (m.SetExperiment(experiment(), turn=1), True),
        (m.SetExperiment(experiment({"lanes.0.network.hidden": (5, 5)})), True),
        (m.SetExperiment(with_lanes(experiment(), lane("A"), lane("B"), lane("C"))), True),
        (
            m.SetExperiment(with_lanes(experiment(), lane("A", {"training.learning_rate": 0.1}), lane("B"))),
            False,
        ),
    ],
    ids=["reset", "restart", "another shape", "another lane", "another rate"],
)
def test_a_new_run_does_not_show_the_rate_of_the_one_before(command: m.Command, starts: bool) -> None:
    worker, _, _ = worker_of(m.SetExperiment(with_lanes(experiment(), lane("A"), lane("B"))), m.Play())
    worker.publish()
    worker.train()
    assert worker._playback.steps_per_second > 0.0
    worker.obey(command)
    assert (worker._playback.steps_per_second == 0.0) is starts
