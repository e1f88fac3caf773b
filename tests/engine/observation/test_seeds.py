"""Networks that differ by their seeds, seen as one lane."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine.experiment import Experiment, default_experiment, edit_many
from engine.experiment.lane_looks import trained_part
from engine.experiment.repeats import members, seed_groups
from engine.observation.observables import POINTS, PREDICTION, SPOT, THUMBNAIL, Grid, Position
from engine.observation.observables.disagreement import disagreement_of
from engine.observation.observables.points import most_probable
from engine.observation.seeds import Seeds, quartiles
from engine.observation.snapshot import Best, HistoryView, LaneSnapshot, Observed, Snapshot, Stop, StopOfSeeds
from engine.training.trainer import Trainer

SMALL = {
    "data.generator.points": 40,
    "lanes.0.network.hidden": [3],
    "lanes.0.repeats": 5,
}
REQUESTS = (
    PREDICTION.request(Grid(6)),
    THUMBNAIL.request(Grid(6)),
    POINTS.request(),
    SPOT.request(Position(1.0, 2.0)),
)


def repeated(**changes: object) -> Experiment:
    return edit_many(
        default_experiment(), SMALL | {key.replace("__", "."): value for key, value in changes.items()}
    )


def snapshot_of(trainer: Trainer, serial: int = 0) -> Snapshot:
    lanes, data = trainer.lane_snapshots(REQUESTS), trainer.lanes.data
    epoch, step = trainer.newest_epoch, trainer.runs[0].step
    points = trainer.training_points
    return Snapshot(
        serial, trainer.lanes.run_number, 0, data.task, data.classes, False, epoch, step, 0.0, points, lanes
    )


def trained(experiment: Experiment, epochs: int = 4) -> Trainer:
    trainer = Trainer(trained_part(experiment))
    for _ in range(epochs):
        trainer.train_epoch()
    return trainer


def test_a_repeated_lane_is_trained_once_for_each_seed_as_alone() -> None:
    experiment = repeated(lanes__0__seed=3)
    trainer = trained(experiment)
    assert [run.lane.seed for run in trainer.runs] == [3, 4, 5, 6, 7]
    alone = trained(edit_many(experiment, {"lanes.0.seed": 5, "lanes.0.repeats": 1}))
    np.testing.assert_array_equal(trainer.runs[2].history.view().loss, alone.runs[0].history.view().loss)


def test_the_lane_has_the_median_of_each_number_and_its_quartiles() -> None:
    experiment = repeated()
    whole = snapshot_of(trained(experiment))
    (lane,) = Seeds().grouped(whole, experiment).lanes
    assert (lane.name, len(lane.repeats)) == ("A", 5)
    assert lane.quartiles is not None
    for key in ("loss", "penalty", "score", "layers", "penalty_parts"):
        values = np.stack([getattr(one.history, key) for one in whole.lanes])
        shown = (lane.quartiles[0], lane.history, lane.quartiles[1])
        for view, share in zip(shown, (0.25, 0.5, 0.75), strict=True):
            measured = ~np.isnan(values).all(axis=0)
            right = np.quantile(values[:, measured], share, axis=0)
            np.testing.assert_allclose(getattr(view, key)[measured], right, rtol=1e-12)
            assert np.isnan(getattr(view, key)[~measured]).all()
    now = np.median([one.now.loss for one in whole.lanes], axis=0)
    np.testing.assert_allclose(lane.now.loss, now, rtol=1e-12)
    best = int(np.argmin(lane.history.loss[:, 1]))
    assert lane.best is not None
    assert (lane.best.epoch, lane.best.loss[1]) == (best, float(lane.history.loss[best, 1]))


def test_the_answer_is_the_mean_and_where_seeds_disagree_is_known() -> None:
    experiment = repeated(data__generator__name="xor")
    whole = snapshot_of(trained(experiment))
    (lane,) = Seeds().grouped(whole, experiment).lanes
    found = [PREDICTION.of(one) for one in whole.lanes]
    values = np.stack([one.values for one in found if one is not None])
    mean, shown = values.mean(axis=0), PREDICTION.of(lane)
    assert shown is not None
    np.testing.assert_allclose(shown.values, mean, rtol=1e-6)
    small = THUMBNAIL.of(lane)
    assert small is not None
    assert small.values.tobytes() == shown.values.tobytes()
    disagreement = disagreement_of([one for one in found if one is not None])
    assert disagreement is not None
    other = (values.argmax(axis=-1) != mean.argmax(axis=-1)).mean(axis=0)
    np.testing.assert_allclose(disagreement.share, other, rtol=1e-6)
    assert disagreement.networks == 5
    spots = [spot for lane_of in whole.lanes if (spot := SPOT.of(lane_of)) is not None]
    together, points = SPOT.of(lane), POINTS.of(lane)
    assert together is not None
    np.testing.assert_allclose(together.values, np.mean([one.values for one in spots], axis=0))
    assert points is not None
    each = [one.probabilities for lane_of in whole.lanes if (one := POINTS.of(lane_of)) is not None]
    likely = np.mean([one for one in each if one is not None], axis=0)
    np.testing.assert_array_equal(points.answer, likely.argmax(axis=1))


def test_points_and_surface_say_the_same_where_votes_would_not() -> None:
    experiment = repeated(lanes__0__repeats=3)
    whole = snapshot_of(trained(experiment, 1))
    lanes = []
    for lane, share in zip(whole.lanes, (0.51, 0.51, 0.0), strict=True):
        points, shown = POINTS.of(lane), PREDICTION.of(lane)
        assert points is not None
        assert shown is not None
        likely = np.tile(np.float32([1 - share, share]), (len(points.answer), 1))
        grid = np.tile(np.float32([1 - share, share]), (6, 6, 1))
        told = {
            POINTS.key: replace(points, answer=most_probable(likely), probabilities=likely),
            PREDICTION.key: replace(shown, values=grid),
        }
        lanes.append(replace(lane, observed=Observed.of(dict(lane.observed) | told)))
    (lane,) = Seeds().grouped(replace(whole, lanes=tuple(lanes)), experiment).lanes
    together, surface = POINTS.of(lane), PREDICTION.of(lane)
    assert together is not None
    assert surface is not None
    assert set(surface.values.argmax(axis=2).ravel()) == {0}
    assert set(together.answer) == {0.0}


@pytest.mark.parametrize(("task", "generator"), [("curve", "sine"), ("surface", "plane")])
def test_in_regression_answers_are_means_of_values(task: str, generator: str) -> None:
    plain = msgspec.structs.replace(
        default_experiment(), data=msgspec.structs.replace(default_experiment().data, task=task)
    )
    changes = SMALL | {
        "data.generator.name": generator,
        "lanes.0.network.features": ["x1"] if task == "curve" else ["x1", "x2"],
        "lanes.0.training.loss": "squared",
    }
    experiment = edit_many(plain, changes)
    whole = snapshot_of(trained(experiment))
    (lane,) = Seeds().grouped(whole, experiment).lanes
    values = np.stack([one.values for network in whole.lanes if (one := PREDICTION.of(network)) is not None])
    shown, points = PREDICTION.of(lane), POINTS.of(lane)
    assert shown is not None
    assert points is not None
    np.testing.assert_allclose(shown.values, values.mean(axis=0))
    disagreement = disagreement_of([one for network in whole.lanes if (one := PREDICTION.of(network))])
    assert disagreement is not None
    np.testing.assert_allclose(disagreement.deviations, values.std(axis=0), rtol=1e-5, atol=1e-7)
    answers = [one_of.answer for network in whole.lanes if (one_of := POINTS.of(network)) is not None]
    np.testing.assert_allclose(points.answer, np.mean(answers, axis=0))


def test_lanes_that_are_not_repeated_stay_the_same_objects() -> None:
    experiment = default_experiment()
    whole = snapshot_of(trained(edit_many(experiment, {"data.generator.points": 20}), 1))
    assert Seeds().grouped(whole, experiment) is whole
    several = repeated()
    several = msgspec.structs.replace(
        several, lanes=(*several.lanes, msgspec.structs.replace(several.lanes[0], name="B", repeats=1))
    )
    whole = snapshot_of(trained(several, 1))
    group, other = Seeds().grouped(whole, several).lanes
    assert (group.name, len(group.repeats)) == ("A", 5)
    assert other is whole.lanes[5]


def test_networks_that_the_document_has_not_yet_are_left_alone() -> None:
    experiment = repeated()
    whole = snapshot_of(trained(experiment, 1))
    fewer = edit_many(experiment, {"lanes.0.repeats": 2})
    group, *others = Seeds().grouped(whole, fewer).lanes
    assert len(group.repeats) == 2
    assert [lane.name for lane in others] == [one.name for one in members(experiment)[0][2:]]


def test_a_lane_whose_networks_differ_in_depth_waits_until_they_agree() -> None:
    shallow = repeated()
    deep = edit_many(shallow, {"lanes.0.network.hidden": [3, 3]})
    old, new, seeds = snapshot_of(trained(shallow, 2)), snapshot_of(trained(deep, 3)), Seeds()
    seeds.grouped(old, shallow)
    mixed = replace(old, lanes=(new.lanes[0], *old.lanes[1:]))
    assert seeds.grouped(mixed, deep).lanes == ()
    (lane,), (fresh,) = seeds.grouped(new, deep).lanes, Seeds().grouped(new, deep).lanes
    assert lane.history.layers.shape[-1] == 3
    same_history(lane.history, fresh.history)


def test_what_grows_is_the_same_as_what_is_computed_at_once() -> None:
    experiment = repeated(lanes__0__regularization__early_stopping={"patience": 1, "min_delta": 0.02})
    trainer, seeds = Trainer(trained_part(experiment)), Seeds()
    for serial in range(12):
        trainer.train_epoch()
        whole = snapshot_of(trainer, serial)
        (grown,) = seeds.grouped(whole, experiment).lanes
        (fresh,) = Seeds().grouped(whole, experiment).lanes
        same_history(grown.history, fresh.history)
        assert grown.quartiles is not None
        assert fresh.quartiles is not None
        same_history(grown.quartiles[1], fresh.quartiles[1])
    assert len({run.status for run in trainer.runs}) > 1 or trainer.runs[0].status == "stopped"
    trainer.reset()
    trainer.train_epoch()
    whole = snapshot_of(trainer, 99)
    same_history(
        seeds.grouped(whole, experiment).lanes[0].history, Seeds().grouped(whole, experiment).lanes[0].history
    )


def test_a_lane_has_ended_when_all_its_networks_have() -> None:
    experiment = repeated()
    whole = snapshot_of(trained(experiment, 2))

    def status(*kinds: str) -> LaneSnapshot:
        stops = {
            kind: [Stop(end, 10 * number + more, 3, "because", 100 * number) for number in range(5)]
            for kind, end, more in (("stopped", "early_stopping", 0), ("diverged", "divergence", 1))
        }
        lanes = tuple(
            replace(lane, status=kind, stop=stops[kind][number] if kind in stops else None)  # type: ignore[arg-type]
            for number, (lane, kind) in enumerate(zip(whole.lanes, kinds, strict=True))
        )
        return Seeds().grouped(replace(whole, lanes=lanes), experiment).lanes[0]

    going = status("stopped", "stopped", "training", "diverged", "stopped")
    assert (going.status, going.stop, going.stops) == ("training", None, ())
    mixed = status("stopped", "diverged", "diverged", "diverged", "stopped")
    assert mixed.status == "diverged"
    assert mixed.stop == StopOfSeeds(
        "divergence",
        40,
        None,
        "3 of 5 seeds diverged in epochs 11 to 31, 2 of 5 seeds stopped early in epochs 0 to 40",
        400,
        seeds="3 of 5 seeds",
    )
    ended = status(*["stopped"] * 5)
    assert ended.status == "stopped"
    assert ended.stop is not None
    assert ended.stop.reason == "all 5 seeds stopped early in epochs 0 to 40"
    assert ended.stops == (ended.stop,)


def test_what_was_before_an_edit_is_the_median_of_what_the_networks_were() -> None:
    experiment = repeated()
    whole = snapshot_of(trained(experiment, 2))
    losses = np.random.default_rng(0).uniform(size=(5, 3))
    lanes = tuple(
        replace(lane, first_best=Best(2, 6, tuple(loss)))
        for lane, loss in zip(whole.lanes, losses, strict=True)
    )
    (shown,) = Seeds().grouped(replace(whole, lanes=lanes), experiment).lanes
    assert shown.first_best is not None
    np.testing.assert_allclose(shown.first_best.loss, np.median(losses, axis=0), rtol=1e-12)
    assert (shown.first_best.epoch, shown.first_best.step) == (2, 6)


def same_history(one: HistoryView, other: HistoryView) -> None:
    for key in ("epoch", "loss", "penalty", "score", "layer_epoch", "layers"):
        np.testing.assert_array_equal(getattr(one, key), getattr(other, key))


numbers = st.floats(-1e6, 1e6) | st.just(float("nan"))


@given(arrays(np.float64, st.tuples(st.integers(1, 20), st.integers(1, 3)), elements=numbers))
def test_quartiles_are_those_of_numpy(values: np.ndarray) -> None:
    for found, share in zip(quartiles(values), (0.25, 0.5, 0.75), strict=True):
        for column in range(values.shape[1]):
            counted = values[:, column][~np.isnan(values[:, column])]
            right = np.quantile(counted, share) if len(counted) else np.nan
            np.testing.assert_allclose(found[column], right, rtol=1e-9, atol=1e-9, equal_nan=True)


def test_networks_that_have_ended_count_on_with_what_they_are() -> None:
    experiment = repeated()
    trainer = trained(experiment, 3)
    early = snapshot_of(trainer)
    for _ in range(2):
        trainer.train_epoch()
    whole = snapshot_of(trainer)
    # Two of them have stopped two epochs ago, and hold other weights than those of their last epoch.
    held = [
        replace(lane, status="stopped", now=replace(lane.now, loss=lane.now.loss + 1)) for lane in early.lanes
    ]
    mixed = replace(whole, lanes=(*held[:2], *whole.lanes[2:]))
    (lane,) = Seeds().grouped(mixed, experiment).lanes
    np.testing.assert_allclose(lane.now.loss, np.median([one.now.loss for one in mixed.lanes], axis=0))
    for row in (-1, -2):
        right = [*(one.now.loss for one in held[:2]), *(one.history.loss[row] for one in whole.lanes[2:])]
        np.testing.assert_allclose(lane.history.loss[row], np.median(right, axis=0))
    assert lane.status == "training"


def test_while_seeds_catch_up_all_numbers_are_of_the_epoch_that_all_have_reached() -> None:
    one, three = repeated(lanes__0__repeats=1), repeated(lanes__0__repeats=3)
    trainer, seeds = trained(one, 6), Seeds()
    trainer.set_experiment(trained_part(three), groups=seed_groups(three))
    assert seeds.grouped(snapshot_of(trainer), three).lanes[0].now.epoch == 0
    for _ in range(4):
        trainer.train_epoch()
    whole = snapshot_of(trainer, 1)
    assert [lane.now.epoch for lane in whole.lanes] == [6, 4, 4]
    shown = seeds.grouped(whole, three)
    (lane,) = shown.lanes
    assert (lane.now.epoch, lane.reached, shown.epoch) == (4, 6, 4)
    assert lane.history.epoch.tolist() == [0, 1, 2, 3, 4]
    assert [one.now.epoch for one in lane.repeats] == [4, 4, 4]
    losses = np.stack([one.history.loss[:5] for one in whole.lanes])
    np.testing.assert_allclose(lane.history.loss, np.median(losses, axis=0), rtol=1e-12)
    np.testing.assert_allclose(lane.now.loss, np.median(losses[:, 4], axis=0), rtol=1e-12)
    assert lane.repeats[0].best is not None
    assert lane.repeats[0].best.loss[1] == losses[0, :, 1].min()
    for _ in range(3):
        trainer.train_epoch()
    together = seeds.grouped(snapshot_of(trainer, 2), three)
    assert (together.lanes[0].now.epoch, together.lanes[0].reached, together.epoch) == (7, None, 7)
    plain = Seeds().grouped(snapshot_of(trainer, 3), three)
    np.testing.assert_array_equal(together.lanes[0].history.loss, plain.lanes[0].history.loss)


def test_curves_of_long_runs_are_medians_over_all_seeds_in_every_epoch_that_they_tell() -> None:
    """Each seed keeps the rows of its own extremes when others are left out."""
    experiment = repeated(lanes__0__network__hidden=[2], data__generator__noise=0.3)
    whole, few = Trainer(trained_part(experiment)), Trainer(trained_part(experiment), most_rows=64)
    for trainer in (whole, few):
        for _ in range(300):
            trainer.train_epoch()
    networks = snapshot_of(few).lanes
    own = [set(lane.history.epoch.tolist()) for lane in networks]
    assert set.union(*own) != set.intersection(*own)
    every = Seeds().grouped(snapshot_of(whole), experiment).lanes[0].history
    told = Seeds().grouped(snapshot_of(few), experiment).lanes[0].history
    assert set(told.epoch.tolist()) == set.intersection(*own)
    np.testing.assert_array_equal(told.loss, every.loss[told.epoch])
    np.testing.assert_array_equal(told.step, every.step[told.epoch])


def test_a_seed_of_a_long_run_is_seen_at_the_epoch_of_a_row_that_it_has() -> None:
    one, two = repeated(lanes__0__repeats=1), repeated(lanes__0__repeats=2)
    trainer = Trainer(trained_part(one), most_rows=64)
    for _ in range(200):
        trainer.train_epoch()
    trainer.set_experiment(trained_part(two), groups=seed_groups(two))
    rows = trainer.runs[0].history.view()
    gap = int(np.flatnonzero(np.diff(rows.epoch) > 1)[-1])
    for _ in range(int(rows.epoch[gap]) + 1):
        trainer.train_epoch()
    first, second = Seeds().grouped(snapshot_of(trainer), two).lanes[0].repeats
    assert (first.now.epoch, first.now.step) == (rows.epoch[gap], rows.step[gap])
    assert second.now.epoch == first.now.epoch + 1
    assert first.reached == 200


def test_a_seed_that_has_ended_is_seen_at_the_epoch_of_those_that_catch_up() -> None:
    stopping = {"patience": 1, "min_delta": 10.0}
    one = repeated(lanes__0__repeats=1, lanes__0__regularization__early_stopping=stopping)
    two = repeated(lanes__0__repeats=2, lanes__0__regularization__early_stopping={**stopping, "patience": 9})
    trainer = trained(one, 3)
    assert (trainer.runs[0].status, trainer.runs[0].epoch) == ("stopped", 1)
    trainer.set_experiment(trained_part(two), groups=seed_groups(two))
    before = Seeds().grouped(snapshot_of(trainer), two).lanes[0]
    assert ([one.now.epoch for one in before.repeats], before.reached) == ([0, 0], 1)
    for _ in range(4):
        trainer.train_epoch()
    after = Seeds().grouped(snapshot_of(trainer), two).lanes[0]
    assert ([one.now.epoch for one in after.repeats], after.reached, after.now.epoch) == ([1, 4], None, 4)
