"""Data with which a verdict is worth little: few validation points, rare classes."""

from __future__ import annotations

from collections.abc import Iterator

from engine.catalogue.schedules import SCHEDULES
from engine.experiment import class_labels
from engine.observation.diagnosis import cures
from engine.observation.diagnosis.case import Case
from engine.observation.diagnosis.rule import Cure, Rule, Words
from engine.observation.diagnosis.rules.words import percent

EPOCHS, IMBALANCE_EPOCHS = 10, 50
FEW, FEW_TO_DECIDE = 12, 15
MANY = 100
"""With so many points, validation could have had more of them."""


def _small_validation(case: Case) -> Words | None:
    """Validation points decide something and are few, or are few where there are many points."""
    count, total = case.data.counts[1], sum(case.data.counts)
    if not count:
        return None
    deciding = _decider(case)
    if deciding and count < case.threshold(FEW_TO_DECIDE, FEW_TO_DECIDE + 5):
        role = f"{deciding} decides by {count} of {total:,} points"
    elif total >= MANY and count < case.threshold(FEW, FEW + 4):
        role = f"it is measured on {count} of {total:,} points"
    else:
        return None
    return Words("Few validation points", f"The validation loss is a rough guess: {role}.")


def _decider(case: Case) -> str:
    if case.lane.regularization.early_stopping is not None:
        return "early stopping"
    return "the schedule" if SCHEDULES[case.lane.training.schedule.name].reduces else ""


def _cures_of_small_validation(case: Case) -> Iterator[Cure | None]:
    yield cures.more_validation(case)
    yield cures.more_points(case)


def _class_imbalance(case: Case) -> Words | None:
    """One class is rare, and the network is hardly better than always to answer with the largest."""
    present = [count for count in case.data.class_counts if count]
    if len(present) < 2:
        return None
    rarest = min(present) / sum(present)
    if rarest > case.threshold(0.1, 0.12) or case.skill > case.threshold(0.15, 0.3):
        return None
    counts, labels = case.data.class_counts, class_labels(case.experiment.data)
    rare, large = labels[counts.index(min(present))], labels[counts.index(max(counts))]
    return Words(
        f"Class {rare} is rare",
        f"It has {percent(rarest)} of the training points, and the network hardly learns it: its accuracy is "
        f"{case.as_score(case.skill)}, and always to answer class {large} would give {case.as_score(0.0)}.",
    )


def _cures_of_imbalance(case: Case) -> Iterator[Cure | None]:
    yield cures.balance(case)


SMALL_VALIDATION_SET = Rule(
    code="small_validation_set",
    severity="hint",
    look=_small_validation,
    cures=_cures_of_small_validation,
    epochs=EPOCHS,
)
CLASS_IMBALANCE = Rule(
    code="class_imbalance",
    severity="warning",
    look=_class_imbalance,
    epochs=IMBALANCE_EPOCHS,
    cures=_cures_of_imbalance,
    yields_to=frozenset({"divergence", "over_regularized", "learning_rate_too_low", "vanishing_gradient"}),
)
