"""Rules about data from which little can be concluded: few validation points, rare classes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from engine.catalogue.schedules import SCHEDULES
from engine.catalogue.texts import counted
from engine.data.classes import SECOND_CLASS, one_class
from engine.experiment import class_labels
from engine.experiment.points import SPLITS
from engine.observation.diagnosis import cures
from engine.observation.diagnosis.case import Case
from engine.observation.diagnosis.data import DataFacts
from engine.observation.diagnosis.rule import Cure, Rule, Statement
from engine.observation.diagnosis.rules.phrases import percent

EPOCHS, IMBALANCE_EPOCHS = 10, 50
FEW, FEW_TO_DECIDE = 12, 15
FEW_OF_CLASS = 3
"""A network hardly learns a class with fewer training points."""
MANY = 100
"""From this number of points on, there are enough to give validation more of them."""


def _small_validation(case: Case) -> Statement | None:
    """Find few validation points, if something depends on them or if there are many points in total."""
    count, total = case.data.counts[1], sum(case.data.counts)
    if not count:
        return None
    deciding = _decider(case)
    if deciding and count < case.threshold(FEW_TO_DECIDE, FEW_TO_DECIDE + 5):
        role = f"{deciding} relies on {count} of {counted(total, 'point')}"
    elif total >= MANY and count < case.threshold(FEW, FEW + 4):
        role = f"it is measured on {count} of {counted(total, 'point')}"
    else:
        return None
    return Statement("Few validation points", f"The validation loss is a rough guess: {role}.")


def _decider(case: Case) -> str:
    if case.lane.regularization.early_stopping is not None:
        return "early stopping"
    return "the schedule" if SCHEDULES[case.lane.training.schedule.name].reduces else ""


def _cures_of_small_validation(case: Case) -> Iterator[Cure | None]:
    yield cures.more_points(case)
    yield cures.more_validation(case)


def _class_imbalance(case: Case) -> Statement | None:
    if case.data.task != "classification":
        return None
    # The first two follow from the data alone; the third needs some epochs of training.
    trend = case.lasted(IMBALANCE_EPOCHS)
    return _one_class(case) or _too_few(case) or (_rare_class(case) if trend else None)


def _one_class(case: Case) -> Statement | None:
    """Find data of a single class: a network that always answers with it is right."""
    wrong = one_class(case.experiment.data, case.data.points)
    return Statement(wrong, f"{SECOND_CLASS}.") if wrong else None


def _too_few(case: Case) -> Statement | None:
    """Find classes with hardly any training points, or without validation points although other classes have some."""
    counts = points_by_class(case.data)
    few = (counts.sum(1) > 0) & (counts[:, 0] < case.threshold(FEW_OF_CLASS, FEW_OF_CLASS + 2))
    if counts[:, 1].any():
        few |= (counts[:, 0] > 0) & (counts[:, 1] == 0)
    if not few.any():
        return None
    labels = class_labels(case.experiment.data)
    named = [
        f"class {labels[k]} has {counts[k, 0]} to train on and {counts[k, 1]} for validation"
        for k in np.flatnonzero(few).tolist()
    ]
    which = (
        f"Class {labels[int(few.argmax())]} has" if few.sum() == 1 else f"{counted(few.sum(), 'class')} have"
    )
    text = ", ".join(named)
    return Statement(
        f"{which} {_lack(few, counts)[0]}", f"{text[:1].upper()}{text[1:]}. {_lack(few, counts)[1]}"
    )


def _lack(few: NDArray[np.bool_], counts: NDArray[np.int64]) -> tuple[str, str]:
    """Return what the classes marked in ``few`` [classes] lack, and the consequence, as texts."""
    training = counts[few, 0]
    if training.min() >= FEW_OF_CLASS + 2:
        return "no validation points", "How well such a class is recognized in new points cannot be measured."
    if not training.all():
        return "too few points", "What is not trained on is not learned."
    return "too few points", f"That is too few to show where {'it lies' if few.sum() == 1 else 'they lie'}."


def points_by_class(data: DataFacts) -> NDArray[np.int64]:
    """Return the number of points of each class in each split, [classes, 3]."""
    counts = np.zeros((len(data.class_counts), len(SPLITS)), dtype=np.int64)
    np.add.at(counts, (data.points.target.astype(np.int64), data.points.split), 1)
    return counts


def _rare_class(case: Case) -> Statement | None:
    """Find a rare class in a network that is hardly better than always answering with the largest class."""
    present = [count for count in case.data.class_counts if count]
    if len(present) < 2:
        return None
    rarest = min(present) / sum(present)
    if rarest > case.threshold(0.1, 0.12) or case.skill > case.threshold(0.15, 0.3):
        return None
    counts, labels = case.data.class_counts, class_labels(case.experiment.data)
    rare, large = labels[counts.index(min(present))], labels[counts.index(max(counts))]
    return Statement(
        f"Class {rare} is rare",
        f"It has {percent(rarest)} of the training points, and the network hardly learns it: its accuracy is "
        f"{case.as_score(case.skill)}, and always answering class {large} would give {case.as_score(0.0)}. "
        f"{case.medians}.",
    )


def _cures_of_imbalance(case: Case) -> Iterator[Cure | None]:
    if case.data.task != "classification":
        return
    yield cures.split_bare_classes_again(case)
    counts = points_by_class(case.data)
    # Repeated points stay in their split, so balancing gives no points to a split that has none of a class.
    lacking = (counts.sum(1) > 0) & ((counts[:, 0] == 0) | ((counts[:, 1] == 0) & counts[:, 1].any()))
    if _rare(case) and not lacking.any():
        yield cures.balance(case)


def _rare(case: Case) -> bool:
    """Whether a class has hardly any training points, or few compared with the others."""
    present = points_by_class(case.data)[:, 0]
    present = present[present > 0]
    return len(present) > 1 and bool(
        present.min() < FEW_OF_CLASS + 2 or present.min() <= 0.12 * present.sum()
    )


SMALL_VALIDATION_SET = Rule(
    code="small_validation_set",
    severity="hint",
    measures=False,
    look=_small_validation,
    cures=_cures_of_small_validation,
    epochs=EPOCHS,
)
CLASS_IMBALANCE = Rule(
    code="class_imbalance",
    severity="warning",
    measures=False,
    look=_class_imbalance,
    epochs=EPOCHS,
    at_end=True,
    cures=_cures_of_imbalance,
    yields_to=frozenset({"divergence", "over_regularized", "learning_rate_too_low", "vanishing_gradient"}),
)
