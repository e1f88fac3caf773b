"""Made-up runs for the tests of the plots."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.observation.observables import LayerWeights, Weights
from engine.observation.snapshot import (
    Best,
    EditMark,
    HistoryView,
    LaneSnapshot,
    Measurement,
    Observed,
    Snapshot,
    Stop,
    layer_block,
)
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document


def weights_of(history: HistoryView) -> Observed:
    """Weights of two layers, which are others after other epochs."""
    last = float(history.epoch[-1])
    first = np.array([0.0, 0.5, -1.0, 2.0 + last / 1e4], np.float32)
    return Observed.of({"weights": Weights((LayerWeights(4, 1, first), LayerWeights(1, 0, first[2:3])))})


def lane_a() -> CurrentLane:
    """The only lane of a new document, whose name is that of the runs' lane."""
    return CurrentLane(Document())


def history_of(
    epochs: ArrayLike,
    loss: ArrayLike | None = None,
    penalty: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    biases: ArrayLike | None = None,
    measured: ArrayLike | None = None,
    parts: ArrayLike | None = None,
) -> HistoryView:
    """``measured``: rows at which there are layers, all unless given; ``parts``: of the penalty, else NaN."""
    epoch = np.asarray(epochs, dtype=np.int64)
    rows = len(epoch)
    falling = np.exp(-np.arange(rows) / 50.0)
    losses = (
        np.stack([falling, 2 * falling, 3 * falling], axis=1) if loss is None else np.asarray(loss, float)
    )
    of_weights = (
        np.stack([falling * 0.01, falling], axis=1) if weights is None else np.asarray(weights, float)
    )
    some = np.arange(rows) if measured is None else np.asarray(measured)
    of_biases = of_weights * 0.5 if biases is None else np.asarray(biases, float)
    return HistoryView(
        epoch=epoch,
        step=epoch * 10,
        loss=losses,
        penalty=np.zeros(rows) if penalty is None else np.asarray(penalty, float),
        score=np.ones((rows, 3)),
        layer_epoch=epoch[some],
        layer_step=epoch[some] * 10,
        layers=layer_block(weight_gradient=of_weights[some], bias_gradient=of_biases[some]),
        penalty_parts=np.full((rows, 2), np.nan) if parts is None else np.asarray(parts, float),
    )


def snapshot_of(
    history: HistoryView,
    best: int | None = None,
    stop: Stop | None = None,
    run: int = 1,
    playing: bool = True,
    marks: tuple[EditMark, ...] = (),
) -> Snapshot:
    now = Measurement(
        epoch=int(history.epoch[-1]),
        step=int(history.step[-1]),
        loss=history.loss[-1],
        penalty=float(history.penalty[-1]),
        score=history.score[-1],
        layers=history.layers[-1],
        penalty_parts=history.penalty_parts[-1],
    )
    lane = LaneSnapshot(
        "A", "training", stop, best_of(history, best), now, history, observed=weights_of(history), marks=marks
    )
    return Snapshot(
        serial=1, run=run, acknowledged=0, task="classification", classes=2, playing=playing, epoch=now.epoch,
        step=now.step, steps_per_second=1000.0, training_points=250, lanes=(lane,),
    )  # fmt: skip


def best_of(history: HistoryView, epoch: int | None) -> Best | None:
    """The losses of this epoch's row, which is called the best."""
    if epoch is None:
        return None
    row = int(np.searchsorted(history.epoch, epoch))
    training, validation, test = history.loss[row].tolist()
    return Best(epoch, int(history.step[row]), (training, validation, test))


def probing(history: HistoryView, **probes: NDArray[np.float64]) -> Snapshot:
    """A run of which these probes [k, L] are known, too."""
    known = {key: history.probe(key) for key in ("weight_gradient", "bias_gradient")}
    return snapshot_of(replace(history, layers=layer_block(**known | probes)))


def run_of(rows: int = 100, **history: ArrayLike | None) -> Snapshot:
    return snapshot_of(history_of(np.arange(rows) * 10, **history))


def layers_now(weights: ArrayLike, biases: ArrayLike | None = None) -> Snapshot:
    """A run whose newest measurement has these gradients."""
    of_weights = np.asarray(weights, float)
    of_biases = of_weights * 0.5 if biases is None else np.asarray(biases, float)
    return run_of(2, weights=np.stack([of_weights] * 2), biases=np.stack([of_biases] * 2))
