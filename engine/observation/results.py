"""What came of a lane, in the few numbers by which lanes are compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise
from math import isfinite, nan
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.catalogue.losses import LOSSES
from engine.catalogue.texts import counted
from engine.experiment.run_list import ENDS, RunRecord
from engine.experiment.settings import DataSettings, Lane
from engine.observation.seeds import quartiles
from engine.observation.snapshot import STATUS_WORDS, LaneSnapshot
from engine.observation.stage import Stage, stage_of


class Number(NamedTuple):
    """A number of a lane, or its median and quartiles over the seeds of a repeated one.

    Attributes
    ----------
    value
        NaN if it is not known.
    low, high
        Lower and upper quartile; NaN for a single network.
    """

    value: float = nan
    low: float = nan
    high: float = nan


NOT_KNOWN = Number()
ByNumber = tuple[Number, Number, Number]


@dataclass(frozen=True, slots=True)
class Results:
    """What came of a lane.

    Attributes
    ----------
    task
        A key of ``TASKS``.
    loss, score
        Of the training, validation and test split; scores are accuracies (0 to 1) or R².
    gap
        Validation loss minus training loss.
    epochs
        Whole epochs.
    zero_share
        Share of all weights that are exactly zero, from 0 to 1.
    gradient_ratio
        Norm of the gradient of the first layer's weights, divided by that of the output layer's.
    ended
        When and how it ended, in a clause; "" if it has not.
    reason
        Why, in a clause; "" if nothing is known.
    diverged
        Whether it, or one of its seeds, diverged.
    seeds
        How many networks there are.
    stage
        Whether it is at its best weights; None if that is not known.
    """

    task: str
    loss: ByNumber = (NOT_KNOWN,) * 3
    score: ByNumber = (NOT_KNOWN,) * 3
    gap: Number = NOT_KNOWN
    epochs: Number = NOT_KNOWN
    zero_share: Number = NOT_KNOWN
    gradient_ratio: Number = NOT_KNOWN
    ended: str = ""
    reason: str = ""
    diverged: bool = False
    seeds: int = 1
    stage: Stage | None = None


def results_of(seen: LaneSnapshot, lane: Lane, data: DataSettings) -> Results:
    """Return what has come of a lane so far.

    Parameters
    ----------
    seen
        At one moment; that of a repeated lane has all its networks.
    lane, data
        The settings that it is trained with.

    Returns
    -------
    Results
        Losses in the user's own units. While a lane trains and no view watches its layers, ``zero_share`` and
        ``gradient_ratio`` are those of the last epoch in which they were measured.
    """
    return replace(results_of_networks(seen.repeats or (seen,), lane, data), stage=stage_of(seen))


def results_of_networks(networks: Sequence[LaneSnapshot], lane: Lane, data: DataSettings) -> Results:
    """Return what has come of the networks of one lane.

    Parameters
    ----------
    networks
        One for each seed, at least one.
    lane, data
        The settings that they are trained with.

    Returns
    -------
    Results
        As ``results_of``, with medians and quartiles for several networks.
    """
    found = [_of_network(one, lane, data) for one in networks]
    return found[0] if len(found) == 1 else _together(found, networks)


def results_of_run(record: RunRecord) -> Results:
    """Return what came of a run that has ended.

    Parameters
    ----------
    record
        From a document's list of runs.

    Returns
    -------
    Results
        Without quartiles.
    """
    ended = ENDS.get(record.ended, record.ended)
    return Results(
        task=record.task,
        loss=_three([nan if value is None else value for value in record.loss]),
        score=_three([nan if value is None else value for value in record.score]),
        gap=Number(nan if record.gap is None else record.gap),
        epochs=Number(float(record.epochs)),
        zero_share=Number(nan if record.zero_share is None else record.zero_share),
        gradient_ratio=Number(nan if record.gradient_ratio is None else record.gradient_ratio),
        ended=f"{ended}, epoch {record.end_epoch:,}",
        reason=record.reason,
        diverged=record.ended == "divergence" or record.diverged > 0,
        seeds=record.lane.repeats,
    )


def zero_share(seen: LaneSnapshot, lane: Lane, data: DataSettings) -> float:
    """Return the share of a network's weights that are exactly zero.

    Parameters
    ----------
    seen
        At one moment.
    lane, data
        Its settings, which say how many weights each layer has.

    Returns
    -------
    float
        From 0 to 1, when layers were measured last; NaN if they never were.
    """
    outputs = LOSSES[lane.training.loss.name].outputs(data.task, data.classes)
    widths = [len(lane.network.features), *lane.network.hidden, outputs]
    sizes = np.array([before * after for before, after in pairwise(widths)])
    for shares in chain((seen.now.probe("zero_weights"),), seen.history.probe("zero_weights")[::-1]):
        if len(shares) == len(sizes) and np.isfinite(shares).all():
            return float((shares * sizes).sum() / sizes.sum())
    return nan


def gradient_ratio(seen: LaneSnapshot) -> float:
    """Return how strongly the cost pulls on the first layer's weights, compared with the output layer's.

    Parameters
    ----------
    seen
        At one moment.

    Returns
    -------
    float
        The ratio of the norms when layers were measured last and the output layer had a gradient; NaN if it never did.
    """
    for norms in chain((seen.now.weight_gradient,), seen.history.weight_gradient[::-1]):
        if len(norms) and np.isfinite(norms).all() and norms[-1] > 0.0:
            ratio = float(norms[0] / norms[-1])
            return ratio if isfinite(ratio) else nan
    return nan


def _of_network(seen: LaneSnapshot, lane: Lane, data: DataSettings) -> Results:
    now, stop = seen.now, seen.stop
    has_ended = stop is not None and seen.status != "training"
    return Results(
        task=data.task,
        loss=_three(now.loss),
        score=_three(now.score),
        gap=Number(float(now.loss[1]) - float(now.loss[0])),
        epochs=Number(float(now.epoch)),
        zero_share=Number(zero_share(seen, lane, data)),
        gradient_ratio=Number(gradient_ratio(seen)),
        ended=f"{ENDS[stop.kind]}, epoch {stop.epoch:,}" if stop is not None and has_ended else "",
        reason=stop.reason if stop is not None and has_ended else "",
        diverged=seen.status == "diverged",
    )


def _three(values: Sequence[float] | NDArray[np.float64]) -> ByNumber:
    training, validation, test = (Number(float(value)) for value in values)
    return training, validation, test


def _together(found: Sequence[Results], networks: Sequence[LaneSnapshot]) -> Results:
    """Medians and quartiles; a number that is not known in one of them does not count."""
    ends = [
        f"{sum(one.status == status for one in networks)} of {counted(len(networks), 'seed')} {word}"
        for status, word in STATUS_WORDS.items()
        if word and any(one.status == status for one in networks)
    ]
    return Results(
        task=found[0].task,
        loss=_by_split([one.loss for one in found]),
        score=_by_split([one.score for one in found]),
        gap=_quartiles([one.gap for one in found]),
        epochs=_quartiles([one.epochs for one in found]),
        zero_share=_quartiles([one.zero_share for one in found]),
        gradient_ratio=_quartiles([one.gradient_ratio for one in found]),
        ended=", ".join(ends),
        diverged=any(one.diverged for one in found),
        seeds=len(found),
    )


def _by_split(values: Sequence[ByNumber]) -> ByNumber:
    training, validation, test = map(_quartiles, zip(*values, strict=True))
    return training, validation, test


def _quartiles(values: Sequence[Number]) -> Number:
    low, middle, high = quartiles(np.array([one.value for one in values]))
    return Number(float(middle), float(low), float(high))
