"""Which data a network can learn from as the canvas scales them, and what is done for the others."""

from __future__ import annotations

import numpy as np
import pytest

from engine.data import describe_misfit, with_fitting_inputs
from engine.experiment import Points, default_experiment, edit_many, switch_task
from engine.training.trainer import Trainer

RNG = np.random.default_rng(0)


def spread(low: float, high: float) -> np.ndarray:
    return RNG.uniform(low, high, 100)


@pytest.mark.parametrize(
    ("x", "y", "suits"),
    [
        (spread(-6, 6), spread(-6, 6), True),
        (spread(-9, 9), spread(-6, 6), True),
        (spread(0, 100), spread(470, 530), False),
        (spread(0, 1), spread(0, 1), False),
        (spread(0, 5), spread(0, 0.1), True),
        (spread(1.7e9, 1.7e9 + 60), spread(0, 3), False),
    ],
)
def test_what_suits_the_canvas(x: np.ndarray, y: np.ndarray, suits: bool) -> None:
    points = Points(np.column_stack((x, y)), np.zeros(100))
    assert (describe_misfit(points, "classification") == "") == suits
    experiment = edit_many(default_experiment(), {"data.points": points})
    after = with_fitting_inputs(experiment)
    assert (after is experiment) == suits
    assert after.lanes[0].network.input_scaling == ("unit" if suits else "standardize")
    assert with_fitting_inputs(after) is after


def test_few_points_in_one_place_are_no_reason() -> None:
    for count in range(1, 5):
        assert not describe_misfit(Points(np.full((count, 2), 1.5), np.zeros(count)), "classification")
    assert describe_misfit(Points([[1000.0, 0.0]], [0]), "classification") == "reach far beyond −6 to 6"
    assert (
        describe_misfit(Points(np.full((5, 2), 1.5), np.zeros(5)), "classification")
        == "fill little of −6 to 6"
    )


def test_values_of_a_surface_count_too() -> None:
    points = Points(RNG.uniform(-5, 5, (50, 2)), spread(20, 30)[:50])
    assert not describe_misfit(points, "classification")
    assert describe_misfit(points, "surface") == "have values far beyond −1 to 1"
    assert not describe_misfit(Points.empty(), "surface")


def test_data_in_units_of_their_own_are_learned() -> None:
    """Two halves of a rectangle far from the canvas, over twenty seeds: the median is learned."""
    xy = np.column_stack((spread(0, 100), spread(470, 530)))
    target = (xy[:, 0] / 100 + (xy[:, 1] - 470) / 60 > 1).astype(float)
    base = edit_many(default_experiment(), {"data.points": Points(xy, target)})
    lanes = [
        {
            "lanes.0.seed": seed,
            "lanes.0.name": f"lane {seed}",
            "lanes.0.network.hidden": (8,),
            "lanes.0.training.learning_rate": 0.01,
        }
        for seed in range(20)
    ]
    start = with_fitting_inputs(base)
    many = {"lanes": tuple(edit_many(start, change).lanes[0] for change in lanes)}
    trainer = Trainer(edit_many(start, many))
    for _ in range(60):
        trainer.train_epoch()
    scores = [lane.now.score[0] for lane in trainer.lane_snapshots()]
    assert np.median(scores) >= 0.95


def test_a_curve_is_scaled_on_both_axes() -> None:
    x = np.linspace(0, 50, 100)
    y = 500 + np.sin(x)
    experiment = edit_many(
        switch_task(default_experiment(), "curve"), {"data.points": Points(np.column_stack((x, y)), y)}
    )
    assert with_fitting_inputs(experiment).lanes[0].network.input_scaling == "standardize"
