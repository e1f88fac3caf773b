"""Rules about vanishing and exploding gradients."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from engine.observation.diagnosis import cures
from engine.observation.diagnosis.case import Case
from engine.observation.diagnosis.rule import Cure, Rule, Statement
from engine.observation.diagnosis.rules.phrases import layer_phrase, number, times, when

FEWEST_LAYERS = 3
EPOCHS = 25
"""Minimum number of epochs before a finding."""


def _vanishing(case: Case) -> Statement | None:
    """Find an error that vanishes on its way back to layer 1 in a network that does not learn."""
    if not case.lags():
        return None
    error = case.probe("error")
    if len(error) < FEWEST_LAYERS or not np.isfinite(error).all() or not error[-1]:
        return None
    factor = error[-1] / error[0] if error[0] else np.inf
    if factor < case.threshold(100.0, 30.0):
        return None
    reaches = f"is {times(factor)} times smaller than at the output layer" if error[0] else "is exactly 0"
    return Statement(
        "Vanishing gradient in layer 1",
        f"The error that reaches it {reaches}; {case.score_sentence}.",
    )


def _cures_of_vanishing(case: Case) -> Iterator[Cure | None]:
    network = case.lane.network
    if network.initializer.name == "zeros":
        # Neurons that start equal stay equal, so no other change helps.
        yield cures.fitting_weights(case)
        return
    yield cures.relu(case)
    yield cures.fitting_weights(case)
    yield cures.tanh_for_sigmoid(case)
    yield cures.batch_norm(case)
    if network.activation.name != "sigmoid":
        yield cures.residual(case)


def _exploding(case: Case) -> Statement | None:
    """Find an error that grows from layer to layer on its way back, with huge gradients, when training fails."""
    diverged = case.stop is not None and case.stop.kind == "divergence"
    if not diverged and not case.lags():
        return None
    error, gradient = _seen(case, "error", diverged), _seen(case, "weight_gradient", diverged)
    # An overflow is larger than any threshold.
    error, gradient = (np.nan_to_num(one, nan=np.inf, posinf=np.inf) for one in (error, gradient))
    if len(error) < FEWEST_LAYERS or not error[-1]:
        return None
    with np.errstate(invalid="ignore"):
        factor = float(np.nan_to_num(error[0] / error[-1], nan=np.inf) ** (1.0 / (len(error) - 1)))
    layer = int(gradient.argmax())
    if factor < case.threshold(1.5, 1.3) or not gradient[layer] >= case.threshold(100.0, 30.0):
        return None
    multiplies = (
        f"multiplies the error by about {factor:.2g}" if np.isfinite(factor) else "makes the error larger"
    )
    seen = f"the gradient of {layer_phrase(layer + 1, len(error))} has a norm of {number(gradient[layer])}"
    medians = "" if diverged else f" {case.medians}."
    return Statement(
        "Exploding gradient",
        f"Each layer {multiplies} on its way back; {_measured_at(case, diverged)}{seen}{_ended_phrase(case)}.{medians}",
    )


def _measured_at(case: Case, diverged: bool) -> str:
    """Return when the layers of a diverged lane were last measured (they have got worse since), else ""."""
    if not diverged:
        return ""
    epoch = int(case.history.layer_epoch[-1])
    return f"after epoch {epoch:,} " if epoch else "before the first step "


def _ended_phrase(case: Case) -> str:
    stop = case.stop
    return "" if stop is None else f". Training ended {when(stop.epoch)}: {stop.reason}"


def _seen(case: Case, key: str, diverged: bool) -> NDArray[np.float64]:
    """Return recent medians of a probe [L]; for a diverged lane, its last values."""
    return case.history.probe(key)[-1] if diverged else case.probe(key)


def _cures_of_exploding(case: Case) -> Iterator[Cure | None]:
    yield cures.fitting_weights(case)
    yield cures.batch_norm(case)
    yield cures.clipping_and_restart(case)


VANISHING_GRADIENT = Rule(
    code="vanishing_gradient",
    severity="warning",
    look=_vanishing,
    epochs=EPOCHS,
    cures=_cures_of_vanishing,
    yields_to=frozenset(
        {
            "divergence", "exploding_gradient", "learning_rate_too_high", "dead_units", "saturation",
            "over_regularized",
        }
    ),
)  # fmt: skip
EXPLODING_GRADIENT = Rule(
    code="exploding_gradient",
    severity="error",
    look=_exploding,
    cures=_cures_of_exploding,
    epochs=EPOCHS,
    at_end=True,
)
