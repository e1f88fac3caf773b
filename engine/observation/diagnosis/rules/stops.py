"""Rules about ended lanes: divergence, and early stops that came too early."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.catalogue.texts import setting_text
from engine.observation.diagnosis import cures
from engine.observation.diagnosis.case import Case
from engine.observation.diagnosis.rule import Cure, Rule, Statement
from engine.observation.diagnosis.rules.phrases import begin, number, when
from engine.observation.snapshot import StopOfSeeds, held_clause

SHORT_PATIENCE = 20


def _divergence(case: Case) -> Statement | None:
    stop = case.stop
    if stop is None or stop.kind != "divergence":
        return None
    rate, last = case.lane.training.learning_rate, number(case.history.loss[-1, 0])
    if isinstance(stop, StopOfSeeds):
        return Statement(
            f"{begin(stop.seeds)} diverged",
            f"At learning rate {setting_text(rate)} {stop.reason}: their loss is no longer finite. The median over "
            f"all seeds was {last} at epoch {case.last_epoch:,}.",
        )
    return Statement(
        f"Diverged {when(stop.epoch)}",
        f"At learning rate {setting_text(rate)} the loss is no longer finite; it was {last} at epoch "
        f"{case.last_epoch:,}{held_clause(stop)}.",
    )


def _cures_of_divergence(case: Case) -> Iterator[Cure | None]:
    yield cures.slower_and_restart(case, 100.0)


def _premature_stop(case: Case) -> Statement | None:
    """Find an early stop of a network that was still improving and far from what the data allow."""
    stop, settings = case.stop, case.lane.regularization.early_stopping
    if stop is None or stop.kind != "early_stopping" or settings is None:
        return None
    patient = settings.criterion == "patience" and settings.patience >= SHORT_PATIENCE
    rows = case.comparable
    epoch, training = case.history.epoch[rows], case.history.loss[rows, 0]
    if patient or len(epoch) < 3 or not case.lags(0.8, 0.8):
        return None
    earlier = int(np.searchsorted(epoch, epoch[-1] - SHORT_PATIENCE // 2))
    fell = (training[earlier] - training[-1]) / case.baseline
    if fell < 0.02:
        return None
    patience = f"with patience {settings.patience} " if settings.criterion == "patience" else ""
    seen = f"from {number(training[earlier])} at epoch {epoch[earlier]:,} to {number(training[-1])} at "
    seen += f"epoch {epoch[-1]:,}"
    return Statement(
        f"{begin(stop.seeds)} stopped by epoch {stop.epoch:,}, perhaps too early"
        if isinstance(stop, StopOfSeeds)
        else f"Stopped at epoch {stop.epoch:,}, perhaps too early",
        f"Early stopping {patience}ended training when the training loss had fallen {seen}; {case.score_sentence}.",
    )


def _cures_of_stop(case: Case) -> Iterator[Cure | None]:
    yield cures.no_early_stopping(case)
    yield cures.more_patience(case)


DIVERGENCE = Rule(
    code="divergence",
    severity="error",
    look=_divergence,
    cures=_cures_of_divergence,
    only_at_end=True,
    yields_to=frozenset({"exploding_gradient"}),
)
PREMATURE_STOP = Rule(
    code="premature_stop", severity="warning", look=_premature_stop, cures=_cures_of_stop, only_at_end=True
)
