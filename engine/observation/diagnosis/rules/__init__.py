"""All rules, in the order in which findings are reported: the most pressing first."""

from __future__ import annotations

from engine.observation.diagnosis.rule import Rule
from engine.observation.diagnosis.rules.data import CLASS_IMBALANCE, SMALL_VALIDATION_SET
from engine.observation.diagnosis.rules.fit import OVER_REGULARIZED, OVERFITTING, UNDERFITTING
from engine.observation.diagnosis.rules.gradients import EXPLODING_GRADIENT, VANISHING_GRADIENT
from engine.observation.diagnosis.rules.rates import LEARNING_RATE_TOO_HIGH, LEARNING_RATE_TOO_LOW, PLATEAU
from engine.observation.diagnosis.rules.stops import DIVERGENCE, PREMATURE_STOP
from engine.observation.diagnosis.rules.units import DEAD_UNITS, SATURATION

RULES: dict[str, Rule] = {
    rule.code: rule
    for rule in (
        DIVERGENCE,
        EXPLODING_GRADIENT,
        LEARNING_RATE_TOO_HIGH,
        DEAD_UNITS,
        SATURATION,
        VANISHING_GRADIENT,
        OVER_REGULARIZED,
        CLASS_IMBALANCE,
        OVERFITTING,
        PREMATURE_STOP,
        LEARNING_RATE_TOO_LOW,
        UNDERFITTING,
        PLATEAU,
        SMALL_VALIDATION_SET,
    )
}

__all__ = ["RULES"]
