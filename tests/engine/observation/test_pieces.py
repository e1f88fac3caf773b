"""Many points are measured in pieces, with the numbers of all points at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine.experiment import Experiment, memory
from engine.observation import measure
from engine.observation.predict import predict, uncertainties
from engine.tape.ways import Way
from engine.training.step import measuring
from engine.training.trainer import Trainer
from tests.engine.helpers import experiment, lane, with_lanes

NUMBERS = ("loss", "score", "penalty", "layers")
HIDDEN, REG = "lanes.0.network.hidden", "lanes.0.regularization"
CASES: dict[str, dict[str, Any]] = {
    "plain": {},
    "no hidden layer": {HIDDEN: []},
    "chain": {HIDDEN: [1, 1, 1]},
    "relu": {"lanes.0.network.activation": "relu", "lanes.0.network.initializer": "he_normal"},
    "residual, normalized": {
        HIDDEN: [6, 6, 6],
        "lanes.0.network.residual": True,
        "lanes.0.network.activation": "relu",
        "lanes.0.network.normalization": {"kind": "batch", "position": "after"},
    },
    "penalties, clipped": {
        f"{REG}.l1": 0.02,
        f"{REG}.l2": 0.03,
        f"{REG}.gradient_clipping": {"kind": "norm", "threshold": 0.05},
    },
    "proximal, clipped": {
        f"{REG}.l1": 0.02,
        f"{REG}.l1_update": "proximal",
        f"{REG}.gradient_clipping": {"kind": "value", "threshold": 0.01},
    },
}
POINTS = 389
"""Of them 193 to train on: four pieces, the last with a single point."""


@pytest.fixture(autouse=True)
def recorded_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "EAGER", 1)


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MOST_VALUES", 1)


def _settings(case: str, task: str = "classification") -> Experiment:
    return experiment({"data.generator.points": POINTS, **CASES[case]}, task=task)


def _measured(settings: Experiment, way: str) -> list[Any]:
    trainer = Trainer(settings, way=way)
    for _ in range(2):
        trainer.train_epoch()
        trainer.measure()
    return [(run.now, run.chain) for run in trainer.runs]


def _same(found: Any, expected: Any) -> None:
    (now, chain), (then, whole) = found, expected
    close = {"rtol": 1e-5, "atol": 1e-6, "equal_nan": True}
    for field in NUMBERS:
        np.testing.assert_allclose(getattr(now, field), getattr(then, field), **close, err_msg=field)
    assert (chain is None) == (whole is None)
    if chain is not None:
        assert chain.labels == whole.labels
        np.testing.assert_allclose(chain.sample, whole.sample, **close)
        np.testing.assert_allclose(chain.mean, whole.mean, **close)
        np.testing.assert_allclose(chain.gradients, whole.gradients, **close)


@pytest.mark.parametrize("way", ["eager", "replay", "compiled"])
@pytest.mark.parametrize("case", CASES)
def test_pieces_have_the_numbers_of_all_points(case: str, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = _settings(case)
    (whole,) = _measured(settings, way)
    monkeypatch.setattr(memory, "MOST_VALUES", 1)
    pieces: list[int] = []
    load = measure.TrainingPieces.load

    def loading(self: measure.TrainingPieces, piece: int) -> slice:
        pieces.append(len(self))
        return load(self, piece)

    monkeypatch.setattr(measure.TrainingPieces, "load", loading)
    (found,) = _measured(settings, way)
    assert set(pieces) == {4}
    _same(found, whole)


@pytest.mark.parametrize("task", ["curve", "surface"])
def test_so_they_do_in_regression(task: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = _settings("plain", task)
    (whole,) = _measured(settings, "replay")
    monkeypatch.setattr(memory, "MOST_VALUES", 1)
    (found,) = _measured(settings, "replay")
    _same(found, whole)


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("way", ["eager", "replay", "compiled"])
def test_a_lane_in_pieces_does_not_depend_on_its_neighbours(way: str) -> None:
    points = {"data.generator.points": POINTS}
    alone = with_lanes(experiment(points), lane("A"))
    company = with_lanes(experiment(points), lane("B", {"seed": 3}), lane("A"), lane("C", {"seed": 4}))
    (found,), among = _measured(alone, way), _measured(company, way)
    assert all(
        np.array_equal(getattr(found[0], key), getattr(among[1][0], key), equal_nan=True) for key in NUMBERS
    )


@pytest.mark.parametrize("task", ["classification", "curve"])
def test_pictures_in_pieces_are_those_of_all_cells(task: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = experiment({f"{REG}.dropout": {"rate": 0.5}}, task=task)
    trainer = Trainer(settings)
    stack, _ = trainer.lanes.stacks.find("A")
    network, rates = stack.part([0])
    extent = (-1.0, 1.0, -1.0, 1.0)

    def pictures() -> list[Any]:
        return [
            predict(network, stack.data, 90, extent, Way.EAGER)[0],
            uncertainties(network, stack.data, rates, 90, extent, passes=3)[0],
        ]

    whole = pictures()
    monkeypatch.setattr(memory, "MOST_VALUES", 1)
    for found, expected in zip(pictures(), whole, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_a_probe_with_a_measure_of_its_own_gets_all_points_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MOST_VALUES", 1)
    trainer = Trainer(_settings("plain"))
    layout = trainer.runs[0].layout
    assert measure.piece_rows(193, layout) == 64
    monkeypatch.setattr(measure, "has_records", lambda: True)
    assert measure.piece_rows(193, layout) == 256


def test_usual_experiments_are_one_piece() -> None:
    layout = Trainer(experiment({HIDDEN: [8, 8, 8]})).runs[0].layout
    assert measure.piece_rows(5000, layout) == 5056
