"""Rules about learning rates that are too high or too low, and plateaus."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.catalogue.texts import counted, setting_text
from engine.observation.diagnosis import cures
from engine.observation.diagnosis.case import Case
from engine.observation.diagnosis.rule import Cure, Rule, Statement
from engine.observation.diagnosis.rules.phrases import hardly_fell, number

HIGH_EPOCHS, NORMALIZED_EPOCHS, LOW_EPOCHS, PLATEAU_EPOCHS = 20, 100, 40, 150
CONSTANT = "constant"
RISEN = 0.1
"""A loss that has risen by this share of its first value speaks against a rate that is too low."""


def _too_high(case: Case) -> Statement | None:
    """Find a training loss, measured without dropout, that jumps on a high level or is far above its start."""
    recent, rate = case.training[case.recent], case.lane.training.learning_rate
    level = float(np.mean(recent)) / case.baseline
    start = max(float(case.history.loss[0, 0]) / case.baseline, 1.0)
    jumps = case.jitter >= case.threshold(0.1, 0.05) and case.jitter > 0.5 * abs(_net(recent)) / case.baseline
    far = level >= case.threshold(2.0, 1.5) * start and _net(recent) < 0.1 * level * case.baseline
    # A loss that jumps on a low level, as with small batches or batch normalization, shows no failure.
    if not (jumps and level >= case.threshold(0.35, 0.25) and not _good(case)) and not far:
        return None
    return Statement(
        "Learning rate too high",
        f"At {setting_text(rate)} the training loss jumps between {number(recent.min())} and {number(recent.max())} in "
        f"the {counted(case.recent_epochs, 'epoch')} up to {case.last_epoch:,}; it began at "
        f"{number(case.history.loss[0, 0])}.",
    )


def _good(case: Case) -> bool:
    """Whether the network answers well despite the jumps, or its running moments may still settle."""
    settling = case.lane.network.normalization is not None and not case.lasted(NORMALIZED_EPOCHS)
    return settling or case.skill >= case.threshold(0.85, 0.95) * case.data.reachable


def _net(values: np.ndarray) -> float:
    """Return the mean of the earlier half minus the mean of the later half."""
    half = len(values) // 2
    return float(values[:half].mean() - values[half:].mean())


def _cures_of_high(case: Case) -> Iterator[Cure | None]:
    yield cures.slower_and_restart(case, 100.0)


def _too_low(case: Case) -> Statement | None:
    """Find tiny steps despite a gradient, with a loss that hardly falls."""
    training = case.lane.training
    last = float(case.training[-1])
    far = case.lags() or last >= case.threshold(0.6, 0.5) * case.baseline
    if training.schedule.name != CONSTANT or not (far or not training.learning_rate):
        return None
    ratio, gradient = case.probe("update_ratio"), case.probe("weight_gradient")
    if not np.isfinite(ratio).any() or not np.nanmax(gradient) >= 0.01:
        return None
    step, first = float(np.nanmax(ratio)), float(case.training[0])
    # A loss far above that of the best constant answer has far to fall, so a larger fall still means little.
    much = (
        case.threshold(0.25, 0.35) * last
        if last > 1.5 * case.baseline
        else case.threshold(0.12, 0.2) * case.baseline
    )
    # Small steps do not raise a loss: if it has risen, steps only look small relative to weights that grew too large.
    if step > case.threshold(2e-4, 4e-4) or first - last > much or last - first > RISEN * abs(first):
        return None
    moved = f"by at most {number(step)} of their size" if step else "not at all"
    all_rows = np.ones(len(case.epoch), dtype=bool)
    return Statement(
        "Learning rate too low",
        f"At {setting_text(training.learning_rate)} a step moves a layer's weights {moved} (median); the training "
        f"loss {hardly_fell(case, all_rows)}.",
    )


def _cures_of_low(case: Case) -> Iterator[Cure | None]:
    yield cures.adam(case)
    yield cures.fitting_rate(case)


def _plateau(case: Case) -> Statement | None:
    """Find a training loss that has not moved for long although the data allow a much lower one."""
    if not case.lags() or case.jitter > 0.02:
        return None
    if abs(case.progress) > case.threshold(0.005, 0.02):
        return None
    later = case.last(2)
    return Statement(
        "The training loss is stuck on a plateau",
        f"It {hardly_fell(case, later)}; {case.score_sentence}.",
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
    judges_shape=True,
    cures=_cures_of_high,
    yields_to=frozenset({"divergence", "exploding_gradient", "dead_units", "over_regularized"}),
)
LEARNING_RATE_TOO_LOW = Rule(
    code="learning_rate_too_low",
    severity="warning",
    look=_too_low,
    epochs=LOW_EPOCHS,
    cures=_cures_of_low,
    yields_to=frozenset(
        {
            "divergence", "exploding_gradient", "vanishing_gradient", "saturation", "dead_units", "over_regularized",
        }
    ),
)  # fmt: skip
PLATEAU = Rule(
    code="plateau",
    severity="hint",
    look=_plateau,
    epochs=PLATEAU_EPOCHS,
    judges_shape=True,
    cures=_cures_of_plateau,
    yields_to=frozenset(
        {
            "divergence", "exploding_gradient", "vanishing_gradient", "saturation", "dead_units", "over_regularized",
            "learning_rate_too_high", "learning_rate_too_low", "class_imbalance", "underfitting", "premature_stop",
        }
    ),
)  # fmt: skip
