"""What a network is fed and compared with: features, scaling, targets, splits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from engine.experiment import Experiment, Points
from engine.network import EncodedData
from tests.engine.helpers import experiment, points_of, with_points

XY = np.array([[-6.0, 3.0], [1.5, -2.0], [4.0, 6.0], [0.5, 0.25], [2.0, -1.0]])
SPLIT = [1, 0, 0, 2, 0]
FEATURES = ("x1", "x2", "x1_squared", "x2_squared", "x1_x2", "sin_x1", "sin_x2")
RAW = np.column_stack([XY, XY**2, XY[:, :1] * XY[:, 1:], np.sin(XY)])
ORDER = [1, 2, 4, 0, 3]
BOUNDS = np.array([6, 6, 36, 36, 36, 1, 1])


def encoded(settings: Experiment) -> EncodedData:
    data = settings.data
    assert data.points is not None
    return EncodedData.of(settings.lanes[0], data.points, data)


def settings(task: str, target: Any, scaling: str, features: tuple[str, ...] = ("x1", "x2")) -> Experiment:
    base = experiment(
        {"lanes.0.network.input_scaling": scaling, "lanes.0.network.features": features}, task=task
    )
    return with_points(base, Points(XY, np.asarray(target, dtype=float), SPLIT))


@pytest.mark.parametrize("scaling", ["none", "unit", "standardize"])
def test_inputs_are_scaled_features_training_points_first(scaling: str) -> None:
    data = encoded(settings("surface", XY[:, 0], scaling, FEATURES))
    training = RAW[[1, 2, 4]]
    expected = {
        "none": RAW,
        "unit": RAW / BOUNDS,
        "standardize": (RAW - training.mean(0)) / training.std(0),
    }[scaling]
    np.testing.assert_allclose(data.inputs.numpy(), expected[ORDER], rtol=1e-6)
    assert data.inputs.dtype == torch.float32
    assert data.ends == (3, 4, 5)
    assert data.split_rows() == [slice(0, 3), slice(3, 4), slice(4, 5)]


@pytest.mark.parametrize(("task", "bound"), [("curve", 6.0), ("surface", 1.0)])
@pytest.mark.parametrize("scaling", ["none", "unit", "standardize"])
def test_targets_follow_the_same_rule_and_losses_go_back_to_the_users_units(
    task: str, bound: float, scaling: str
) -> None:
    target = XY[:, 1]
    features = ("x1",) if task == "curve" else ("x1", "x2")
    data = encoded(settings(task, target, scaling, features))
    training = target[[1, 2, 4]]
    shift, scale = {
        "none": (0.0, 1.0),
        "unit": (0.0, bound),
        "standardize": (training.mean(), training.std()),
    }[scaling]
    np.testing.assert_allclose(data.encoded.numpy(), ((target - shift) / scale)[ORDER, None], rtol=1e-6)
    assert data.user_units == pytest.approx(scale**2)
    np.testing.assert_array_equal(data.target, target[ORDER])


@pytest.mark.parametrize("scaling", ["none", "unit", "standardize"])
def test_classes_are_never_scaled(scaling: str) -> None:
    data = encoded(settings("classification", [0, 1, 1, 0, 0], scaling))
    assert data.encoded.tolist() == [[0, 1], [0, 1], [1, 0], [1, 0], [1, 0]]
    assert data.user_units == 1.0


def test_unit_does_not_move_while_a_person_draws_and_standardize_does() -> None:
    more = [(5.0, 5.0, 1, 0), (-3.0, 1.0, 0, 0)]
    few = points_of(more)
    many = points_of([*more, (1.0, 2.0, 0, 0)])
    for scaling, same in (("none", True), ("unit", True), ("standardize", False)):
        base = experiment({"lanes.0.network.input_scaling": scaling})
        before, after = encoded(with_points(base, few)), encoded(with_points(base, many))
        assert torch.equal(before.inputs, after.inputs[:2]) == same


@pytest.mark.parametrize("scaling", ["none", "unit", "standardize"])
@pytest.mark.parametrize("rows", [[], [(1.0, 2.0, 1.0, 0)], [(1.0, 2.0, 1.0, 0)] * 3, [(1.0, 2.0, 1.0, 1)]])
@pytest.mark.parametrize("task", ["classification", "surface"])
def test_hardly_any_points_encode_to_finite_numbers(
    task: str, rows: list[tuple[float, float, float, int]], scaling: str
) -> None:
    base = experiment({"lanes.0.network.input_scaling": scaling}, task=task)
    data = encoded(with_points(base, points_of(rows)))
    assert data.inputs.shape == (len(rows), 2)
    assert data.inputs.isfinite().all()
    assert data.encoded.isfinite().all()
    assert np.isfinite(data.user_units)
