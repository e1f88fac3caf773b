"""Networks that learn too little, too much, or are held back from learning."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from engine.catalogue.regularizers import REGULARIZERS
from engine.observation.diagnosis import cures
from engine.observation.diagnosis.case import Case, smooth
from engine.observation.diagnosis.rule import Cure, Rule, Words
from engine.observation.diagnosis.rules.words import number, percent

SETTLED_EPOCHS, FIT_EPOCHS, HELD_EPOCHS = 100, 30, 30
FEW_NEURONS = 12
FEWEST_VALIDATION = 8


def _underfitting(case: Case) -> Words | None:
    """A small network has learned what it can, far from what the data allow."""
    network = case.lane.network
    small = not network.hidden or network.activation.name == "linear" or sum(network.hidden) <= FEW_NEURONS
    if not small or not case.lags():
        return None
    if case.progress > case.threshold(0.02, 0.05) or case.jitter > 0.05:
        return None
    if not network.hidden or network.activation.name == "linear":
        why = "without a bend in between, the network can only draw straight lines"
    else:
        neurons = sum(network.hidden)
        why = f"{neurons} hidden neuron{'s' * (neurons != 1)} may be too few"
    return Words("Underfitting", f"It has settled at {case.score_words}; {why}.")


def _cures_of_underfitting(case: Case) -> Iterator[Cure | None]:
    yield cures.tanh(case)
    yield cures.larger(case)
    yield cures.deeper(case)


def _overfitting(case: Case) -> Words | None:
    """The validation loss has clearly risen from its best, while the training loss went on to fall."""
    waits = case.lane.regularization.early_stopping is not None or case.stop is not None
    if waits or case.data.counts[1] < FEWEST_VALIDATION:
        return None
    validation, training = smooth(case.validation), smooth(case.training)
    best = int(validation.argmin())
    rise = validation[-1] - validation[best]
    least = max(case.threshold(0.12, 0.06) * case.baseline, case.threshold(0.25, 0.12) * validation[best])
    # Numbers of before there were validation points are NaN, and no evidence.
    if not (rise >= least and training[-1] < training[best]):
        return None
    # A few points that are wrong for sure raise the loss a little while answers are as good as they were.
    far = rise >= max(case.threshold(0.2, 0.14) * case.baseline, validation[best])
    if not (far or case.skill_gap >= case.threshold(0.1, 0.05)):
        return None
    lowest = int(case.validation.argmin())
    up = validation[-1] / case.validation[lowest] - 1.0
    return Words(
        f"Overfitting since epoch {case.epoch[lowest]:,}",
        f"Validation loss {number(validation[-1])}, up {percent(up)} from its best, while the training loss fell "
        f"to {number(training[-1])}.",
    )


def _cures_of_overfitting(case: Case) -> Iterator[Cure | None]:
    yield cures.dropout(case)
    yield cures.l2(case)
    yield cures.early_stopping(case)
    yield cures.more_points(case)


class _Restraint(NamedTuple):
    """A regularizer that is strong enough to keep a network from learning."""

    words: str
    off: Cure


def _over_regularized(case: Case) -> Words | None:
    """The network does not learn, and something that is switched on is strong enough to be the reason."""
    if not case.lags() or not (strong := list(_restraints(case))):
        return None
    words = " and ".join(restraint.words for restraint in strong[:2])
    return Words("Regularized too strongly", f"{words[0].upper()}{words[1:]}; {case.score_words}.")


def _cures_of_over_regularized(case: Case) -> Iterator[Cure | None]:
    for restraint in _restraints(case):
        yield restraint.off


def _restraints(case: Case) -> Iterator[_Restraint]:
    yield from _penalties(case)
    yield from _distortions(case)


def _penalties(case: Case) -> Iterator[_Restraint]:
    """Penalties that have shrunk a layer's weights to a small part of what they were at first."""
    settings, norm = case.lane.regularization, case.probe("weight_norm")
    first = case.history.probe("weight_norm")[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        left = norm / first
    if not (np.isfinite(left).all() and left.min() < case.threshold(0.3, 0.5)):
        return
    layer, share = int(left.argmin()) + 1, percent(float(left.min()))
    for key, sign, least in (("l1", "λ₁ = ", 0.003), ("l2", "λ₂ = ", 0.003), ("weight_decay", "", 0.3)):
        entry, strength = REGULARIZERS[key], getattr(settings, key)
        if strength >= least:
            words = f"{entry.label} with {sign}{strength:g} has shrunk the weights of layer {layer} to {share} of their"
            usual = entry.typical_on[key]
            weaker = Cure(f"Lower {entry.label} to {usual:g}", {f"regularization.{key}": usual})
            yield _Restraint(f"{words} first size", weaker)


def _distortions(case: Case) -> Iterator[_Restraint]:
    """What makes training steps see something very different from the data."""
    settings = case.lane.regularization
    dropout, augmentation = settings.dropout, settings.augmentation
    rate = max(dropout.rates) if dropout.rates else dropout.rate
    place = "regularization"
    if rate >= 0.8:
        milder = {f"{place}.dropout.rate": 0.2, f"{place}.dropout.rates": None}
        yield _Restraint(f"dropout ignores {percent(rate)} of the neurons", Cure("Dropout 0.2", milder))
    if dropout.input_rate >= 0.4:
        off = Cure("Switch off input dropout", {f"{place}.dropout.input_rate": 0.0})
        yield _Restraint(f"input dropout ignores {percent(dropout.input_rate)} of the features", off)
    for key, limit, words in (
        ("rotate", 45.0, "augmentation rotates by up to {:g}°"),
        ("shear", 1.0, "augmentation shears by up to {:g}"),
        ("shift", 2.0, "augmentation shifts by up to {:g}"),
        ("scale", 0.7, "augmentation scales by up to {:g}"),
    ):
        value = getattr(augmentation, key)
        if value >= limit:
            off = Cure(f"Switch off {key}", {f"{place}.augmentation.{key}": 0.0})
            yield _Restraint(words.format(value), off)
    if settings.input_noise >= 1.5:
        off = Cure("Input noise 0.3", {f"{place}.input_noise": 0.3})
        yield _Restraint(f"input noise moves the points by {settings.input_noise:g} units", off)
    if settings.max_norm is not None and settings.max_norm <= 0.3:
        off = Cure("Max-norm 3", {f"{place}.max_norm": 3.0})
        yield _Restraint(f"max-norm keeps the weights of a neuron below {settings.max_norm:g}", off)


UNDERFITTING = Rule(
    code="underfitting",
    severity="warning",
    look=_underfitting,
    epochs=SETTLED_EPOCHS,
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
    yields_to=frozenset({"divergence", "learning_rate_too_high"}),
)
OVER_REGULARIZED = Rule(
    code="over_regularized",
    severity="warning",
    look=_over_regularized,
    epochs=HELD_EPOCHS,
    cures=_cures_of_over_regularized,
    yields_to=frozenset({"divergence"}),
)
