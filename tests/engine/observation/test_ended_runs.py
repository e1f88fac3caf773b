"""When a run has ended, and that its record has the numbers of its last snapshot."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.data import resolve_points
from engine.experiment import (
    Experiment,
    Points,
    default_experiment,
    edit,
    edit_many,
    switch_generator,
    switch_task,
)
from engine.experiment.lanes import with_duplicate, with_lane_name, with_moved, without_lane
from engine.experiment.repeats import members
from engine.experiment.run_list import MOST_ROWS, OUTSIDE, SIDE, RunRecord, curves_of, picture_of
from engine.observation import CANVAS_EXTENT, EditMark, LaneSnapshot, Observed, Stop
from engine.observation.ended_runs import (
    LEVELS,
    end_between,
    ends_by_edit,
    history_of,
    is_other_run,
    picture_of_prediction,
    record_of,
)
from engine.observation.observables import PREDICTION, Grid, Prediction
from engine.observation.results import results_of, results_of_run
from engine.observation.seeds import Seeds
from engine.observation.snapshot import Best, Snapshot
from engine.training.trainer import Trainer
from tests.engine.observation.made_up import history, snapshot

STOP = Stop("early_stopping", 9, 4, "no better for 5 epochs")
LOST = Stop("divergence", 7, None, "the loss is not finite")


def run(epochs: int, stop: Stop | None = None, start: str = "") -> LaneSnapshot:
    seen = snapshot(history(np.exp(-np.arange(epochs + 1) / 50.0)), stop)
    return replace(seen, marks=(EditMark(0, 0, start, "start"),)) if start else seen


def points(experiment: Experiment) -> Points:
    return resolve_points(experiment.data)


def ended_by(before: Experiment, after: Experiment) -> dict[str, str]:
    return dict(ends_by_edit(before, after, points(before), points(after)))


def test_a_run_ends_with_its_stop_once() -> None:
    assert end_between(run(8), run(9, STOP)) == "early_stopping"
    assert end_between(run(8), run(7, LOST)) == "divergence"
    assert end_between(None, run(9, STOP)) == "early_stopping"
    assert end_between(run(9, STOP), run(9, STOP)) == ""
    assert end_between(run(8), run(9)) == ""
    assert end_between(None, run(0, LOST)) == ""


def test_a_run_that_was_continued_ends_again() -> None:
    continued = replace(run(12), stop=STOP)
    assert end_between(run(9, STOP), continued) == ""
    assert end_between(continued, run(14, STOP)) == "early_stopping"


def test_another_run_is_told_by_its_updates_its_beginning_and_its_depth() -> None:
    assert not is_other_run(run(3), run(5))
    assert not is_other_run(run(3), run(3))
    assert is_other_run(run(5), run(3))
    assert is_other_run(run(3), run(5, start="batch size 10 → 20"))
    other = snapshot(history(2 * np.exp(-np.arange(6) / 50.0)))
    assert is_other_run(run(3), other)
    deeper = snapshot(history(np.exp(-np.arange(6) / 50.0), layers=5))
    assert is_other_run(run(3), deeper)


@pytest.mark.parametrize(
    ("changes", "ends"),
    [
        ({"lanes.0.training.learning_rate": 0.5, "lanes.1.regularization.l2": 0.1}, {}),
        ({"lanes.0.training.loss": "squared"}, {}),
        ({"lanes.1.colour": 3, "lanes.0.hidden": True}, {}),
        ({"lanes.1.network.hidden": [3]}, {"B": "shape"}),
        ({"lanes.0.seed": 4}, {"A": "shape"}),
        ({"data.generator.seed": 4}, {"A": "data", "B": "data"}),
        ({"data.split.seed": 4}, {}),
    ],
)
def test_an_edit_ends_the_runs_that_it_starts_again(changes: dict[str, object], ends: dict[str, str]) -> None:
    before, _ = with_duplicate(default_experiment(), 0)
    assert ended_by(before, edit_many(before, changes)) == ends


def test_lanes_that_go_end_and_lanes_that_move_do_not() -> None:
    two, _ = with_duplicate(default_experiment(), 0, {"regularization.l2": 0.1})
    assert ended_by(two, without_lane(two, 0)) == {"A": "removed"}
    assert ended_by(two, with_moved(two, 0, 1)) == {}
    assert ended_by(default_experiment(), two) == {}
    assert ended_by(two, switch_generator(two, "moons")) == {"A": "data", "B": "data"}
    assert ended_by(two, switch_task(two, "curve")) == {"A": "data", "B": "data"}
    assert ended_by(two, with_lane_name(two, 1, "plain")) == {}


def recorded(seen: LaneSnapshot, ended: str = "reset") -> RunRecord:
    sketch = default_experiment()
    return record_of(4, sketch.lanes[0], seen, sketch.data, points(sketch), ended, 1000)


def test_a_record_has_the_numbers_of_the_snapshot() -> None:
    seen = replace(run(500), best=Best(321, 3210, (1.0, 1.0, 1.0)))
    record = recorded(seen)
    assert (record.number, record.name, record.epochs, record.when) == (4, "A", 500, 1000)
    assert (record.ended, record.reason, record.best_epoch) == ("reset", "", 321)
    assert record.loss == tuple(seen.now.loss)
    assert record.score == tuple(seen.now.score)
    assert record.gap == 0.0
    assert record.gradient_ratio == 1.0
    curves = curves_of(record)
    assert len(curves) <= MOST_ROWS
    assert {0, 321, 500} <= set(curves[:, 0])
    of_epoch = seen.history.loss[curves[:, 0].astype(int)]
    assert np.array_equal(curves[:, 1:4], of_epoch)


def test_the_record_of_a_repeated_lane_has_the_medians_that_the_table_has() -> None:
    rng = np.random.default_rng(3)
    experiment = edit(default_experiment(), "lanes.0.repeats", 5)
    networks = []
    for group in members(experiment)[0]:
        probes = {
            "weight_gradient": rng.uniform(0.1, 1.0, 4).tolist(),
            "zero_weights": rng.uniform(size=4).tolist(),
        }
        of_one = snapshot(history(rng.uniform(0.1, 1.0, 5), rng.uniform(0.1, 1.0, 5), probes=probes))
        losses = rng.uniform(0.1, 1.0, 3)
        networks.append(replace(of_one, name=group.name, now=replace(of_one.now, loss=losses)))
    networks[4] = replace(networks[4], status="diverged", stop=LOST)
    (seen,) = (
        Seeds()
        .grouped(Snapshot(0, 0, 0, "classification", 2, False, 4, 4, 0.0, 9, tuple(networks)), experiment)
        .lanes
    )
    lane = experiment.lanes[0]
    record = record_of(1, lane, seen, experiment.data, points(experiment), "reset", 1000)
    losses = np.array([one.now.loss for one in networks])
    gradients = np.array([one.now.weight_gradient for one in networks])
    zeros = np.array([one.now.probe("zero_weights") for one in networks])
    weights = np.array([16, 64, 64, 16])
    assert record.loss == pytest.approx(np.median(losses, axis=0))
    assert record.gap == pytest.approx(np.median(losses[:, 1] - losses[:, 0]))
    assert record.gradient_ratio == pytest.approx(np.median(gradients[:, 0] / gradients[:, -1]))
    assert record.zero_share == pytest.approx(np.median(zeros @ weights / weights.sum()))
    assert (record.ended, record.reason, record.diverged) == ("reset", "1 of 5 seeds diverged", 1)
    table, again = results_of(seen, lane, experiment.data), results_of_run(record)
    for key in ("gap", "gradient_ratio", "zero_share"):
        assert getattr(again, key).value == getattr(table, key).value
    assert [one.value for one in again.loss] == [one.value for one in table.loss]
    assert (again.diverged, again.seeds) == (True, 5)


def test_the_curves_come_back_as_a_history() -> None:
    seen = run(30)
    history_again = history_of(recorded(seen))
    assert np.array_equal(history_again.epoch, seen.history.epoch)
    assert np.array_equal(history_again.loss, seen.history.loss)
    assert np.array_equal(history_again.penalty, seen.history.penalty)
    assert history_of(recorded(seen)) is history_again


def test_a_run_that_ended_by_itself_keeps_that_reason() -> None:
    stopped = recorded(run(9, STOP))
    assert (stopped.ended, stopped.reason) == ("early_stopping", "no better for 5 epochs")
    assert recorded(run(7, LOST), "shape").ended == "divergence"
    assert recorded(replace(run(12), stop=STOP)).ended == "reset"


def test_a_run_that_diverged_ended_in_the_epoch_that_the_lane_said() -> None:
    seen = run(7, Stop("divergence", 8, 5, "the loss is no longer finite"))
    experiment = default_experiment()
    live = results_of(seen, experiment.lanes[0], experiment.data)
    assert results_of_run(recorded(seen)).ended == live.ended == "diverged, epoch 8"


def test_numbers_that_are_not_finite_are_not_known() -> None:
    seen = run(3)
    lost = replace(seen, now=replace(seen.now, loss=np.array([np.inf, np.nan, 1.0]), penalty=np.nan))
    record = recorded(lost)
    assert (record.loss, record.penalty, record.gap) == ((None, None, 1.0), None, None)


def test_the_share_of_zeros_counts_weights() -> None:
    zeros = {"zero_weights": [0.5, 0.0, 0.0, 1.0]}
    seen = snapshot(history([2.0, 1.0], probes=zeros))
    # 2-8-8-8-2 has 16, 64, 64 and 16 weights.
    assert recorded(seen).zero_share == pytest.approx((8 + 16) / 160)
    assert recorded(run(3)).zero_share is None


@pytest.mark.parametrize("size", [SIDE, 7, 100])
@pytest.mark.parametrize("classes", [2, 3])
def test_the_picture_has_the_classes_of_the_prediction(size: int, classes: int) -> None:
    values = np.random.default_rng(0).random((size, size, classes)).astype(np.float32)
    data = edit(default_experiment(), "data.classes", classes).data
    record = RunRecord(
        **{"number": 1, "lane": default_experiment().lanes[0], "task": "classification", "classes": classes},
        **{"data": "0" * 16, "epochs": 1, "when": 0, "ended": "reset"},
        picture=picture_of_prediction(Prediction(CANVAS_EXTENT, values), data),
    )
    cells = picture_of(record)
    assert cells is not None
    answered = values.argmax(-1)
    for row, column in ((0, 0), (13, 29), (39, 39)):
        assert (
            cells[row, column] == answered[int((row + 0.5) * size / SIDE), int((column + 0.5) * size / SIDE)]
        )
    if size == SIDE:
        assert np.array_equal(cells, answered)


def test_the_picture_of_a_trained_network_is_what_the_canvas_shows() -> None:
    trainer = Trainer(default_experiment())
    for _ in range(3):
        trainer.train_epoch()
    (seen,) = trainer.lane_snapshots([PREDICTION.request(Grid(SIDE))])
    record = recorded(seen)
    cells = picture_of(record)
    assert cells is not None
    assert np.array_equal(cells, PREDICTION.of(seen).values.argmax(-1))
    assert record.epochs == 3


def test_pictures_of_values_are_levels_of_their_extent() -> None:
    surface = switch_task(default_experiment(), "surface").data
    low, high = surface.extent.value
    values = np.full((SIDE, SIDE), low)
    values[0], values[1], values[2] = high, high + 100.0, (low + high) / 2
    cells = unpacked(picture_of_prediction(Prediction(CANVAS_EXTENT, values), surface), "surface")
    assert [cells[0, 0], cells[1, 0], cells[2, 0], cells[3, 0]] == [LEVELS, LEVELS, LEVELS // 2, 0]


def test_the_picture_of_a_curve_says_where_it_leaves_the_sheet() -> None:
    curve = switch_task(default_experiment(), "curve").data
    low, high = curve.extent.y
    heights = np.linspace(low, high, SIDE)
    heights[7] = high + 1.0
    cells = unpacked(picture_of_prediction(Prediction(CANVAS_EXTENT, heights), curve), "curve")
    assert (cells[0], cells[7], cells[-1]) == (0, OUTSIDE, LEVELS)


def test_answers_that_are_not_finite_or_not_seen_make_no_picture() -> None:
    data = default_experiment().data
    assert picture_of_prediction(Prediction(CANVAS_EXTENT, np.full((4, 4, 2), np.nan)), data) == b""
    assert recorded(run(3)).picture == b""
    assert picture_of(recorded(replace(run(3), observed=Observed()))) is None


def unpacked(picture: bytes, task: str) -> np.ndarray:
    cells = picture_of(
        RunRecord(
            **{"number": 1, "lane": default_experiment().lanes[0], "task": task, "classes": 2},
            **{"data": "0" * 16, "epochs": 1, "when": 0, "ended": "reset", "picture": picture},
        )
    )
    assert cells is not None
    return cells
