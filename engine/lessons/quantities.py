"""Quantities that claims and conditions are about: numbers of one network at one moment or over its history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, isfinite, nan

import numpy as np

from engine.catalogue.entry import Entry, Family
from engine.experiment import SPLITS, DataSettings, Lane
from engine.lessons.lesson import Measure
from engine.observation.results import gradient_ratio, zero_share
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity(Entry):
    """``function(seen)`` returns the number; NaN where there is none. ``uses`` names what it depends on."""

    function: Callable[[Seen], float]
    uses: tuple[str, ...] = ()


def measured(seen: Seen) -> float:
    """Return a quantity of a network.

    Parameters
    ----------
    seen
        The network, and what is measured.

    Returns
    -------
    float
        NaN where it is not known.
    """
    return float(QUANTITIES[seen.measure.quantity].function(seen))


def _loss(seen: Seen) -> float:
    if seen.measure.epoch is None:
        return float(seen.network.now.loss[seen.split])
    return float(seen.network.history.loss[seen.row(), seen.split])


def _score(seen: Seen) -> float:
    if seen.measure.epoch is None:
        return float(seen.network.now.score[seen.split])
    return float(seen.network.history.score[seen.row(), seen.split])


def _gap(seen: Seen) -> float:
    return float(seen.network.now.loss[1] - seen.network.now.loss[0])


def _rise(seen: Seen) -> float:
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


def _lowest(seen: Seen) -> float:
    losses = seen.network.history.loss[:, seen.split]
    return float(np.nanmin(losses)) if np.isfinite(losses).any() else nan


def _fall(seen: Seen) -> float:
    history = seen.network.history
    if not np.isfinite(history.loss[:, 1]).any():
        return nan
    before = float(history.loss[int(np.nanargmin(history.loss[:, 1])), 0])
    return _quotient(float(history.loss[-1, 0]), before)


def _epochs_to_score(seen: Seen) -> float:
    level = 1.0 if seen.measure.level is None else seen.measure.level
    reached = np.flatnonzero(seen.network.history.score[:, seen.split] >= level)
    return float(seen.network.history.epoch[reached[0]]) if len(reached) else inf


def _weight_norm(seen: Seen) -> float:
    norms = seen.layers("weight_norm")
    if seen.measure.layer is not None:
        return _of_layer(norms, seen)
    return float(np.sqrt((norms**2).sum()))


def _gradient(seen: Seen) -> float:
    norms = seen.layers("weight_gradient")
    if seen.measure.layer is not None:
        return _of_layer(norms, seen)
    return float(np.sqrt((norms**2).sum()))


def _of_layer(numbers: Floats, seen: Seen) -> float:
    layer = seen.measure.layer or 1
    return float(numbers[layer - 1]) if layer <= len(numbers) else nan


def _ratio(seen: Seen) -> float:
    if seen.measure.epoch is None:
        return gradient_ratio(seen.network)
    norms = seen.layers("weight_gradient")
    return float(norms[0] / norms[-1]) if norms[-1] > 0.0 else nan


def _steepest(seen: Seen) -> float:
    norms = seen.network.history.weight_gradient
    return float(np.nanmax(np.sqrt((norms**2).sum(axis=1)))) if np.isfinite(norms).any() else nan


def _chain_error(seen: Seen) -> float:
    """Relative to what autograd finds."""
    chain = seen.network.chain
    if chain is None:
        return nan
    product, autograd = float(np.prod(chain.sample)), chain.gradients[0]
    return abs(product - autograd) / max(abs(autograd), 1e-300)


def _probe(key: str) -> Callable[[Seen], float]:
    """The numbers of a probe as a quantity: of a layer, or the largest of all layers that have one."""

    def function(seen: Seen) -> float:
        numbers = seen.layers(key)
        if seen.measure.layer is not None:
            return _of_layer(numbers, seen)
        return float(np.nanmax(numbers)) if np.isfinite(numbers).any() else nan

    return function


def _backward_factor(seen: Seen) -> float:
    factors = seen.layers("backward_factor")
    if seen.measure.layer is not None:
        return _of_layer(factors, seen)
    return float(np.nanmedian(factors)) if np.isfinite(factors).any() else nan


def _chain_weights(seen: Seen) -> Floats:
    """|w_l| of the layers between the first and the last neuron of a chain; none without one."""
    chain = seen.network.chain
    return np.zeros(0) if chain is None else np.abs(chain.sample[1:-1:2])


def _chain_links(seen: Seen) -> Floats:
    """|w_l·σ′(z_l)| of the same layers."""
    chain = seen.network.chain
    return np.zeros(0) if chain is None else np.abs(chain.sample[1:-1:2] * chain.sample[2:-1:2])


def _largest(numbers: Floats) -> float:
    return float(numbers.max()) if len(numbers) else nan


def _chain_product(seen: Seen) -> float:
    links = _chain_links(seen)
    return float(links.prod()) if len(links) else nan


QUANTITIES: Family[Quantity] = Family(
    "quantity",
    [
        Quantity(
            key="loss",
            label="loss",
            formula="",
            tooltip="Loss on a split, at the end or in an epoch.",
            function=_loss,
            uses=("split", "epoch"),
        ),
        Quantity(
            key="score",
            label="accuracy or R²",
            formula="",
            tooltip="Accuracy (0 to 1) or R² on a split, at the end or in an epoch.",
            function=_score,
            uses=("split", "epoch"),
        ),
        Quantity(
            key="gap",
            label="gap",
            formula="validation loss − training loss",
            tooltip="How much worse the network is on points that it has not seen.",
            function=_gap,
        ),
        Quantity(
            key="validation_rise",
            label="rise of the validation loss",
            formula="validation loss at the end / its minimum",
            tooltip="1 while it falls; above 1 after it has turned.",
            function=_rise,
        ),
        Quantity(
            key="lowest_loss",
            label="lowest loss",
            formula="",
            tooltip="The lowest loss on a split over all epochs.",
            function=_lowest,
            uses=("split",),
        ),
        Quantity(
            key="training_fall",
            label="fall of the training loss after the best epoch",
            formula="training loss at the end / in the epoch of the lowest validation loss",
            tooltip="Below 1 where the training loss still falls after the validation loss has turned.",
            function=_fall,
        ),
        Quantity(
            key="penalty",
            label="penalty",
            formula="λ₁ Σ|W| + λ₂ ΣW²",
            tooltip="The regularization term at the end.",
            function=lambda seen: seen.network.now.penalty,
        ),
        Quantity(
            key="cost",
            label="cost",
            formula="training loss + penalty",
            tooltip="What training minimizes, at the end.",
            function=lambda seen: seen.network.now.cost,
        ),
        Quantity(
            key="epochs",
            label="epochs",
            formula="",
            tooltip="Whole epochs that were trained.",
            function=lambda seen: float(seen.network.now.epoch),
        ),
        Quantity(
            key="best_epoch",
            label="best epoch",
            formula="",
            tooltip="The epoch with the lowest validation loss.",
            function=lambda seen: nan if seen.network.best_epoch is None else float(seen.network.best_epoch),
        ),
        Quantity(
            key="epochs_to_score",
            label="epochs to a score",
            formula="",
            tooltip="The first epoch whose accuracy or R² on a split is at least the level; infinite if there is none.",
            function=_epochs_to_score,
            uses=("split", "level"),
        ),
        Quantity(
            key="stopped_early",
            label="stopped early",
            formula="",
            tooltip="1 if early stopping has ended the training, else 0.",
            function=lambda seen: float(any(stop.kind == "early_stopping" for stop in seen.network.stops)),
        ),
        Quantity(
            key="diverged",
            label="diverged",
            formula="",
            tooltip="1 if numbers grew beyond all bounds, else 0.",
            function=lambda seen: float(seen.network.status == "diverged"),
        ),
        Quantity(
            key="zero_share",
            label="share of weights that are exactly 0",
            formula="",
            tooltip="From 0 to 1, over all weights.",
            function=lambda seen: zero_share(seen.network, seen.lane, seen.data),
        ),
        Quantity(
            key="weight_norm",
            label="norm of the weights",
            formula="√ΣW²",
            tooltip="Of a layer, or of all.",
            function=_weight_norm,
            uses=("layer", "epoch"),
        ),
        Quantity(
            key="gradient",
            label="norm of the weights' gradient",
            formula="‖∂C/∂W‖",
            tooltip="Of a layer, or of all.",
            function=_gradient,
            uses=("layer", "epoch"),
        ),
        Quantity(
            key="gradient_ratio",
            label="first layer's gradient over the last one's",
            formula="‖∂C/∂W₁‖ / ‖∂C/∂W_L‖",
            tooltip="Small where the gradient vanishes on its way to the input.",
            function=_ratio,
            uses=("epoch",),
        ),
        Quantity(
            key="largest_gradient",
            label="largest gradient",
            formula="max ‖∂C/∂W‖",
            tooltip="The largest norm of the gradient of all weights, over all epochs in which it was measured.",
            function=_steepest,
        ),
        Quantity(
            key="chain_error",
            label="product of the chain against autograd",
            formula="|product − ∂C/∂b₁| / |∂C/∂b₁|",
            tooltip="How far the product of the factors is from the gradient; for networks of one neuron a layer.",
            function=_chain_error,
        ),
        Quantity(
            key="chain_weight",
            label="largest weight of the chain",
            formula="max |wₗ|, l ≥ 2",
            tooltip="The largest factor that is a weight; for networks of one neuron a layer.",
            function=lambda seen: _largest(_chain_weights(seen)),
        ),
        Quantity(
            key="chain_link",
            label="largest link of the chain",
            formula="max |wₗ·σ′(zₗ)|, l ≥ 2",
            tooltip="From 1 on, one layer of the chain enlarges the gradient of the first training point.",
            function=lambda seen: _largest(_chain_links(seen)),
        ),
        Quantity(
            key="chain_product",
            label="product of the chain's links",
            formula="∏ |wₗ·σ′(zₗ)|, l ≥ 2",
            tooltip="What is left of the gradient on its way from the last neuron to the first.",
            function=_chain_product,
        ),
        Quantity(
            key="backward_factor",
            label="median factor of the error from layer to layer",
            formula="‖∂C/∂zₗ‖ / ‖∂C/∂zₗ₊₁‖",
            tooltip="Of a hidden layer, or the median of all: below 1 the gradient shrinks on its way back.",
            function=_backward_factor,
            uses=("layer", "epoch"),
        ),
        Quantity(
            key="slope",
            label="mean slope of the activation",
            formula="mean of σ′(zₗ)",
            tooltip="Of a hidden layer, or the largest of all.",
            function=_probe("slope"),
            uses=("layer", "epoch"),
        ),
        Quantity(
            key="activation_spread",
            label="spread of the activations",
            formula="mean over neurons of std(aₗ)",
            tooltip="How much the outputs of a hidden layer differ from point to point, or the largest of all layers.",
            function=_probe("activation_spread"),
            uses=("layer", "epoch"),
        ),
        Quantity(
            key="dead",
            label="share of dead neurons",
            formula="share of neurons with aₗ = 0 for all points",
            tooltip="Of a hidden layer, or the largest of all.",
            function=_probe("dead"),
            uses=("layer", "epoch"),
        ),
    ],
)
"""What claims may be about, by key. A new one is one record."""
