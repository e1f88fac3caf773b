"""Learning rates that are too high or too low, and a loss that does not move."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.observation.diagnosis import cures
from engine.observation.diagnosis.case import Case
from engine.observation.diagnosis.rule import Cure, Rule, Words
from engine.observation.diagnosis.rules.words import number

HIGH_EPOCHS, LOW_EPOCHS, PLATEAU_EPOCHS = 20, 40, 150
CONSTANT = "constant"


def _too_high(case: Case) -> Words | None:
    """The training loss of all points, which no dropout disturbs, jumps about, or is far above where it began."""
    recent, rate = case.training[case.recent], case.lane.training.learning_rate
    level = float(np.median(recent)) / case.baseline
    start = max(float(case.history.loss[0, 0]) / case.baseline, 1.0)
    jumps = case.jitter >= case.threshold(0.1, 0.05) and case.jitter > 0.5 * abs(_net(recent)) / case.baseline
    far = level >= case.threshold(2.0, 1.5) * start and _net(recent) < 0.1 * level * case.baseline
    if not jumps and not far:
        return None
    spread = f"between {number(recent.min())} and {number(recent.max())}"
    return Words(
        "Learning rate too high",
        f"At {rate:g} the training loss jumps {spread} instead of falling; it began at "
        f"{number(case.history.loss[0, 0])}.",
    )


def _net(values: np.ndarray) -> float:
    """By how much the later half lies below the earlier one, on average."""
    half = len(values) // 2
    return float(values[:half].mean() - values[half:].mean())


def _cures_of_high(case: Case) -> Iterator[Cure | None]:
    yield cures.slower(case)
    yield cures.slower(case, 2.0)
    yield cures.clipping(case)


def _too_low(case: Case) -> Words | None:
    """There is a gradient, but the steps along it are tiny for the weights' size."""
    training = case.lane.training
    if training.schedule.name != CONSTANT or not (case.lags() or not training.learning_rate):
        return None
    ratio, gradient = case.probe("update_ratio"), case.probe("weight_gradient")
    if not np.isfinite(ratio).any() or not np.nanmax(gradient) >= 0.01:
        return None
    step, first, last = float(np.nanmax(ratio)), case.training[0], case.training[-1]
    if step > case.threshold(2e-5, 5e-5) or first - last > case.threshold(0.05, 0.1) * case.baseline:
        return None
    moved = f"by at most {number(step)} of their size" if step else "not at all"
    epochs = case.epoch[-1] - case.epoch[0]
    return Words(
        "Learning rate too low",
        f"At {training.learning_rate:g} a step moves a layer's weights {moved}; in {epochs:,} epochs the training loss "
        f"went only from {number(first)} to {number(last)}.",
    )


def _cures_of_low(case: Case) -> Iterator[Cure | None]:
    yield cures.faster(case)
    if case.lane.training.learning_rate:
        yield cures.faster(case, 100.0)
    yield cures.adam(case)


def _plateau(case: Case) -> Words | None:
    """The training loss has not moved for long, far from what the data allow."""
    if not case.lags() or case.jitter > 0.02:
        return None
    if abs(case.progress) > case.threshold(0.005, 0.02):
        return None
    later = case.last(2)
    return Words(
        "The training loss is stuck on a plateau",
        f"It went only from {number(case.training[later][0])} to {number(case.training[-1])} in the last "
        f"{case.epoch[-1] - case.epoch[later][0]:,} epochs; {case.score_words}.",
    )


def _cures_of_plateau(case: Case) -> Iterator[Cure | None]:
    if case.lane.network.initializer.name == "zeros":
        yield cures.fitting_weights(case)
    yield cures.relu(case)
    yield cures.adam(case)
    yield cures.standardize(case)
    yield cures.faster(case, 3.0)


LEARNING_RATE_TOO_HIGH = Rule(
    code="learning_rate_too_high",
    severity="warning",
    look=_too_high,
    epochs=HIGH_EPOCHS,
    cures=_cures_of_high,
    yields_to=frozenset({"divergence", "exploding_gradient", "dead_units"}),
)
LEARNING_RATE_TOO_LOW = Rule(
    code="learning_rate_too_low",
    severity="warning",
    look=_too_low,
    epochs=LOW_EPOCHS,
    cures=_cures_of_low,
    yields_to=frozenset({"divergence", "vanishing_gradient", "saturation", "dead_units", "over_regularized"}),
)
PLATEAU = Rule(
    code="plateau",
    severity="hint",
    look=_plateau,
    epochs=PLATEAU_EPOCHS,
    cures=_cures_of_plateau,
    yields_to=frozenset(
        {
            "divergence", "exploding_gradient", "vanishing_gradient", "saturation", "dead_units", "over_regularized",
            "learning_rate_too_high", "learning_rate_too_low", "class_imbalance", "underfitting", "premature_stop",
        }
    ),
)  # fmt: skip
