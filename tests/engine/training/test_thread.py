"""The engine thread: commands obeyed in order, snapshots newest first, events never lost, failures survived."""

from __future__ import annotations

import pickle
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from engine.experiment import Experiment, Points, edit_many
from engine.observation import Snapshot
from engine.training import messages as m
from engine.training import worker as worker_module
from engine.training.thread import ThreadEngine
from engine.training.trainer import Trainer
from tests.engine.helpers import experiment, lane, trained, with_lanes, with_points

WILD = {
    "lanes.0.training.optimizer": "sgd",
    "lanes.0.training.learning_rate": 100.0,
    "lanes.0.network.activation": "relu",
    "lanes.0.regularization.l2": 10.0,
}


class Driver:
    """An engine with what it has said so far."""

    def __init__(self) -> None:
        self.engine = ThreadEngine()
        self.events: list[m.Event] = []
        self.snapshot: Snapshot | None = None
        self.sent = 0

    def send(self, *commands: m.Command) -> None:
        for command in commands:
            self.sent += not isinstance(command, m.REPLACEABLE)
            self.engine.send(command)

    def until(self, condition: Callable[[], Any], seconds: float = 30.0) -> None:
        """Look at snapshots and events until the condition holds."""
        end = time.monotonic() + seconds
        while True:
            self.snapshot = self.engine.take_snapshot() or self.snapshot
            self.events += self.engine.take_events()
            if condition():
                return
            assert time.monotonic() < end, f"waited in vain; {self.snapshot}, {self.events}"
            threading.Event().wait(0.002)

    def settled(self) -> Snapshot:
        """The first snapshot after every command was obeyed and training has paused."""
        self.until(lambda: self.snapshot and self.snapshot.obeyed >= self.sent and not self.snapshot.playing)
        assert self.snapshot is not None
        return self.snapshot

    def events_of(self, kind: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


@pytest.fixture
def driver() -> Iterator[Driver]:
    driver = Driver()
    driver.engine.start()
    yield driver
    assert driver.engine.close(10.0)


def weights(snapshot: Snapshot) -> list[Any]:
    """What the weights show through."""
    parts = []
    for one in snapshot.lanes:
        assert one.prediction is not None
        parts.append((one.name, one.prediction.values.tobytes(), one.now.loss.tobytes(), one.now.step))
    return parts


def synchronous(settings: Experiment, epochs: int, size: int = 9) -> list[Any]:
    lanes = trained(settings, epochs).lane_snapshots(size)
    return [
        (one.name, one.prediction.values.tobytes(), one.now.loss.tobytes(), one.now.step)  # type: ignore[union-attr]
        for one in lanes
    ]


def test_it_gets_ready_and_shows_the_experiment_untrained(driver: Driver) -> None:
    driver.send(m.SetExperiment(experiment()))
    driver.until(lambda: driver.snapshot)
    snapshot = driver.settled()
    assert isinstance(driver.events[0], m.EngineReady)
    assert (snapshot.epoch, snapshot.step, snapshot.playing, snapshot.run) == (0, 0, False, 1)
    assert (snapshot.task, snapshot.classes, snapshot.training_points) == ("classification", 2, 30)
    assert snapshot.lanes[0].prediction is None


def test_commands_sent_before_the_start_are_kept() -> None:
    driver = Driver()
    driver.send(m.SetExperiment(experiment()), m.StepEpoch(2))
    driver.engine.start()
    driver.until(lambda: driver.snapshot and driver.snapshot.epoch == 2)
    assert driver.engine.close(10.0)


@pytest.mark.parametrize("task", ["classification", "curve", "surface"])
def test_after_some_epochs_it_is_where_the_synchronous_trainer_is(driver: Driver, task: str) -> None:
    settings = experiment({"lanes.0.regularization.dropout": {"rate": 0.3}}, task=task)
    driver.send(m.SetExperiment(settings), m.Watch(9), m.StepEpoch(25))
    snapshot = driver.settled()
    assert (snapshot.epoch, snapshot.step) == (25, 75)
    assert weights(snapshot) == synchronous(settings, 25)


def test_epochs_and_batches_are_counted_exactly(driver: Driver) -> None:
    driver.send(m.SetExperiment(experiment()), m.StepBatch())
    assert (driver.settled().epoch, driver.settled().step) == (0, 1)
    driver.send(m.StepBatch(), m.StepBatch())
    snapshot = driver.settled()
    assert (snapshot.epoch, snapshot.step) == (1, 3)
    driver.send(m.StepBatch(), m.StepEpoch())
    snapshot = driver.settled()
    assert (snapshot.epoch, snapshot.step) == (2, 6)
    driver.send(m.StepEpoch(), m.StepEpoch(2), m.StepEpoch())
    snapshot = driver.settled()
    assert (snapshot.epoch, snapshot.step) == (6, 18)


def test_an_epoch_asked_for_before_a_reset_is_one_epoch_after_it(driver: Driver) -> None:
    driver.send(m.SetExperiment(experiment()), m.StepEpoch(20))
    driver.settled()
    driver.send(m.StepEpoch(3), m.Reset())
    assert driver.settled().epoch <= 3
    settings = edit_many(experiment(), {"lanes.0.seed": 5})
    driver.send(m.SetExperiment(settings), m.Watch(9), m.StepEpoch(2))
    snapshot = driver.settled()
    assert snapshot.epoch == 2
    assert weights(snapshot) == synchronous(settings, 2)


def test_pausing_and_watching_change_no_number(driver: Driver) -> None:
    settings = experiment()
    driver.send(m.SetExperiment(settings))
    for size in range(1, 8):
        driver.send(m.Watch(size), m.Play(), m.Pause())
        driver.settled()
    driver.send(m.Watch(9), m.StepEpoch())
    snapshot = driver.settled()
    assert weights(snapshot) == synchronous(settings, snapshot.epoch)


def test_playing_goes_on_until_paused(driver: Driver) -> None:
    driver.send(m.SetExperiment(experiment()), m.Play())
    driver.until(lambda: driver.snapshot and driver.snapshot.epoch > 5)
    assert driver.snapshot is not None
    assert driver.snapshot.playing
    driver.until(lambda: driver.snapshot and driver.snapshot.steps_per_second > 0)
    driver.send(m.Pause())
    step = driver.settled().step
    driver.send(m.Watch(2))
    driver.until(lambda: driver.snapshot and driver.snapshot.lanes[0].prediction)
    assert driver.settled().step == step
    assert driver.snapshot.steps_per_second == 0.0


def test_reset_gives_the_first_numbers_again_and_goes_on_if_it_played(driver: Driver) -> None:
    settings = experiment()
    driver.send(m.SetExperiment(settings), m.Watch(9), m.StepEpoch(3), m.Pause(), m.Reset())
    snapshot = driver.settled()
    assert (snapshot.epoch, snapshot.step, snapshot.run) == (0, 0, 2)
    assert weights(snapshot) == synchronous(settings, 0)
    driver.send(m.Play(), m.Reset())
    driver.until(lambda: driver.snapshot and driver.snapshot.run == 3 and driver.snapshot.epoch > 2)
    assert driver.snapshot is not None
    assert driver.snapshot.playing


def test_playing_without_points_waits_for_them(driver: Driver) -> None:
    settings = experiment()
    driver.send(m.SetExperiment(with_points(settings, Points.empty())), m.Play())
    driver.until(lambda: driver.snapshot and driver.snapshot.obeyed == driver.sent)
    assert driver.snapshot is not None
    assert (driver.snapshot.playing, driver.snapshot.step) == (True, 0)
    driver.send(m.SetExperiment(settings))
    driver.until(lambda: driver.snapshot and driver.snapshot.epoch > 3)


def test_edits_take_effect_while_it_plays(driver: Driver) -> None:
    settings = experiment()
    driver.send(m.SetExperiment(settings), m.Play())
    driver.until(lambda: driver.snapshot and driver.snapshot.epoch > 3)
    driver.send(m.SetExperiment(edit_many(settings, {"lanes.0.regularization.l2": 0.1})))
    driver.until(lambda: driver.snapshot and driver.snapshot.lanes[0].now.penalty > 0)
    assert driver.snapshot is not None
    assert (driver.snapshot.run, driver.snapshot.playing) == (1, True)
    driver.send(m.SetExperiment(edit_many(settings, {"lanes.0.network.hidden": [3]})))
    driver.until(lambda: driver.snapshot and driver.snapshot.run == 2 and driver.snapshot.epoch > 1)
    assert len(driver.snapshot.lanes[0].now.weight_gradient) == 2


def test_divergence_is_told_and_ends_the_playing(driver: Driver) -> None:
    driver.send(m.SetExperiment(experiment(WILD)), m.Play())
    driver.until(lambda: driver.events_of(m.LaneEnded))
    snapshot = driver.settled()
    (event,) = driver.events_of(m.LaneEnded)
    assert (event.lane, event.stop.kind) == ("A", "divergence")
    assert snapshot.lanes[0].stop == event.stop
    assert snapshot.lanes[0].status == "diverged"


def test_one_lane_ending_does_not_stop_the_others(driver: Driver) -> None:
    early = {"patience": 1, "min_delta": 100.0}
    lanes = [lane("A"), lane("B", {"regularization.early_stopping": early})]
    driver.send(m.SetExperiment(with_lanes(experiment(), *lanes)), m.Play())
    driver.until(lambda: driver.snapshot and driver.snapshot.lanes[0].now.epoch > 5)
    (event,) = driver.events_of(m.LaneEnded)
    assert (event.lane, event.stop.kind, event.stop.epoch) == ("B", "early_stopping", 1)
    assert driver.snapshot is not None
    assert driver.snapshot.playing
    assert [one.status for one in driver.snapshot.lanes] == ["training", "stopped"]


def test_playing_again_after_the_end_trains_on(driver: Driver) -> None:
    early = {"lanes.0.regularization.early_stopping": {"patience": 2, "min_delta": 100.0}}
    driver.send(m.SetExperiment(experiment(early)))
    for times in (1, 2, 3):
        driver.send(m.Play())
        driver.until(lambda times=times: len(driver.events_of(m.LaneEnded)) == times)
        driver.settled()
    epochs = [event.stop.epoch for event in driver.events_of(m.LaneEnded)]
    assert epochs == sorted(set(epochs))


def test_no_event_is_lost_when_nobody_looks(driver: Driver) -> None:
    lanes = [
        lane(str(number), {"regularization.early_stopping": {"patience": number + 1, "min_delta": 100.0}})
        for number in range(20)
    ]
    driver.send(m.SetExperiment(with_lanes(experiment(), *lanes)), m.Play())
    driver.settled()
    assert [event.lane for event in driver.events_of(m.LaneEnded)] == [str(number) for number in range(20)]


def test_models_are_saved(driver: Driver, tmp_path: Path) -> None:
    settings = with_lanes(experiment(), lane("A"), lane("B b/c"))
    driver.send(m.SetExperiment(settings), m.StepEpoch(2), m.Pause(), m.SaveModels(str(tmp_path)))
    driver.until(lambda: driver.events_of(m.ModelsSaved))
    (event,) = driver.events_of(m.ModelsSaved)
    assert [Path(path).name for path in event.paths] == ["model-A.pt", "model-B_b_c.pt"]
    for path in event.paths:
        assert torch.load(path, weights_only=True)["layers.0.weight"].shape == (5, 2)


def test_a_failing_command_is_told_and_the_next_is_obeyed(driver: Driver, tmp_path: Path) -> None:
    missing = str(tmp_path / "missing")
    driver.send(m.SetExperiment(experiment()), m.SaveModels(missing), m.StepEpoch(2))
    snapshot = driver.settled()
    assert snapshot.epoch == 2
    (event,) = driver.events_of(m.EngineFailed)
    assert missing in event.sentence
    assert "\n" not in event.sentence
    assert "Traceback" in event.details


def test_a_failure_while_training_pauses_and_is_told(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: Trainer) -> bool:
        raise RuntimeError("out of memory")

    driver.send(m.SetExperiment(experiment()))
    driver.settled()
    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "step", fail)
        driver.send(m.Play())
        driver.until(lambda: driver.events_of(m.EngineFailed))
        assert driver.settled().playing is False
    (event,) = driver.events_of(m.EngineFailed)
    assert event.sentence == "out of memory"
    driver.send(m.StepEpoch())
    assert driver.settled().epoch == 1


def test_a_torch_that_cannot_load_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "engine.training.worker", None)
    driver = Driver()
    driver.engine.start()
    driver.until(lambda: driver.events_of(m.EngineFailed))
    assert driver.engine.close(10.0)


def test_closing_ends_the_thread_even_while_it_plays() -> None:
    driver = Driver()
    driver.send(m.SetExperiment(experiment()), m.Play())
    driver.engine.start()
    driver.until(lambda: driver.snapshot and driver.snapshot.playing)
    assert driver.engine.close(10.0)
    assert driver.engine.close(0.0)
    driver.engine.send(m.Play())


def test_closing_what_never_started_is_no_mistake() -> None:
    assert ThreadEngine().close(0.0)


@pytest.mark.parametrize("command", [
    m.SetExperiment(with_points(experiment(), Points([[1, 2]], [1]))), m.Watch(40), m.Watch(None, (0.0, 1.0, 2.0, 3.0)),
    m.Play(), m.Pause(), m.StepBatch(), m.StepEpoch(3), m.Reset(), m.SaveModels("folder"), m.Shutdown(),
    m.EngineReady(), m.ModelsSaved(("a", "b")), m.EngineFailed("sentence", "details"),
    m.LaneEnded("A", m.Stop("divergence", 3, None, "reason")),
], ids=lambda command: type(command).__name__)  # fmt: skip
def test_messages_cross_a_process_boundary(command: Any) -> None:
    again = pickle.loads(pickle.dumps(command))
    assert again == command
    # A frozen class with slots raises TypeError for a field that it does not have.
    with pytest.raises((AttributeError, TypeError)):
        again.anything = 1


def test_snapshots_cross_a_process_boundary_and_hold_no_tensors(driver: Driver) -> None:
    driver.send(m.SetExperiment(experiment()), m.Watch(6), m.StepEpoch(2))
    snapshot = driver.settled()
    text = pickle.dumps(snapshot)
    assert b"torch" not in text
    again = pickle.loads(text)
    assert weights(again) == weights(snapshot)
    before, after = snapshot.lanes[0].history, again.lanes[0].history
    for field in ("epoch", "step", "loss", "penalty", "score", "weight_gradient", "bias_gradient"):
        np.testing.assert_array_equal(getattr(before, field), getattr(after, field))
    assert again.lanes[0].now.penalty == snapshot.lanes[0].now.penalty
    assert (again.serial, again.obeyed, again.epoch) == (snapshot.serial, snapshot.obeyed, snapshot.epoch)


def test_a_snapshot_taken_does_not_change_while_training_goes_on(driver: Driver) -> None:
    driver.send(m.SetExperiment(experiment()), m.Watch(6), m.Play())
    driver.until(lambda: driver.snapshot and driver.snapshot.epoch > 2)
    first = driver.snapshot
    assert first is not None
    text = pickle.dumps(first)
    driver.until(lambda: driver.snapshot and driver.snapshot.epoch > first.epoch + 10)
    assert pickle.dumps(first) == text


def test_the_rate_is_known_even_when_snapshots_are_rare(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([10.0, 13.0, 16.0, 16.1])
    monkeypatch.setattr(worker_module, "time", SimpleNamespace(perf_counter=lambda: next(clock)))
    rate = worker_module._Rate()
    assert [rate.update(steps) for steps in (0, 300, 900, 920)] == pytest.approx([0.0, 100.0, 200.0, 200.0])
