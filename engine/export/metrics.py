"""Histories as CSV text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engine.catalogue.probes import PROBES
from engine.catalogue.texts import counted
from engine.data.tables.formulas import guarded
from engine.experiment.points import SPLITS
from engine.observation.held import held
from engine.observation.snapshot import PROBE_INDEX, EditMark, HistoryView, LaneSnapshot, Stop

METRICS_HEADER = (
    "lane", "epoch", "step", "training_loss", "validation_loss", "test_loss", "penalty", "l1_penalty",
    "l2_penalty", "cost", "training_score", "validation_score", "test_score",
)  # fmt: skip
GRADIENTS = {"weight_gradient": "weight_norm", "bias_gradient": "bias_norm"}
STOPS_HEADER = ("lane", "kind", "epoch", "best_epoch", "reason")
EVENTS_HEADER = ("lane", "epoch", "step", "event", "words")

Histories = Iterable[tuple[str, HistoryView]]


def with_newest_layers(lane: LaneSnapshot) -> HistoryView:
    """Return a lane's history with the latest numbers of its layers.

    Parameters
    ----------
    lane
        A snapshot with its whole history.

    Returns
    -------
    HistoryView
        With ``lane.now.layers`` as one more row, where they belong to the newest epoch and the history lacks them.
    """
    view, now = lane.history, lane.now
    if not len(view) or now.epoch in view.layer_epoch or np.isnan(now.layers).all():
        return view
    # After restored weights or changed data, the present numbers are of something else.
    if now.step != view.step[-1] or not np.array_equal(now.loss, view.loss[-1], equal_nan=True):
        return view
    return replace(
        view,
        layer_epoch=np.append(view.layer_epoch, now.epoch),
        layer_step=np.append(view.layer_step, now.step),
        layers=np.concatenate([view.layers, now.layers[None]]),
    )


def metrics_csv(histories: Histories, task: str) -> str:
    """Write losses and scores as CSV.

    Parameters
    ----------
    histories
        Each lane's name and history.
    task
        Names the score: ``accuracy`` (0 to 1) in classification, ``r2`` in regression.

    Returns
    -------
    str
        One row for each lane and epoch; histories of more than 100,000 epochs lack some. Losses, penalties
        and cost (training loss plus penalty) are in the user's own units; L1 and L2 penalty add up to the penalty. A
        number that is not finite, and a part that an older app has not kept, is an empty field.
    """
    score = "accuracy" if task == "classification" else "r2"
    header = [name.replace("score", score) for name in METRICS_HEADER]
    rows = (
        [lane, epoch, step, *map(_number, [*losses, penalty, *parts, cost, *scores])]
        for lane, view in histories
        for epoch, step, losses, penalty, parts, cost, scores in zip(
            view.epoch.tolist(),
            view.step.tolist(),
            view.loss,
            view.penalty,
            view.penalty_parts,
            view.cost,
            view.score,
            strict=True,
        )
    )
    return _csv(header, rows)


def gradients_csv(histories: Histories) -> str:
    """Write the norms of gradients as CSV.

    Parameters
    ----------
    histories
        Each lane's name and history.

    Returns
    -------
    str
        One row for each lane, epoch with measured layers, and layer from 1, with the L2 norms of the gradients of the
        layer's weights and biases.
    """
    return _layers_csv(histories, GRADIENTS)


def layers_csv(histories: Histories) -> str:
    """One row a lane, epoch in which layers were measured, and layer: all probes by their keys."""
    return _layers_csv(histories, {key: key for key in PROBES})


def _layers_csv(histories: Histories, columns: Mapping[str, str]) -> str:
    """``columns`` maps probes to their names. The last column says how many epochs after the row before a row is,
    because layers are not measured in every epoch.
    """
    indices = [PROBE_INDEX[key] for key in columns]
    rows = (
        [lane, epoch, layer, *map(_number, numbers), between]
        for lane, view in histories
        for epoch, between, block in zip(
            view.layer_epoch.tolist(), _gaps(view.layer_epoch), view.layers, strict=True
        )
        for layer, numbers in enumerate(block[indices].T, start=1)
    )
    return _csv(("lane", "epoch", "layer", *columns.values(), "epochs_between"), rows)


def _gaps(epochs: NDArray[np.int64]) -> list[object]:
    gaps: list[object] = np.diff(epochs).tolist()
    return ["", *gaps][: len(epochs)]


def stops_csv(lanes: Iterable[LaneSnapshot]) -> str:
    """One row each time a lane ended by itself: when, why, and the epoch whose weights it went back to, if any."""
    rows = (
        [lane.name, stop.kind, stop.epoch, "" if stop.best_epoch is None else stop.best_epoch, stop.reason]
        for lane in lanes
        for stop in lane.stops
    )
    return _csv(STOPS_HEADER, rows)


def events_csv(lanes: Iterable[LaneSnapshot]) -> str:
    """One row for everything that happened to a run, in that order: its start, edits, ends, continuations; then epochs
    left out here. An epoch is the count of whole epochs before the event.
    """
    rows = ([lane.name, *event] for lane in lanes for event in _events(lane))
    return _csv(EVENTS_HEADER, rows)


def _events(lane: LaneSnapshot) -> Iterator[tuple[object, ...]]:
    if not lane.marks or lane.marks[0].kind != "start":
        yield 0, 0, "start", "started"
    events: list[EditMark | Stop] = [*lane.marks, *lane.stops]
    for event in sorted(events, key=lambda event: event.order):
        if isinstance(event, Stop):
            yield event.whole_epochs, "" if event.step is None else event.step, "end", _stop_text(event)
        else:
            yield event.epoch, event.step, _EVENTS[event.kind], event.text
    for note in (*_losses(lane), _models(lane), *_left_out(lane)):
        yield lane.now.epoch, lane.now.step, "note", note


_EVENTS = {
    "start": "start",
    **dict.fromkeys(("setting", "data", "weight", "restore"), "edit"),
    "continue": "continuation",
}


def _stop_text(stop: Stop) -> str:
    kind = "diverged" if stop.kind == "divergence" else "stopped early"
    # The reason of a divergence says which weights it has, unless it comes from an older file.
    said = stop.best_epoch is None or stop.holds
    back = "" if said else f"; back to the weights of epoch {stop.best_epoch:,}"
    return f"{kind}: {stop.reason}{back}"


def _models(lane: LaneSnapshot) -> str:
    """Whose weights the models have: while it trains, they may be further than the latest row of metrics.csv."""
    step, epochs = lane.now.step, counted(lane.now.epoch, "whole epoch")
    which = held(lane)
    if which.which == "best" and which.epoch is not None:
        return f"models: the weights of epoch {which.epoch:,}, the best"
    words = {
        "newest": f"as they are after step {step:,}, with {epochs}",
        "best": "the best weights, as they were restored",
        "last": "the last weights with a finite loss",
        "first": "the weights that the run began with",
    }
    return f"models: {words[which.which]}"


def _losses(lane: LaneSnapshot) -> Iterator[str]:
    """The losses of the models where the tables lack them, as after a weight was set by hand or within an epoch."""
    loss, rows = lane.now.loss, lane.history.loss
    if (
        not np.isnan(loss).all()
        and not ((rows == loss) | (np.isnan(rows) & np.isnan(loss))).all(axis=1).any()
    ):
        numbers = (
            f"{name} {value!r}"
            for name, value in zip(SPLITS, loss.tolist(), strict=True)
            if np.isfinite(value)
        )
        yield f"models: losses of {', '.join(numbers)}, which metrics.csv does not hold"


def _left_out(lane: LaneSnapshot) -> Iterator[str]:
    """What the tables of a long run do not hold."""
    view = with_newest_layers(lane)
    if not len(view):
        return
    epochs = int(view.epoch[-1]) + 1
    for files, rows, where in (
        ("metrics.csv holds", len(view), "the latest ones closer together"),
        ("gradients.csv and layers.csv hold", len(view.layers), "closer together after starts and edits"),
    ):
        if rows < epochs:
            yield f"{files} {rows:,} of {counted(epochs, 'epoch')}, {where}"


def finite_or_none(value: float) -> float | None:
    """A number for JSON: None for NaN and infinity, which JSON does not have."""
    return float(value) if np.isfinite(value) else None


def _number(value: float) -> str:
    return repr(float(value)) if np.isfinite(value) else ""


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([guarded(value) if isinstance(value, str) else value for value in row] for row in rows)
    return text.getvalue()
