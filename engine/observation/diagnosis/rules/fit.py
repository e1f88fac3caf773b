"""Rules about underfitting, overfitting and too strong regularization."""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.catalogue.features import FEATURES
from engine.catalogue.regularizers import REGULARIZERS
from engine.catalogue.texts import counted, setting_text
from engine.experiment import Lane
from engine.observation.diagnosis import cures
from engine.observation.diagnosis.case import SMOOTHED, Case, Floats, smooth
from engine.observation.diagnosis.data import SMALLEST
from engine.observation.diagnosis.rule import Cure, Rule, Statement
from engine.observation.diagnosis.rules.phrases import hardly_fell, layer_phrase, number, percent, times

SETTLED_EPOCHS, BENT_EPOCHS, FIT_EPOCHS, HELD_EPOCHS = 100, 200, 30, 30
FEW_NEURONS = 12
FEWEST_VALIDATION = 8
LONG = 100
"""A validation loss that has stayed high for more epochs than this will not fall again."""
MOST_PERCENT = 10.0
"""A rise by a larger share is written as a factor, which is easier to read."""


def _underfitting(case: Case) -> Statement | None:
    """Find a small network that no longer improves although the data allow a much lower loss."""
    network = case.lane.network
    straight = not network.hidden or network.activation.name == "linear"
    if not (straight or sum(network.hidden) <= FEW_NEURONS) or not case.lags():
        return None
    # A network finds a straight boundary soon; a bent one may take longer.
    if not straight and not case.lasted(BENT_EPOCHS):
        return None
    if case.progress > case.threshold(0.01 if straight else 0.005, 0.03) or case.jitter > 0.05:
        return None
    later = case.last(2)
    return Statement(
        "Underfitting",
        f"The training loss {hardly_fell(case, later)}; {case.score_sentence}. {_why_underfitting(case)}.",
    )


def _why_underfitting(case: Case) -> str:
    network = case.lane.network
    if network.hidden and network.activation.name != "linear":
        neurons = sum(network.hidden)
        return f"{counted(neurons, 'hidden neuron')} may be too few"
    if all(FEATURES[key].straight for key in network.features):
        return "Without a nonlinearity, the network can only draw straight lines"
    return "Without a nonlinearity, the network can only add up its inputs, and these are not enough"


def _cures_of_underfitting(case: Case) -> Iterator[Cure | None]:
    yield cures.tanh(case)
    yield cures.larger(case)
    yield cures.deeper(case)


def _overfitting(case: Case) -> Statement | None:
    """Find a validation loss clearly above its best, while the training loss has fallen further.

    The best of all comparable losses counts, also from before a change of settings, because a change that raises the
    loss is no cure.
    """
    waits = case.lane.regularization.early_stopping is not None or case.stop is not None
    if waits or case.data.counts[1] < FEWEST_VALIDATION:
        return None
    epoch, loss = case.compared
    validation, training = smooth(loss[:, 1]), smooth(loss[:, 0])
    if np.isnan(validation[-1]):
        # NaN means that there are no validation points.
        return None
    best = int(np.nanargmin(validation))
    rise = validation[-1] - validation[best]
    lowest = int(np.nanargmin(loss[:, 1]))
    row = _typical_row(loss[-SMOOTHED:]) - min(SMOOTHED, len(loss))
    if not (training[-1] < training[best] and loss[row, 0] < loss[lowest, 0]):
        return None
    up = loss[row, 1] / max(loss[lowest, 1], SMALLEST) - 1.0
    statement = Statement(
        f"Overfitting since epoch {epoch[lowest]:,}",
        f"At epoch {epoch[row]:,} the validation loss was {number(loss[row, 1])}, {_up(up)} its best, while the "
        f"training loss fell to {number(loss[row, 0])}.",
    )
    if _lasts(case, epoch[-len(validation) :], validation):
        return statement
    least = max(case.threshold(0.12, 0.06) * case.baseline, case.threshold(0.25, 0.12) * validation[best])
    if rise < least:
        return None
    # A few confident wrong answers raise the loss slightly while all other answers stay as good.
    far = rise >= max(case.threshold(0.2, 0.14) * case.baseline, validation[best])
    return statement if far or case.skill_gap >= case.threshold(0.1, 0.05) else None


def _typical_row(loss: Floats) -> int:
    """Return the newest of these rows [r, 3] that agrees with their medians, so that a sentence can cite it.

    One exists: of an odd number of rows, more than half have a validation loss ≥ the median, and more than half have a
    training loss ≤ the median.
    """
    training, validation = np.median(loss[:, 0]), np.median(loss[:, 1])
    fitting = (loss[:, 1] >= validation) & (loss[:, 0] <= training)
    return int(np.flatnonzero(fitting)[-1])


def _lasts(case: Case, epoch: NDArray[np.int64], validation: Floats) -> bool:
    """Whether the validation loss has been far above its best for too long to recover."""
    best = float(np.nanmin(validation))
    far = max(case.threshold(1.5, 1.3) * best, best + case.threshold(0.05, 0.04) * case.baseline)
    long = epoch > epoch[-1] - LONG
    return bool(epoch[-1] - epoch[0] >= LONG and (validation[long] >= far).all())


def _up(share: float) -> str:
    return f"up {percent(share)} from" if share < MOST_PERCENT else f"{times(1.0 + share)} times"


def _cures_of_overfitting(case: Case) -> Iterator[Cure | None]:
    yield cures.more_points(case)
    yield cures.early_stopping(case)
    yield cures.l2(case)
    yield cures.input_noise(case)
    if case.data.task != "classification":
        yield cures.dropout(case)


class _Restraint(NamedTuple):
    """A regularizer that is strong enough to prevent learning, and the cure that weakens it."""

    text: str
    off: Cure


def _over_regularized(case: Case) -> Statement | None:
    """Find a network that does not learn, with a regularizer strong enough to be the reason."""
    if not case.lags() or not (strong := list(_restraints(case))):
        return None
    text = " and ".join(restraint.text for restraint in strong[:2])
    return Statement("Regularized too strongly", f"{text[0].upper()}{text[1:]}; {case.score_sentence}.")


def _cures_of_over_regularized(case: Case) -> Iterator[Cure | None]:
    for restraint in _restraints(case):
        yield restraint.off


def _restraints(case: Case) -> Iterator[_Restraint]:
    yield from _penalties(case)
    yield from _distortions(case)


def _penalties(case: Case) -> Iterator[_Restraint]:
    """Yield penalties that are strong, if the weights of a layer have shrunk to a small part of their initial size."""
    norm, first = case.probe("weight_norm"), case.history.probe("weight_norm")[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        left = np.where(first > 0.0, norm / first, np.inf)
    if not left.min() < case.threshold(0.3, 0.5):
        return
    name, share = layer_phrase(int(left.argmin()) + 1, len(left)), percent(float(left.min()))
    for pull in _pulls(case.lane):
        if pull.strength >= pull.strong:
            text = f"{pull.text} has shrunk the weights of {name} to {share} of their initial size"
            weaker = cures.restart(
                case, f"{pull.label} {setting_text(pull.default)}, restart", {pull.path: pull.default}
            )
            yield _Restraint(text, weaker)


class _Pull(NamedTuple):
    """A setting that shrinks weights; a ``strength`` of at least ``strong`` can prevent learning."""

    label: str
    text: str
    path: str
    strength: float
    strong: float
    default: float


def _pulls(lane: Lane) -> Iterator[_Pull]:
    optimizer = lane.training.optimizer
    for entry in REGULARIZERS.values():
        if entry.shrinking is not None:
            key = entry.parameters[0].key
            path = f"regularization.{entry.path(key)}"
            strength = attrgetter(path)(lane) or 0.0
            text = entry.shrinking.phrase.format(setting_text(strength))
            yield _Pull(entry.label, text, path, strength, entry.shrinking.strong, entry.typical_on[key])
    for parameter in optimizer.entry.parameters:
        if parameter.key == "weight_decay":
            strength = optimizer.parameters[parameter.key]
            text = f"{optimizer.entry.label}'s decay of {setting_text(strength)}"
            path = f"training.optimizer.{parameter.key}"
            yield _Pull("Decay", text, path, strength, 0.3, parameter.default)


def _distortions(case: Case) -> Iterator[_Restraint]:
    """Yield regularizers that change the training points or neurons too much."""
    settings = case.lane.regularization
    dropout, augmentation = settings.dropout, settings.augmentation
    rate = max(dropout.rates) if dropout.rates else dropout.rate
    path = "regularization"
    if rate >= 0.8:
        milder = {f"{path}.dropout.rate": 0.2, f"{path}.dropout.rates": None}
        yield _Restraint(f"dropout ignores {percent(rate)} of the neurons", Cure("Dropout 0.2", milder))
    if dropout.input_rate >= 0.4:
        off = Cure("Switch off input dropout", {f"{path}.dropout.input_rate": 0.0})
        yield _Restraint(f"input dropout ignores {percent(dropout.input_rate)} of the features", off)
    for key, limit, text in (
        ("rotate", 45.0, "augmentation rotates by up to {}°"),
        ("shear", 1.0, "augmentation shears by up to {}"),
        ("shift", 2.0, "augmentation shifts by up to {}"),
        ("scale", 0.7, "augmentation scales by up to {}"),
    ):
        value = getattr(augmentation, key)
        if value >= limit:
            off = Cure(f"Switch off {key}", {f"{path}.augmentation.{key}": 0.0})
            yield _Restraint(text.format(setting_text(value)), off)
    if settings.input_noise >= 1.5:
        off = Cure("Input noise 0.3", {f"{path}.input_noise": 0.3})
        yield _Restraint(f"input noise moves the points by {setting_text(settings.input_noise)} units", off)
    if settings.max_norm is not None and settings.max_norm <= 0.5:
        off = Cure("Max-norm 3", {f"{path}.max_norm": 3.0})
        yield _Restraint(
            f"max-norm keeps the weights of a neuron below {setting_text(settings.max_norm)}", off
        )


UNDERFITTING = Rule(
    code="underfitting",
    severity="warning",
    look=_underfitting,
    epochs=SETTLED_EPOCHS,
    judges_shape=True,
    cures=_cures_of_underfitting,
    yields_to=frozenset(
        {
            "divergence", "exploding_gradient", "vanishing_gradient", "saturation", "dead_units",
            "over_regularized", "learning_rate_too_high", "learning_rate_too_low", "class_imbalance", "premature_stop",
        }
    ),
)  # fmt: skip
OVERFITTING = Rule(
    code="overfitting",
    severity="warning",
    look=_overfitting,
    epochs=FIT_EPOCHS,
    cures=_cures_of_overfitting,
    yields_to=frozenset({"divergence", "exploding_gradient", "learning_rate_too_high"}),
)
OVER_REGULARIZED = Rule(
    code="over_regularized",
    severity="warning",
    look=_over_regularized,
    epochs=HELD_EPOCHS,
    cures=_cures_of_over_regularized,
    yields_to=frozenset({"divergence"}),
)
