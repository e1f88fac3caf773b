"""Normalization of hidden layers: batch or layer, before or after the activation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from engine.catalogue.code import Code
from engine.catalogue.entry import Entry, Family

if TYPE_CHECKING:
    from torch import Tensor, nn

EPS = 1e-5
"""Added to variances, as in ``torch.nn.BatchNorm1d`` and ``torch.nn.LayerNorm``."""
MOMENTUM = 0.1
"""Weight of a batch's moments in the running moments, as in ``torch.nn.BatchNorm1d``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Normalization(Entry):
    """A normalization: γ·(values − mean) / √(variance + EPS) + β.

    Attributes
    ----------
    moments
        ``moments(values)`` returns mean and variance of values [lanes, n, width]; the axes over which it reduces have
        length 1.
    over_batch
        Whether training uses the moments of the batch [lanes, 1, width], and evaluation running moments.
    module
        ``module(width)`` returns the equivalent module of ``torch.nn``, with weight and bias, for exported models; None
        if there is none.

    Its ``code`` makes the layer, with ``{width}`` neurons.
    """

    moments: Callable[[Tensor], tuple[Tensor, Tensor]]
    over_batch: bool = False
    module: Callable[[int], nn.Module] | None = None


def _moments_over(values: Tensor, axis: int) -> tuple[Tensor, Tensor]:
    mean = values.mean(axis, keepdim=True)
    return mean, (values - mean).square().mean(axis, keepdim=True)


def _over_batch(values: Tensor) -> tuple[Tensor, Tensor]:
    return _moments_over(values, 1)


def _over_layer(values: Tensor) -> tuple[Tensor, Tensor]:
    return _moments_over(values, -1)


def _batch_module(width: int) -> nn.Module:
    from torch.nn import BatchNorm1d

    return BatchNorm1d(width, EPS, MOMENTUM)


def _layer_module(width: int) -> nn.Module:
    from torch.nn import LayerNorm

    return LayerNorm(width, EPS)


NORMALIZATIONS: Family[Normalization] = Family(
    "normalization",
    [
        Normalization(
            key="batch",
            label="Batch",
            formula="γ·(z − mean) / √(variance + 10⁻⁵) + β, of each neuron over the batch",
            tooltip="Gives each neuron mean β and standard deviation γ over the batch; evaluation and batches of one "
            "use running moments (Ioffe & Szegedy 2015).",
            moments=_over_batch,
            over_batch=True,
            module=_batch_module,
            code=Code(
                torch="nn.BatchNorm1d({width})",
                keras=f"keras.layers.BatchNormalization(momentum={1.0 - MOMENTUM}, epsilon={EPS})",
                notes={
                    "keras": "Keras begins running moments with 0 and 1, and multiplies no variance by n / (n - 1)"
                },
            ),
        ),
        Normalization(
            key="layer",
            label="Layer",
            formula="γ·(z − mean) / √(variance + 10⁻⁵) + β, of each point over the layer",
            tooltip="Normalizes the neurons of a layer together, point by point, so that no batch is needed "
            "(Ba et al. 2016).",
            moments=_over_layer,
            module=_layer_module,
            code=Code(torch="nn.LayerNorm({width})", keras=f"keras.layers.LayerNormalization(epsilon={EPS})"),
        ),
    ],
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Position(Entry):
    """Where a hidden layer is normalized.

    Attributes
    ----------
    steps
        What happens to z of a layer, in this order; "normalize" occurs once, "activate" at least once.
    """

    steps: tuple[Literal["normalize", "activate"], ...]


POSITIONS: Family[Position] = Family(
    "position",
    [
        Position(
            key="before",
            label="Before σ",
            formula="a = σ(norm(z))",
            tooltip="Normalize what goes into the activation, so that it does not saturate.",
            steps=("normalize", "activate"),
        ),
        Position(
            key="after",
            label="After σ",
            formula="a = norm(σ(z))",
            tooltip="Normalize what comes out of the activation.",
            steps=("activate", "normalize"),
        ),
    ],
)
