"""The smallest and the widest sweeps: one lane, sixteen axes, a sample with seeds."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from engine.__main__ import main
from engine.experiment import ExperimentError
from engine.sweep import executor
from engine.sweep.results import read_results
from engine.sweep.spec import MOST_AXES
from tests.engine.sweep.sweeps import InProcess, plan, write_spec

SIXTEEN = (
    ("regularization.l1", [0, 0.01]),
    ("regularization.l2", [0, 0.01]),
    ("regularization.dropout.rate", [0, 0.2]),
    ("regularization.input_noise", [0, 0.1]),
    ("regularization.weight_decay", [0, 0.1]),
    ("regularization.max_norm", [1, 3]),
    ("training.learning_rate", [0.01, 0.1]),
    ("training.batch_size", [10, 20]),
    ("training.optimizer", ["adam", "rmsprop"]),
    ("training.schedule", ["constant", "cosine"]),
    ("training.loss", ["cross_entropy", "squared"]),
    ("network.activation", ["tanh", "relu"]),
    ("network.initializer", ["glorot_uniform", "he_normal"]),
    ("network.depth", [1, 2]),
    ("network.width", [2, 3]),
    ("data.generator.noise", [0.1, 0.2]),
)


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executor, "make_executor", lambda name, workers: InProcess())


def trained(folder: Path, **more):
    assert main(["sweep", str(write_spec(folder / "spec.json", **more)), "--out", str(folder / "out")]) == 0
    return read_results(folder / "out")


def axes(pairs=SIXTEEN):
    return [{"setting": key, "values": values} for key, values in pairs]


def test_sixteen_axes_are_planned_and_a_sample_of_them_is_trained(tmp_path: Path, capsys) -> None:
    whole = plan(axes=axes())
    assert whole.rows == 2**MOST_AXES
    last = whole.describe(whole.rows - 1)
    assert [last[key] for key, _ in SIXTEEN] == [values[-1] for _, values in SIXTEEN]
    results = trained(tmp_path, axes=axes(), sampling={"kind": "random", "count": 20}, epochs=1)
    assert results.complete
    assert len(results.table.axes) == MOST_AXES
    for row in (0, 19):
        alone = results.experiment_of(row)
        assert alone.lanes[0].network.activation.name == results.table.settings["network.activation"][row]
        assert alone.data.generator.noise == results.table.settings["data.generator.noise"][row]
    assert main(["sweep", "--summary", str(tmp_path / "out")]) == 0
    said = capsys.readouterr().out
    assert [key for key, _ in SIXTEEN if f"({key})" not in said] == []
    with pytest.raises(ExperimentError, match=r"axes: expected .* at most 16"):
        plan(axes=[*axes(), {"setting": "seed", "values": [1]}])


def test_one_lane_is_a_sweep(tmp_path: Path, capsys) -> None:
    results = trained(tmp_path, axes=[{"setting": "regularization.l2", "values": [0.01]}])
    assert results.table.status.tolist() == ["trained"]
    assert "1 lane in 1 group, 1 batch, 8 steps in all; about " in capsys.readouterr().err
    assert main(["sweep", "--summary", str(tmp_path / "out"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [cell["lane"] for cell in found["best"]] == [0]
    assert found["axes"]["regularization.l2"][0]["median"] == found["best"][0]["median"]


def test_each_cell_of_a_sample_has_all_seeds(tmp_path: Path, capsys) -> None:
    drawn = [{"setting": "training.learning_rate", "from": 0.001, "to": 1.0, "scale": "log"}]
    results = trained(tmp_path, axes=drawn, sampling={"kind": "sobol", "count": 5}, seeds=3)
    rates = results.table.settings["training.learning_rate"].reshape(5, 3)
    assert (rates == rates[:, :1]).all()
    assert len(np.unique(rates[:, 0])) == 5
    assert results.table.seed.reshape(5, 3).tolist() == [[0, 1, 2]] * 5
    losses = results.table.results["validation_loss"].reshape(5, 3)
    assert len(np.unique(losses)) == 15
    capsys.readouterr()
    assert main(["sweep", "--summary", str(tmp_path / "out"), "--by", "validation_loss", "--json"]) == 0
    best = json.loads(capsys.readouterr().out)["best"][0]
    assert best["median"] == np.median(losses, axis=1).min()
    assert best["lane"] == 3 * int(np.median(losses, axis=1).argmin())
