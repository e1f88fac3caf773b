"""Histories as CSV text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from engine.catalogue.probes import PROBES
from engine.observation.snapshot import PROBE_PLACES, HistoryView, LaneSnapshot

METRICS_HEADER = (
    "lane", "epoch", "step", "training_loss", "validation_loss", "test_loss", "penalty",
    "training_score", "validation_score", "test_score",
)  # fmt: skip
GRADIENTS = {"weight_gradient": "weight_norm", "bias_gradient": "bias_norm"}
STOPS_HEADER = ("lane", "kind", "epoch", "best_epoch", "reason")

Histories = Iterable[tuple[str, HistoryView]]


def history_files(lanes: Sequence[LaneSnapshot], task: str) -> dict[str, str]:
    """All that there is to tell of how lanes have trained, as text by file name."""
    histories = [(lane.name, lane.history) for lane in lanes]
    return {
        "metrics.csv": metrics_csv(histories, task),
        "gradients.csv": gradients_csv(histories),
        "layers.csv": layers_csv(histories),
        "stops.csv": stops_csv(lanes),
    }


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
    return _layers_csv(histories, GRADIENTS)


def layers_csv(histories: Histories) -> str:
    """One row a lane, measured epoch and layer: all probes by their keys."""
    return _layers_csv(histories, {key: key for key in PROBES})


def _layers_csv(histories: Histories, columns: Mapping[str, str]) -> str:
    """``columns`` maps probes to their names."""
    places = [PROBE_PLACES[key] for key in columns]
    rows = (
        [lane, epoch, layer, *map(_number, numbers)]
        for lane, view in histories
        for epoch, block in zip(view.epoch.tolist(), view.layers, strict=True)
        for layer, numbers in enumerate(block[places].T, start=1)
    )
    return _csv(("lane", "epoch", "layer", *columns.values()), rows)


def stops_csv(lanes: Iterable[LaneSnapshot]) -> str:
    """One row each time a lane ended by itself: when, why, and the epoch whose weights it went back to, if any."""
    rows = (
        [lane.name, stop.kind, stop.epoch, "" if stop.best_epoch is None else stop.best_epoch, stop.reason]
        for lane in lanes
        for stop in lane.stops
    )
    return _csv(STOPS_HEADER, rows)


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
