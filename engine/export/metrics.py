"""Histories as CSV text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

import numpy as np

from engine.observation.snapshot import HistoryView

METRICS_HEADER = (
    "lane", "epoch", "step", "training_loss", "validation_loss", "test_loss", "penalty",
    "training_score", "validation_score", "test_score",
)  # fmt: skip
GRADIENTS_HEADER = ("lane", "epoch", "layer", "weight_norm", "bias_norm")

Histories = Iterable[tuple[str, HistoryView]]


def metrics_csv(histories: Histories, task: str) -> str:
    """One row a lane and measured epoch. The score is the accuracy (0…1) or, in regression, R²."""
    score = "accuracy" if task == "classification" else "r2"
    header = [name.replace("score", score) for name in METRICS_HEADER]
    rows = (
        [lane, epoch, step, *map(_number, [*losses, penalty, *scores])]
        for lane, view in histories
        for epoch, step, losses, penalty, scores in zip(
            view.epoch.tolist(), view.step.tolist(), view.loss, view.penalty, view.score, strict=True
        )
    )
    return _csv(header, rows)


def gradients_csv(histories: Histories) -> str:
    """One row a lane, measured epoch and layer: L2 norms of ∂C/∂W_l and ∂C/∂b_l."""
    rows = (
        [lane, epoch, layer, _number(weight), _number(bias)]
        for lane, view in histories
        for epoch, weights, biases in zip(
            view.epoch.tolist(), view.weight_gradient, view.bias_gradient, strict=True
        )
        for layer, (weight, bias) in enumerate(zip(weights, biases, strict=True), start=1)
    )
    return _csv(GRADIENTS_HEADER, rows)


def finite_or_none(value: float) -> float | None:
    """A number for JSON, which knows neither NaN nor infinity."""
    return float(value) if np.isfinite(value) else None


def _number(value: float) -> str:
    return repr(float(value)) if np.isfinite(value) else ""


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()
