"""The input scaling "unit" by the extent of the data, against the closed form in plain NumPy."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.data.axes import HOME, Axes, home_axes
from engine.data.scaling import Scaling
from engine.experiment import ExperimentError, Points, edit_many
from engine.experiment.settings import ExtentSettings, NetworkSettings
from engine.network import EncodedData
from engine.training.trainer import Trainer
from tests.engine.helpers import experiment, row, torch_network, with_points

EXTENT = ExtentSettings(x=(1950.0, 2030.0), y=(0.0, 4e4), value=(10.0, 30.0))
RNG = np.random.default_rng(3)
XY = RNG.uniform((1950, 0), (2030, 4e4), (40, 2))
VALUES = RNG.uniform(10, 30, 40)
FEATURES = ("x1", "x2", "x1_squared", "x1_x2", "sin_x2")


def unit(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """The closed form: low becomes −1, high 1."""
    return 2.0 * (values - low) / (high - low) - 1.0


def test_each_axis_goes_from_minus_one_to_one_and_other_features_are_those_of_the_sheet() -> None:
    scaling = Scaling.of(NetworkSettings(features=FEATURES), Points(XY, VALUES), "surface", EXTENT)
    u, v = unit(XY[:, 0], 1950, 2030), unit(XY[:, 1], 0, 4e4)
    np.testing.assert_allclose(
        scaling.inputs(XY), np.column_stack([u, v, u * u, u * v, np.sin(6 * v)]), rtol=1e-5, atol=1e-6
    )
    np.testing.assert_allclose(scaling.targets(VALUES), unit(VALUES, 10, 30), atol=1e-12)
    curve = Scaling.of(NetworkSettings(features=("x1",)), Points(XY, XY[:, 1]), "curve", EXTENT)
    np.testing.assert_allclose(curve.targets(XY[:, 1]), v, atol=1e-12)


@pytest.mark.parametrize("scaling", ["none", "standardize"])
def test_other_scalings_do_not_look_at_it(scaling: str) -> None:
    network = NetworkSettings(features=FEATURES, input_scaling=scaling)
    here, there = (
        Scaling.of(network, Points(XY, VALUES), "surface", extent) for extent in (EXTENT, ExtentSettings())
    )
    assert here.inputs(XY).tobytes() == there.inputs(XY).tobytes()
    assert here.targets(VALUES).tobytes() == there.targets(VALUES).tobytes()


ENDS = st.tuples(st.floats(-1e30, 1e30), st.floats(1e-9, 1e30)).map(lambda pair: (pair[0], sum(pair)))


@given(ENDS, ENDS)
def test_the_ends_of_any_extent_are_fed_as_minus_one_and_one(
    x: tuple[float, float], y: tuple[float, float]
) -> None:
    try:
        extent = edit_many(experiment(), {"data.extent.x": x, "data.extent.y": y}).data.extent
    except ExperimentError:
        return
    scaling = Scaling.of(NetworkSettings(), Points.empty(), "classification", extent)
    corners = scaling.inputs(np.array([[extent.x[0], extent.y[0]], [extent.x[1], extent.y[1]]]))
    np.testing.assert_allclose(corners, [[-1, -1], [1, 1]], atol=1e-3)


@pytest.mark.parametrize("extent", [ExtentSettings(), EXTENT])
def test_a_network_with_either_extent_says_what_plain_numpy_says(extent: ExtentSettings) -> None:
    settings = edit_many(
        with_points(experiment(task="surface"), Points(XY, VALUES)),
        {"data.extent": extent, "lanes.0.network.hidden": [4]},
    )
    trainer = Trainer(settings)
    weights = row(trainer).double().numpy()
    w1, w2, b1, b2 = np.split(weights, [8, 12, 16])
    fed = np.column_stack([unit(XY[:, 0], *extent.x), unit(XY[:, 1], *extent.y)])
    hidden = np.tanh(fed @ w1.reshape(2, 4) + b1)
    middle, half = sum(extent.value) / 2, (extent.value[1] - extent.value[0]) / 2
    expected = (hidden @ w2.reshape(4, 1) + b2)[:, 0] * half + middle
    _, data, before = trainer.parameters("A")
    answer = torch_network((2, 4, 1), "tanh", before)(data.inputs).detach().double().numpy()[:, 0]
    found = answer * data.scaling.target_scale + data.scaling.target_shift
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


# -- augmentation in units of the sheet

AUGMENTED = {
    "lanes.0.regularization.augmentation": {"rotate": 40.0, "shear": 0.2, "shift": 0.5, "scale": 0.1},
    "lanes.0.regularization.input_noise": 0.1,
    "lanes.0.network.features": ["x1", "x2", "x1_x2", "sin_x1"],
}


def test_augmentation_moves_points_on_the_sheet_as_it_moves_them_at_home() -> None:
    """Data, and the same data in other units with the extent in these units, are trained on alike."""
    home = edit_many(experiment(), {**AUGMENTED, "data.points": _rows(np.eye(2))})
    axes = Axes(1990.0, 2e4, 2.0**3, 2.0**11)
    there = edit_many(
        home,
        {
            "data.extent.x": [1990 - 48, 1990 + 48],
            "data.extent.y": [2e4 - 6 * 2**11, 2e4 + 6 * 2**11],
            "data.points": _rows(np.diag(axes.units), axes.middle),
        },
    )
    assert home_axes(there.data, there.data.points) == axes  # type: ignore[arg-type]
    rows = []
    for settings in (home, there):
        trainer = Trainer(settings, way="eager")
        for _ in range(3):
            trainer.train_epoch()
        rows.append(row(trainer))
    torch.testing.assert_close(rows[0], rows[1], rtol=1e-3, atol=1e-4)


def _rows(map_: np.ndarray, middle: np.ndarray | float = 0.0) -> list[list[object]]:
    xy = np.random.default_rng(0).uniform(-5, 5, (30, 2))
    return [[*(one @ map_ + middle), float(one[0] > 0), "training"] for one in xy]


def test_offsets_are_in_units_of_the_sheet_and_positions_come_back() -> None:
    settings = edit_many(
        with_points(experiment(), Points(XY, np.arange(40) % 2)),
        {"data.extent": EXTENT, "data.aspect": "equal"},
    )
    data = EncodedData.of(settings.lanes[0], settings.data.points, settings.data)  # type: ignore[arg-type]
    assert data.units.tolist() == [4e4 / 12] * 2
    np.testing.assert_allclose(data.offsets.numpy(), (XY - XY.mean(0)) / data.units, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(data.positions(data.offsets), XY, rtol=1e-5)
    fed = data.features(*(data.offsets[None, :, axis] for axis in (0, 1)))[0].numpy()
    np.testing.assert_allclose(fed, data.inputs.numpy(), atol=1e-3)


# -- the default view


def test_home_is_the_extent_and_older_drawings_are_shown_as_they_were() -> None:
    data = edit_many(experiment(), {"data.extent.x": [0, 24]}).data
    assert home_axes(data, Points.empty()) == Axes(12.0, 0.0, 2.0, 1.0)
    assert home_axes(edit_many(experiment(), {}).data, Points.empty()) == HOME
    far = with_points(experiment(), Points(XY, np.arange(40) % 2)).data
    assert home_axes(far, Points(XY, np.arange(40) % 2)) == Axes.fitted(XY)


@given(ENDS, ENDS)
def test_an_equal_aspect_has_one_unit_and_shows_both_extents(
    x: tuple[float, float], y: tuple[float, float]
) -> None:
    axes = Axes.of_extent(ExtentSettings(x=x, y=y), "equal")
    assert axes.x_unit == axes.y_unit == max((x[1] - x[0]) / 12, (y[1] - y[0]) / 12)
    left, right, bottom, top = axes.extent((-6.0, 6.0, -6.0, 6.0))
    for low, high, ends in ((left, right, x), (bottom, top, y)):
        slack = 1e-9 * (high - low + max(map(abs, ends)))
        assert low <= ends[0] + slack
        assert high >= ends[1] - slack
