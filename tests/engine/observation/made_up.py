"""Histories made up for rules to look at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from engine.data import resolve_points
from engine.experiment import Experiment, Points, default_experiment, edit_many, switch_generator
from engine.observation import HistoryView, LaneSnapshot, Measurement, Status, Stop, layer_block
from engine.observation.diagnosis import Case, DataFacts

CALM = {"update_ratio": 1e-3, "weight_gradient": 0.1, "error": 1.0, "weight_norm": 2.0, "slope": 0.5}
"""Probes of a network that is well."""


def circle(**changes: Any) -> Experiment:
    """200 points of two classes that are easily told apart; ``changes`` by path with __ for each dot."""
    start = edit_many(switch_generator(default_experiment(), "circle"), {"data.generator.points": 200})
    return edit_many(start, {path.replace("__", "."): value for path, value in changes.items()})


def lane(**changes: Any) -> Experiment:
    """As ``circle``, for paths below the lane."""
    return circle(**{f"lanes__0__{path}": value for path, value in changes.items()})


def history(
    training: ArrayLike,
    validation: ArrayLike | float | None = None,
    score: ArrayLike | float = 1.0,
    validation_score: ArrayLike | float | None = None,
    probes: Mapping[str, ArrayLike] | None = None,
    layers: int = 4,
    every: int = 1,
) -> HistoryView:
    """Rows of these training losses [r], ``every`` so many epochs; what is one number holds for all rows, and a
    probe's [L] for all of them.
    """
    loss = np.asarray(training, dtype=np.float64)
    rows = len(loss)
    epoch = np.arange(rows) * every

    def column(values: ArrayLike) -> np.ndarray:
        return np.broadcast_to(np.asarray(values, dtype=np.float64), (rows,))

    held_out = column(loss if validation is None else validation)
    told = column(score if validation_score is None else validation_score)
    known = {key: np.broadcast_to(value, (rows, layers)) for key, value in {**CALM, **(probes or {})}.items()}
    return HistoryView(
        epoch=epoch,
        step=epoch * 10,
        loss=np.stack([loss, held_out, held_out], 1),
        penalty=np.zeros(rows),
        score=np.stack([column(score), told, told], 1),
        layer_epoch=epoch,
        layer_step=epoch * 10,
        layers=layer_block(**known),
        penalty_parts=np.zeros((rows, 2)),
    )


def case(experiment: Experiment, seen: HistoryView, stop: Stop | None = None, found: bool = False) -> Case:
    facts = DataFacts.of(experiment, resolve_points(experiment.data))
    return Case(experiment, 0, facts, seen, stop, found=found)


def snapshot(seen: HistoryView, stop: Stop | None = None) -> LaneSnapshot:
    status: Status = "training" if stop is None else "diverged" if stop.kind == "divergence" else "stopped"
    now = Measurement(
        int(seen.epoch[-1]), int(seen.step[-1]), seen.loss[-1], 0.0, seen.score[-1], seen.layers[-1]
    )
    return LaneSnapshot("A", status, stop, None, now, seen)


def first(seen: HistoryView, rows: int) -> HistoryView:
    """As it was after so many rows."""
    return seen.head(rows)


def classes(counts: Mapping[int, int]) -> Points:
    """Training points of classes in clouds of their own, and as many validation points as there must be."""
    numbers = np.random.default_rng(0)
    target = np.concatenate([np.full(count, float(key)) for key, count in counts.items()])
    xy = numbers.normal(0.0, 0.5, (len(target), 2)) + np.stack([3.0 * target, -3.0 * target], 1)
    return Points(xy, target, np.zeros(len(target)))
