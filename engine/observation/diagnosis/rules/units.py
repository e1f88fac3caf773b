"""Rules about neurons that pass no gradient: saturated or dead."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.observation.diagnosis import cures
from engine.observation.diagnosis.case import Case
from engine.observation.diagnosis.rule import Cure, Rule, Statement
from engine.observation.diagnosis.rules.phrases import percent

EPOCHS = 25
ALL = 0.95


def _saturation(case: Case) -> Statement | None:
    """Find a layer with mostly saturated outputs in a network that does not learn."""
    layer, share = _largest(case, "saturated")
    if not share >= case.threshold(0.8, 0.6):
        return None
    return Statement(
        f"Saturated neurons in layer {layer}",
        f"{percent(share)} of its outputs are on the flat ends of {case.lane.network.activation.entry.label}, so "
        f"hardly any gradient gets through: {case.score_sentence}.",
    )


def _cures_of_saturation(case: Case) -> Iterator[Cure | None]:
    yield cures.batch_norm(case)
    yield cures.relu(case)
    yield cures.fitting_weights(case)


def _dead(case: Case) -> Statement | None:
    """Find a layer with mostly dead neurons in a network that does not learn."""
    layer, share = _largest(case, "dead")
    if np.isnan(share):
        return None
    # Neurons that were 0 from the start are not the cause: the others can learn without them.
    lost = share - case.history.probe("dead")[0, layer - 1]
    most = share >= case.threshold(0.7, 0.5) and (share >= ALL or lost >= case.threshold(0.25, 0.1))
    if not most and not (layer := _closed(case)):
        return None
    reason = (
        f"{percent(share)} of its ReLU neurons are zero for every training point"
        if most
        else "Its ReLU neurons are zero for every training point that still has an error"
    )
    return Statement(
        f"Dead neurons in layer {layer}",
        f"{reason}, so no gradient gets through: {case.score_sentence}.",
    )


def _closed(case: Case) -> int:
    """Return the last layer that gets no error at all, counted from 1; 0 if there is none."""
    error = case.probe("error")
    closed = np.flatnonzero(error[:-1] == 0.0)
    return int(closed[-1]) + 1 if len(closed) and error[-1] > 0.0 else 0


def _cures_of_dead(case: Case) -> Iterator[Cure | None]:
    yield cures.slower_and_restart(case)
    yield cures.slower_leaky_relu(case)
    yield cures.batch_norm(case)


def _largest(case: Case, key: str) -> tuple[int, float]:
    """Return the layer with the largest value of a probe, and the value; NaN if the network learns or has none."""
    if not case.lags():
        return 0, np.nan
    shares = case.probe(key)
    if np.isnan(shares).all():
        return 0, np.nan
    return int(np.nanargmax(shares)) + 1, float(np.nanmax(shares))


SATURATION = Rule(
    code="saturation",
    severity="warning",
    look=_saturation,
    epochs=EPOCHS,
    cures=_cures_of_saturation,
    yields_to=frozenset({"divergence", "exploding_gradient", "learning_rate_too_high", "over_regularized"}),
)
DEAD_UNITS = Rule(
    code="dead_units",
    severity="warning",
    look=_dead,
    epochs=EPOCHS,
    cures=_cures_of_dead,
    yields_to=frozenset({"divergence", "exploding_gradient", "over_regularized"}),
)
