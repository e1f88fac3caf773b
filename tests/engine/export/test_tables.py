"""Metrics and gradients as CSV, the summary as JSON."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import numpy as np
import pytest

from engine.catalogue.probes import PROBES
from engine.experiment import Experiment
from engine.export.metrics import finite_or_none, gradients_csv, layers_csv, metrics_csv, stops_csv
from engine.export.summary import summary
from engine.training.trainer import Trainer
from tests.engine.helpers import FORMAT, experiment, lane, points_of, trained, with_lanes, with_points

EPOCHS = 3


@pytest.fixture(scope="module")
def trainer() -> Trainer:
    return trained(with_lanes(experiment(), lane("A"), lane('B, "2"', {"network.hidden": [3]})), EPOCHS)


def histories(trainer: Trainer) -> list[tuple[str, Any]]:
    return [(run.lane.name, run.history.view()) for run in trainer.runs]


def read(text: str) -> list[dict[str, str]]:
    assert "\r" not in text
    return list(csv.DictReader(io.StringIO(text)))


def test_metrics_hold_every_measured_epoch_exactly(trainer: Trainer) -> None:
    rows = read(metrics_csv(histories(trainer), "classification"))
    assert list(rows[0]) == [
        "lane", "epoch", "step", "training_loss", "validation_loss", "test_loss", "penalty", "l1_penalty",
        "l2_penalty", "cost", "training_accuracy", "validation_accuracy", "test_accuracy",
    ]  # fmt: skip
    assert [(row["lane"], row["epoch"], row["step"]) for row in rows] == [
        (name, str(epoch), str(3 * epoch)) for name in ("A", 'B, "2"') for epoch in range(EPOCHS + 1)
    ]
    for run, start in zip(trainer.runs, (0, EPOCHS + 1), strict=True):
        view = run.history.view()
        for index, row in enumerate(rows[start : start + EPOCHS + 1]):
            numbers = [float(value) for value in list(row.values())[3:]]
            cost = view.loss[index, 0] + view.penalty[index]
            assert numbers == [
                *view.loss[index],
                view.penalty[index],
                *view.penalty_parts[index],
                cost,
                *view.score[index],
            ]


def test_gradients_have_a_row_a_layer(trainer: Trainer) -> None:
    rows = read(gradients_csv(histories(trainer)))
    assert list(rows[0]) == ["lane", "epoch", "layer", "weight_norm", "bias_norm", "epochs_between"]
    layers = [(row["lane"], row["epoch"], row["layer"]) for row in rows]
    assert layers == [
        (name, str(epoch), str(layer))
        for name, depth in (("A", 3), ('B, "2"', 2))
        for epoch in range(EPOCHS + 1)
        for layer in range(1, depth + 1)
    ]
    view = trainer.runs[0].history.view()
    assert [float(row["weight_norm"]) for row in rows[:3]] == view.weight_gradient[0].tolist()
    assert [float(row["bias_norm"]) for row in rows[:3]] == view.bias_gradient[0].tolist()


def test_layers_have_every_probe(trainer: Trainer) -> None:
    rows = read(layers_csv(histories(trainer)))
    assert list(rows[0]) == ["lane", "epoch", "layer", *PROBES, "epochs_between"]
    view = trainer.runs[0].history.view()
    for key in PROBES:
        values = [float(row[key]) if row[key] else None for row in rows[:3]]
        assert values == [value if np.isfinite(value) else None for value in view.probe(key)[0].tolist()]


def test_stops_tell_when_and_why() -> None:
    early = {"patience": 2, "min_delta": 10.0}
    trainer = trained(experiment({"lanes.0.regularization.early_stopping": early}), 5)
    (row,) = read(stops_csv(trainer.lane_snapshots()))
    assert (row["lane"], row["kind"], row["epoch"]) == ("A", "early_stopping", "2")
    assert row["best_epoch"] == str(trainer.runs[0].history.view().loss[:, 1].argmin())
    assert row["reason"] == trainer.runs[0].stop.reason


def test_regression_has_r2_and_what_is_unknown_is_empty() -> None:
    settings = with_points(
        experiment(task="surface"), points_of([(0, 0, 1.0, 0), (1, 1, 0.0, 0), (1, 2, 0.0, 1)])
    )
    row = read(metrics_csv(histories(trained(settings, 1)), "surface"))[-1]
    assert row["test_loss"] == row["test_r2"] == row["validation_r2"] == ""
    assert float(row["validation_loss"]) >= 0
    assert float(row["training_r2"]) <= 1


def experiment_of(trainer: Trainer) -> Experiment:
    lanes = tuple(run.lane for run in trainer.runs)
    return Experiment(format=FORMAT, data=trainer.lanes.data, lanes=lanes)


def outcome(trainer: Trainer) -> dict[str, Any]:
    settings = experiment_of(trainer)
    epochs = [run.epoch for run in trainer.runs]
    whole = summary(trainer.lane_snapshots(), epochs, settings, trainer.points)
    assert json.loads(json.dumps(whole, allow_nan=False)) == whole
    return whole


def test_the_summary_has_the_promised_shape(trainer: Trainer) -> None:
    whole = outcome(trainer)
    assert list(whole) == ["lanes"]
    first = whole["lanes"][0]
    shown = trainer.lane_snapshots()[0]
    now, best = shown.now, shown.best
    assert best is not None
    assert first == {
        "name": "A",
        "epochs": EPOCHS,
        "steps": 3 * EPOCHS,
        "weights": {"which": "newest", "epoch": None},
        "loss": dict(zip(("training", "validation", "test"), now.loss, strict=True)),
        "accuracy": dict(zip(("training", "validation", "test"), now.score, strict=True)),
        "r2": None,
        "penalty": now.penalty,
        "l1_penalty": now.penalty_parts[0],
        "l2_penalty": now.penalty_parts[1],
        "cost": now.loss[0] + now.penalty,
        "loss_unit": 1.0,
        "gradients": [
            {
                "layer": layer + 1,
                "weight_norm": now.weight_gradient[layer],
                "bias_norm": now.bias_gradient[layer],
            }
            for layer in range(3)
        ],
        "best": {
            "epoch": best.epoch,
            "loss": dict(zip(("training", "validation", "test"), best.loss, strict=True)),
        },
        "stopped": None,
        "diagnosis": [],
    }


def test_the_summary_of_a_regression_has_r2() -> None:
    (only,) = outcome(trained(experiment(task="curve"), 1))["lanes"]
    assert only["accuracy"] is None
    assert set(only["r2"]) == {"training", "validation", "test"}


def test_the_summary_says_why_a_lane_stopped() -> None:
    early = {"lanes.0.regularization.early_stopping": {"patience": 1, "min_delta": 10.0}}
    (only,) = outcome(trained(experiment(early), 5))["lanes"]
    assert only["epochs"] == 1
    assert only["stopped"] == {
        "kind": "early_stopping",
        "epoch": 1,
        "best_epoch": 0,
        "reason": "the validation loss has not fallen by more than 10 below that of epoch 0 in the epoch since",
    }


@pytest.mark.parametrize(("value", "expected"), [(1.5, 1.5), (np.nan, None), (np.inf, None), (-np.inf, None)])
def test_json_knows_no_nan(value: float, expected: float | None) -> None:
    assert finite_or_none(value) == expected
