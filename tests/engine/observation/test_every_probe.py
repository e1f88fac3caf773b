"""Every probe against a recomputation, point by point, in a case for each way of building and training."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch

from engine.catalogue.activations import ACTIVATIONS
from engine.catalogue.losses import LOSSES, applies
from engine.catalogue.probes import PROBES
from engine.catalogue.tasks import TASKS
from engine.data import resolve_points
from engine.experiment import Experiment, Points, dumps
from engine.observation import Measurement
from engine.training.models import export_lane
from tests.engine.helpers import experiment, mostly_replayed, trained, with_points
from tests.engine.observation.slow_probes import SlowProbes

NET, REG = "lanes.0.network", "lanes.0.regularization"
RELU = {f"{NET}.activation": "relu"}
RESIDUAL = {f"{NET}.hidden": [6, 6, 6], f"{NET}.residual": True}
CORNER = {"corner": True, f"{NET}.input_scaling": "none"}
"""All coordinates positive, so that a ReLU with negative weights is dead."""
PROXIMAL = {f"{REG}.l1": 0.05, f"{REG}.l1_update": "proximal", "lanes.0.training.optimizer": "sgd"}
WIDE = {f"{NET}.initializer": {"name": "normal", "std": 5.0}}
FITTING = [(task, loss) for task in TASKS for loss, entry in LOSSES.items() if applies(entry, task, 2)]


def norm(kind: str, position: str) -> dict[str, Any]:
    return {f"{NET}.normalization": {"kind": kind, "position": position}}


def clip(kind: str, threshold: float) -> dict[str, Any]:
    return {f"{REG}.gradient_clipping": {"kind": kind, "threshold": threshold}}


CASES: dict[str, dict[str, Any]] = {
    "plain": {},
    "residual": RESIDUAL,
    "residual relu": {**RESIDUAL, **RELU, **CORNER},
    "residual, normalized behind": {**RESIDUAL, **RELU, **CORNER, **norm("batch", "after")},
    "normalized behind": {**RELU, **CORNER, **norm("batch", "after")},
    "one layer": {f"{NET}.hidden": [6]},
    "no hidden layer": {f"{NET}.hidden": []},
    "one neuron a layer": {f"{NET}.hidden": [1, 1]},
    "ten sigmoid layers": {f"{NET}.hidden": [4] * 10, f"{NET}.activation": "sigmoid"},
    "zero weights": {f"{NET}.initializer": "zeros"},
    "relu": {**RELU, **CORNER},
    "leaky, slope 0": {f"{NET}.activation": {"name": "leaky_relu", "slope": 0.0}, **CORNER},
    "elu, alpha 0": {f"{NET}.activation": {"name": "elu", "alpha": 0.0}, **CORNER},
    "sigmoid, wide": {f"{NET}.activation": "sigmoid", **WIDE},
    "dropout": {f"{REG}.dropout": {"rate": 0.5, "layers": "all", "input_rate": 0.2}},
    "l1": {f"{REG}.l1": 0.02},
    "l1, proximal": PROXIMAL,
    "l1, proximal, clipped by norm": {**PROXIMAL, **clip("norm", 0.02)},
    "l1, proximal, clipped by value": {**PROXIMAL, **clip("value", 0.004)},
    "l2": {f"{REG}.l2": 0.03},
    "l1 and l2, clipped by norm": {f"{REG}.l1": 0.02, f"{REG}.l2": 0.03, **clip("norm", 0.05)},
    "weight decay": {f"{REG}.weight_decay": 0.5},
    "adamw": {"lanes.0.training.optimizer": {"name": "adamw", "weight_decay": 1.0}},
    "max norm": {f"{REG}.max_norm": 0.5},
    "clipped by norm": clip("norm", 0.05),
    "clipped by value": clip("value", 0.003),
    "not clipped": clip("norm", 1e6),
    "large steps": {"lanes.0.training.learning_rate": 0.3},
    "label smoothing": {f"{REG}.label_smoothing": 0.2},
    "noise and mixup": {f"{REG}.input_noise": 0.3, f"{REG}.mixup": 0.3},
    "raw coordinates": {f"{NET}.input_scaling": "none"},
    "five classes": {"data.classes": 5},
    **{
        f"{kind} normalization {position}, {name}": {**norm(kind, position), f"{NET}.activation": name}
        for kind in ("batch", "layer")
        for position in ("before", "after")
        for name in ("relu", "sigmoid")
    },
    **{f"activation {name}": {f"{NET}.activation": name} for name in ACTIVATIONS},
    **{
        f"{task}, {loss}": {"task": task, "lanes.0.training.loss": loss, f"{NET}.input_scaling": "standardize"}
        for task, loss in FITTING
    },
}  # fmt: skip


@cache
def numbers_of(name: str) -> tuple[Measurement, SlowProbes]:
    """The product's numbers after some steps, and those of the slow way."""
    changes = dict(CASES[name])
    task = changes.pop("task", "classification")
    start = {"data.split.validation": 0.2, "data.split.test": 0.0, "data.generator.points": 30,
             "lanes.0.training.batch_size": 7, f"{NET}.hidden": [6, 5, 4]}  # fmt: skip
    corner = changes.pop("corner", False)
    settings = experiment({**start, **changes}, task=task)
    if corner:
        points = resolve_points(settings.data)
        settings = with_points(settings, Points(abs(points.xy) + 0.5, points.target, points.split))
    return both(settings, mostly_replayed(list(CASES).index(name)))


def both(settings: Experiment, way: str) -> tuple[Measurement, SlowProbes]:
    trainer = trained(settings, 2, way)
    trainer.step()
    trainer.measure()
    before = export_lane(trainer, "A").state_dict()
    trainer.step()
    trainer.measure()
    points = trainer.points.of_split(0)
    slow = SlowProbes(
        json.loads(dumps(settings))["lanes"][0],
        settings.data.task,
        torch.from_numpy(points.xy.copy()),
        torch.from_numpy(points.target.copy()),
        export_lane(trainer, "A").state_dict(),
        before,
    )
    return trainer.runs[0].now, slow


def check(now: Measurement, slow: SlowProbes, key: str) -> None:
    expected = getattr(slow, key)()
    largest = np.nanmax(np.abs(expected), initial=0.0) if np.isfinite(expected).any() else 0.0
    # The network computes in single precision: what is small beside another layer's number has its rounding.
    np.testing.assert_allclose(now.probe(key), expected, rtol=1e-3, atol=1e-6 * largest + 1e-12, err_msg=key)


def test_the_cases_are_of_what_they_are_made_for() -> None:
    for name in ("relu", "leaky, slope 0", "elu, alpha 0", "residual relu", "normalized behind"):
        assert numbers_of(name)[0].probe("dead")[0] > 0.1, name
    assert np.isnan(numbers_of("activation leaky_relu")[0].probe("dead")).all()
    assert np.nanmax(numbers_of("sigmoid, wide")[0].probe("saturated")) > 0.2
    # What is left is the rounding of numbers near ½ in single precision.
    assert np.nanmin(numbers_of("ten sigmoid layers")[0].probe("activation_spread")) < 1e-7
    assert (numbers_of("zero weights")[0].probe("zero_weights") == 1.0).any()


def test_what_a_residual_connection_lets_through_is_not_dead() -> None:
    _, slow = numbers_of("residual relu")
    off = [[all(float(one[n]) == 0.0 for one in slow.sigma[layer]) for n in range(6)] for layer in range(3)]
    assert np.mean(off[1]) > slow.dead()[1], (
        "some ReLUs are 0 for all points, and yet their layer's output is not"
    )


@pytest.mark.parametrize("name", CASES)
def test_every_number_of_a_layer_is_what_its_sentence_says(name: str) -> None:
    now, slow = numbers_of(name)
    for key in PROBES:
        check(now, slow, key)


def test_a_single_training_point_has_all_numbers_too() -> None:
    points = Points([[1.0, 2.0], [-1.0, 0.5]], [1, 0], [0, 1])
    for number, more in enumerate(({}, norm("batch", "before"), PROXIMAL)):
        now, slow = both(with_points(experiment({**RELU, **more}), points), mostly_replayed(number))
        for key in PROBES:
            check(now, slow, key)
