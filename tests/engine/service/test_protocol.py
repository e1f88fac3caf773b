"""What a window may rely on, wherever the engine lives: commands obeyed in order, snapshots newest first, events never
lost, failures survived."""

from __future__ import annotations

import csv
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.catalogue.tasks import TASKS
from engine.experiment import Experiment, Points, default_experiment, edit_many
from engine.observation import LaneSnapshot, Snapshot
from engine.observation.observables import PREDICTION
from engine.service import messages as m
from engine.service.interface import Engine
from engine.service.process import ProcessEngine
from engine.service.thread import ThreadEngine
from engine.training.models import export_lane
from engine.training.parameter_edits import ParameterPlace
from tests.deadline import DEADLINE
from tests.engine.driving import Driver, until
from tests.engine.helpers import experiment, lane, trained, with_lanes, with_points
from tests.observing import prediction_of, prediction_request, watch_prediction

WILD = {
    "lanes.0.training.optimizer": "sgd",
    "lanes.0.training.learning_rate": 100.0,
    "lanes.0.network.activation": "relu",
    "lanes.0.regularization.l2": 10.0,
}
ENGINES: dict[str, Callable[[], Engine]] = {"thread": ThreadEngine, "process": ProcessEngine}


@pytest.fixture(params=ENGINES)
def engine(forked: None, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An engine that has not been started."""
    engine = ENGINES[request.param]()
    yield engine
    assert engine.close(DEADLINE)


@pytest.fixture(scope="module")
def process() -> Iterator[Driver]:
    """One engine for all tests, because a process takes seconds to load torch."""
    driver = Driver(ProcessEngine())
    driver.engine.start()
    yield driver
    assert driver.engine.close(DEADLINE)


@pytest.fixture(params=ENGINES)
def driver(request: pytest.FixtureRequest) -> Iterator[Driver]:
    """An engine that runs."""
    if request.param == "process":
        shared: Driver = request.getfixturevalue("process")
        shared.start_over()
        yield shared
        return
    driver = Driver(ThreadEngine())
    driver.engine.start()
    yield driver
    assert driver.engine.close(DEADLINE)


def weights(lanes: tuple[LaneSnapshot, ...]) -> list[Any]:
    """What the weights show through."""
    parts = []
    for one in lanes:
        prediction = prediction_of(one)
        arrays = prediction.values, one.now.loss, one.now.weight_gradient, one.now.bias_gradient
        parts.append((one.name, one.now.epoch, one.now.step, *(array.tobytes() for array in arrays)))
    return parts


def synchronous(settings: Experiment, epochs: int, size: int = 9) -> list[Any]:
    return weights(trained(settings, epochs).lane_snapshots([prediction_request(size)]))


def test_it_gets_ready_once_and_shows_the_experiment_untrained(engine: Engine) -> None:
    driver = Driver(engine)
    engine.start()
    driver.send(m.SetExperiment(experiment()))
    driver.until(lambda: driver.snapshot)
    snapshot = driver.settled()
    assert driver.events == [m.EngineReady()]
    assert (snapshot.epoch, snapshot.step, snapshot.playing, snapshot.run) == (0, 0, False, 1)
    assert (snapshot.task, snapshot.classes, snapshot.training_points) == ("classification", 2, 30)
    assert snapshot.lanes[0].observed == {}


def test_commands_sent_before_the_start_are_kept_in_their_order(engine: Engine) -> None:
    driver = Driver(engine)
    driver.send(m.SetExperiment(experiment(WILD)), m.SetExperiment(experiment()), m.StepEpoch(2), m.Pause())
    driver.send(m.Reset(), watch_prediction(9), m.StepEpoch(2))
    engine.start()
    snapshot = driver.settled()
    assert snapshot.epoch == 2
    assert weights(snapshot.lanes) == synchronous(experiment(), 2)


def test_closing_ends_it_even_while_it_plays(engine: Engine) -> None:
    driver = Driver(engine)
    driver.send(m.SetExperiment(experiment()), m.Play())
    engine.start()
    driver.until(lambda: driver.snapshot and driver.snapshot.playing)
    assert engine.close(DEADLINE)
    assert engine.close(0.0)
    driver.look()
    driver.send(m.Play(), m.SetExperiment(experiment()), watch_prediction(3))
    assert engine.take_snapshot() is None
    assert not driver.events_of(m.EngineFailed)


def test_closing_what_never_started_is_no_mistake(engine: Engine) -> None:
    engine.send(m.SetExperiment(experiment()))
    assert engine.close(0.0)
    assert engine.close(0.0)


def test_closing_while_it_starts_ends_it(engine: Engine) -> None:
    engine.send(m.SetExperiment(experiment()))
    engine.send(m.Play())
    engine.start()
    assert engine.close(DEADLINE)
    assert not [event for event in engine.take_events() if isinstance(event, m.EngineFailed)]


def test_starting_what_has_been_closed_does_not_leave_it_running(engine: Engine) -> None:
    assert engine.close(0.0)
    engine.start()
    assert engine.close(DEADLINE)


def test_a_fresh_experiment_is_trained_as_by_the_synchronous_trainer(driver: Driver) -> None:
    driver.send(m.SetExperiment(default_experiment()), watch_prediction(30), m.StepEpoch(3))
    assert weights(driver.settled().lanes) == synchronous(default_experiment(), 3, 30)


@pytest.mark.parametrize("task", list(TASKS))
def test_after_some_epochs_it_is_where_the_synchronous_trainer_is(driver: Driver, task: str) -> None:
    settings = experiment({"lanes.0.regularization.dropout": {"rate": 0.3}}, task=task)
    driver.send(m.SetExperiment(settings), watch_prediction(9), m.StepEpoch(25))
    snapshot = driver.settled()
    assert (snapshot.epoch, snapshot.step) == (25, 75)
    assert weights(snapshot.lanes) == synchronous(settings, 25)


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
    driver.send(m.SetExperiment(settings), watch_prediction(9), m.StepEpoch(2))
    snapshot = driver.settled()
    assert snapshot.epoch == 2
    assert weights(snapshot.lanes) == synchronous(settings, 2)


def test_pausing_and_watching_change_no_number(driver: Driver) -> None:
    settings = experiment()
    driver.send(m.SetExperiment(settings))
    for size in range(1, 8):
        driver.send(watch_prediction(size), m.Play(), m.Pause())
        driver.settled()
    driver.send(watch_prediction(9), m.StepEpoch())
    snapshot = driver.settled()
    assert weights(snapshot.lanes) == synchronous(settings, snapshot.epoch)


def test_playing_goes_on_until_paused(driver: Driver) -> None:
    driver.send(m.SetExperiment(experiment()), m.Play())
    driver.until(lambda: driver.snapshot and driver.snapshot.epoch > 5)
    assert driver.snapshot is not None
    assert driver.snapshot.playing
    driver.until(lambda: driver.snapshot and driver.snapshot.steps_per_second > 0)
    driver.send(m.Pause())
    step = driver.settled().step
    driver.send(watch_prediction(2))
    driver.until(lambda: driver.snapshot and PREDICTION.of(driver.snapshot.lanes[0]))
    assert driver.settled().step == step
    assert driver.snapshot.steps_per_second == 0.0


def test_reset_gives_the_first_numbers_again_and_goes_on_if_it_played(driver: Driver) -> None:
    settings = experiment()
    driver.send(m.SetExperiment(settings), watch_prediction(9), m.Pause())
    run = driver.settled().run
    driver.send(m.StepEpoch(3), m.Pause(), m.Reset())
    snapshot = driver.settled()
    assert (snapshot.epoch, snapshot.step, snapshot.run) == (0, 0, run + 1)
    assert weights(snapshot.lanes) == synchronous(settings, 0)
    driver.send(m.Play(), m.Reset())
    driver.until(lambda: driver.snapshot and driver.snapshot.run == run + 2 and driver.snapshot.epoch > 2)
    assert driver.snapshot is not None
    assert driver.snapshot.playing


ONLY_TESTED = Points([[1, 2], [2, 1]], [0, 1], np.full(2, 2, np.uint8))


@pytest.mark.parametrize("points", [Points.empty(), ONLY_TESTED], ids=["none", "test alone"])
@pytest.mark.parametrize("command", [m.Play(), m.StepEpoch(2), m.StepBatch()], ids=lambda c: type(c).__name__)
def test_without_training_points_nothing_pretends_to_train(
    driver: Driver, command: m.Command, points: Points
) -> None:
    settings = experiment()
    driver.send(m.SetExperiment(with_points(settings, points)), command)
    driver.until(lambda: driver.events_of(m.NoTrainingPoints))
    snapshot = driver.settled()
    assert (snapshot.playing, snapshot.step, snapshot.training_points) == (False, 0, 0)
    driver.send(m.SetExperiment(settings), m.StepEpoch(2))
    assert driver.settled().epoch == 2, "points have come: what is asked now is done, and nothing from before"
    assert driver.events_of(m.NoTrainingPoints) == [m.NoTrainingPoints()]


def test_when_the_points_go_while_it_plays_training_waits_for_others(driver: Driver) -> None:
    settings = experiment()
    driver.send(m.SetExperiment(settings), m.Play())
    driver.until(lambda: driver.snapshot and driver.snapshot.epoch > 1)
    driver.send(m.SetExperiment(with_points(settings, Points.empty())))
    driver.until(lambda: driver.snapshot and not driver.snapshot.training_points)
    assert driver.snapshot is not None
    assert driver.snapshot.playing
    gone = driver.snapshot.step
    driver.send(m.SetExperiment(settings))
    driver.until(lambda: driver.snapshot and driver.snapshot.training_points and driver.snapshot.step > gone)
    assert not driver.events_of(m.NoTrainingPoints)


def test_going_back_to_the_best_weights_is_told_while_it_plays_too(driver: Driver) -> None:
    rough = {"data.generator.noise": 0.5, "lanes.0.training.learning_rate": 0.1}
    driver.send(m.SetExperiment(experiment(rough)), m.Play())
    driver.until(lambda: driver.snapshot and driver.snapshot.epoch > 30)
    driver.send(m.RestoreBest((0,)))
    driver.until(lambda: driver.events_of(m.Restored))
    (told,) = driver.events_of(m.Restored)
    driver.until(lambda: driver.snapshot and driver.snapshot.lanes[0].marks)
    assert driver.snapshot is not None
    (mark,) = driver.snapshot.lanes[0].marks
    assert (told.lane, told.text, mark.kind) == ("A", mark.text, "restore")
    assert driver.snapshot.playing


def test_edits_take_effect_while_it_plays(driver: Driver) -> None:
    settings = experiment()
    driver.send(m.SetExperiment(settings), m.Play())
    driver.until(lambda: driver.snapshot and driver.snapshot.epoch > 3)
    assert driver.snapshot is not None
    run = driver.snapshot.run
    driver.send(m.SetExperiment(edit_many(settings, {"lanes.0.regularization.l2": 0.1})))
    driver.until(lambda: driver.snapshot and driver.snapshot.lanes[0].now.penalty > 0)
    assert (driver.snapshot.run, driver.snapshot.playing) == (run, True)
    driver.send(m.SetExperiment(edit_many(settings, {"lanes.0.network.hidden": [3]})))
    driver.until(lambda: driver.snapshot and driver.snapshot.run == run + 1 and driver.snapshot.epoch > 1)
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
    driver.send(m.SetExperiment(settings), m.StepEpoch(2), m.Pause(), m.SaveRun(str(tmp_path)))
    driver.until(lambda: driver.events_of(m.RunSaved))
    (event,) = driver.events_of(m.RunSaved)
    models = [path for path in event.paths if path.endswith(".pt")]
    assert [Path(path).name for path in models] == [
        "model-A.pt", "model-B_b_c.pt", "model-A-best.pt", "model-B_b_c-best.pt",
    ]  # fmt: skip
    for path in models:
        assert torch.load(path, weights_only=True)["layers.0.weight"].shape == (5, 2)


def test_what_is_saved_while_training_is_of_one_moment(driver: Driver, tmp_path: Path) -> None:
    # With one batch an epoch every step ends one, so that the model is that of the history's last row.
    settings = experiment({"lanes.0.training.batch_size": 500})
    driver.send(m.SetExperiment(settings), m.Watch(), m.Play())
    driver.until(lambda: driver.snapshot is not None and driver.snapshot.epoch > 3)
    driver.send(m.SaveRun(str(tmp_path)))
    driver.until(lambda: driver.events_of(m.RunSaved))
    newest = list(csv.DictReader((tmp_path / "metrics.csv").read_text().splitlines()))[-1]
    alone = trained(settings, int(newest["epoch"]))
    alone.measure()
    now = alone.runs[0].now
    assert now is not None
    assert (float(newest["training_loss"]), int(newest["step"])) == (now.loss[0], now.step)
    saved = torch.load(tmp_path / "model-A.pt", weights_only=True)
    for key, tensor in export_lane(alone, "A").state_dict().items():
        assert torch.equal(saved[key], tensor)


def test_a_run_that_cannot_be_written_is_told_and_training_goes_on(driver: Driver, tmp_path: Path) -> None:
    missing = str(tmp_path / "missing")
    driver.send(m.SetExperiment(experiment()), m.SaveRun(missing), m.StepEpoch(2))
    driver.until(lambda: driver.events_of(m.RunNotSaved))
    (event,) = driver.events_of(m.RunNotSaved)
    assert driver.settled().epoch == 2
    assert missing in event.sentence
    assert "\n" not in event.sentence
    assert not driver.events_of(m.EngineFailed)


def test_a_failing_command_is_told_and_the_next_is_obeyed(driver: Driver) -> None:
    driver.send(m.SetExperiment(experiment()), m.StepEpoch("two"), m.StepEpoch(2))  # type: ignore[arg-type]
    snapshot = driver.settled()
    assert snapshot.epoch == 2
    (event,) = driver.events_of(m.EngineFailed)
    assert "\n" not in event.sentence
    assert "Traceback" in event.details


def test_what_was_obeyed_is_counted_without_what_only_sets_something(driver: Driver) -> None:
    driver.send(m.SetExperiment(experiment()), watch_prediction(2), m.Pause())
    before = driver.settled().acknowledged
    assert before == driver.sent
    driver.send(
        watch_prediction(3),
        m.SetExperiment(experiment()),
        m.StepBatch(),
        watch_prediction(4),
        m.Reset(),
        m.Pause(),
    )
    assert driver.settled().acknowledged == before + 3


def test_the_newest_snapshot_wins_where_nobody_looks_and_histories_stay_whole(
    driver: Driver, tmp_path: Path
) -> None:
    driver.send(m.SetExperiment(experiment()), m.Pause())
    driver.settled()
    for number in range(1, 13):
        # That the models have been saved tells that the step has been taken, without a look at snapshots.
        driver.send(m.StepBatch(), m.SaveRun(str(tmp_path)))

        def saved(number: int = number) -> bool:
            driver.hear()
            return len(driver.events_of(m.RunSaved)) == number

        until(saved)
    driver.send(m.StepBatch())
    seen: list[Snapshot] = []

    def newest() -> bool:
        snapshot = driver.engine.take_snapshot()
        if snapshot is not None:
            seen.append(snapshot)
        return bool(seen) and seen[-1].step == 13

    until(newest)
    # A few may have been on their way already; of two dozen, most were never seen.
    assert len(seen) <= 5
    assert [snapshot.serial for snapshot in seen] == sorted({snapshot.serial for snapshot in seen})
    assert seen[-1].lanes[0].history.epoch.tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("command", [
    m.SetExperiment(with_points(experiment(), Points([[1, 2]], [1]))), watch_prediction(40), m.Watch(lanes=(0, 2)),
    m.Play(), m.Pause(), m.StepBatch(), m.StepEpoch(3), m.Reset(), m.SaveRun("folder"), m.Shutdown(),
    m.EngineReady(), m.RunSaved(("a", "b")), m.RunNotSaved("sentence"), m.EngineFailed("sentence", "details"),
    m.LaneEnded("A", m.Stop("divergence", 3, None, "reason")), m.NoTrainingPoints(), m.Restored("A", "words"),
    m.NotRestored("A", 3), m.CopyLane("B", "A"), m.LaneNotCopied("B", "sentence"), m.AllLanesMuted(),
    m.TrainingNotKept(3),
], ids=lambda command: type(command).__name__)  # fmt: skip
def test_messages_cross_a_process_boundary(command: Any) -> None:
    again = pickle.loads(pickle.dumps(command))
    assert again == command
    # A frozen class with slots raises TypeError for a field that it does not have.
    with pytest.raises((AttributeError, TypeError)):
        again.anything = 1


def test_snapshots_cross_a_process_boundary_and_hold_no_tensors(driver: Driver) -> None:
    driver.send(m.SetExperiment(experiment()), watch_prediction(6), m.StepEpoch(2))
    snapshot = driver.settled()
    text = pickle.dumps(snapshot)
    assert b"torch" not in text
    again = pickle.loads(text)
    assert weights(again.lanes) == weights(snapshot.lanes)
    before, after = snapshot.lanes[0].history, again.lanes[0].history
    for field in ("epoch", "step", "loss", "penalty", "score", "weight_gradient", "bias_gradient"):
        np.testing.assert_array_equal(getattr(before, field), getattr(after, field))
    assert again.lanes[0].now.penalty == snapshot.lanes[0].now.penalty
    assert (again.serial, again.acknowledged, again.epoch) == (
        snapshot.serial,
        snapshot.acknowledged,
        snapshot.epoch,
    )


def test_a_snapshot_taken_does_not_change_while_training_goes_on(driver: Driver) -> None:
    driver.send(m.SetExperiment(experiment()), watch_prediction(6), m.Play())
    driver.until(lambda: driver.snapshot and driver.snapshot.epoch > 2)
    first = driver.snapshot
    assert first is not None
    text = pickle.dumps(first)
    driver.until(lambda: driver.snapshot and driver.snapshot.epoch > first.epoch + 10)
    assert pickle.dumps(first) == text


def test_a_save_that_is_refused_is_counted(
    driver: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever waits until all commands are obeyed does not wait for ever."""
    driver.send(m.SetExperiment(experiment()), m.StepBatch())
    monkeypatch.setattr("engine.service.saves.MOST", 0)
    driver.send(m.SaveRun(str(tmp_path)), m.SaveRun(str(tmp_path)), m.StepBatch())
    snapshot = driver.settled()
    assert (snapshot.step, snapshot.acknowledged) == (2, driver.sent)
    assert len(driver.events_of(m.RunNotSaved)) == 2


def test_a_weight_set_by_hand_is_in_the_next_snapshot_and_what_cannot_be_set_is_told(driver: Driver) -> None:
    settings = experiment()
    driver.send(m.SetExperiment(settings), m.StepEpoch())
    driver.settled()
    driver.send(m.SetParameter(0, 2, "weight", 1, 0, 0.5), m.SetParameter(0, 9, "bias", 0, 0, 0.5))
    (shown,) = driver.settled().lanes
    expected = trained(settings, 1)
    expected.set_parameter(0, ParameterPlace(2, "weight", 1, 0), 0.5)
    assert [mark.text for mark in shown.marks] == [mark.text for mark in expected.runs[0].marks.view]
    assert shown.now.loss.tolist() == expected.lane_snapshots()[0].now.loss.tolist()
    driver.until(lambda: driver.events_of(m.ParameterNotSet))
