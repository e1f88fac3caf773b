"""Only what is watched is computed, and it is what computing everything would give."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from engine.catalogue.tasks import TASKS
from engine.experiment import Experiment
from engine.observation import predict as predict_module
from engine.observation.measure import LayerMeasuring
from engine.observation.observables import PREDICTION, SPOT, Position
from engine.observation.report import Report
from engine.service import messages as m
from engine.service import watching as watching_module
from engine.service.interface import Inbox, Mailbox
from engine.service.publisher import SNAPSHOT_SHARE
from engine.service.worker import Worker
from engine.training.trainer import Trainer
from tests.engine.helpers import bits, experiment, lane, trained, with_lanes, with_points
from tests.observing import predicted, prediction_request, watch_prediction


class Counted:
    """Of how many lanes the layers were measured and the answers predicted."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.measured: list[int] = []
        self.predicted: list[tuple[int, int]] = []
        measure, predict = LayerMeasuring.numbers, predict_module.predict

        def measuring(self_, checkpoint, rows):  # type: ignore[no-untyped-def]
            self.measured.append(len(rows))
            return measure(self_, checkpoint, rows)

        def predicting(network, data, size, extent, way):  # type: ignore[no-untyped-def]
            self.predicted.append((network.lanes, size))
            return predict(network, data, size, extent, way)

        monkeypatch.setattr(LayerMeasuring, "numbers", measuring)
        monkeypatch.setattr(predict_module, "predict", predicting)

    def forget(self) -> None:
        self.measured.clear()
        self.predicted.clear()


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counted]:
    return Counted(monkeypatch)  # type: ignore[return-value]


def lanes(count: int) -> Experiment:
    return with_lanes(experiment(), *(lane(str(number)) for number in range(count)))


def obeying(*commands: m.Command) -> Report:
    """What the worker reports last when it has acknowledged these commands."""
    inbox: Inbox[m.Command] = Inbox()
    mailbox: Mailbox[Report] = Mailbox(Report.merged)
    worker = Worker(inbox, mailbox, Inbox())
    for command in commands:
        worker.obey(command)
    worker.publish()
    report = mailbox.take()
    assert report is not None
    return report


@pytest.mark.parametrize("hidden", [(5,), (1, 1), (8, 8, 8)])
@pytest.mark.parametrize("task", list(TASKS))
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
    trainer.set_experiment(with_points(lanes(4), trainer.points[1:]))
    trainer.measure([2])
    assert counted.measured[3:] == [1]


def test_what_is_asked_of_many_lanes_is_coarse_for_all_but_those_that_are_watched() -> None:
    report = obeying(
        m.SetExperiment(lanes(4)),
        m.Watch((prediction_request(20),), (2,), wide=(prediction_request(6),), wide_of=(0, 2, 3)),
    )
    sizes = {
        one.name: one.observed[PREDICTION.key].values.shape[:2] if PREDICTION.key in one.observed else None
        for one in report.snapshot.lanes
    }
    assert sizes == {"0": (6, 6), "1": None, "2": (20, 20), "3": (6, 6)}


def test_layers_of_many_lanes_are_measured_when_they_do_not_train(counted: Counted) -> None:
    trainer, watching = Trainer(lanes(4)), watching_module.Watching(1.0)
    trainer.step()
    counted.forget()
    watching.watch = m.Watch((), (2,))
    watching.watch = m.Watch((), (2,), wide=(prediction_request(6),), wide_of=(0, 2, 3))
    watching.look(trainer, busy=True)
    assert counted.measured == [1]
    watching.look(trainer, busy=False)
    assert counted.measured == [1, 3]


def test_predictions_of_all_lanes_are_one_call(counted: Counted) -> None:
    predicted(Trainer(lanes(6)), 9)
    assert counted.predicted == [(6, 9)]


def test_while_it_trains_only_what_is_watched_is_computed(counted: Counted) -> None:
    report = obeying(m.SetExperiment(lanes(6)), watch_prediction(9, lanes=(2, 4)), m.StepBatch(), m.Play())
    assert [PREDICTION.of(one) is not None for one in report.snapshot.lanes] == [
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
    # Losses are known of all; layers of those that somebody watches.
    assert [one.now.step for one in report.snapshot.lanes] == [1] * 6
    known = [bool(np.isfinite(one.now.weight_gradient).all()) for one in report.snapshot.lanes]
    assert known == [False, False, True, False, True, False]


def test_while_nobody_looks_nothing_is_computed(counted: Counted) -> None:
    report = obeying(m.SetExperiment(lanes(3)), m.Watch(lanes=()), m.StepBatch(), m.Play())
    assert counted.measured == [3]
    assert counted.predicted == []
    assert report.snapshot.step == 1


def test_when_it_pauses_every_lane_is_up_to_date(counted: Counted) -> None:
    report = obeying(m.SetExperiment(lanes(6)), watch_prediction(9, lanes=(2,)), m.StepBatch())
    assert [one.now.step for one in report.snapshot.lanes] == [1] * 6
    assert counted.predicted == [(1, 9)]


def test_a_coarse_grid_is_for_training_alone(monkeypatch: pytest.MonkeyPatch, counted: Counted) -> None:
    monkeypatch.setattr(watching_module.GridSize, "of", lambda self, asked: asked // 2)
    obeying(m.SetExperiment(experiment()), watch_prediction(40), m.Play())
    obeying(m.SetExperiment(experiment()), watch_prediction(40), m.Play(), m.Pause())
    assert counted.predicted == [(1, 20), (1, 40)]


def test_watching_may_take_less_than_the_share_that_it_must_not_take() -> None:
    assert SNAPSHOT_SHARE <= 0.15


@pytest.mark.parametrize("watched", [None, (0,), ()], ids=["all", "the first", "none"])
@pytest.mark.parametrize("snapshots", [0, 1, 3])
def test_histories_do_not_depend_on_who_watches(watched: tuple[int, ...] | None, snapshots: int) -> None:
    worker = Worker(Inbox(), Mailbox(Report.merged), Inbox())
    for command in (m.SetExperiment(lanes(3)), watch_prediction(9, lanes=watched), m.StepEpoch(5)):
        worker.obey(command)
    while worker.busy:
        worker.train()
        for _ in range(snapshots):
            worker.publish()
    trainer = worker.trainer
    assert trainer is not None
    expected = trained(lanes(3), 5)
    for run in trainer.runs:
        assert bits(trainer, run.lane.name) == bits(expected, run.lane.name)


def test_more_may_be_asked_of_some_of_the_lanes(counted: Counted) -> None:
    position = Position(0.5, 0.5)
    asked = m.Watch((SPOT.request(position),), (0, 2), watch_prediction(5).requests, (2,))
    report = obeying(m.SetExperiment(lanes(3)), asked)
    found = [sorted(lane.observed) for lane in report.snapshot.lanes]
    assert found == [["spot"], [], ["prediction", "spot"]]
    assert (1, 5) in counted.predicted
