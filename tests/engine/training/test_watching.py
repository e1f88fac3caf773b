"""Only what is watched is computed, and it is what computing everything would give."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from engine.experiment import Experiment
from engine.observation.report import Report
from engine.training import messages as m
from engine.training import trainer as trainer_module
from engine.training import worker as worker_module
from engine.training.budget import Budget
from engine.training.ends import Inbox, Mailbox
from engine.training.trainer import Trainer
from engine.training.worker import HISTORY_SHARE, OVERDUE, SNAPSHOT_SHARE, Worker
from tests.engine.helpers import experiment, lane, trained, with_lanes


class Counted:
    """How many lanes were measured and predicted."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.measured: list[int] = []
        self.predicted: list[tuple[int, int]] = []
        measure, predict = trainer_module.measure, trainer_module.predict

        def measuring(part, data):  # type: ignore[no-untyped-def]
            self.measured.append(part.network.lanes)
            return measure(part, data)

        def predicting(network, data, size, extent):  # type: ignore[no-untyped-def]
            self.predicted.append((network.lanes, size))
            return predict(network, data, size, extent)

        monkeypatch.setattr(trainer_module, "measure", measuring)
        monkeypatch.setattr(trainer_module, "predict", predicting)

    def forget(self) -> None:
        self.measured.clear()
        self.predicted.clear()


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counted]:
    return Counted(monkeypatch)  # type: ignore[return-value]


def lanes(count: int) -> Experiment:
    return with_lanes(experiment(), *(lane(str(number)) for number in range(count)))


def obeying(*commands: m.Command) -> Report:
    """What the worker reports last when it has obeyed these commands."""
    inbox: Inbox[m.Command] = Inbox()
    mailbox: Mailbox[Report] = Mailbox(Report.merged)
    worker = Worker(inbox, mailbox, Inbox())
    for command in commands:
        worker._obey(command)
    worker._publish()
    report = mailbox.take()
    assert report is not None
    return report


@pytest.mark.parametrize("hidden", [(5,), (1, 1), (8, 8, 8)])
@pytest.mark.parametrize("task", ["classification", "curve", "surface"])
def test_a_lane_measured_alone_has_the_numbers_that_it_has_in_company(
    hidden: tuple[int, ...], task: str
) -> None:
    changes = {"network.hidden": hidden, "regularization.l2": 0.01}
    settings = with_lanes(experiment(task=task), *(lane(name, changes) for name in "ABCDE"))
    together, alone = trained(settings, 2), Trainer(settings)
    for _ in range(6):
        alone.step()
    for number in (3, 0, 4, 1, 2):
        alone.measure([number])
    for one, other in zip(together.runs, alone.runs, strict=True):
        assert one.now is not None
        assert other.now is not None
        for field in ("loss", "score", "weight_gradient", "bias_gradient"):
            np.testing.assert_array_equal(getattr(one.now, field), getattr(other.now, field))
        assert one.now.penalty == other.now.penalty
        assert one.history.view().epoch[-1] == other.history.view().epoch[-1] == 2


def test_a_lane_is_measured_once_until_it_changes(counted: Counted) -> None:
    trainer = Trainer(lanes(4))
    counted.forget()
    trainer.measure([0, 1])
    trainer.measure([1])
    assert counted.measured == []
    trainer.step()
    trainer.measure([1])
    trainer.measure([1])
    trainer.measure([0, 1])
    trainer.measure()
    assert counted.measured == [1, 1, 2]
    trainer.set_data(experiment({"data.generator.seed": 3}).data)
    trainer.measure([2])
    assert counted.measured[3:] == [1]


def test_predictions_of_all_lanes_are_one_call(counted: Counted) -> None:
    Trainer(lanes(6)).predict(9)
    assert counted.predicted == [(6, 9)]


def test_while_it_trains_only_what_is_watched_is_computed(counted: Counted) -> None:
    report = obeying(m.SetExperiment(lanes(6)), m.Watch(9, lanes=(2, 4)), m.StepBatch(), m.Play())
    assert [one.prediction is not None for one in report.snapshot.lanes] == [
        False,
        False,
        True,
        False,
        True,
        False,
    ]
    # All of them before their first step, which begins their histories.
    assert counted.measured == [6, 2]
    assert counted.predicted == [(2, 9)]
    assert [one.now.step for one in report.snapshot.lanes] == [0, 0, 1, 0, 1, 0]


def test_while_nobody_looks_nothing_is_computed(counted: Counted) -> None:
    report = obeying(m.SetExperiment(lanes(3)), m.Watch(None, lanes=()), m.StepBatch(), m.Play())
    assert counted.measured == [3]
    assert counted.predicted == []
    assert report.snapshot.step == 1


def test_when_it_pauses_every_lane_is_up_to_date(counted: Counted) -> None:
    report = obeying(m.SetExperiment(lanes(6)), m.Watch(9, lanes=(2,)), m.StepBatch())
    assert [one.now.step for one in report.snapshot.lanes] == [1] * 6
    assert counted.predicted == [(1, 9)]


def test_a_coarse_grid_is_for_training_alone(monkeypatch: pytest.MonkeyPatch, counted: Counted) -> None:
    monkeypatch.setattr(worker_module.GridSize, "of", lambda self, asked: asked // 2)
    obeying(m.SetExperiment(experiment()), m.Watch(40), m.Play())
    obeying(m.SetExperiment(experiment()), m.Watch(40), m.Play(), m.Pause())
    assert counted.predicted == [(1, 20), (1, 40)]


def test_watching_may_take_less_than_the_share_that_it_must_not_take() -> None:
    assert HISTORY_SHARE + SNAPSHOT_SHARE <= 0.15


def test_unwatched_lanes_keep_a_history_of_their_training() -> None:
    inbox: Inbox[m.Command] = Inbox()
    worker = Worker(inbox, Mailbox(Report.merged), Inbox())
    for command in (m.SetExperiment(lanes(3)), m.Watch(9, lanes=(0,)), m.Play()):
        worker._obey(command)
    trainer = worker._trainer
    assert trainer is not None
    while min(len(run.history) for run in trainer.runs) < 4:
        worker._burst()
    for run in trainer.runs:
        assert (np.diff(run.history.view().epoch) > 0).all()


@pytest.mark.parametrize(
    ("watched", "waited", "by_itself"),
    [
        (None, 0.0, False),
        ((0, 1), 0.0, False),
        ((0,), 0.0, True),
        (None, 2 * OVERDUE, True),
    ],
    ids=["all are shown", "all are named", "one is not shown", "nobody takes snapshots"],
)
def test_histories_are_measured_for_themselves_where_snapshots_do_not_make_them(
    counted: Counted, watched: tuple[int, ...] | None, waited: float, by_itself: bool
) -> None:
    worker = Worker(Inbox(), Mailbox(Report.merged), Inbox())
    for command in (m.SetExperiment(lanes(2)), m.Watch(None, lanes=watched), m.Play()):
        worker._obey(command)
    worker._publish()
    # The snapshot stays in the mailbox, and by this clock it was made so long ago.
    worker._snapshots = Budget(0.1, clock=lambda: waited)
    worker._snapshots._ended = 0.0
    counted.forget()
    assert worker._trainer is not None
    while worker._trainer.epoch < 3:
        worker._burst()
    assert bool(counted.measured) == by_itself
    assert (len(worker._trainer.runs[1].history) > 1) == by_itself
