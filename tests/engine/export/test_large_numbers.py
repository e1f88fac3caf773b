"""An exported model is as good as the run that made it, wherever on the number line the data lie."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.__main__ import main
from engine.catalogue.losses import LOSSES
from engine.catalogue.tasks import TASKS
from engine.data.scaling import Scaling
from engine.experiment import Experiment, Points, dumps, edit_many
from engine.observation.observables import GHOSTS, UNCERTAINTY, Grid
from tests.engine.export.plain import SPLITS, Exported
from tests.engine.helpers import experiment, trained, with_points
from tests.observing import observed, predicted

SCALINGS = ("none", "unit", "standardize")
FEATURES = ("x1", "x2", "x1_squared", "x2_squared", "x1_x2", "sin_x1", "sin_x2")
CURVE_FEATURES = ("x1", "x1_squared", "sin_x1")


def settings_of(
    task: str, offset: float, spread: float, scaling: str = "standardize", features: tuple[str, ...] = ("x1",)
) -> Experiment:
    """90 points, ``spread`` wide and ``offset`` spreads away from 0, along every axis that the task has."""
    u, v = np.random.default_rng(0).uniform(-1.0, 1.0, (2, 90))
    shape = np.sin(2 * u) + (v if task == "surface" else 0.0)
    x1, x2 = (offset + u) * spread, (v - offset) * spread
    target = (offset + shape) * spread
    if task == "classification":
        target = (u + v > 0.0).astype(float)
    points = Points(np.column_stack([x1, target if task == "curve" else x2]), target, np.arange(90) % 3)
    changes = {
        "lanes.0.network.input_scaling": scaling,
        "lanes.0.network.features": features,
        "lanes.0.training.learning_rate": 0.02,
        "lanes.0.training.loss": "cross_entropy" if task == "classification" else "squared",
    }
    return with_points(experiment(changes, task=task), points)


def exported(what: Experiment, epochs: int, folder: Path) -> Exported:
    file = folder / "in.json"
    file.write_text(dumps(what), "utf-8")
    assert main(["run", str(file), "--epochs", str(epochs), "--out", str(folder), "--json"]) == 0
    return Exported(folder)


@st.composite
def anywhere(draw: st.DrawFn) -> Experiment:
    task = draw(st.sampled_from(list(TASKS)))
    known = CURVE_FEATURES if task == "curve" else FEATURES
    return settings_of(
        task,
        offset=draw(st.sampled_from([0.0, 1.0, -1e2, 1e4, -1e6, 1e8, 1e9])),
        spread=draw(st.sampled_from([1e-3, 0.5, 1.0, 30.0, 1e4])),
        scaling=draw(st.sampled_from(SCALINGS)),
        features=tuple(draw(st.lists(st.sampled_from(known), min_size=1, unique=True))),
    )


@settings(max_examples=40)
@given(what=anywhere())
@example(settings_of("curve", 1e9, 1.0))
@example(settings_of("surface", 1e9, 1e-3, "standardize", FEATURES))
@example(settings_of("classification", -1e9, 30.0, "standardize", FEATURES))
def test_a_model_file_is_as_good_as_the_run(what: Experiment) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = exported(what, 3, Path(folder))
        last = found.rows("metrics.csv")[-1]
        name = "accuracy" if what.data.task == "classification" else "r2"
        for split in SPLITS:
            assert found.score(split) == pytest.approx(float(last[f"{split}_{name}"]), rel=1e-3, abs=1e-3)


@pytest.mark.parametrize("task", TASKS)
def test_standardized_data_train_far_away_as_they_do_at_home(task: str) -> None:
    features = ("x1",) if task == "curve" else ("x1", "x2")
    near, far = (trained(settings_of(task, offset, 2.0, features=features), 5) for offset in (0.0, 1e9))
    np.testing.assert_allclose(far.runs[0].now.score, near.runs[0].now.score, atol=2e-3)


def test_squares_and_products_far_away_tell_points_apart() -> None:
    """(c + u)² = c² + 2cu + u²: standardized, u itself where c is large."""
    what = settings_of("surface", 1e9, 0.5, features=FEATURES)
    scaling = Scaling.of(what.lanes[0].network, what.data.points, "surface")
    x1, x2, x1_squared, x2_squared, product, _, _ = scaling.inputs(what.data.points.xy).T
    np.testing.assert_allclose(x1_squared, x1, atol=1e-5)
    np.testing.assert_allclose(x2_squared, -x2, atol=1e-5)
    slope = np.linalg.lstsq(np.column_stack([x1, x2]), product, rcond=None)[0]
    np.testing.assert_allclose(np.column_stack([x1, x2]) @ slope, product, atol=1e-5)


@pytest.mark.parametrize("task", ["curve", "surface"])
def test_the_picture_is_what_the_model_answers_far_away(task: str, tmp_path: Path) -> None:
    what = settings_of(task, 1e9, 1.0, features=("x1",))
    extent = (1e9 - 1.5, 1e9 + 1.5, -1e9 - 1.5, -1e9 + 1.5)
    trainer = trained(what, 40)
    prediction = predicted(trainer, 30, extent)["A"]
    model = exported(what, 40, tmp_path).model()
    x = torch.linspace(*extent[:2], 30, dtype=torch.float64)
    if task == "surface":
        x = extent[0] + (torch.arange(30, dtype=torch.float64) + 0.5) / 30 * (extent[1] - extent[0])
    with torch.no_grad():
        answers = model(torch.stack([x, torch.full_like(x, -1e9)], 1))[:, 0].numpy()
    shown = prediction.values if task == "curve" else prediction.values[7]
    np.testing.assert_allclose(shown - 1e9, answers - 1e9, atol=1e-4)
    assert np.ptp(answers) > 0.5


def test_how_unsure_dropout_makes_a_curve_does_not_depend_on_the_offset() -> None:
    spreads = []
    for offset in (0.0, 1e9):
        far = settings_of("curve", offset, 1.0)
        dropping = edit_many(far, {"lanes.0.regularization.dropout": {"rate": 0.5, "layers": "all"}})
        low, high = offset - 1.0, offset + 1.0
        grid = Grid(40, (low, high, low, high))
        spreads.append(observed(trained(dropping, 3), UNCERTAINTY, grid)["A"].deviations)
    assert spreads[0].min() > 0.01
    np.testing.assert_allclose(spreads[1], spreads[0], rtol=1e-3)


MOVING = {"augmentation.shift": 0.05, "augmentation.scale": 0.1, "input_noise": 0.02}


@pytest.mark.parametrize("task", TASKS)
def test_points_that_augmentation_moves_stay_where_they_are_far_away(task: str) -> None:
    moving = MOVING if task == "curve" else {**MOVING, "augmentation.rotate": 20.0, "augmentation.shear": 0.1}
    changes = {f"lanes.0.regularization.{key}": value for key, value in moving.items()}
    features = ("x1", "x1_squared") if task == "curve" else ("x1", "x2", "x1_x2")
    # Where one is nothing but the other moved away, they are trained on the same points but for roundings.
    near, far = (
        trained(edit_many(settings_of(task, offset, 1.0, features=features[:-1]), changes), 5)
        for offset in (0.0, 1e9)
    )
    np.testing.assert_allclose(far.runs[0].now.score, near.runs[0].now.score, atol=5e-3)
    apart = observed(far, GHOSTS)["A"].xy - observed(near, GHOSTS)["A"].xy
    axes = apart[:, :1] if task == "curve" else apart
    np.testing.assert_allclose(axes, np.broadcast_to([1e9, -1e9][: axes.shape[1]], axes.shape), rtol=1e-15)
    # Squares and products of places that are moved a little move a little.
    squared = settings_of(task, 1e9, 1.0, features=features)
    data = trained(squared, 0).parameters("A")[1]
    offsets = data.offsets.T[:, None]
    torch.testing.assert_close(data.features(*offsets)[0], data.inputs, atol=1e-5, rtol=0.0)


@pytest.mark.parametrize("value", [0.1, 1e9 + 0.3, -1e200, 5e-324])
@pytest.mark.parametrize("count", [1, 3, 7])
def test_a_column_of_one_value_is_not_scaled_by_its_rounding(value: float, count: int) -> None:
    what = experiment({"lanes.0.network.input_scaling": "standardize"}, task="surface").lanes[0].network
    points = Points(np.full((count, 2), value), np.full(count, value))
    scaling = Scaling.of(what, points, "surface")
    assert scaling.input_shift.tolist() == [value, value]
    assert scaling.input_scale.tolist() == [1.0, 1.0]
    assert (scaling.target_shift, scaling.target_scale) == (value, 1.0)


@pytest.mark.parametrize("power", [-700, -300, 0, 300, 900])
def test_values_of_any_size_are_standardized(power: int) -> None:
    what = experiment({"lanes.0.network.input_scaling": "standardize"}, task="surface").lanes[0].network
    near = np.random.default_rng(0).normal(2.0, 1.0, (20, 2))
    far = np.ldexp(near, power)
    scalings = [Scaling.of(what, Points(xy, xy[:, 0]), "surface") for xy in (near, far)]
    assert scalings[0].input_scale.tolist() == near.std(0).tolist()
    np.testing.assert_array_equal(scalings[1].inputs(far), scalings[0].inputs(near))
    np.testing.assert_array_equal(scalings[1].targets(far[:, 0]), scalings[0].targets(near[:, 0]))


def test_a_loss_unit_beyond_all_numbers_is_infinite() -> None:
    """As with points that never came through a file: it ends no engine."""
    scaling = Scaling(("x1",), np.zeros(1), np.ones(1), 0.0, 1e308)
    assert scaling.loss_unit(LOSSES["squared"]) == np.inf
