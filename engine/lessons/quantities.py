"""Quantities that claims and conditions are about: numbers of one network at one moment or over its history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import nan

from engine.catalogue.entry import Entry, Family
from engine.lessons import measuring
from engine.lessons.measuring import Seen
from engine.observation.results import zero_share


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


QUANTITIES: Family[Quantity] = Family(
    "quantity",
    [
        Quantity(
            key="loss",
            label="loss",
            formula="",
            tooltip="Loss on a split, at the end or in an epoch.",
            function=measuring.loss,
            uses=("split", "epoch"),
        ),
        Quantity(
            key="score",
            label="accuracy or R²",
            formula="",
            tooltip="Accuracy (0 to 1) or R² on a split, at the end or in an epoch.",
            function=measuring.score,
            uses=("split", "epoch"),
        ),
        Quantity(
            key="gap",
            label="gap",
            formula="validation loss − training loss",
            tooltip="How much worse the network is on points that it has not seen.",
            function=measuring.gap,
        ),
        Quantity(
            key="validation_rise",
            label="rise of the validation loss",
            formula="validation loss at the end / its minimum",
            tooltip="1 while it falls; above 1 after it has turned.",
            function=measuring.rise,
        ),
        Quantity(
            key="lowest_loss",
            label="lowest loss",
            formula="",
            tooltip="The lowest loss on a split over all epochs.",
            function=measuring.lowest_loss,
            uses=("split",),
        ),
        Quantity(
            key="training_fall",
            label="fall of the training loss after the best epoch",
            formula="training loss at the end / in the epoch of the lowest validation loss",
            tooltip="Below 1 where the training loss still falls after the validation loss has turned.",
            function=measuring.fall,
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
            function=measuring.epochs_to_score,
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
            function=measuring.weight_norm,
            uses=("layer", "epoch"),
        ),
        Quantity(
            key="gradient",
            label="norm of the weights' gradient",
            formula="‖∂C/∂W‖",
            tooltip="Of a layer, or of all.",
            function=measuring.gradient,
            uses=("layer", "epoch"),
        ),
        Quantity(
            key="gradient_ratio",
            label="first layer's gradient over the last one's",
            formula="‖∂C/∂W₁‖ / ‖∂C/∂W_L‖",
            tooltip="Small where the gradient vanishes on its way to the input.",
            function=measuring.first_over_last,
            uses=("epoch",),
        ),
        Quantity(
            key="largest_gradient",
            label="largest gradient",
            formula="max ‖∂C/∂W‖",
            tooltip="The largest norm of the gradient of all weights, over all epochs in which it was measured.",
            function=measuring.largest_gradient,
        ),
        Quantity(
            key="chain_error",
            label="product of the chain against autograd",
            formula="|product − ∂C/∂b₁| / |∂C/∂b₁|",
            tooltip="How far the product of the factors is from the gradient; for networks of one neuron a layer.",
            function=measuring.chain_error,
        ),
        Quantity(
            key="chain_weight",
            label="largest weight of the chain",
            formula="max |wₗ|, l ≥ 2",
            tooltip="The largest factor that is a weight; for networks of one neuron a layer.",
            function=lambda seen: measuring.largest(measuring.chain_weights(seen)),
        ),
        Quantity(
            key="chain_link",
            label="largest link of the chain",
            formula="max |wₗ·σ′(zₗ)|, l ≥ 2",
            tooltip="From 1 on, one layer of the chain enlarges the gradient of the first training point.",
            function=lambda seen: measuring.largest(measuring.chain_links(seen)),
        ),
        Quantity(
            key="chain_product",
            label="product of the chain's links",
            formula="∏ |wₗ·σ′(zₗ)|, l ≥ 2",
            tooltip="What is left of the gradient on its way from the last neuron to the first.",
            function=measuring.chain_product,
        ),
        Quantity(
            key="backward_factor",
            label="median factor of the error from layer to layer",
            formula="‖∂C/∂zₗ‖ / ‖∂C/∂zₗ₊₁‖",
            tooltip="Of a hidden layer, or the median of all: below 1 the gradient shrinks on its way back.",
            function=measuring.backward_factor,
            uses=("layer", "epoch"),
        ),
        Quantity(
            key="slope",
            label="mean slope of the activation",
            formula="mean of σ′(zₗ)",
            tooltip="Of a hidden layer, or the largest of all.",
            function=measuring.of_probe("slope"),
            uses=("layer", "epoch"),
        ),
        Quantity(
            key="activation_spread",
            label="spread of the activations",
            formula="mean over neurons of std(aₗ)",
            tooltip="How much the outputs of a hidden layer differ from point to point, or the largest of all layers.",
            function=measuring.of_probe("activation_spread"),
            uses=("layer", "epoch"),
        ),
        Quantity(
            key="dead",
            label="share of dead neurons",
            formula="share of neurons with aₗ = 0 for all points",
            tooltip="Of a hidden layer, or the largest of all.",
            function=measuring.of_probe("dead"),
            uses=("layer", "epoch"),
        ),
    ],
)
"""What claims may be about, by key. A new one is one record."""
