"""What works against overfitting: the numbers of each regularizer, declared once."""

from __future__ import annotations

from dataclasses import dataclass

from engine.catalogue.entry import Entry, Family, Parameter


@dataclass(frozen=True, slots=True, kw_only=True)
class Regularizer(Entry):
    """``typical_on`` is the value its switch starts with, as {parameter key: value}."""

    typical_on: dict[str, float]
    learn_more: str = ""


L1 = Parameter("l1", "λ₁", 0.0, 0.0, 100.0, "Strength of the L1 penalty.", log=True, slider=(1e-6, 1.0))
L2 = Parameter("l2", "λ₂", 0.0, 0.0, 100.0, "Strength of the L2 penalty.", log=True, slider=(1e-6, 1.0))
DROPOUT_RATE = Parameter(
    "rate", "p", 0.0, 0.0, 0.95, "Share of the neurons that a training step ignores.", typical=(0.2, 0.8)
)
DROPOUT_INPUT_RATE = Parameter(
    "input_rate",
    "p (input)",
    0.0,
    0.0,
    0.95,
    "Share of the input features that a training step ignores.",
    slider=(0.0, 0.5),
)
PATIENCE = Parameter(
    "patience",
    "Patience",
    50,
    1,
    1_000_000,
    "Epochs without a better validation loss before training stops.",
    integer=True,
    log=True,
    slider=(1, 1000),
)
MIN_DELTA = Parameter(
    "min_delta",
    "Minimum gain",
    0.0,
    0.0,
    1e6,
    "Only a validation loss lower by more than this counts as better.",
    log=True,
    slider=(1e-6, 1.0),
)

REGULARIZERS: Family[Regularizer] = Family(
    "regularizer",
    [
        Regularizer(
            key="l1",
            label="L1",
            formula="C = loss + λ₁ Σₗ Σ|Wₗ|",
            tooltip="Pulls every weight towards zero at the same speed: many become zero.",
            parameters=(L1,),
            typical_on={"l1": 0.001},
        ),
        Regularizer(
            key="l2",
            label="L2",
            formula="C = loss + λ₂ Σₗ ΣWₗ²",
            tooltip="Pulls large weights towards zero: smoother boundaries.",
            parameters=(L2,),
            typical_on={"l2": 0.001},
        ),
        Regularizer(
            key="dropout",
            label="Dropout",
            formula="aₗ ← mask · aₗ / (1 − p)",
            tooltip="In each step, ignore a random share p of the neurons of the chosen layers; off when evaluating.",
            parameters=(DROPOUT_RATE, DROPOUT_INPUT_RATE),
            typical_on={"rate": 0.5},
        ),
        Regularizer(
            key="early_stopping",
            label="Early stopping",
            formula="stop when the validation loss has not improved for `patience` epochs",
            tooltip="Stop when the performance on the validation points worsens, and go back to the best weights.",
            parameters=(PATIENCE, MIN_DELTA),
            typical_on={"patience": 50},
        ),
    ],
)
