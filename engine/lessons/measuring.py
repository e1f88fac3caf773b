"""What quantities of lessons are computed by: functions of one network at one moment, or over its history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, isfinite, nan

import numpy as np

from engine.experiment import SPLITS, DataSettings, Lane
from engine.lessons.lesson import Measure
from engine.observation.results import gradient_ratio
from engine.observation.snapshot import Floats, LaneSnapshot


@dataclass(frozen=True, slots=True)
class Seen:
    """What a quantity is computed from.

    Attributes
    ----------
    network
        One network at one moment, with its history.
    lane, data
        Its settings.
    measure
        What the quantity depends on: split, layer, epoch, level.
    """

    network: LaneSnapshot
    lane: Lane
    data: DataSettings
    measure: Measure

    @property
    def split(self) -> int:
        return list(SPLITS).index(self.measure.split)

    def row(self) -> int:
        """Index of the row of losses of the epoch of the measure, or the newest one before it; the last one without."""
        epochs = self.network.history.epoch
        if self.measure.epoch is None:
            return len(epochs) - 1
        return max(int(np.searchsorted(epochs, self.measure.epoch, side="right")) - 1, 0)

    def layers(self, probe: str) -> Floats:
        """Numbers of all layers [L] in the epoch of the measure, or when they were measured last."""
        history = self.network.history
        if self.measure.epoch is None:
            now = self.network.now.probe(probe)
            if np.isfinite(now).any() or not len(history.layer_epoch):
                return now
            newest: Floats = history.probe(probe)[-1]
            return newest
        row = int(np.searchsorted(history.layer_epoch, self.measure.epoch, side="right")) - 1
        numbers: Floats = history.probe(probe)[max(row, 0)]
        return numbers


def loss(seen: Seen) -> float:
    if seen.measure.epoch is None:
        return float(seen.network.now.loss[seen.split])
    return float(seen.network.history.loss[seen.row(), seen.split])


def score(seen: Seen) -> float:
    if seen.measure.epoch is None:
        return float(seen.network.now.score[seen.split])
    return float(seen.network.history.score[seen.row(), seen.split])


def gap(seen: Seen) -> float:
    return float(seen.network.now.loss[1] - seen.network.now.loss[0])


def rise(seen: Seen) -> float:
    """What follows a finite minimum counts; a loss beyond all numbers has risen without bound."""
    losses = seen.network.history.loss[:, 1]
    if not np.isfinite(losses).any():
        return nan
    last = float(losses[-1])
    return _quotient(last, float(np.nanmin(losses))) if isfinite(last) else inf


def _quotient(number: float, lowest: float) -> float:
    """Return how many times as large a loss is as another one; 1 if both are 0."""
    if lowest:
        return number / lowest
    return inf if number else 1.0


def lowest_loss(seen: Seen) -> float:
    losses = seen.network.history.loss[:, seen.split]
    return float(np.nanmin(losses)) if np.isfinite(losses).any() else nan


def fall(seen: Seen) -> float:
    history = seen.network.history
    if not np.isfinite(history.loss[:, 1]).any():
        return nan
    before = float(history.loss[int(np.nanargmin(history.loss[:, 1])), 0])
    return _quotient(float(history.loss[-1, 0]), before)


def epochs_to_score(seen: Seen) -> float:
    level = 1.0 if seen.measure.level is None else seen.measure.level
    reached = np.flatnonzero(seen.network.history.score[:, seen.split] >= level)
    return float(seen.network.history.epoch[reached[0]]) if len(reached) else inf


def weight_norm(seen: Seen) -> float:
    norms = seen.layers("weight_norm")
    if seen.measure.layer is not None:
        return _of_layer(norms, seen)
    return float(np.sqrt((norms**2).sum()))


def gradient(seen: Seen) -> float:
    norms = seen.layers("weight_gradient")
    if seen.measure.layer is not None:
        return _of_layer(norms, seen)
    return float(np.sqrt((norms**2).sum()))


def _of_layer(numbers: Floats, seen: Seen) -> float:
    layer = seen.measure.layer or 1
    return float(numbers[layer - 1]) if layer <= len(numbers) else nan


def first_over_last(seen: Seen) -> float:
    if seen.measure.epoch is None:
        return gradient_ratio(seen.network)
    norms = seen.layers("weight_gradient")
    return float(norms[0] / norms[-1]) if norms[-1] > 0.0 else nan


def largest_gradient(seen: Seen) -> float:
    norms = seen.network.history.weight_gradient
    return float(np.nanmax(np.sqrt((norms**2).sum(axis=1)))) if np.isfinite(norms).any() else nan


def chain_error(seen: Seen) -> float:
    """Relative to what autograd finds."""
    chain = seen.network.chain
    if chain is None:
        return nan
    product, autograd = float(np.prod(chain.sample)), chain.gradients[0]
    return abs(product - autograd) / max(abs(autograd), 1e-300)


def of_probe(key: str) -> Callable[[Seen], float]:
    """The numbers of a probe as a quantity: of a layer, or the largest of all layers that have one."""

    def function(seen: Seen) -> float:
        numbers = seen.layers(key)
        if seen.measure.layer is not None:
            return _of_layer(numbers, seen)
        return float(np.nanmax(numbers)) if np.isfinite(numbers).any() else nan

    return function


def backward_factor(seen: Seen) -> float:
    factors = seen.layers("backward_factor")
    if seen.measure.layer is not None:
        return _of_layer(factors, seen)
    return float(np.nanmedian(factors)) if np.isfinite(factors).any() else nan


def chain_weights(seen: Seen) -> Floats:
    """|w_l| of the layers between the first and the last neuron of a chain; none without one."""
    chain = seen.network.chain
    return np.zeros(0) if chain is None else np.abs(chain.sample[1:-1:2])


def chain_links(seen: Seen) -> Floats:
    """|w_l·σ′(z_l)| of the same layers."""
    chain = seen.network.chain
    return np.zeros(0) if chain is None else np.abs(chain.sample[1:-1:2] * chain.sample[2:-1:2])


def largest(numbers: Floats) -> float:
    return float(numbers.max()) if len(numbers) else nan


def chain_product(seen: Seen) -> float:
    links = chain_links(seen)
    return float(links.prod()) if len(links) else nan
