"""Every number of lanes that an edit may change during training, as tensors that a step works with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf, radians

import numpy as np
import torch
from torch import Tensor

from engine.catalogue.optimizers import OPTIMIZERS, Floats
from engine.experiment.settings import RegularizationSettings
from engine.network.dropout import dropout_rates
from engine.training.lane_run import LaneRun
from engine.training.step.augmentation import STRENGTHS
from engine.training.step.schedule import Rate

HYPER, RATE = "hyper ", "rate "
TERMS = {
    "l1_subgradient": 0.0,
    "l1_proximal": 0.0,
    "l2": 0.0,
    "weight_decay": 0.0,
    "max_norm": inf,
    "clip_norm": inf,
    "clip_value": inf,
    "label_smoothing": 0.0,
    **dict.fromkeys(STRENGTHS, 0.0),
}
"""Strengths of regularizers, each with the one that does nothing."""


def numbers_of(runs: Sequence[LaneRun]) -> dict[str, Tensor]:
    """Every number that an edit may change during training, by a name of its own.

    Hyperparameters of the optimizer (and what derives from them) and ``TERMS`` are [lanes, 1]; dropout rates, of the
    inputs (place 0) and of each hidden layer, are [lanes, 1, 1].
    """
    rows: list[dict[str, float]] = []
    for run in runs:
        parameters = parameters_of(run)
        hyper = parameters | OPTIMIZERS[run.lane.training.optimizer.name].derive(parameters)
        rows.append({f"{HYPER}{key}": value for key, value in hyper.items()})
        rows[-1] |= TERMS | terms_of(run.lane.regularization)
    numbers = {key: torch.tensor([[row[key]] for row in rows]) for key in rows[0]}
    rates = torch.tensor([dropout_rates(run.lane) for run in runs])
    return numbers | {f"{RATE}{place}": rate.view(-1, 1, 1).clone() for place, rate in enumerate(rates.T)}


def terms_of(settings: RegularizationSettings) -> dict[str, float]:
    """Strengths of what is used."""
    terms = {
        f"l1_{settings.l1_update}": settings.l1,
        "l2": settings.l2,
        "weight_decay": settings.weight_decay,
        "label_smoothing": settings.label_smoothing,
        "input_noise": settings.input_noise,
        "scale": settings.augmentation.scale,
        "shear": settings.augmentation.shear,
        "rotate": radians(settings.augmentation.rotate),
        "shift": settings.augmentation.shift,
        "mixup": settings.mixup,
    }
    if settings.max_norm is not None:
        terms["max_norm"] = settings.max_norm
    if settings.gradient_clipping is not None:
        terms[f"clip_{settings.gradient_clipping.kind}"] = settings.gradient_clipping.threshold
    return terms


def rate_of(run: LaneRun) -> Rate:
    training = run.lane.training
    return Rate(training.learning_rate, training.schedule, run.plateau.reductions)


def is_scheduled(runs: Sequence[LaneRun]) -> bool:
    """Whether the learning rate of any lane changes by itself."""
    return not all(rate_of(run).is_constant for run in runs)


def parameters_of(run: LaneRun) -> dict[str, float]:
    """The optimizer's, with the learning rate."""
    training = run.lane.training
    return {"learning_rate": training.learning_rate, **training.optimizer.parameters}


def optimizer_parameters(runs: Sequence[LaneRun]) -> dict[str, Floats]:
    """The same of all lanes [lanes, 1]."""
    rows = [parameters_of(run) for run in runs]
    return {key: np.array([[row[key]] for row in rows]) for key in rows[0]}


def used_terms(numbers: Mapping[str, Tensor]) -> set[str]:
    """Names of the regularizers' numbers that do something in any lane: only these take part in a step."""
    idle = TERMS | {key: 0.0 for key in numbers if key.startswith(RATE)}
    return {key for key, value in idle.items() if (numbers[key] != value).any()}
